//! Reading what a model, or whoever labelled, says about thoughts.

use std::ops::Range;

use serde_json::{Map, Value};
use tables::Thought;

use crate::task::reading::{agreed, field, json, lists, truth_in, whole};

/// What is said of one thought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) genuine: bool,
    pub(super) promise: u32,
}

/// The highest promise.
const MOST_PROMISE: u32 = 2;

/// What a model says of each of the thoughts that it was asked about, in their order.
pub(super) fn parse(words: &str, asked: &Range<usize>) -> Result<Vec<Said>, String> {
    let found = lists(words, &["thoughts"]).into_iter();
    let found = found.filter(|list| !list.is_empty() && list.iter().all(Value::is_object));
    let told = found.map(|list| all(&list, asked)).collect::<Result<Vec<_>, String>>()?;
    if let Some(said) = agreed(told, "list of thoughts")? {
        return Ok(said);
    }
    // A single thought may come without a list around it.
    let alone: Vec<Value> = json(words).into_iter().filter(Value::is_object).collect();
    if alone.is_empty() { Err("the reply holds no list of thoughts".to_owned()) } else { all(&alone, asked) }
}

fn all(items: &[Value], asked: &Range<usize>) -> Result<Vec<Said>, String> {
    let mut said: Vec<Option<Said>> = vec![None; asked.len()];
    for item in items.iter().filter_map(Value::as_object) {
        let (index, one) = one(item)?;
        let place = (index as usize).checked_sub(asked.start).and_then(|at| said.get_mut(at));
        let place = place.ok_or_else(|| format!("thought {index} was not asked about"))?;
        if place.replace(one).is_some() {
            return Err(format!("thought {index} is there twice"));
        }
    }
    let missing = said.iter().position(Option::is_none).map(|at| at + asked.start);
    match missing {
        Some(index) => Err(format!("thought {index} is missing")),
        None => Ok(said.into_iter().flatten().collect()),
    }
}

fn one(item: &Map<String, Value>) -> Result<(u32, Said), String> {
    let index = field(item, &["thought", "index", "number"]).and_then(whole);
    let index = index.ok_or_else(|| "an entry does not say which thought it is about".to_owned())?;
    let genuine = field(item, &["genuine"]).ok_or_else(|| format!("thought {index} has no `genuine`"))?;
    // Nobody need say that the first thought is one.
    let genuine = if index == 0 && genuine.is_null() { true } else { truth_in(genuine)? };
    let promise = field(item, &["promise"]).ok_or_else(|| format!("thought {index} has no `promise`"))?;
    Ok((index, Said { genuine, promise: promise_in(promise)? }))
}

fn promise_in(value: &Value) -> Result<u32, String> {
    let promise = whole(value).filter(|promise| *promise <= MOST_PROMISE);
    promise.ok_or_else(|| format!("a promise of {value}; it is 0, 1 or 2"))
}

/// Thoughts as labelled: bytes at which they start, or objects with the columns of the judgments table.
pub(super) fn labels(value: &Value, text: &str) -> Result<Vec<Thought>, String> {
    let items = value.as_array().ok_or_else(|| format!("`thoughts` is {value}; expected a list"))?;
    let thoughts = items.iter().map(|item| label(item, text)).collect::<Result<Vec<Thought>, String>>()?;
    match thoughts.windows(2).find(|pair| pair[0].start >= pair[1].start) {
        Some(pair) => {
            Err(format!("a thought starts at byte {} behind one at {}", pair[1].start, pair[0].start))
        }
        None if thoughts.first().is_some_and(|first| first.start != 0) => {
            Err("the first thought does not start at byte 0".to_owned())
        }
        None => Ok(thoughts),
    }
}

fn label(item: &Value, text: &str) -> Result<Thought, String> {
    let empty = Map::new();
    let (start, object) = match item {
        Value::Object(object) => (object.get("start").unwrap_or(&Value::Null), object),
        start => (start, &empty),
    };
    let stands = |key: &str| object.get(key).filter(|value| !value.is_null());
    let flag = |key: &str| stands(key).map(truth_in).transpose();
    let byte =
        whole(start).filter(|byte| (*byte as usize) < text.len() && text.is_char_boundary(*byte as usize));
    Ok(Thought {
        start: byte.ok_or_else(|| format!("a thought starts at {start}, where no character does"))?,
        step: 0,
        marker: stands("marker").and_then(Value::as_str).map(str::to_owned),
        genuine: flag("genuine")?,
        promise: stands("promise").map(promise_in).transpose()?,
        correct: flag("correct")?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json as j;

    use super::*;

    fn said(reply: &str) -> Result<Vec<(bool, u32)>, String> {
        Ok(parse(reply, &(3..5))?.into_iter().map(|said| (said.genuine, said.promise)).collect())
    }

    #[test]
    fn every_thought_asked_about_is_read_once() {
        let check = |reply: &str| assert_eq!(said(reply), Ok(vec![(true, 1), (false, 2)]), "{reply}");
        check(
            r#"[{"thought": 3, "genuine": true, "promise": 1}, {"thought": 4, "genuine": false, "promise": 2}]"#,
        );
        check(
            "```json\n{\"thoughts\": [{\"thought\": \"4\", \"genuine\": \"no\", \"promise\": \"2\"},\n\
               {\"thought\": 3, \"genuine\": \"yes\", \"promise\": 1}]}\n```",
        );
        check(
            "[{'thought': 3, 'genuine': True, 'promise': 1}, {'index': 4, 'genuine': False, 'promise': 2}]",
        );
        check(
            "{\"thought\": 3, \"genuine\": true, \"promise\": 1}\n{\"thought\": 4, \"genuine\": false, \"promise\": 2}",
        );
    }

    #[test]
    fn what_misses_or_doubles_a_thought_is_refused() {
        let check = |reply: &str, expect: &str| assert_eq!(said(reply), Err(expect.to_owned()), "{reply}");
        let three = r#"{"thought": 3, "genuine": true, "promise": 1}"#;
        check(&format!("[{three}]"), "thought 4 is missing");
        check(&format!("[{three}, {three}]"), "thought 3 is there twice");
        check(r#"[{"thought": 2, "genuine": true, "promise": 1}]"#, "thought 2 was not asked about");
        check(r#"[{"thought": 5, "genuine": true, "promise": 1}]"#, "thought 5 was not asked about");
        check(r#"[{"thought": 3, "genuine": true, "promise": 3}]"#, "a promise of 3; it is 0, 1 or 2");
        check(r#"[{"thought": 3, "genuine": true}]"#, "thought 3 has no `promise`");
        check(r#"[{"thought": 3, "genuine": "maybe", "promise": 1}]"#, "`maybe` is neither true nor false");
        check(r#"[{"genuine": true, "promise": 1}]"#, "an entry does not say which thought it is about");
        check("All of them are genuine.", "the reply holds no list of thoughts");
    }

    #[test]
    fn labels_start_at_characters_in_order() {
        let check = |value: Value, expect: Result<&[u32], &str>| {
            let starts = labels(&value, "añb").map(|all| all.iter().map(|one| one.start).collect::<Vec<_>>());
            let starts = starts.as_ref().map(|starts| &starts[..]).map_err(|error| error.as_str());
            assert_eq!(starts, expect, "{value}");
        };
        check(j!([0, 3]), Ok(&[0, 3]));
        check(j!([{"start": 0, "genuine": true, "promise": 2}, {"start": 1, "marker": "ñ"}]), Ok(&[0, 1]));
        check(j!([0, 2]), Err("a thought starts at 2, where no character does"));
        check(j!([0, 9]), Err("a thought starts at 9, where no character does"));
        check(j!([0, 3, 1]), Err("a thought starts at byte 1 behind one at 3"));
        check(j!([1]), Err("the first thought does not start at byte 0"));
        check(j!([{"start": 0, "promise": 7}]), Err("a promise of 7; it is 0, 1 or 2"));
        check(j!("none"), Err("`thoughts` is \"none\"; expected a list"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic_and_in_range(
            text in r#"([0-9\-{}\[\]", .]|"thought": |"genuine": true|"promise": |\[\{|[Ⱥİ\u{212a}]|\PC){0,60}"#
        ) {
            for said in parse(&text, &(3..5)).unwrap_or_default() {
                prop_assert!(said.promise <= MOST_PROMISE);
            }
        }
    }
}
