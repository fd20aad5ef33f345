//! The last number of a reply: the last resort, marked weak.

use std::sync::LazyLock;

use regex::Regex;

use super::Extracted;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by every test run")]
    Regex::new(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:/\d+)?%?").expect("a valid pattern")
});

/// The last number that is not part of a word.
pub(super) fn last_number(reply: &str, from: usize) -> Option<Extracted> {
    let text = &reply[from..];
    let free = |found: &regex::Match<'_>| {
        let before = text[..found.start()].chars().next_back();
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        !letter(before)
    };
    let found = NUMBER.find_iter(text).filter(free).last()?;
    let span = from + found.start()..from + found.end();
    Extracted::at(reply, span, "number").map(|number| Extracted { weak: true, ..number })
}
