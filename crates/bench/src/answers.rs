//! `bench answers`: the answer engine and the rule judge against labelled data, and what they take.

mod decoys;
mod grades;
mod labels;
mod pairs;
mod share;
mod speed;
mod traces;

use std::path::PathBuf;

use anyhow::anyhow;
use judge::{JUDGES, Judge};
use serde_json::json;

use crate::say;

/// Where the labelled data lies.
#[derive(clap::Args)]
pub(crate) struct Answers {
    /// The folder with `answers`, `labels` and `traces`
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// The built-in data, with labels of its own
    #[arg(long, default_value = "data")]
    builtin: PathBuf,
    /// Print every row that goes wrong
    #[arg(long)]
    verbose: bool,
    /// Print every trace whose final answer is graded otherwise than by its source
    #[arg(long)]
    grades: bool,
}

impl Answers {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let rule = JUDGES.build(&json!({ "kind": "rule" }), "judge").map_err(|faults| anyhow!("{faults}"))?;
        let rule: &dyn Judge = rule.built.as_ref();
        pairs::report(&self.data.join("answers/pairs.jsonl"), self.verbose)?;
        for set in &traces::SETS {
            let (recorded, labels) = traces::recorded(&self.data, set)?;
            if recorded.is_empty() {
                say(&format!("skipped: no traces in {}", self.data.display()));
                continue;
            }
            labels::report(set.name, rule, &recorded, &labels, self.verbose)?;
            decoys::report(rule, &recorded, self.verbose)?;
            grades::report(rule, &recorded, self.grades)?;
            speed::report(rule, &recorded)?;
        }
        let (written, labels) = traces::builtin(&self.builtin)?;
        if written.is_empty() {
            say(&format!("skipped: no traces in {}", self.builtin.display()));
            return Ok(());
        }
        labels::report("built-in traces", rule, &written, &labels, self.verbose)?;
        decoys::report(rule, &written, self.verbose)
    }
}
