//! What was set up differently: refused where it makes differences meaningless, said in any case.

use std::collections::BTreeMap;

use serde_json::Value;
use stage::{Change, changes};
use tables::{Problem, TableReader};

use crate::deviation::{Aspect, Deviation};
use crate::error::CompareError;
use crate::model_run::ModelRun;

/// What differs between two model runs: what forbids a comparison unless allowed, and what has to be said.
pub(crate) fn deviations(
    first: &ModelRun,
    second: &ModelRun,
    allowed: &[Aspect],
) -> Result<(Vec<Deviation>, Vec<Deviation>), CompareError> {
    let mut all: Vec<Deviation> = dataset(first, second)?.into_iter().collect();
    if first.manifest.is_none() || second.manifest.is_none() {
        let what = "unknown, for a lone table of scores does not tell how it came about".to_owned();
        all.push(Deviation { aspect: Aspect::Prompts, what });
    }
    all.extend(Aspect::ALL.into_iter().filter_map(|aspect| differs(aspect, first, second)));
    Ok(all.into_iter().partition(|one| one.aspect.forbids() && !allowed.contains(&one.aspect)))
}

fn differs(aspect: Aspect, first: &ModelRun, second: &ModelRun) -> Option<Deviation> {
    let (stage, key) = place(aspect)?;
    let (a, b) = (fingerprint_input(first, stage, key)?, fingerprint_input(second, stage, key)?);
    let changes = changes(&a, &b);
    (!changes.is_empty()).then(|| Deviation { aspect, what: listed(&changes) })
}

/// The stage whose fingerprint's input tells, and the key inside it.
fn place(aspect: Aspect) -> Option<(&'static str, &'static str)> {
    match aspect {
        Aspect::Dataset => None,
        Aspect::Splitter => Some(("split", "/splitter")),
        Aspect::Judge => Some(("judge", "")),
        Aspect::Scoring => Some(("score", "/score")),
        Aspect::Tokenizer => Some(("split", "/tokenizer")),
        Aspect::Prompts => Some(("generate", "/generator")),
    }
}

fn fingerprint_input(model_run: &ModelRun, stage: &str, key: &str) -> Option<Value> {
    let entry = model_run.manifest.as_ref()?.stages.get(&format!("{stage} {}", model_run.model))?;
    let mut value = entry.fingerprint_input.pointer(key)?.clone();
    // Which model is asked, and where, is no prompt.
    for key in ["model", "base_url", "name"] {
        value.pointer_mut("/config").and_then(Value::as_object_mut).map(|config| config.remove(key));
    }
    Some(value)
}

/// The first changes, and how many more there are.
fn listed(changes: &[Change<'_>]) -> String {
    let more = changes.len().saturating_sub(4);
    let mut text = changes.iter().take(4).map(Change::to_string).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(", and {more} more"));
    }
    text
}

/// Problems that both have under one name must be the same.
fn dataset(first: &ModelRun, second: &ModelRun) -> Result<Option<Deviation>, CompareError> {
    let (Some(a), Some(b)) = (&first.problems, &second.problems) else { return Ok(None) };
    if a == b {
        return Ok(None);
    }
    let known: BTreeMap<String, blake3::Hash> = contents(TableReader::open(a)?)?;
    let others = contents(TableReader::open(b)?)?;
    let differ: Vec<&String> = others
        .iter()
        .filter(|(id, hash)| known.get(*id).is_some_and(|own| own != *hash))
        .map(|(id, _)| id)
        .collect();
    Ok(differ.first().map(|id| Deviation {
        aspect: Aspect::Dataset,
        what: match differ.len() {
            1 => format!("problem {id} has another text or answer"),
            more => format!("{more} problems have another text or answer, {id} among them"),
        },
    }))
}

fn contents(problems: TableReader<Problem>) -> Result<BTreeMap<String, blake3::Hash>, CompareError> {
    problems
        .map(|problem| {
            let problem = problem?;
            let text = serde_json::json!([problem.problem, problem.gold, problem.choices]).to_string();
            Ok((problem.id, blake3::hash(text.as_bytes())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_list_of_changes_is_cut() {
        let check = |a: Value, b: Value, expect: &str| assert_eq!(listed(&changes(&a, &b)), expect);
        check(json!({"a": 1}), json!({"a": 1}), "");
        check(json!({"a": 0.6, "b": 1}), json!({"a": 1, "b": 2}), "a: 0.6 → 1, b: 1 → 2");
        let many =
            |value: u32| json!({"a": value, "b": value, "c": value, "d": value, "e": value, "f": value});
        check(many(1), many(2), "a: 1 → 2, b: 1 → 2, c: 1 → 2, d: 1 → 2, and 2 more");
    }
}
