//! Reading a file of verdicts.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use tables::{Generation, Judgment, Solution};

use crate::{absent, found};

/// What a line of the file is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Trace(String),
    Sample { problem_id: String, sample: u32, model: Option<String> },
}

/// All verdicts of a file.
pub(super) struct Verdicts(BTreeMap<About, Judgment>);

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

impl Verdicts {
    /// Reads JSONL; an error is the 1-based line and what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut verdicts = BTreeMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (about, judgment) = read(line).map_err(|problem| (index + 1, problem))?;
            let before = verdicts.insert(about, judgment.clone());
            if before.is_some_and(|before| before != judgment) {
                return Err((index + 1, "another verdict than before for the same generation".to_owned()));
            }
        }
        Ok(Self(verdicts))
    }

    /// The verdict about a generation: by its trace's name, else for this model, else for any model.
    pub(super) fn of(&self, generation: &Generation) -> Option<Judgment> {
        let sample = |model| About::Sample {
            problem_id: generation.problem_id.clone(),
            sample: generation.sample,
            model,
        };
        let by_trace = generation.trace_id.clone().and_then(|trace| self.0.get(&About::Trace(trace)));
        let by_model = || self.0.get(&sample(Some(generation.model.clone())));
        by_trace.or_else(by_model).or_else(|| self.0.get(&sample(None))).cloned()
    }
}

fn read(line: &str) -> Result<(About, Judgment), String> {
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
    Ok((about, judgment))
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
