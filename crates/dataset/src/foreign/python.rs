//! Lists of texts as Python prints them: some logs write `['5', "x"]` where a list is meant.

/// The texts of a printed list; `None` if it is anything else.
pub(crate) fn text_list(printed: &str) -> Option<Vec<String>> {
    let mut rest = printed.trim().strip_prefix('[')?.trim_start();
    let mut texts = Vec::new();
    loop {
        if let Some(end) = rest.strip_prefix(']') {
            return (end.is_empty() && !texts.is_empty()).then_some(texts);
        }
        let (text, after) = quoted(rest)?;
        texts.push(text);
        rest = after.trim_start();
        match rest.strip_prefix(',') {
            Some(after) => rest = after.trim_start(),
            None if rest.starts_with(']') => {}
            None => return None,
        }
    }
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut unquoted = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((unquoted, &text[at + c.len_utf8()..])),
            '\\' => unquoted.push(escaped(&mut chars)?),
            c => unquoted.push(c),
        }
    }
    None
}

fn escaped(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    let (_, kind) = chars.next()?;
    let digits = match kind {
        'n' => return Some('\n'),
        't' => return Some('\t'),
        'r' => return Some('\r'),
        '\\' | '\'' | '"' => return Some(kind),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + chars.next()?.1.to_digit(16)?;
    }
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_lists_are_read_and_nothing_else() {
        let check = |printed: &str, expect: Option<&[&str]>| {
            let found = text_list(printed);
            assert_eq!(
                found.as_deref().map(|v| v.iter().map(String::as_str).collect::<Vec<_>>()),
                expect.map(<[_]>::to_vec)
            );
        };
        check("['5']", Some(&["5"]));
        check(r#"['5', "it's", 'a\n\\frac\x41\u00e4']"#, Some(&["5", "it's", "a\n\\fracAä"]));
        check("['5',]", Some(&["5"]));
        check("[]", None);
        check("[5]", None);
        check("['5'] x", None);
        check("['5' '6']", None);
        check("['5", None);
        check("[1, 2)", None);
    }
}
