//! The process that is measured: a pipeline with a search, or with roll-outs of recorded replies.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::ensure;
use pipeline::{
    Document, KnownSources, Monitor, Pipeline, RunFolder, Selection, Settings, StageEvent, StageId, Stages,
    TokenizerSource,
};
use serde_json::json;
use stage::{Observer, Silent};
use tables::{Judgment, TableReader, Tree};

use super::instant::{BETWEEN, CRITIC, Instant};
/// The stages that a search is in, and those in front of roll-outs: what reads their tables is measured elsewhere.
const SEARCHING: Stages = Stages(&[&dataset::LoadStage, &generate::GenerateStage]);
const ROLLING_OUT: Stages = Stages(&[
    &dataset::LoadStage,
    &generate::GenerateStage,
    &grade::GradeStage,
    &split::SplitStage,
    &judge::JudgeStage,
]);

/// In place of the table of a search.
pub(super) const ROLLOUTS: &str = "rollouts";

/// Steps of a path.
const DEPTH: usize = 40;

/// Runs one pipeline (`bench search` starts it).
#[derive(clap::Args)]
pub(crate) struct SearchLoad {
    /// The table of the search, or `rollouts`
    search: String,
    /// Problems
    problems: u32,
    /// Where there is one problem, its nodes at the least; of roll-outs, steps of a reply
    most: u32,
}

struct Unheard;

impl Monitor for Unheard {
    fn event(&self, _id: &StageId, _event: StageEvent<'_>) {}
    fn observer(&self, _id: &StageId) -> Box<dyn Observer> {
        Box::new(Silent)
    }
    fn note(&self, _message: &str) {}
}

impl SearchLoad {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let place = tempfile::tempdir()?;
        let rollouts = self.search == ROLLOUTS;
        std::fs::write(place.path().join("rows.jsonl"), self.rows(rollouts)?)?;
        let text = if rollouts { self.rollouts(place.path()) } else { self.searches(place.path()) };
        let (stages, depth) = if rollouts { (ROLLING_OUT, 1) } else { (SEARCHING, DEPTH) };
        perform(&text, place.path(), stages, depth)?;
        let count = if rollouts { labels(place.path())? } else { nodes(place.path())? };
        let expected =
            if rollouts { u64::from(self.problems * (self.most - 1)) } else { u64::from(self.most) };
        ensure!(count >= expected, "{count} instead of {expected}");
        Ok(())
    }

    fn rows(&self, recorded: bool) -> anyhow::Result<String> {
        let mut rows = String::new();
        for number in 0..self.problems {
            let mut row = json!({"id": number, "problem": format!("What is {number} + 1?"), "answer": "2"});
            if recorded {
                let steps: Vec<String> =
                    (0..self.most).map(|step| format!("Step {step} of {number}.")).collect();
                row["reasoning"] = json!(steps.join(BETWEEN));
                row["response"] = json!("\\boxed{2}");
            }
            writeln!(rows, "{row}")?;
        }
        Ok(rows)
    }

    fn searches(&self, place: &Path) -> String {
        format!(
            "[dataset]\nkind = \"jsonl\"\npath = '{}'\n[[models]]\nname = \"m\"\nkind = \"search\"\nmodel = \"m\"\n\
             tokenizer = \"builtin\"\nbase_url = \"http://localhost:1/v1\"\nsearch = {}\n\
             verifier = {{ kind = \"score\", model = \"{CRITIC}\", base_url = \"http://localhost:1/v1\" }}\n",
            place.join("rows.jsonl").display(),
            self.search
        )
    }

    fn rollouts(&self, place: &Path) -> String {
        format!(
            "[dataset]\nkind = \"recorded\"\npath = '{}'\nmodel = \"m\"\n[[models]]\nname = \"m\"\nkind = \"recorded\"\n\
             tokenizer = \"builtin\"\n[split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n\
             [tasks.rollouts]\nmodel = \"m\"\nbase_url = \"http://localhost:1/v1\"\nn = 1\nsearch = \"all\"\nwhich = \"all\"\nkeep = true\n",
            place.join("rows.jsonl").display()
        )
    }
}

fn perform(text: &str, place: &Path, stages: Stages, depth: usize) -> anyhow::Result<()> {
    let document = Document::from_toml("load.toml", "load", text)?;
    let pipeline = Pipeline::parse(document, &[], stages, true, &KnownSources::default())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let execution =
        llm::Execution { backend: Some(Arc::new(Instant { depth })), ..llm::Execution::default() };
    let settings = Settings {
        execution,
        runtime: runtime.handle().clone(),
        tokenizers: TokenizerSource::new(None, true),
        selection: Selection::default(),
        tolerated: 0.0,
    };
    let outcome = pipeline::run(&pipeline, &RunFolder::open(&place.join("run"))?, &settings, &Unheard)?;
    ensure!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    Ok(())
}

/// Nodes of all trees, each as often as it was drawn.
fn nodes(place: &Path) -> anyhow::Result<u64> {
    let trees = TableReader::<Tree>::open(&place.join("run/m/trees.parquet"))?;
    trees.map(|tree| Ok(tree?.nodes.iter().map(|node| u64::from(node.multiplicity)).sum::<u64>())).sum()
}

fn labels(place: &Path) -> anyhow::Result<u64> {
    let judgments = TableReader::<Judgment>::open(&place.join("run/m/judgments.parquet"))?;
    judgments.map(|judgment| Ok(judgment?.rollouts.map_or(0, |of| of.len() as u64))).sum()
}
