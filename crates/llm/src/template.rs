//! What the lines of a stream have in common.
//!
//! Nearly all of them are the same but for one string: the same envelope around a few characters of text. Where a
//! line begins and ends as the one before, and what lies between is a JSON string, it has the same meaning with
//! another text, and nothing else of it has to be read.

use std::ops::Range;

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

    /// The text of a line that differs from the template in its text alone; `scratch` holds it if it has escapes.
    pub(crate) fn read<'a>(&self, line: &'a [u8], scratch: &'a mut String) -> Option<(Field, &'a str)> {
        let between = line.strip_prefix(self.before.as_slice())?.strip_suffix(self.behind.as_slice())?;
        Some((self.field, unescaped(between, scratch)?))
    }
}

/// What a JSON string means, given what lies between its quotes; `None` if that is no string's inside.
fn unescaped<'a>(inside: &'a [u8], scratch: &'a mut String) -> Option<&'a str> {
    let mut rest = std::str::from_utf8(inside).ok()?;
    // Without a way out in the middle, this runs on many bytes at once.
    if rest.bytes().fold(false, |found, byte| found | (byte < b' ')) {
        return None;
    }
    scratch.clear();
    while let Some(at) = memchr2(b'"', b'\\', rest.as_bytes()) {
        let (plain, escape) = rest.split_at(at);
        scratch.push_str(plain);
        let (meant, length) = escaped(escape.as_bytes())?;
        scratch.push(meant);
        rest = &escape[length..];
    }
    if scratch.is_empty() {
        return Some(rest);
    }
    scratch.push_str(rest);
    Some(scratch)
}

/// What an escape stands for, and its length; `None` for a quote and for escapes that JSON does not know.
fn escaped(bytes: &[u8]) -> Option<(char, usize)> {
    let meant = match bytes.strip_prefix(b"\\")?.first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return numbered(bytes),
        _ => return None,
    };
    Some((meant, 2))
}

/// `\uXXXX`, or two of them for what one cannot hold.
fn numbered(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |value, digit| Some(16 * value + (*digit as char).to_digit(16)?))
    };
    let high = unit(0)?;
    if let Some(meant) = char::from_u32(high) {
        return Some((meant, 6));
    }
    let low = unit(6).filter(|low| (0xdc00..0xe000).contains(low) && high < 0xdc00)?;
    Some((char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))?, 12))
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
            let (line, mut scratch) = (LINE.replace("four", text), "old".to_owned());
            let found = template.read(line.as_bytes(), &mut scratch);
            assert_eq!(found, expect.map(|text| (Field::Content, text)), "{line}");
        };
        check("five", Some("five"));
        check("", Some(""));
        check("é 🦀", Some("é 🦀"));
        check(r#"a\n\"b\"\u00e9"#, Some("a\n\"b\"é"));
        check(r#"\\ \/ \b \f \r \t"#, Some("\\ / \u{8} \u{c} \r \t"));
        check(r#"\ud83e\udd80 \u65e5\u672C"#, Some("🦀 日本"));
        check(r#"\ud83e"#, None);
        check(r#"\udd80\ud83e"#, None);
        check(r#"\u+12f"#, None);
        check(r#"\u12"#, None);
        check(r#"\x"#, None);
        check(r#"x","y":"z"#, None);
        check(r"x\", None);
        check("a\u{1}b", None);
        check(r#""},"finish_reason":null}]}"#, None);
        let read = |line: &[u8]| template.read(line, &mut String::new()).map(|(field, _)| field);
        assert_eq!(read(LINE.replace("null", "\"stop\"").as_bytes()), None);
        assert_eq!(read(LINE.replace("content", "reasoning").as_bytes()), None);
        assert_eq!(read(&LINE.as_bytes()[..LINE.len() - 1]), None);
        assert_eq!(read(b""), None);
        let cut = [
            &LINE.as_bytes()[..LINE.find("four").unwrap()],
            b"\xc3",
            &LINE.as_bytes()[LINE.find("four").unwrap() + 4..],
        ];
        assert_eq!(read(&cut.concat()), None, "half a character is left to the error that names it");
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
