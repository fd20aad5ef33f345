//! What the lines of a stream have in common.
//!
//! Nearly all of them are the same but for one string: the same envelope around a few characters of text. Where a
//! line begins and ends as the one before, and what lies between is a JSON string, it has the same meaning with
//! another text, and nothing else of it has to be read.

use std::{borrow::Cow, ops::Range};

use memchr::{memchr, memchr2};

use crate::piece::{Field, Loose, Piece};

/// A line around its text.
#[derive(Debug)]
pub(crate) struct Template {
    /// Everything through the text's opening quote.
    before: Vec<u8>,
    /// Everything from its closing quote.
    behind: Vec<u8>,
    field: Field,
}

impl Template {
    /// The template of a line that is all of `piece`, if that holds one text and nothing else.
    pub(crate) fn of(line: &[u8], piece: &Piece<'_>) -> Option<Self> {
        let (field, text) = piece.only_text()?;
        let mut places = strings(line).filter(|place| is_string(&line[place.start - 1..=place.end], text));
        let place = places.next()?;
        // Where another string is the same, nobody knows which of them is the text.
        places.next().is_none().then(|| Self {
            before: line[..place.start].to_vec(),
            behind: line[place.end..].to_vec(),
            field,
        })
    }

    /// The text of a line that differs from the template in its text alone.
    pub(crate) fn read<'a>(&self, line: &'a [u8]) -> Option<(Field, Cow<'a, str>)> {
        // The quotes belong to all three: they are looked at twice, never shared by both ends.
        let end = line.len().checked_sub(self.behind.len())?;
        if end < self.before.len() || !line.starts_with(&self.before) || !line.ends_with(&self.behind) {
            return None;
        }
        match serde_json::from_slice(line.get(self.before.len() - 1..=end)?) {
            Ok(Loose::Text(text)) => Some((self.field, text)),
            _ => None,
        }
    }
}

/// What lies between the quotes of each string of a line of JSON.
fn strings(line: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + memchr(b'"', line.get(at..)?)? + 1;
        let mut end = start;
        loop {
            end += memchr2(b'"', b'\\', line.get(end..)?)?;
            if line[end] == b'"' {
                at = end + 1;
                return Some(start..end);
            }
            end += 2;
        }
    })
}

/// A quoted string means this text.
fn is_string(quoted: &[u8], text: &str) -> bool {
    // An escape is never shorter than what it stands for.
    quoted.len() >= text.len() + 2
        && matches!(serde_json::from_slice(quoted), Ok(Loose::Text(found)) if found == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"data: {"id":"x","choices":[{"delta":{"content":"four"},"finish_reason":null}]}"#;

    fn template(line: &str) -> Option<Template> {
        Piece::read(line.strip_prefix("data: ").unwrap(), |piece| Template::of(line.as_bytes(), &piece))
            .flatten()
    }

    #[test]
    fn lines_that_differ_in_their_text_are_read_by_it() {
        let template = template(LINE).unwrap();
        let check = |text: &str, expect: Option<&str>| {
            let line = LINE.replace("four", text);
            let found = template.read(line.as_bytes());
            assert_eq!(found, expect.map(|text| (Field::Content, Cow::Borrowed(text))), "{line}");
        };
        check("five", Some("five"));
        check("", Some(""));
        check("é 🦀", Some("é 🦀"));
        check(r#"a\n\"b\"\u00e9"#, Some("a\n\"b\"é"));
        check(r#"x","y":"z"#, None);
        check(r"x\", None);
        check("a\u{1}b", None);
        check(r#""},"finish_reason":null}]}"#, None);
        assert_eq!(template.read(LINE.replace("null", "\"stop\"").as_bytes()), None);
        assert_eq!(template.read(LINE.replace("content", "reasoning").as_bytes()), None);
        assert_eq!(template.read(&LINE.as_bytes()[..LINE.len() - 1]), None);
        assert_eq!(template.read(b""), None);
        let cut = [
            &LINE.as_bytes()[..LINE.find("four").unwrap()],
            b"\xc3",
            &LINE.as_bytes()[LINE.find("four").unwrap() + 4..],
        ];
        assert_eq!(template.read(&cut.concat()), None, "half a character is left to the error that names it");
    }

    #[test]
    fn only_a_line_with_one_text_and_nothing_else_is_a_template() {
        let check =
            |text: &str, expect| assert_eq!(template(text).map(|found| found.field), expect, "{text}");
        check(LINE, Some(Field::Content));
        check(r#"data: {"choices":[{"delta":{"content":"","reasoning":"a"}}]}"#, Some(Field::Reasoning));
        check(r#"data: {"choices":[{"delta":{"content":"b","reasoning":"a"}}]}"#, None);
        check(r#"data: {"choices":[{"delta":{"content":"b\n"}}]}"#, Some(Field::Content));
        check(r#"data: {"id":"b","choices":[{"delta":{"content":"b"}}]}"#, None);
        check(r#"data: {"id":"\"b\\","choices":[{"delta":{"content":"b"}}]}"#, Some(Field::Content));
        check(r#"data: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}"#, None);
        check(r#"data: {"choices":[{"delta":{"content":"b"}}],"usage":{}}"#, None);
        check(r#"data: {"choices":[{"message":{"content":"b"}}]}"#, None);
        check(r#"data: {"choices":[{"delta":{"content":"b","reasoning_details":[1]}}]}"#, None);
        check(r#"data: {"choices":[{"text":"b"}]}"#, None);
        check(r#"data: {"choices":[]}"#, None);
    }
}
