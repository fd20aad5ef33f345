//! Addresses in a text: who is named in them and what their queries say.

use std::ops::Range;

/// What separates a scheme from the rest of an address.
const SCHEME_END: &str = "://";

/// The text with what is secret in its addresses replaced by what `seal` says of it: `http://me:pw@h/v1?key=x` becomes
/// `http://[secret]@h/v1?key=[secret]`.
pub fn without_secrets(text: &str, seal: &mut dyn FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for place in places(text) {
        out.push_str(&text[copied..place.start]);
        out.push_str(&seal(&text[place.clone()]));
        copied = place.end;
    }
    out.push_str(&text[copied..]);
    out
}

/// The secrets in the addresses of a text, in their order.
pub(crate) fn places(text: &str) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(SCHEME_END) {
        let start = at + found + SCHEME_END.len();
        let end = start + text[start..].find(ends_address).unwrap_or(text.len() - start);
        of_address(text, start..end, &mut places);
        at = end;
    }
    places
}

/// Behind it an address in a text is over.
fn ends_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '…')
}

/// The secrets of one address, given what stands behind its scheme.
fn of_address(text: &str, address: Range<usize>, places: &mut Vec<Range<usize>>) {
    let (start, rest) = (address.start, &text[address]);
    let query = rest.find(['?', '#']).unwrap_or(rest.len());
    if let Some(end) = userinfo(&rest[..query]) {
        places.push(start..start + end);
    }
    let mut at = start + query + 1;
    for pair in rest.get(query + 1..).unwrap_or("").split_inclusive(['&', '#', ';']) {
        let said = pair.trim_end_matches(['&', '#', ';']);
        let value = said.find('=').map_or(0, |equals| equals + 1);
        if value < said.len() {
            places.push(at + value..at + said.len());
        }
        at += pair.len();
    }
}

/// Where the names of who asks end, before the `@`. A password may hold a slash that it should not hold: then what stands
/// before the slash is no host with a port.
fn userinfo(rest: &str) -> Option<usize> {
    let authority = &rest[..rest.find('/').unwrap_or(rest.len())];
    if let Some(at) = authority.rfind('@') {
        return Some(at);
    }
    let (_, port) = authority.split_once(':')?;
    if port.chars().all(|c| c.is_ascii_digit()) { None } else { rest.rfind('@') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_names_and_queries_and_nothing_else() {
        let check = |text: &str, expect: &str| {
            assert_eq!(without_secrets(text, &mut crate::hidden), expect);
        };
        check("http://h:8/v1", "http://h:8/v1");
        check("http://h/v1?key=x&version=2", "http://h/v1?key=[secret]&version=[secret]");
        check("http://h?x", "http://h?[secret]");
        check("http://h/v1?", "http://h/v1?");
        check("http://h/v1?a=", "http://h/v1?a=");
        check("http://me:pw@h/v1", "http://[secret]@h/v1");
        check("http://me:p@w@h/v1", "http://[secret]@h/v1");
        check("http://me:p/w@h/v1", "http://[secret]@h/v1");
        check("https://h/@me/x", "https://h/@me/x");
        check("http://h:80/@me", "http://h:80/@me");
        check(
            "asked (http://a@h) and `https://h/v1?k=y`.",
            "asked (http://[secret]@h) and `https://h/v1?k=[secret]`.",
        );
        check("http://h/v1#k=y", "http://h/v1#k=[secret]");
        check("no address at all: a@b?c=d", "no address at all: a@b?c=d");
        check("", "");
    }
}
