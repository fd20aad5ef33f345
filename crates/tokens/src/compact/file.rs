//! The parts of a `tokenizer.json` that a form is made of, read without copying what need not be.
//!
//! Nothing is interpreted here: whatever has another shape than today's files is left to the library.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A `tokenizer.json`.
pub(super) struct File<'a> {
    /// Everything but the model.
    pub(super) rest: Map<String, Value>,
    pub(super) model: Model<'a>,
}

/// Its model.
#[derive(Default)]
pub(super) struct Model<'a> {
    /// Everything but vocabulary and merges.
    pub(super) rest: Map<String, Value>,
    pub(super) vocab: Vec<(Cow<'a, str>, u32)>,
    pub(super) merges: Vec<Merge<'a>>,
}

/// A merge in one of its two spellings.
pub(super) enum Merge<'a> {
    Joined(Cow<'a, str>),
    Pair(Cow<'a, str>, Cow<'a, str>),
}

impl<'a> File<'a> {
    /// None for what is no JSON object with a model of the usual shape.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl Merge<'_> {
    /// Its two tokens. `Some(None)` is a line that says which version wrote the file; none is an error.
    pub(super) fn tokens(&self) -> Option<Option<(&str, &str)>> {
        match self {
            Self::Pair(left, right) => Some(Some((left, right))),
            Self::Joined(line) if line.starts_with("#version") => Some(None),
            Self::Joined(line) => {
                let (left, right) = line.split_once(' ')?;
                (!right.contains(' ')).then_some(Some((left, right)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for File<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = File<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a tokenizer.json")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File<'de>, A::Error> {
                let (mut rest, mut model) = (Map::new(), None);
                while let Some(key) = map.next_key::<String>()? {
                    if key == "model" {
                        once(&mut model, map.next_value()?)?;
                    } else {
                        rest.insert(key, map.next_value()?);
                    }
                }
                Ok(File { rest, model: model.ok_or_else(|| A::Error::missing_field("model"))? })
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'de> Deserialize<'de> for Model<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Model<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a model")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Model<'de>, A::Error> {
                let (mut rest, mut vocab, mut merges) = (Map::new(), None, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "vocab" => once(&mut vocab, map.next_value::<Vocab<'de>>()?.0)?,
                        "merges" => once(&mut merges, map.next_value()?)?,
                        _ => drop(rest.insert(key, map.next_value()?)),
                    }
                }
                let vocab = vocab.ok_or_else(|| A::Error::missing_field("vocab"))?;
                let merges = merges.ok_or_else(|| A::Error::missing_field("merges"))?;
                Ok(Model { rest, vocab, merges })
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Of two equal keys the last one counts elsewhere; here nobody has to know.
fn once<T, E: Error>(place: &mut Option<T>, value: T) -> Result<(), E> {
    let first = place.replace(value).is_none();
    if first { Ok(()) } else { Err(E::custom("a key stands there twice")) }
}

struct Vocab<'a>(Vec<(Cow<'a, str>, u32)>);

impl<'de> Deserialize<'de> for Vocab<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vocab<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tokens and their ids")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vocab<'de>, A::Error> {
                let mut vocab = Vec::new();
                while let Some((token, id)) = map.next_entry::<Text<'de>, u32>()? {
                    vocab.push((token.0, id));
                }
                Ok(Vocab(vocab))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'de> Deserialize<'de> for Merge<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Merge<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a merge")
            }

            fn visit_borrowed_str<E: Error>(self, line: &'de str) -> Result<Merge<'de>, E> {
                Ok(Merge::Joined(Cow::Borrowed(line)))
            }

            fn visit_str<E: Error>(self, line: &str) -> Result<Merge<'de>, E> {
                Ok(Merge::Joined(Cow::Owned(line.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Merge<'de>, A::Error> {
                let mut token = || pair.next_element::<Text<'de>>();
                match (token()?, token()?, token()?) {
                    (Some(left), Some(right), None) => Ok(Merge::Pair(left.0, right.0)),
                    _ => Err(A::Error::custom("a merge of other than two tokens")),
                }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A string, borrowed where it holds no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a token")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merges(text: &str) -> Option<Vec<(String, String)>> {
        let file = File::parse(text)?;
        let mut found = Vec::new();
        for merge in &file.model.merges {
            found.extend(merge.tokens()?.map(|(left, right)| (left.to_owned(), right.to_owned())));
        }
        Some(found)
    }

    #[test]
    fn both_spellings_of_a_merge() {
        let expect = Some(vec![("a".to_owned(), "\"".to_owned()), ("Ġ".to_owned(), "b".to_owned())]);
        let check = |text: &str| assert_eq!(merges(text), expect, "{text}");
        check(r#"{"model": {"vocab": {}, "merges": [["a", "\""], ["Ġ", "b"]]}}"#);
        check(
            r##"{"x": [1], "model": {"merges": ["#version: 0.2", "a \"", "Ġ b"], "type": "BPE", "vocab": {}}}"##,
        );
    }

    #[test]
    fn other_shapes_are_none_of_ours() {
        let check = |text: &str| assert_eq!(merges(text), None, "{text}");
        check("");
        check("[]");
        check("{}");
        check(r#"{"model": {"vocab": {}}}"#);
        check(r#"{"model": {"vocab": [], "merges": []}}"#);
        check(r#"{"model": {"vocab": {"a": -1}, "merges": []}}"#);
        check(r#"{"model": {"vocab": {}, "merges": null}}"#);
        check(r#"{"model": {"vocab": {}, "merges": ["a b c"]}}"#);
        check(r#"{"model": {"vocab": {}, "merges": ["a"]}}"#);
        check(r#"{"model": {"vocab": {}, "merges": [["a"]]}}"#);
        check(r#"{"model": {"vocab": {}, "merges": []}, "model": {"vocab": {}, "merges": []}}"#);
    }

    #[test]
    fn tokens_are_borrowed_unless_they_hold_escapes() {
        let file = File::parse(r#"{"model": {"vocab": {"a": 0, "\"": 1}, "merges": []}}"#).unwrap();
        let [(plain, 0), (quote, 1)] = &file.model.vocab[..] else { panic!("two tokens") };
        assert!(matches!(plain, Cow::Borrowed("a")) && matches!(quote, Cow::Owned(_)));
    }
}
