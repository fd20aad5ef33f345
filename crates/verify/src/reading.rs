//! Reading a verifier's words: a number, a yes or no, marks of steps.
//!
//! Lenient about dress, strict about meaning: what says two things says nothing, and what lies outside its range is refused,
//! never pulled in.

use chat::said;
use serde_json::Value;

/// The reply without its thinking.
pub(crate) fn words(reply: &str) -> Result<&str, String> {
    let words = said::after_thinking(reply)?.trim();
    if words.is_empty() { Err("the reply is empty".to_owned()) } else { Ok(words) }
}

/// The lines that say what it comes to: those that name it, else the last one.
fn conclusions<'a>(words: &'a str, name: &str) -> Vec<&'a str> {
    let named: Vec<&str> = words.lines().filter(|line| line.to_lowercase().contains(name)).collect();
    let last = words.lines().rev().find(|line| !line.trim().is_empty());
    if named.is_empty() { last.into_iter().collect() } else { named }
}

/// The one number from 0 to 100 that a reply ends in.
pub(crate) fn percentage(reply: &str) -> Result<f64, String> {
    let words = words(reply)?;
    let mut found: Vec<f64> = conclusions(words, "score").into_iter().flat_map(numbers).collect();
    found.sort_by(f64::total_cmp);
    found.dedup();
    match found[..] {
        [] => Err("the reply gives no number".to_owned()),
        [one] if (0.0..=100.0).contains(&one) => Ok(one),
        [one] => Err(format!("{one} is no number from 0 to 100")),
        [first, .., last] => Err(format!("the reply gives more than one number: {first} and {last}")),
    }
}

/// The numbers of a line; what stands behind `/` or `out of` is a scale and not one of them.
fn numbers(line: &str) -> Vec<f64> {
    let plain = line.to_lowercase().replace("out of 100", "").replace("0 to 100", "").replace("0-100", "");
    let plain = plain.replace("/ 100", "/100").replace("/100", "");
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '−');
    let pieces = plain.split(|c: char| !is_part(c)).map(|piece| piece.trim_end_matches(['.', '-']));
    pieces.filter_map(|piece| piece.replace('−', "-").parse().ok()).collect()
}

/// The words for yes and no.
const YES: [&str; 3] = ["yes", "是", "да"];
const NO: [&str; 3] = ["no", "否", "нет"];

/// What a single word says: yes, no, or neither.
pub(crate) fn word(text: &str) -> Option<bool> {
    let plain = text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    let is = |list: &[&str]| list.contains(&plain.as_str());
    if is(&YES) {
        Some(true)
    } else if is(&NO) {
        Some(false)
    } else {
        None
    }
}

/// The yes or no that a reply ends in.
pub(crate) fn yes_no(reply: &str) -> Result<bool, String> {
    let words = words(reply)?;
    let last = conclusions(words, "\u{0}").into_iter().next().unwrap_or_default();
    let mut said: Vec<bool> = last.split_whitespace().filter_map(word).collect();
    said.dedup();
    match said[..] {
        [one] => Ok(one),
        [] => Err("the reply ends in neither yes nor no".to_owned()),
        _ => Err("the reply ends in yes and in no".to_owned()),
    }
}

/// The number of the best of so many, counted from 1.
pub(crate) fn choice(reply: &str, of: usize) -> Result<usize, String> {
    let words = words(reply)?;
    let mut found: Vec<f64> = conclusions(words, "best:").into_iter().flat_map(numbers).collect();
    found.dedup();
    match found[..] {
        [one] if one.fract() == 0.0 && (1.0..=of as f64).contains(&one) => Ok(one as usize),
        [one] => Err(format!("{one} is no number from 1 to {of}")),
        [] => Err("the reply names no number".to_owned()),
        _ => Err("the reply names more than one number".to_owned()),
    }
}

/// What a reply says of steps `from..=to`, counted from 1: 1 for right, 0 for wrong, ½ for unsure, or a chance. A step that it
/// passes over has none.
pub(crate) fn marks(reply: &str, from: usize, to: usize) -> Result<Vec<Option<f64>>, String> {
    let list = |value: Value| value.get("steps").and_then(Value::as_array).cloned();
    let lists: Vec<Vec<Value>> = chat::json(words(reply)?).into_iter().filter_map(list).collect();
    let [list] = &lists[..] else {
        return Err(format!("the reply holds {} lists of steps where there should be one", lists.len()));
    };
    let mut marks = vec![None; to + 1 - from];
    for item in list {
        let step = item.get("step").and_then(Value::as_u64).unwrap_or_default() as usize;
        if !(from..=to).contains(&step) {
            return Err(format!("{item} names no step from {from} to {to}"));
        }
        let mark =
            item.get("right").and_then(mark).ok_or_else(|| format!("{item} says neither right nor wrong"))?;
        if marks[step - from].replace(mark).is_some_and(|before| before != mark) {
            return Err(format!("the reply says two things of step {step}"));
        }
    }
    if marks.iter().all(Option::is_none) {
        return Err("the reply says nothing of any step".to_owned());
    }
    Ok(marks)
}

fn mark(value: &Value) -> Option<f64> {
    let chance = |number: f64| (0.0..=1.0).contains(&number).then_some(number);
    match value {
        Value::Bool(right) => Some(f64::from(u8::from(*right))),
        Value::Number(number) => chance(number.as_f64()?),
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "right" | "true" | "yes" | "correct" => Some(1.0),
            "wrong" | "false" | "no" | "incorrect" => Some(0.0),
            "unsure" | "unknown" => Some(0.5),
            other => chance(other.parse().ok()?),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_every_dress_and_never_pulled_into_range() {
        let check = |reply: &str, expect: Result<f64, &str>| {
            assert_eq!(percentage(reply), expect.map_err(str::to_owned), "{reply}");
        };
        check("85", Ok(85.0));
        check("<think>100</think>**Score: 7.5**", Ok(7.5));
        check("I checked 3 steps.\nScore: 90/100", Ok(90.0));
        check("On a scale of 0 to 100 the score is 40 %.", Ok(40.0));
        check("12 steps are right.\n60 out of 100", Ok(60.0));
        check("Score: 90\nno, score: 20", Err("the reply gives more than one number: 20 and 90"));
        check("Score: 120", Err("120 is no number from 0 to 100"));
        check("Score: -5", Err("-5 is no number from 0 to 100"));
        check("It is good.", Err("the reply gives no number"));
        check("", Err("the reply is empty"));
    }

    #[test]
    fn a_yes_or_no_is_the_last_line() {
        let check = |reply: &str, expect: Result<bool, &str>| {
            assert_eq!(yes_no(reply), expect.map_err(str::to_owned), "{reply}");
        };
        check("Yes", Ok(true));
        check("No step is wrong.\n\n**Yes.**", Ok(true));
        check("The answer is: no", Ok(false));
        check("我检查了。\n是", Ok(true));
        check("I know now.", Err("the reply ends in neither yes nor no"));
        check("yes and no", Err("the reply ends in yes and in no"));
        check("<think>yes", Err("the reply ends in the middle of its thinking"));
    }

    #[test]
    fn a_choice_is_one_of_those_that_there_are() {
        let check = |reply: &str, expect: Result<usize, &str>| {
            assert_eq!(choice(reply, 3), expect.map_err(str::to_owned), "{reply}");
        };
        check("Number 1 errs in step 2.\nBest: 3", Ok(3));
        check("2", Ok(2));
        check("Best: 4", Err("4 is no number from 1 to 3"));
        check("Best: 1 or 2", Err("the reply names more than one number"));
        check("none", Err("the reply names no number"));
    }

    #[test]
    fn marks_are_of_steps_that_there_are() {
        let check = |reply: &str, expect: Result<&[Option<f64>], &str>| {
            let expect = expect.map(<[_]>::to_vec).map_err(str::to_owned);
            assert_eq!(marks(reply, 3, 5), expect, "{reply}");
        };
        check(
            r#"So: {"steps": [{"step": 3, "right": true}, {"step": 5, "right": 0.25}]}"#,
            Ok(&[Some(1.0), None, Some(0.25)]),
        );
        check(r#"{"steps": [{"step": 4, "right": "unsure"}]}"#, Ok(&[None, Some(0.5), None]));
        check(
            r#"{"steps": [{"step": 2, "right": true}]}"#,
            Err(r#"{"right":true,"step":2} names no step from 3 to 5"#),
        );
        check(
            r#"{"steps": [{"step": 3, "right": 7}]}"#,
            Err(r#"{"right":7,"step":3} says neither right nor wrong"#),
        );
        check(
            r#"{"steps": [{"step": 3, "right": 1}, {"step": 3, "right": 0}]}"#,
            Err("the reply says two things of step 3"),
        );
        check(r#"{"steps": []}"#, Err("the reply says nothing of any step"));
        check("fine", Err("the reply holds 0 lists of steps where there should be one"));
    }
}
