//! JSON as it is written in practice. Python writes `NaN` and `Infinity`, halves of characters as `\ud835` alone, and
//! numbers of any size; none of this is a reason to refuse a file, all of it is counted.

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Error, Map, Value};

use crate::Mended;
use crate::text::HALF;

/// A JSON value, and what had to be mended in it.
///
/// # Errors
/// It is no JSON, mended or not.
pub fn value(text: &str) -> Result<(Value, Mended), Error> {
    mended_if_need_be(text, |text| serde_json::from_str(text))
}

/// What is read of a key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The key with its value.
    Value,
    /// The key, and null in the place of its value, which is passed over and never built.
    Name,
    /// Nothing.
    Nothing,
}

/// A JSON table, or as much of it as is taken.
///
/// # Errors
/// It is no JSON table, or has a key twice.
pub(crate) fn table(
    text: &str,
    taken: &dyn Fn(&str) -> Taken,
) -> Result<(Map<String, Value>, Mended), Error> {
    mended_if_need_be(text, |text| {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let map = Table(taken).deserialize(&mut deserializer)?;
        deserializer.end().map(|()| map)
    })
}

fn mended_if_need_be<T>(text: &str, read: impl Fn(&str) -> Result<T, Error>) -> Result<(T, Mended), Error> {
    read(text).map(|value| (value, Mended::default())).or_else(|error| match mend(text) {
        (text, mended) if mended.any() => read(&text).map(|value| (value, mended)),
        _ => Err(error),
    })
}

/// What is taken of a table.
struct Table<'a>(&'a dyn Fn(&str) -> Taken);

impl<'de> DeserializeSeed<'de> for Table<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Table<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let taken = (self.0)(&key);
            if taken != Taken::Nothing && map.contains_key(&key) {
                return Err(A::Error::custom(format!("the column `{key}` stands twice; rename one of them")));
            }
            if taken == Taken::Value {
                map.insert(key, access.next_value()?);
                continue;
            }
            access.next_value::<IgnoredAny>()?;
            if taken == Taken::Name {
                map.insert(key, Value::Null);
            }
        }
        Ok(map)
    }
}

/// The text as JSON that says the same as far as JSON can, and what was changed.
fn mend(text: &str) -> (String, Mended) {
    let mut pen =
        Pen { text, written: String::with_capacity(text.len()), kept: 0, mended: Mended::default() };
    let (mut at, mut in_text) = (0, false);
    while let Some(&byte) = text.as_bytes().get(at) {
        at = match byte {
            b'"' => {
                in_text = !in_text;
                at + 1
            }
            b'\\' if in_text => pen.escape(at),
            b'N' | b'I' if !in_text => pen.word(at),
            b'-' | b'0'..=b'9' if !in_text => pen.number(at),
            _ => at + 1,
        };
    }
    pen.keep(text.len());
    (pen.written, pen.mended)
}

/// Writes a text anew.
struct Pen<'a> {
    text: &'a str,
    written: String,
    /// Up to here the text is written.
    kept: usize,
    mended: Mended,
}

impl Pen<'_> {
    /// Writes the text up to here as it is.
    fn keep(&mut self, until: usize) {
        self.written.push_str(self.text.get(self.kept..until).unwrap_or_default());
        self.kept = until;
    }

    /// Writes something in the place of what stands there.
    fn replace(&mut self, from: usize, to: usize, by: &str) {
        self.keep(from);
        self.written.push_str(by);
        self.kept = to;
    }

    fn rest(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or_default()
    }

    /// A backslash in a text; returns where it goes on.
    fn escape(&mut self, at: usize) -> usize {
        let Some(code) = unit(self.rest(at)) else {
            // Whatever is escaped is a character, which may be longer than a byte.
            return at + 1 + self.rest(at + 1).chars().next().map_or(0, char::len_utf8);
        };
        let follows = unit(self.rest(at + UNIT)).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        match code {
            0xd800..0xdc00 if follows => at + 2 * UNIT,
            0xd800..0xe000 => {
                self.mended.halves += 1;
                self.replace(at, at + UNIT, HALF.encode_utf8(&mut [0; 4]));
                at + UNIT
            }
            _ => at + UNIT,
        }
    }

    fn word(&mut self, at: usize) -> usize {
        let found = ["NaN", "Infinity"].into_iter().find(|word| self.rest(at).starts_with(word));
        let Some(word) = found else { return at + 1 };
        self.mended.words += 1;
        self.replace(at, at + word.len(), "null");
        at + word.len()
    }

    fn number(&mut self, at: usize) -> usize {
        let rest = self.rest(at);
        if let Some(word) = rest.strip_prefix('-').filter(|word| word.starts_with("Infinity")) {
            let end = at + rest.len() - word.len() + "Infinity".len();
            self.mended.words += 1;
            self.replace(at, end, "null");
            return end;
        }
        let length =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
        let digits = rest.get(..length).unwrap_or_default().to_owned();
        if digits.parse().is_ok_and(f64::is_infinite) {
            self.mended.numbers += 1;
            self.replace(at, at + length, &format!("\"{digits}\""));
        }
        at + length.max(1)
    }
}

/// Bytes of an escape such as `\ud835`.
const UNIT: usize = 6;

/// The code of an escape such as `\ud835`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: Option<(&str, [u64; 3])>) {
        let found = value(text).ok();
        let found = found.map(|(value, m)| (value.to_string(), [m.halves, m.words, m.numbers]));
        assert_eq!(found.as_ref().map(|(value, mended)| (value.as_str(), *mended)), expect, "{text}");
    }

    #[test]
    fn bare_words_are_null_and_texts_stay() {
        check(
            "{\"a\": NaN, \"b\": [-Infinity, Infinity]}",
            Some(("{\"a\":null,\"b\":[null,null]}", [0, 3, 0])),
        );
        check(
            "{\"NaN\": \"ä \\\" NaN\", \"b\": NaN}",
            Some(("{\"NaN\":\"ä \\\" NaN\",\"b\":null}", [0, 1, 0])),
        );
        check("{\"a\": \"Infinity\"}", Some(("{\"a\":\"Infinity\"}", [0; 3])));
        check("{\"a\": NaNa}", None);
        check("{\"a\": ä, NaN}", None);
        check("[\"\\ä\", NaN]", None);
    }

    #[test]
    fn half_a_character_is_a_sign_and_pairs_stay() {
        check(r#""a\ud835b""#, Some(("\"a\u{fffd}b\"", [1, 0, 0])));
        check(r#""\uDCB2""#, Some(("\"\u{fffd}\"", [1, 0, 0])));
        check(r#""\ud83d\ude00 \ud83d""#, Some(("\"😀 \u{fffd}\"", [1, 0, 0])));
        check(r#""\ud83d\ud83d\ude00""#, Some(("\"\u{fffd}😀\"", [1, 0, 0])));
        check(r#""\ude00\ud83d""#, Some(("\"\u{fffd}\u{fffd}\"", [2, 0, 0])));
        check(r#""\\ud835 \ud835""#, Some(("\"\\\\ud835 \u{fffd}\"", [1, 0, 0])));
        check(r#"{"\ud835": 1}"#, Some(("{\"\u{fffd}\":1}", [1, 0, 0])));
        check(r#""\ud835\n""#, Some(("\"\u{fffd}\\n\"", [1, 0, 0])));
        check(r#""\ud8""#, None);
        check(r#""\ud835"#, None);
    }

    #[test]
    fn numbers_that_no_reader_holds_keep_their_digits_as_text() {
        check(
            "{\"a\": 1e400, \"b\": [-2.5E+999]}",
            Some(("{\"a\":\"1e400\",\"b\":[\"-2.5E+999\"]}", [0, 0, 2])),
        );
        let long = "9".repeat(400);
        check(&long, Some((&format!("\"{long}\""), [0, 0, 1])));
        check("[1e300, 1e-400, -5]", Some(("[1e+300,0.0,-5]", [0; 3])));
        check("[1e400x]", None);
    }

    #[test]
    fn a_column_that_stands_twice_is_refused() {
        let twice = "{\"a\": 1, \"b\": 2, \"a\": 3}";
        for taken in [Taken::Value, Taken::Name] {
            let found = table(twice, &|_| taken).unwrap_err().to_string();
            assert!(found.starts_with("the column `a` stands twice; rename one of them"), "{found}");
        }
        assert!(table(twice, &|name| if name == "a" { Taken::Nothing } else { Taken::Value }).is_ok());
    }

    #[test]
    fn values_that_nobody_wants_are_null() {
        let text = r#"{"a": [1, {"b": NaN}], "c": "d", "e": "\ud835"}"#;
        let taken = |name: &str| if name == "c" { Taken::Value } else { Taken::Name };
        let (cells, mended) = table(text, &taken).unwrap();
        assert_eq!(Value::Object(cells).to_string(), r#"{"a":null,"c":"d","e":null}"#);
        assert!(mended.any(), "what is passed over must be JSON too");
    }

    proptest! {
        #[test]
        fn what_python_writes_is_read(units in prop::collection::vec(0_u16.., 0..20)) {
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let (found, mended) = value(&format!("\"{escaped}\"")).unwrap();
            prop_assert_eq!(found.as_str().unwrap(), String::from_utf16_lossy(&units));
            let halves = char::decode_utf16(units).filter(Result::is_err).count() as u64;
            prop_assert_eq!(mended.halves, halves);
        }
    }
}
