//! Reading a line of a file of verdicts.

use serde::Deserialize;
use serde_json::Value;
use tables::{Judgment, Solution};

use crate::recording::About;
use crate::{absent, found};

#[derive(Deserialize)]
struct Line {
    problem_id: Option<String>,
    #[serde(alias = "trace")]
    trace_id: Option<String>,
    #[serde(default)]
    sample: u32,
    model: Option<String>,
    step: Option<Value>,
    #[serde(alias = "lo")]
    band_first: Option<u32>,
    #[serde(alias = "hi")]
    band_last: Option<u32>,
    later_changed: Option<bool>,
    solutions: Option<Vec<u32>>,
}

/// What a line is about, and its verdict.
pub(super) fn read(line: &str) -> Result<(Vec<About>, Judgment), String> {
    let line: Line =
        serde_json::from_str(line).map_err(|error| format!("not a JSON object with known types: {error}"))?;
    let verdict = step(line.step.as_ref())?;
    let judgment = Judgment {
        band_first: line.band_first,
        band_last: line.band_last,
        later_changed: line.later_changed,
        solutions: line.solutions.map(|ends| ends.into_iter().map(Solution::ending_at).collect()),
        ..verdict
    };
    let about = match (line.trace_id, line.problem_id) {
        (Some(trace), _) => About::Trace(trace),
        (None, Some(problem_id)) => About::Sample { problem_id, sample: line.sample, model: line.model },
        (None, None) => return Err("neither `problem_id` nor `trace_id` says what it is about".to_owned()),
    };
    Ok((vec![about], judgment))
}

/// An index as a number, or as a string as some tools leave it.
fn step(value: Option<&Value>) -> Result<Judgment, String> {
    let value =
        value.ok_or_else(|| "`step` is missing; write -1 where no step asserts the answer".to_owned())?;
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    match number.map(|number| (number, u32::try_from(number))) {
        Some((_, Ok(step))) => Ok(found(step)),
        Some((-1, _)) => Ok(absent()),
        _ => Err(format!("`step` is {value}; expected an index from 0, or -1")),
    }
}
