//! Reading a list of solutions.

use std::ops::Range;

use serde_json::{Map, Value};
use tables::Solution;

use crate::task::reading::{agreed, field, json, latex, lists, truth_in, whole};

/// The solutions in a model's words, each of which ends in one of the steps asked about.
pub(super) fn parse(words: &str, steps: &Range<usize>) -> Result<Vec<Solution>, String> {
    let found = lists(words, &["solutions"]);
    let objects: Vec<&Vec<Value>> = found.iter().filter(|list| holds_objects(list)).collect();
    let lists =
        if objects.is_empty() { found.iter().filter(|list| holds_numbers(list)).collect() } else { objects };
    let told = lists.into_iter().map(|list| solutions(list, steps)).collect::<Result<Vec<_>, String>>()?;
    if let Some(solutions) = agreed(told, "list of solutions")? {
        return Ok(solutions);
    }
    let alone: Vec<Value> = json(words).into_iter().filter(|value| field_of(value, END).is_some()).collect();
    match alone.as_slice() {
        [] => Err("the reply holds no list of solutions".to_owned()),
        alone => solutions(alone, steps),
    }
}

const END: &[&str] = &["end", "end_step", "step"];

fn holds_objects(list: &[Value]) -> bool {
    !list.is_empty() && list.iter().all(Value::is_object)
}

/// Ends alone; no solution at all is such a list too.
fn holds_numbers(list: &[Value]) -> bool {
    list.iter().all(|value| whole(value).is_some())
}

fn field_of<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    field(value.as_object()?, names)
}

/// The solutions of a list of objects or of ends, in the order of their ends.
pub(super) fn solutions(items: &[Value], steps: &Range<usize>) -> Result<Vec<Solution>, String> {
    let mut told =
        items.iter().map(|item| solution(item, steps)).collect::<Result<Vec<Solution>, String>>()?;
    told.sort_by_key(|solution| solution.end);
    match told.windows(2).find(|pair| pair[0].end == pair[1].end) {
        Some(pair) => Err(format!("two solutions end in step {}", pair[0].end)),
        None => Ok(told),
    }
}

fn solution(item: &Value, steps: &Range<usize>) -> Result<Solution, String> {
    match item {
        Value::Object(object) => from_object(object, steps),
        _ => Ok(Solution::ending_at(end(item, steps)?)),
    }
}

fn from_object(object: &Map<String, Value>, steps: &Range<usize>) -> Result<Solution, String> {
    let stands = |names: &[&str]| field(object, names).filter(|value| !value.is_null());
    let last = stands(END).ok_or_else(|| "a solution has no `end`".to_owned())?;
    let flag = |names: &[&str]| stands(names).map(truth_in).transpose();
    Ok(Solution {
        end: end(last, steps)?,
        answer: stands(&["answer"]).map(plain).filter(|answer| !answer.is_empty()),
        correct: flag(&["correct"])?,
        complete: flag(&["complete"])?,
        strategy: None,
    })
}

fn plain(answer: &Value) -> String {
    answer.as_str().map_or_else(|| answer.to_string(), latex)
}

fn end(value: &Value, steps: &Range<usize>) -> Result<u32, String> {
    match whole(value) {
        Some(step) if steps.contains(&(step as usize)) => Ok(step),
        _ => Err(format!(
            "a solution ends in step {value}; the steps run from {} to {}",
            steps.start,
            steps.end.saturating_sub(1)
        )),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Its end, its answer, and whether it is complete.
    type Round = (u32, Option<String>, Option<bool>);

    fn ends(reply: &str) -> Result<Vec<Round>, String> {
        let told = parse(reply, &(2..10))?;
        Ok(told.into_iter().map(|one| (one.end, one.answer, one.complete)).collect())
    }

    #[test]
    fn lists_are_read_in_every_dress() {
        let check = |reply: &str, expect: &[(u32, Option<&str>, Option<bool>)]| {
            let expect: Vec<_> =
                expect.iter().map(|(end, answer, full)| (*end, answer.map(str::to_owned), *full)).collect();
            assert_eq!(ends(reply), Ok(expect), "{reply}");
        };
        let two: &[(u32, Option<&str>, Option<bool>)] =
            &[(4, Some("12"), Some(true)), (7, Some("12"), Some(false))];
        check(
            r#"[{"end": 4, "answer": "12", "complete": true}, {"end": 7, "answer": 12, "complete": false}]"#,
            two,
        );
        check(
            "There are two:\n```json\n{\"solutions\": [{\"end\": \"7\", \"answer\": \"12\", \"complete\": \"no\"},\
             {\"end\": 4, \"answer\": \"12\", \"complete\": \"yes\"}]}\n```\nas in [1].",
            two,
        );
        check(
            "[{'end': 4, 'answer': '12', 'complete': True}, {'End': 7, 'answer': '12', 'complete': False}]",
            two,
        );
        check(r#"{"end": 5, "answer": "\\frac{1}{2}"}"#, &[(5, Some(r"\frac{1}{2}"), None)]);
        check(r#"[{"end": 5, "answer": "\frac{1}{2}"}]"#, &[(5, Some(r"\frac{1}{2}"), None)]);
        check(r#"[{"end": 5, "answer": null}]"#, &[(5, None, None)]);
        check("[4, 7]", &[(4, None, None), (7, None, None)]);
        check("[]", &[]);
        check(r#"{"solutions": []}"#, &[]);
    }

    #[test]
    fn what_is_no_list_of_known_steps_is_refused() {
        let check = |reply: &str, expect: &str| assert_eq!(ends(reply), Err(expect.to_owned()), "{reply}");
        check("There are none.", "the reply holds no list of solutions");
        check(r#"[{"answer": "12"}]"#, "a solution has no `end`");
        check(r#"[{"end": 1}]"#, "a solution ends in step 1; the steps run from 2 to 9");
        check(r#"[{"end": 10}]"#, "a solution ends in step 10; the steps run from 2 to 9");
        check(r#"[{"end": 4.5}]"#, "a solution ends in step 4.5; the steps run from 2 to 9");
        check(r#"[{"end": 4}, {"end": 4, "answer": "3"}]"#, "two solutions end in step 4");
        check(r#"[{"end": 4, "complete": "partly"}]"#, "`partly` is neither true nor false");
        check("[4] or [5]", "the reply gives more than one list of solutions, and they differ");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic_and_in_range(
            text in r#"([0-9\-{}\[\]", .]|"end": |"answer": |\[\{"end": |[Ⱥİ\u{212a}]|\PC){0,60}"#
        ) {
            for solution in parse(&text, &(2..10)).unwrap_or_default() {
                prop_assert!((2..10).contains(&solution.end));
            }
        }
    }
}
