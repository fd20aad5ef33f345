//! Verdicts that somebody already has: labels by hand, or what another tool's judge returned.

mod verdicts;

use std::path::PathBuf;

use chat::Dialogue;
use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Judgment;

use crate::{Item, Judge, failed, known};
use verdicts::Verdicts;

/// Takes verdicts from a file, one JSON object a line: `problem_id` (or `trace_id`), `step` (-1 = no step),
/// and as needed `sample`, `model`, `band_first`, `band_last`, `later_changed`, `solutions`. An item that
/// the file does not know is `failed`, never `absent`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Recorded {
    /// The JSONL file with the verdicts.
    path: PathBuf,
}

impl Component for Recorded {
    const KIND: &'static str = "recorded";
    const ABOUT: &'static str = "takes verdicts from a JSONL file: labels by hand, or another tool's judge";
    /// What counts is what the file holds.
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Judge;

    fn build(self, content: &mut Content) -> Result<Box<dyn Judge>, ConfigErrors> {
        let text = std::fs::read_to_string(&self.path).map_err(|error| {
            ConfigError::new("path", format!("cannot read {}: {error}", self.path.display()))
        })?;
        content.note("verdicts", blake3::hash(text.as_bytes()).to_hex().as_str());
        let verdicts = Verdicts::parse(&text).map_err(|(line, problem)| {
            ConfigError::new("path", format!("{} line {line}: {problem}", self.path.display()))
        })?;
        Ok(Box::new(Replay { verdicts, file: self.path }))
    }
}

struct Replay {
    verdicts: Verdicts,
    file: PathBuf,
}

impl Judge for Replay {
    fn name(&self) -> String {
        Recorded::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        let judgment = self.verdicts.of(item.generation).unwrap_or_else(|| {
            let file = self.file.file_name().unwrap_or_default().to_string_lossy();
            failed(format!("{file} holds no verdict for this generation"))
        });
        known(judgment)
    }
}

#[cfg(test)]
mod tests {
    use tables::{Generation, Grade, JudgeState, Problem, Step};

    use super::*;
    use crate::JUDGES;

    fn build(lines: &str) -> Result<Box<dyn Judge>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.jsonl");
        std::fs::write(&path, lines).unwrap();
        let table = serde_json::json!({"kind": "recorded", "path": path});
        match JUDGES.build(&table, "judge") {
            Ok(configured) => Ok(configured.built),
            Err(faults) => Err(faults.to_string().replace(&folder.path().display().to_string(), "DIR")),
        }
    }

    fn judge(lines: &str, sample: u32) -> (JudgeState, Option<u32>) {
        let judge = build(lines).unwrap();
        let generation = Generation {
            problem_id: "p".into(),
            sample,
            model: "m".into(),
            trace_id: Some("t".into()),
            ..Generation::default()
        };
        let problem = Problem::default();
        let steps = [Step::default(); 9];
        let grade = Grade::default();
        let item = Item { problem: &problem, generation: &generation, grade: &grade, steps: &steps };
        let judgment = crate::at_once(judge.as_ref(), &item);
        (judgment.state, judgment.step)
    }

    #[test]
    fn verdicts_are_looked_up_by_problem_sample_and_model_or_by_trace() {
        use JudgeState::{Absent, Failed, Found};
        let check = |lines: &str, sample, expect| assert_eq!(judge(lines, sample), expect, "{lines}");
        check(r#"{"problem_id": "p", "step": 3}"#, 0, (Found, Some(3)));
        check(r#"{"problem_id": "p", "step": "3"}"#, 0, (Found, Some(3)));
        check(r#"{"problem_id": "p", "step": -1}"#, 0, (Absent, None));
        check(r#"{"problem_id": "p", "step": 3}"#, 1, (Failed, None));
        check(r#"{"problem_id": "p", "sample": 1, "step": 2}"#, 1, (Found, Some(2)));
        check(r#"{"problem_id": "p", "model": "other", "step": 2}"#, 0, (Failed, None));
        check(
            "{\"problem_id\": \"p\", \"step\": 2}\n\n{\"problem_id\": \"p\", \"model\": \"m\", \"step\": 4}",
            0,
            (Found, Some(4)),
        );
        check(r#"{"trace": "t", "step": 5, "lo": 4, "hi": 6, "note": "by hand"}"#, 7, (Found, Some(5)));
    }

    #[test]
    fn a_bad_file_is_refused_with_its_line() {
        let check = |lines: &str, expect: &str| {
            assert_eq!(
                build(lines).err().unwrap_or_default(),
                format!("judge.path: DIR/v.jsonl line {expect}")
            );
        };
        check(
            "{\"problem_id\": \"p\", \"step\": 1}\nnope",
            "2: not a JSON object with known types: expected ident at line 1 column 2",
        );
        check(r#"{"step": 1}"#, "1: neither `problem_id` nor `trace_id` says what it is about");
        check(r#"{"problem_id": "p"}"#, "1: `step` is missing; write -1 where no step asserts the answer");
        check(
            r#"{"problem_id": "p", "step": null}"#,
            "1: `step` is missing; write -1 where no step asserts the answer",
        );
        check(r#"{"problem_id": "p", "step": -2}"#, "1: `step` is -2; expected an index from 0, or -1");
        check(
            r#"{"problem_id": "p", "step": "1.5"}"#,
            "1: `step` is \"1.5\"; expected an index from 0, or -1",
        );
        check(
            "{\"problem_id\": \"p\", \"step\": 1}\n{\"problem_id\": \"p\", \"step\": 2}",
            "2: another verdict than before for the same generation",
        );
    }
}
