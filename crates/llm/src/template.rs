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
    // Without a way out in the middle, this runs on many bytes at once.
    if inside.iter().fold(false, |found, byte| found | (*byte < b' ')) {
        return None;
    }
    if memchr2(b'"', b'\\', inside).is_none() {
        return std::str::from_utf8(inside).ok();
    }
    let mut meant = std::mem::take(scratch).into_bytes();
    meant.clear();
    meant.reserve(inside.len());
    unescape(inside, &mut meant)?;
    // An escape stands for whole characters, so what is around them is text exactly if all of it is.
    *scratch = String::from_utf8(meant).ok()?;
    Some(scratch)
}

/// Bytes that are looked at together; escapes come every few of them, so a search that sets out anew behind each one
/// would cost more than it finds.
const WORD: usize = 8;

fn unescape(mut rest: &[u8], meant: &mut Vec<u8>) -> Option<()> {
    loop {
        let plain = match rest.first_chunk::<WORD>() {
            Some(word) => {
                let plain = plain_bytes(u64::from_le_bytes(*word));
                // All of them and then back to the first special one: a copy of known length is one instruction.
                meant.extend_from_slice(word);
                meant.truncate(meant.len() - (WORD - plain));
                if plain == WORD {
                    rest = &rest[WORD..];
                    continue;
                }
                plain
            }
            None => {
                let plain = memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                meant.extend_from_slice(&rest[..plain]);
                plain
            }
        };
        match &rest[plain..] {
            [] => return Some(()),
            [b'\\', letter, behind @ ..] if LETTERS[*letter as usize] != 0 => {
                meant.push(LETTERS[*letter as usize]);
                rest = behind;
            }
            numbered_or_wrong => {
                let (letter, length) = numbered(numbered_or_wrong)?;
                meant.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &numbered_or_wrong[length..];
            }
        }
    }
}

/// How many of the bytes of a word, from its lowest one on, come before a quote or a backslash.
fn plain_bytes(word: u64) -> usize {
    const ONES: u64 = u64::MAX / 255;
    // The highest bit of each byte that is 0, exact for the lowest of them.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let special = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
    special.trailing_zeros() as usize / 8
}

/// What a backslash and this letter stand for; 0 for a letter that has no meaning of its own. A table and no `match`:
/// which letter comes next cannot be foreseen, and a wrong guess costs the processor more than the rest of it.
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    letters[b'"' as usize] = b'"';
    letters[b'\\' as usize] = b'\\';
    letters[b'/' as usize] = b'/';
    letters[b'b' as usize] = 0x8;
    letters[b'f' as usize] = 0xc;
    letters[b'n' as usize] = b'\n';
    letters[b'r' as usize] = b'\r';
    letters[b't' as usize] = b'\t';
    letters
};

/// `\uXXXX`, or two of them for what one cannot hold, and the length; `None` for a quote and for escapes that JSON
/// does not know.
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn escapes_mean_what_json_says(text in r#"([a-z é🦀]|["\\\n\t/\u{8}]|\\u00e9){0,40}"#) {
            let quoted = serde_json::to_string(&text).unwrap();
            let inside = &quoted.as_bytes()[1..quoted.len() - 1];
            let mut scratch = String::new();
            prop_assert_eq!(unescaped(inside, &mut scratch), Some(text.as_str()));
        }

        #[test]
        fn what_is_no_string_for_json_is_none_here(inside in r#"[a-z"\\nu0\u{1}]{0,24}"#) {
            let expect: Option<String> = serde_json::from_str(&format!("\"{inside}\"")).ok();
            let mut scratch = String::new();
            prop_assert_eq!(unescaped(inside.as_bytes(), &mut scratch).map(str::to_owned), expect);
        }

        #[test]
        fn half_characters_are_no_string_wherever_escapes_stand(
            inside in proptest::collection::vec(proptest::sample::select(&b"an\\\\\xc3\xa9"[..]), 0..24),
        ) {
            let expect: Option<String> = serde_json::from_slice(&[b"\"", &inside[..], b"\""].concat()).ok();
            let mut scratch = String::new();
            prop_assert_eq!(unescaped(&inside, &mut scratch).map(str::to_owned), expect);
        }
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
        check(r#"data: {"choices":[{"delta":{"content":"b"},"logprobs":{"content":[]}}]}"#, None);
        check(r#"data: {"choices":[{"delta":{"content":"b"},"logprobs":null}]}"#, Some(Field::Content));
        check(r#"data: {"choices":[{"text":"b"}]}"#, None);
        check(r#"data: {"choices":[]}"#, None);
    }
}
