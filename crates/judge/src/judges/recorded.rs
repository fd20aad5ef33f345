//! Verdicts that somebody already has: labels by hand, or what another tool's judge returned.

mod verdicts;

use std::path::PathBuf;

use chat::Dialogue;
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Judgment;

use crate::recording::Recording;
use crate::{Item, Judge, failed, known};

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
        Ok(Box::new(Replay(Recording::load(&self.path, "verdicts", content, verdicts::read)?)))
    }
}

struct Replay(Recording<Judgment>);

impl Judge for Replay {
    fn name(&self) -> String {
        Recorded::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        let missing = || failed(format!("{} holds no verdict for this generation", self.0.file));
        let judgment = self.0.of(item.generation).cloned().unwrap_or_else(missing);
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
            "2: another line than before for the same generation",
        );
    }
}
