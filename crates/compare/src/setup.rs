//! What was set up differently: refused where it makes differences meaningless, said in any case.

use std::collections::BTreeMap;

use serde_json::Value;
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
    let mut changes = Vec::new();
    difference("", &a, &b, &mut changes);
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

/// The keys at which two values differ, with both sides where they are short.
fn difference(path: &str, a: &Value, b: &Value, changes: &mut Vec<String>) {
    if a == b {
        return;
    }
    let (Value::Object(left), Value::Object(right)) = (a, b) else {
        let (a, b) = (short(a), short(b));
        let path = if path.is_empty() { String::new() } else { format!("{path} ") };
        changes.push(if a == b {
            format!("{path}has another content")
        } else {
            format!("{path}{a} → {b}")
        });
        return;
    };
    let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
    keys.sort();
    keys.dedup();
    // Another kind has other keys: naming it says enough.
    if left.get("kind") != right.get("kind") {
        keys.retain(|key| *key == "kind");
    }
    for key in keys {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let none = Value::Null;
        difference(&path, left.get(key).unwrap_or(&none), right.get(key).unwrap_or(&none), changes);
    }
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() > 40 { format!("{}…", text.chars().take(12).collect::<String>()) } else { text }
}

fn listed(changes: &[String]) -> String {
    let more = changes.len().saturating_sub(4);
    let mut text = changes.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
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

    fn check(a: Value, b: Value, expect: &str) {
        let mut changes = Vec::new();
        difference("", &a, &b, &mut changes);
        assert_eq!(listed(&changes), expect);
    }

    #[test]
    fn differences_name_the_key_and_both_sides() {
        check(json!({"a": 1}), json!({"a": 1}), "");
        check(
            json!({"config": {"temperature": 0.6}}),
            json!({"config": {"temperature": 1}}),
            "config.temperature 0.6 → 1",
        );
        check(
            json!({"kind": "rule", "config": {"a": 1}}),
            json!({"kind": "llm", "config": {"b": 1}}),
            "kind rule → llm",
        );
        check(json!({"system": null}), json!({"system": "Be brief."}), "system none → Be brief.");
        let long = |end: &str| format!("{}{end}", "x".repeat(50));
        check(json!({"p": long("a")}), json!({"p": long("b")}), "p has another content");
        check(json!([1, 2, 3, 4, 5, 6]), json!([]), "[1,2,3,4,5,6] → []");
    }
}
