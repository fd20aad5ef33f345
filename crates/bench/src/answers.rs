//! `bench answers`: the answer engine and the rule judge against labelled data, and what they take.

mod bar;
mod cascade;
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
    /// Verdicts of a judge on the labelled traces, to stand for the model of a cascade; JSON lines with `trace` and `step`
    #[arg(long)]
    verdicts: Option<PathBuf>,
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
        let recorded = self.verdicts.as_deref().map(cascade::verdicts).transpose()?;
        pairs::report(&self.data.join("answers/pairs.jsonl"), self.verbose)?;
        for set in &traces::SETS {
            let (traces, labels) = traces::recorded(&self.data, set)?;
            if traces.is_empty() {
                say(&format!("skipped: no traces in {}", self.data.display()));
                continue;
            }
            labels::report(set.name, rule, &traces, &labels, self.verbose)?;
            decoys::report(rule, &traces, self.verbose)?;
            bar::report(&traces, &labels)?;
            cascade::report(rule, &traces, &labels, recorded.as_ref())?;
            grades::report(rule, &traces, self.grades)?;
            speed::report(rule, &traces)?;
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
