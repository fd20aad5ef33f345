//! Distillation sets after OmniThought (arXiv 2505.10937): chains of several teachers over several sources merged,
//! verified, weighed for a student, and drawn.
//!
//! Two readings: the first keeps some bytes a chain (hashes of its texts, ratings, its state), the second writes what was
//! drawn. Problems are grouped in between: equal texts, and near duplicates.

mod chains;
mod emit;
mod groups;
mod histogram;
mod length_triples;
mod problems;
mod select;
mod similar;
mod weight;

#[cfg(test)]
mod tests;

use std::path::Path;

use plugin::{ConfigError, ConfigErrors};
use serde::Serialize;
use stage::Observer;
use tables::thousands;

use crate::contamination::Benchmarks;
use crate::decontamination_filter::DecontaminationFilter;
use crate::output::{List, Published, write_json};
use crate::table::{aligned, ledger};
use crate::writers::{ExportFormat, check};
use crate::{CurateError, Embedding, Kind, Ledger, Source};

pub use histogram::Histogram;
pub use weight::weight;

use chains::{Chains, State, Survey};
use emit::{Emission, by_source};
use groups::Groups;
use problems::Problems;
use select::{Selection, select};

/// The sets: what is drawn, and the three of the ladder.
const SET_NAMES: [&str; 4] = ["selected", "short", "medium", "long"];

/// Which chains count as verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verify {
    /// A judge found reasoning and solution valid.
    Valid,
    /// The final answer is right.
    Correct,
    /// Both.
    Both,
}

/// What is drawn, and how it is written.
pub struct DistillSettings {
    /// The rule; else `valid` where the judgments hold validity, and `correct` where they do not.
    pub verify: Option<Verify>,
    /// A problem needs so many verified chains.
    pub least_chains: u64,
    /// Problems of at least this similarity (0 to 1) are the same; above 1 only equal ones are.
    pub similarity: f64,
    /// The student's capability, 0 to 9; without it all chains weigh the same.
    pub kappa: Option<f64>,
    /// How fast weights fall.
    pub beta: f64,
    /// At most so many chains of a problem.
    pub per_problem: Option<u64>,
    /// So many chains in all, drawn by weight; without it each is taken with the probability of its weight.
    pub limit: Option<u64>,
    /// Draws.
    pub seed: u64,
    /// Also make `short`, `medium` and `long`.
    pub ladder: bool,
    /// The formats.
    pub formats: Vec<ExportFormat>,
    /// How thinking and answer become one text.
    pub embedding: Embedding,
    /// Problems that stand in these are left out and listed.
    pub benchmarks: Option<Benchmarks>,
}

impl DistillSettings {
    /// Settings with the defaults of everything but the formats.
    pub fn new(formats: Vec<ExportFormat>) -> Self {
        Self {
            verify: None,
            least_chains: 2,
            similarity: 0.8,
            kappa: None,
            beta: 0.5,
            per_problem: None,
            limit: None,
            seed: 0,
            ladder: false,
            formats,
            embedding: Embedding::default(),
            benchmarks: None,
        }
    }

    fn check(&self) -> Result<(), CurateError> {
        check(&self.formats, Kind::Chain)?;
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, key: &str, message: &str| {
            if wrong {
                faults.push(ConfigError::new(key, message));
            }
        };
        let in_range = |kappa: f64| (0.0..=9.0).contains(&kappa);
        refuse(self.kappa.is_some_and(|kappa| !in_range(kappa)), "kappa", "expected a number from 0 to 9");
        refuse(!(self.beta.is_finite() && self.beta >= 0.0), "beta", "expected a number from 0 on");
        let similar = self.similarity.is_finite() && self.similarity > 0.0;
        refuse(!similar, "similarity", "expected a number above 0; above 1 turns it off");
        refuse(self.least_chains == 0, "min-chains", "expected at least 1");
        refuse(self.per_problem == Some(0), "per-problem", "leaves no chain; expected at least 1");
        refuse(self.limit == Some(0), "limit", "leaves no chain; expected at least 1");
        if faults.is_empty() { Ok(()) } else { Err(ConfigErrors(faults).into()) }
    }
}

/// What came of one source.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Teacher {
    /// Its run and model.
    pub source: String,
    /// Chains in it.
    pub chains: u64,
    /// Verified ones.
    pub verified: u64,
    /// Those that are in `selected`.
    pub selected: u64,
}

/// What a run made.
#[derive(Clone, Debug, Serialize)]
pub struct DistillReport {
    /// The rule that decided which chains are verified.
    pub verify: Verify,
    /// The student's capability.
    pub kappa: Option<f64>,
    /// How fast weights fall.
    pub beta: f64,
    /// The seed of the draws.
    pub seed: u64,
    /// By source.
    pub teachers: Vec<Teacher>,
    /// Problems: a kept one has enough verified chains.
    pub problems: Ledger,
    /// Chains: a kept one is in `selected`.
    pub chains: Ledger,
    /// Problems of the ladder's sets; null when they were not asked for.
    pub ladders: Option<Ledger>,
    /// Pairs of equal or similar problems that stayed apart because their answers differ.
    pub conflicts: u64,
    /// Ratings of the verified chains of the kept problems.
    pub verbosity: Histogram,
    /// The same for difficulty.
    pub difficulty: Histogram,
    /// Ratings of what was selected.
    pub selected_verbosity: Histogram,
    /// The same for difficulty.
    pub selected_difficulty: Histogram,
    /// Files below the output folder.
    pub files: Vec<Published>,
    /// What has to be known about the result.
    pub notes: Vec<String>,
}

impl DistillReport {
    /// The report as text.
    pub fn to_text(&self) -> String {
        let header = ["source", "chains", "verified", "selected"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        for teacher in &self.teachers {
            let counts = [teacher.chains, teacher.verified, teacher.selected].map(thousands);
            rows.push(std::iter::once(teacher.source.clone()).chain(counts).collect());
        }
        let mut text = aligned(&rows, 1);
        text += &ledger("problems", "with enough verified chains", &self.problems);
        text += &ledger("chains", "selected", &self.chains);
        if let Some(ladders) = &self.ladders {
            text += &ledger("problems, short/medium/long", "in all three sets", ladders);
        }
        let rated = |histogram: &Histogram| histogram.counts.iter().sum::<u64>() > 0;
        if rated(&self.verbosity) || rated(&self.difficulty) {
            let (verbosity, difficulty) = (&self.verbosity, &self.difficulty);
            text += "\nverified\n";
            text += &Histogram::side_by_side(("verbosity RV", verbosity), ("difficulty CD", difficulty));
            let (verbosity, difficulty) = (&self.selected_verbosity, &self.selected_difficulty);
            text += "\nselected\n";
            text += &Histogram::side_by_side(("verbosity RV", verbosity), ("difficulty CD", difficulty));
        }
        text.push('\n');
        for file in &self.files {
            text += &format!("{}: {} rows\n", file.path, file.rows);
        }
        text
    }
}

/// Makes `selected/<format>/train.*` under `folder`, with the ladder also `short`, `medium` and `long`;
/// `duplicates.jsonl` lists problems that were taken for the same, `contamination.jsonl` those of benchmarks, and
/// `report.json` counts everything.
///
/// # Errors
/// See [`CurateError`].
pub fn distill(
    sources: &[Source],
    settings: &DistillSettings,
    folder: &Path,
    observer: &dyn Observer,
) -> Result<DistillReport, CurateError> {
    settings.check()?;
    let survey = Survey::of(sources)?;
    let verify = rule(settings, survey, sources)?;
    for source in sources {
        observer.total(tables::TableReader::<tables::Generation>::open(&source.generations)?.len() * 2);
    }
    let mut filter = DecontaminationFilter::start(settings.benchmarks.as_ref(), folder)?;
    let problems = Problems::read(sources, settings.benchmarks.as_ref(), &mut filter, folder, observer)?;
    let mut duplicates = List::create(&folder.join("duplicates.jsonl"))?;
    let groups = Groups::find(&problems, settings.similarity, &mut duplicates)?;
    let chains = Chains::read(sources, &problems, verify, observer)?;
    let selection = select(settings, &problems, &groups, &chains);
    let mut emission = Emission::start(settings, folder)?;
    for (source, range) in sources.iter().zip(by_source(&chains)) {
        let sets = &selection.sets[range.clone()];
        emission.source(source, settings, &chains.entries[range], sets, observer)?;
    }
    let teachers = teachers(sources, &chains, &emission.taken);
    let mut report = report(settings, verify, &groups, selection);
    report.teachers = teachers;
    report.unselect(emission.confusing);
    report.files = emission.finish()?;
    report.files.push(duplicates.finish(folder)?);
    report.files.extend(filter.finish(folder)?);
    write_json(&folder.join("report.json"), &report)?;
    Ok(report)
}

/// Which rule decides, and that the judgments hold what is needed.
fn rule(settings: &DistillSettings, survey: Survey, sources: &[Source]) -> Result<Verify, CurateError> {
    let verify = match (settings.verify, survey.validated) {
        (Some(verify), _) => verify,
        (None, 0) => Verify::Correct,
        (None, _) => Verify::Valid,
    };
    let missing = |count: u64, what: &'static str, hint: &'static str| {
        if count > 0 {
            return Ok(());
        }
        sources.iter().try_for_each(|source| source.need_judgments().map(drop))?;
        Err(CurateError::Unjudged { rows: survey.judgments, what, hint })
    };
    if verify != Verify::Correct {
        missing(
            survey.validated,
            "the validity of reasoning and solution",
            "judge again with the task `validity`, or verify with `--verify correct`",
        )?;
    }
    if settings.kappa.is_some() || settings.ladder {
        missing(survey.verbosity, "a verbosity (RV)", "judge again with the task `verbosity`")?;
    }
    if settings.kappa.is_some() {
        missing(survey.difficulty, "a difficulty (CD)", "judge again with the task `difficulty`")?;
    }
    Ok(verify)
}

fn teachers(sources: &[Source], chains: &Chains, taken: &[u64]) -> Vec<Teacher> {
    let teacher = |((source, range), selected): ((&Source, std::ops::Range<usize>), &u64)| {
        let entries = &chains.entries[range];
        Teacher {
            source: source.name(),
            chains: entries.len() as u64,
            verified: entries.iter().filter(|entry| entry.state == State::Verified).count() as u64,
            selected: *selected,
        }
    };
    sources.iter().zip(by_source(chains)).zip(taken).map(teacher).collect()
}

fn report(
    settings: &DistillSettings,
    verify: Verify,
    groups: &Groups,
    selection: Selection,
) -> DistillReport {
    let mut notes = Vec::new();
    if settings.verify.is_none() {
        notes.push(match verify {
            Verify::Correct => {
                "verified means a right answer: no judgment holds validity (`--verify correct`)".into()
            }
            _ => {
                "verified means that a judge found reasoning and solution valid (`--verify valid`)".to_owned()
            }
        });
    }
    if groups.left_out > 0 {
        notes.push(format!(
            "{} comparisons of problems that resemble very many others were left out; some near duplicates may remain",
            groups.left_out
        ));
    }
    if groups.conflicts > 0 {
        notes.push(format!(
            "{} pairs of equal or similar problems have different answers and stayed apart; duplicates.jsonl lists them",
            groups.conflicts
        ));
    }
    DistillReport {
        verify,
        kappa: settings.kappa,
        beta: settings.beta,
        seed: settings.seed,
        teachers: Vec::new(),
        problems: selection.problems,
        chains: selection.chains,
        ladders: settings.ladder.then_some(selection.ladders),
        conflicts: groups.conflicts,
        verbosity: selection.verbosity,
        difficulty: selection.difficulty,
        selected_verbosity: selection.selected_verbosity,
        selected_difficulty: selection.selected_difficulty,
        files: Vec::new(),
        notes,
    }
}

impl DistillReport {
    /// Chains that turned out not to fit the format when they were written.
    fn unselect(&mut self, confusing: u64) {
        if confusing > 0 {
            self.chains.kept -= confusing;
            *self.chains.left_out.entry("holds_think_tag".to_owned()).or_default() += confusing;
        }
    }
}
