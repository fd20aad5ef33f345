//! The tasks beside the first correct step, one a file. A new one is a new file, a `mod` line and a word in the sorted
//! list.
//!
//! A pipeline names them in tables of their own, `[tasks.<name>]`, each with a `kind`. `solutions` and `thoughts` are
//! done by rule unless a pipeline says otherwise, for a rule can do them and costs nothing.

pub(crate) mod convergence;
pub(crate) mod difficulty;
pub(crate) mod ratings;
pub(crate) mod rollouts;
pub(crate) mod solutions;
pub(crate) mod strategies;
pub(crate) mod thoughts;
pub(crate) mod validity;
pub(crate) mod verbosity;
pub(crate) mod verify;

use std::collections::BTreeMap;

use plugin::{ConfigError, ConfigErrors, Key, Registry};
use serde_json::{Map, Value, json};

use crate::task::Task;
use crate::{Chain, Judge};

/// A task and the ways to do it.
pub struct TaskEntry {
    /// Its name, as in `[tasks.<name>]`.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// The kind that does it where a pipeline does not name the task; nobody does the others then.
    pub default: Option<&'static str>,
    /// The ways to do it.
    pub kinds: &'static Registry<dyn Task>,
}

/// All tasks, by name.
pub static TASKS: &[TaskEntry] = &[
    convergence::ENTRY,
    difficulty::ENTRY,
    ratings::ENTRY,
    rollouts::ENTRY,
    solutions::ENTRY,
    strategies::ENTRY,
    thoughts::ENTRY,
    validity::ENTRY,
    verbosity::ENTRY,
    verify::ENTRY,
];

/// The kind of a table that names none.
const USUAL: &str = "llm";
/// The kind of a task that is left out.
const OFF: &str = "off";

/// The tasks of a pipeline.
pub struct Configured {
    /// The tasks that are done, by name.
    pub built: Vec<Box<dyn Task>>,
    /// What each of them is, for fingerprints.
    pub fingerprint_input: Value,
}

impl Configured {
    /// A judge with these tasks after it; the judge as it is if there are none.
    #[must_use]
    pub fn after(self, first: plugin::Configured<dyn Judge>) -> plugin::Configured<dyn Judge> {
        if self.built.is_empty() {
            return first;
        }
        let fingerprint_input = json!({"judge": first.fingerprint_input, "tasks": self.fingerprint_input});
        plugin::Configured {
            built: Box::new(Chain::new(first.built, self.built)),
            kind: first.kind,
            fingerprint_input,
        }
    }

    /// Each task and who does it.
    pub fn names(&self) -> Vec<(&'static str, String)> {
        self.built.iter().map(|task| (task.task(), task.judge())).collect()
    }
}

/// The keys that a kind of a task knows; nothing if there is no such task or kind.
pub fn keys(task: &str, kind: &str) -> Option<Vec<Key>> {
    let entry = TASKS.iter().find(|entry| entry.name == task)?;
    entry.kinds.get(kind).map(|kind| kind.keys())
}

/// Builds the tasks of a `[tasks]` table; `path` is its place. Every fault is named at once.
pub fn build(table: &Value, path: &str) -> Result<Configured, ConfigErrors> {
    let Some(tables) = table.as_object() else {
        return Err(ConfigError::new(path, "expected a table with a table for each task").into());
    };
    let mut faults = strangers(tables, path);
    let (mut built, mut fingerprint_input) = (Vec::new(), BTreeMap::new());
    for entry in TASKS {
        match entry.configured(tables.get(entry.name), path) {
            Ok(Some(configured)) => {
                built.push(configured.built);
                fingerprint_input.insert(entry.name, configured.fingerprint_input);
            }
            Ok(None) => {}
            Err(more) => faults.extend(more.0),
        }
    }
    faults.extend(twice(&fingerprint_input, path));
    if !faults.is_empty() {
        return Err(ConfigErrors(faults));
    }
    Ok(Configured { built, fingerprint_input: json!(fingerprint_input) })
}

impl TaskEntry {
    /// The kind of a table that names none.
    pub fn usual_kind(&self) -> &'static str {
        let usual = if self.kinds.usual.is_empty() { USUAL } else { self.kinds.usual };
        self.default.unwrap_or(usual)
    }

    /// The task that a table describes; nothing if it is left out.
    fn configured(
        &self,
        table: Option<&Value>,
        path: &str,
    ) -> Result<Option<plugin::Configured<dyn Task>>, ConfigErrors> {
        let mut table = match (table, self.default) {
            (Some(table), _) => table.clone(),
            (None, Some(_)) => Value::Object(Map::new()),
            (None, None) => return Ok(None),
        };
        if let Some(keys) = table.as_object_mut() {
            keys.entry("kind").or_insert_with(|| Value::from(self.usual_kind()));
        }
        let configured = self.kinds.build(&table, &format!("{path}.{}", self.name))?;
        Ok(Some(configured).filter(|configured| configured.kind != OFF))
    }
}

fn strangers(tables: &Map<String, Value>, path: &str) -> Vec<ConfigError> {
    let known: Vec<&str> = TASKS.iter().map(|entry| entry.name).collect();
    let strange = tables.keys().filter(|name| !known.contains(&name.as_str()));
    strange.map(|name| ConfigError::unknown(format!("{path}.{name}"), "task", name, &known)).collect()
}

/// `ratings` does the work of three tasks.
fn twice(fingerprint_input: &BTreeMap<&str, Value>, path: &str) -> Vec<ConfigError> {
    if !fingerprint_input.contains_key("ratings") {
        return vec![];
    }
    let tasks = ratings::DOES.into_iter().map(|columns| columns.task);
    let both = tasks.filter(|task| fingerprint_input.contains_key(task));
    let fault = |task: &str| {
        ConfigError::new(format!("{path}.{task}"), "`ratings` does this task as well")
            .hint("leave one of them out")
    };
    both.map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(table: Value) -> Result<Vec<String>, String> {
        let configured = build(&table, "tasks").map_err(|faults| faults.to_string())?;
        Ok(configured.built.iter().map(|task| format!("{}={}", task.task(), task.judge())).collect())
    }

    #[test]
    fn the_list_is_sorted_and_every_task_can_be_left_out() {
        assert!(TASKS.is_sorted_by_key(|entry| entry.name));
        for entry in TASKS {
            assert!(entry.kinds.entries.is_sorted_by_key(|kind| kind.kind), "{}", entry.name);
            assert!(entry.kinds.get(OFF).is_some(), "{}", entry.name);
            assert!(entry.kinds.get(entry.usual_kind()).is_some(), "{}", entry.name);
            if entry.default.is_none() && entry.kinds.usual.is_empty() {
                assert_eq!(entry.usual_kind(), USUAL);
            }
        }
    }

    #[test]
    fn what_rules_can_do_is_done_unless_it_is_switched_off() {
        assert_eq!(names(json!({})).unwrap(), ["solutions=rule", "thoughts=rule"]);
        assert_eq!(names(json!({"thoughts": {"kind": "off"}})).unwrap(), ["solutions=rule"]);
        let one = json!({"strategies": {"model": "m"}, "thoughts": {"kind": "llm", "model": "n"}});
        assert_eq!(names(one).unwrap(), ["solutions=rule", "strategies=llm:m", "thoughts=llm:n"]);
    }

    #[test]
    fn a_judge_without_tasks_is_the_judge() {
        let judge = || crate::judges::parse(&json!({"kind": "rule"}), "judge").ok().unwrap();
        let plain = judge().fingerprint_input;
        let off = json!({"solutions": {"kind": "off"}, "thoughts": {"kind": "off"}});
        let tasks = |table: &Value| build(table, "tasks").ok().unwrap();
        assert_eq!(tasks(&off).after(judge()).fingerprint_input, plain);
        let chained = tasks(&json!({})).after(judge()).fingerprint_input;
        assert_eq!(chained["judge"], plain);
        assert_eq!(
            chained["tasks"].as_object().unwrap().keys().collect::<Vec<_>>(),
            ["solutions", "thoughts"]
        );
    }

    #[test]
    fn keys_of_a_kind_are_known() {
        let names = |task, kind| {
            keys(task, kind).map(|keys| keys.into_iter().map(|key| key.name).collect::<Vec<_>>())
        };
        assert_eq!(names("thoughts", "rule").unwrap(), ["add", "remove", "sets"]);
        assert!(names("strategies", "llm").unwrap().contains(&"window_tokens".to_owned()));
        assert_eq!((names("strategies", "rule"), names("stratgies", "llm")), (None, None));
    }

    #[test]
    fn faults_name_task_kind_and_key() {
        let check = |table: Value, expect: &str| assert_eq!(names(table).unwrap_err(), expect);
        check(
            json!({"stratgies": {}, "thoughts": {"kind": "ruel"}, "validity": {"kind": "llm", "modle": "m"}}),
            "tasks.stratgies: unknown task `stratgies` (did you mean `strategies`?)\n\
             tasks.thoughts.kind: unknown judge of thoughts `ruel` (did you mean `rule`?)\n\
             tasks.validity.modle: unknown key `modle` (did you mean `model`?)\n\
             tasks.validity.model: missing (The model's name at the server.)",
        );
        check(json!([]), "tasks: expected a table with a table for each task");
        check(
            json!({"validity": 3}),
            "tasks.validity: expected a table with the `kind` of the judge of validity",
        );
        check(
            json!({"ratings": {"model": "m"}, "verbosity": {"model": "m"}, "difficulty": {"kind": "off"}}),
            "tasks.verbosity: `ratings` does this task as well (leave one of them out)",
        );
    }

    #[test]
    fn the_identity_holds_prompts_and_not_how_calls_are_made() {
        let fingerprint_input = |more: Value| {
            let mut table = json!({"model": "m"});
            table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            build(&json!({"verbosity": table}), "tasks")
                .map(|configured| configured.fingerprint_input)
                .ok()
                .unwrap()
        };
        let plain = fingerprint_input(json!({}));
        assert_eq!(plain, fingerprint_input(json!({"retries": 2, "stream": false, "kind": "llm"})));
        assert_ne!(plain, fingerprint_input(json!({"temperature": 0.5})));
        assert!(plain["verbosity"]["ingredients"]["question.txt"].as_str().unwrap().contains("how verbose"));
        assert_eq!(plain.as_object().unwrap().len(), 3, "the tasks that rules do belong to it");
    }
}
