//! The formats that training data is written in, one a file.

mod easydistill;
mod math_shepherd;
mod messages;
mod ms_swift;
mod parquet;
mod prm800k;
mod prm_chat;
mod processbench;
mod trl;
mod trl_stepwise;

use std::path::Path;

use plugin::{Registry, entry};

use crate::{CurateError, Embedding, Example, Kind};

/// A format.
pub trait Export: Send + Sync {
    /// What it can hold.
    fn holds(&self) -> &'static [Kind];

    /// The name of its file within a folder.
    fn file(&self) -> &'static str;

    /// Why it cannot hold an example that others can: the reason under which it is left out of this file.
    fn fault(&self, _example: &Example, _embedding: &Embedding) -> Option<&'static str> {
        None
    }

    /// Why it holds no values between right and wrong; null if it does.
    fn no_values(&self) -> Option<&'static str> {
        None
    }

    /// Starts a file for examples of one kind.
    ///
    /// # Errors
    /// The file cannot be made.
    fn start(
        &self,
        path: &Path,
        kind: Kind,
        embedding: &Embedding,
    ) -> Result<Box<dyn ExampleWriter>, CurateError>;
}

/// A file of examples in the making; nothing is visible before [`ExampleWriter::finish`].
pub trait ExampleWriter: Send {
    /// Adds examples.
    ///
    /// # Errors
    /// The disk refuses them.
    fn push(&mut self, examples: &[Example]) -> Result<(), CurateError>;

    /// Reads the whole file back, compares it with what was pushed, and publishes it. Returns the number of rows.
    ///
    /// # Errors
    /// A row reads back as something else, or the disk refuses.
    fn finish(self: Box<Self>) -> Result<u64, CurateError>;
}

/// All formats.
pub static EXPORTS: Registry<dyn Export> = Registry::new(
    "export format",
    &[
        entry::<easydistill::EasyDistill>(),
        entry::<math_shepherd::MathShepherd>(),
        entry::<messages::Messages>(),
        entry::<ms_swift::MsSwift>(),
        entry::<parquet::Parquet>(),
        entry::<prm800k::Prm800k>(),
        entry::<prm_chat::PrmChat>(),
        entry::<processbench::ProcessBench>(),
        entry::<trl::Trl>(),
        entry::<trl_stepwise::TrlStepwise>(),
    ],
);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::example::tests::examples;

    #[test]
    fn every_format_reads_back_what_it_can_hold() {
        for entry in EXPORTS.entries {
            let export = EXPORTS.build(&json!({"kind": entry.kind}), "export").unwrap().built;
            for kind in export.holds() {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join(export.file());
                let mut sink = export.start(&path, *kind, &Embedding::default()).unwrap();
                sink.push(&examples(*kind)).unwrap();
                assert!(!path.exists());
                assert_eq!(sink.finish().unwrap(), 2, "{} {kind:?}", entry.kind);
                assert!(path.exists());
            }
        }
    }

    #[test]
    fn rows_look_as_their_readers_expect() {
        let check = |format: &str, kind: Kind, expect: Value| {
            let folder = tempfile::tempdir().unwrap();
            let table = json!({"kind": format, "bare": true});
            let export = EXPORTS.build(&table, "export").unwrap().built;
            let path = folder.path().join(export.file());
            let mut sink = export.start(&path, kind, &Embedding::default()).unwrap();
            sink.push(&examples(kind)[..1]).unwrap();
            sink.finish().unwrap();
            let row: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(row, expect, "{format}");
        };
        let asked = "What is \"2\" + 3 \\ p-1?\n\u{1f600}";
        let right = "<think>\nso\n\n\t\"5\" \\ \u{2028} \u{0}\n</think>\n\n\\boxed{5}";
        let long = "<think>\nlonger and longer\n</think>\n\n5";
        let turn = |role: &str, text: &str| json!({"role": role, "content": text});
        let user = turn("user", asked);
        let (chosen, rejected) = (turn("assistant", right), turn("assistant", long));
        check("trl", Kind::Pair, json!({"prompt": [user], "chosen": [chosen], "rejected": [rejected]}));
        check("trl", Kind::Chain, json!({"prompt": [user], "completion": [chosen]}));
        check(
            "trl_stepwise",
            Kind::Steps,
            json!({"prompt": asked, "completions": ["4\n", "5"], "labels": [false, true]}),
        );
        check(
            "math_shepherd",
            Kind::Steps,
            json!({
                "input": format!("{asked} Step 1: 4 ки\nStep 2: 5 ки"),
                "label": format!("{asked} Step 1: 4 -\nStep 2: 5 +"),
            }),
        );
        let completion = |text: &str, rating: i8| json!({"completions": [{"text": text, "rating": rating}], "chosen_completion": 0});
        check(
            "prm800k",
            Kind::Steps,
            json!({
                "question": {"problem": asked},
                "label": {"steps": [completion("4\n", -1), completion("5", 1)], "finish_reason": "found_error"},
            }),
        );
        let first = turn("user", &format!("{asked} 4\n"));
        let turns = [first, turn("assistant", "-"), turn("user", "5"), turn("assistant", "+")];
        check("prm_chat", Kind::Steps, json!({"conversations": turns}));
        check("processbench", Kind::Steps, json!({"problem": asked, "steps": ["4\n", "5"], "label": 0}));
        check("messages", Kind::Chain, json!({"messages": [user, chosen]}));
        check("ms_swift", Kind::Pair, json!({"messages": [user, chosen], "rejected_response": long}));
        check("easydistill", Kind::Chain, json!({"instruction": asked, "input": "", "output": right}));
        check("easydistill", Kind::Pair, json!({"prompt": asked, "chosen": right, "rejected": long}));
    }

    #[test]
    fn origins_stand_beside_unless_they_are_unwanted() {
        let folder = tempfile::tempdir().unwrap();
        let export = EXPORTS.build(&json!({"kind": "messages"}), "export").unwrap().built;
        let path = folder.path().join(export.file());
        let mut sink = export.start(&path, Kind::Chain, &Embedding::default()).unwrap();
        sink.push(&examples(Kind::Chain)[1..]).unwrap();
        sink.finish().unwrap();
        let row: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let keys: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["dataset", "messages", "model", "problem_id", "sample"]);
        assert_eq!(row["sample"], 4);
    }
}
