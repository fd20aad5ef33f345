//! A judge held against labels: how often is it right, how far off is it where it is not, what does it cost.
//!
//! Two kinds of labels are known. **First assertion**: the step that first asserts the known answer, with the band of
//! steps that can be defended; this is what judges are for, and the differences in T̂/T that come out
//! ([`Report::efficiency_errors`]) can be carried into the intervals of a report. **First error** (ProcessBench and its
//! kin): the first wrong step; the same machinery with another question, and the figures of that literature.
//!
//! The labelled traces are written as the tables of a run, and the judge stage works on them as on any other: with its
//! windows, votes, cache and exit codes.

mod agreement;
mod curve;
mod error;
mod errors;
mod flaws;
mod kappa;
mod labelled_pairs;
mod material;
pub mod views;

use std::path::Path;

use chat::Ask;
use dataset::labelled::{Label, LabelledTrace};
use judge::Judge;
use serde::Serialize;
use stage::{Observer, table};
use stats::Proportion;
use tables::{JudgeState, Judgment, Provenance, TableReader};
use tokens::Tokenizer;

pub use agreement::Assertions;
pub use curve::{Bin, Cascade, SentOn};
pub use error::CalibrateError;
pub use errors::Errors;
pub use flaws::Flaws;
pub use kappa::{Agreement, agreement};
pub use labelled_pairs::{LabelledPairs, PairsReport, grade_pairs};
pub use material::Material;

/// The question about the first wrong step, for a judge that asks a model.
pub const FIRST_WRONG: &str = include_str!("../prompts/first_wrong.txt");

/// What is labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The first step that asserts the known answer.
    FirstAssertion,
    /// The first wrong step.
    FirstError,
}

impl Target {
    /// What most of the traces are labelled with; none if nothing that a judge could be held against.
    pub fn of(traces: &[LabelledTrace]) -> Option<Self> {
        let assertions = traces.iter().filter(|trace| trace.first_correct.is_known()).count();
        let errors = traces.iter().filter(|trace| trace.first_wrong.is_known()).count();
        match (assertions, errors) {
            (0, 0) => None,
            (assertions, errors) if assertions >= errors => Some(Self::FirstAssertion),
            _ => Some(Self::FirstError),
        }
    }

    /// The trace has a label of this kind, and what a judge needs.
    fn fits(self, trace: &LabelledTrace) -> bool {
        match self {
            Self::FirstAssertion => trace.first_correct.is_known() && !trace.gold.is_empty(),
            Self::FirstError => trace.first_wrong.is_known(),
        }
    }
}

/// What one judge came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The judge's name.
    pub judge: String,
    /// What was labelled.
    pub target: Target,
    /// Traces that it judged.
    pub traces: u64,
    /// Verdicts that could not be read, or never came.
    pub failed: Proportion,
    /// Against first assertions.
    pub assertions: Option<Assertions>,
    /// Against first errors.
    pub errors: Option<Errors>,
    /// Of a verifier of steps: how often a right step has a higher score than a wrong one.
    pub step_auc: Option<f64>,
    /// Model calls.
    pub calls: u64,
    /// Their prompt tokens; null where a server did not count.
    pub prompt_tokens: Option<u64>,
    /// Their completion tokens.
    pub completion_tokens: Option<u64>,
    /// What they cost; null without a price or a count.
    pub cost: Option<f64>,
    /// Judged − labelled T̂/T of each labelled trace that holds the answer: `[score] judge_error` resamples from it.
    pub efficiency_errors: Vec<f64>,
    /// How often it is right where it is how sure.
    pub curve: Vec<Bin>,
    /// The verdicts, in the order of the traces.
    pub verdicts: Vec<JudgedStep>,
}

/// One verdict beside its label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgedStep {
    /// The trace.
    pub trace: String,
    /// The labelled step; −1 for none.
    pub label: i64,
    /// The judge's step; −1 for none; null where it failed.
    pub step: Option<i64>,
    /// Why it failed.
    pub reason: Option<String>,
    /// How sure the judge is, 0 to 1; null where it does not say.
    pub confidence: Option<f64>,
    /// It names a step that can be defended, or none where there is none; null where it failed.
    pub right: Option<bool>,
    /// Tokens that were asked and said for it, as far as they were counted.
    pub tokens: u64,
}

/// Runs one judge over the material; one that asks models needs somebody to `ask`.
///
/// # Errors
/// The judge stage stopped, or a table in between cannot be used.
pub fn run(
    judge: &dyn Judge,
    material: &Material,
    ask: Option<&dyn Ask>,
    observer: &dyn Observer,
) -> Result<Report, CalibrateError> {
    let files = material.files();
    judge::judge(judge, &files, &Provenance::default(), ask, observer)?;
    let judgments =
        TableReader::open(files.output(table::JUDGMENTS)?)?.collect::<Result<Vec<Judgment>, _>>()?;
    Ok(report(judge, material, &judgments))
}

fn report(judge: &dyn Judge, material: &Material, judgments: &[Judgment]) -> Report {
    let pairs: Vec<(&material::Case, &Judgment)> = material.cases.iter().zip(judgments).collect();
    let failed = |judgment: &&Judgment| step_of(judgment).is_none();
    let of_target = |target| material.target == target;
    let sum = |count: fn(&Judgment) -> Option<u64>| {
        judgments.iter().filter(|judgment| judgment.calls > 0).map(count).sum::<Option<u64>>()
    };
    let (prompt_tokens, completion_tokens) = (sum(|j| j.prompt_tokens), sum(|j| j.completion_tokens));
    let verdicts: Vec<JudgedStep> = pairs.iter().map(|(case, judgment)| verdict(case, judgment)).collect();
    let assertions = of_target(Target::FirstAssertion).then(|| Assertions::of(&pairs));
    Report {
        judge: judge.name(),
        target: material.target,
        traces: judgments.len() as u64,
        failed: Proportion::count(judgments.iter().map(|judgment| failed(&judgment))),
        errors: of_target(Target::FirstError).then(|| Errors::of(&pairs)),
        step_auc: of_target(Target::FirstError).then(|| flaws::step_auc(&pairs)).flatten(),
        calls: judgments.iter().map(|judgment| u64::from(judgment.calls)).sum(),
        prompt_tokens,
        completion_tokens,
        cost: cost(judge, prompt_tokens, completion_tokens),
        efficiency_errors: if assertions.is_some() {
            agreement::efficiency_errors(&pairs)
        } else {
            Vec::new()
        },
        assertions,
        curve: curve::curve(&verdicts),
        verdicts,
    }
}

/// The step that a judgment names, −1 for none; nothing where it failed.
fn step_of(judgment: &Judgment) -> Option<i64> {
    match judgment.state {
        JudgeState::Found => judgment.step.map(i64::from),
        JudgeState::Absent => Some(-1),
        JudgeState::Failed | JudgeState::Skipped => None,
    }
}

fn verdict(case: &material::Case, judgment: &Judgment) -> JudgedStep {
    let label = match case.label() {
        Label::At(step) => i64::try_from(step).unwrap_or(i64::MAX),
        _ => -1,
    };
    let step = step_of(judgment);
    let counted = [judgment.prompt_tokens, judgment.completion_tokens];
    JudgedStep {
        trace: case.id.clone(),
        label,
        step,
        reason: judgment.reason.clone(),
        confidence: judgment.confidence,
        right: step.map(|step| case.is_met_by(step)),
        tokens: counted.into_iter().flatten().sum(),
    }
}

/// A judge with several endpoints has no one price.
fn cost(judge: &dyn Judge, prompt: Option<u64>, completion: Option<u64>) -> Option<f64> {
    let [endpoint] = judge.endpoints()[..] else { return None };
    let price = endpoint.price?;
    price.of_usage(prompt, None, completion)
}

/// Reads labelled traces and writes them as the tables that judges read.
pub fn material(paths: &[String], tokenizer: &Tokenizer) -> Result<Material, CalibrateError> {
    let labelled =
        if paths.is_empty() { dataset::labelled::builtin()? } else { dataset::labelled::read_all(paths)? };
    Material::of(labelled, tokenizer)
}

/// Writes a report where a pipeline's `[score] judge_error` can name it.
pub fn write(report: &Report, path: &Path) -> Result<(), CalibrateError> {
    let text = serde_json::to_string_pretty(report).map_err(std::io::Error::from);
    let written = text.and_then(|text| std::fs::write(path, text + "\n"));
    written.map_err(|source| CalibrateError::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;
