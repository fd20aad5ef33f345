//! Self-correction data: texts that go wrong, notice it, return and come to the right answer, made of trees of steps (O1 Journey's
//! "journey learning", arXiv 2410.18982). Nothing in them is invented but the joints.

mod connectives;
mod feedback;
mod route;
#[cfg(test)]
mod tests;
mod walked;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use stage::{Interrupted, Observer, Tick};
use tables::{Problem, ProblemCursor, Tree};

pub use connectives::{Connectives, Language};
pub use route::{Place, Rules};
use route::{Route, routes};
use walked::{Walked, walked};

use crate::contamination::Benchmarks;
use crate::decontamination_filter::DecontaminationFilter;
use crate::output::{List, Published, write_json};
use crate::prefetch::Prefetch;
use crate::projections::GenerationText;
use crate::table::ledger;
use crate::walk::Ledger;
use crate::writers::{ExportFormat, Writers, check};
use crate::{Body, Chain, CurateError, Embedding, Example, Journey, Kind, Source, TreeSource};

/// How texts are made.
pub struct JourneySettings {
    /// Of which trees.
    pub from: TreeSource,
    /// Which detours a text may take.
    pub rules: Rules,
    /// What is said at a return.
    pub connectives: Connectives,
    /// The verifier's own reason stands in front of that, where it gave a short one.
    pub feedback: bool,
    /// This share of the examples goes straight: a model that is fed errors alone learns to err.
    pub straight: f64,
    /// At most so many examples of a problem.
    pub per_problem: u32,
    /// What is drawn follows from this.
    pub seed: u64,
    /// How thinking and answer become one text.
    pub embedding: Embedding,
    /// The formats.
    pub formats: Vec<ExportFormat>,
    /// Problems that stand in these are left out and listed.
    pub benchmarks: Option<Benchmarks>,
}

/// What a run made.
#[derive(Clone, Debug, Default, Serialize)]
pub struct JourneyReport {
    /// Trees: a kept one became an example.
    pub trees: Ledger,
    /// Examples with detours.
    pub journeys: u64,
    /// Examples without.
    pub straight: u64,
    /// Returns in all.
    pub detours: u64,
    /// Those of them that a verifier gave the reason of.
    pub reasons: u64,
    /// Wrong steps, and all steps.
    pub wrong_steps: u64,
    /// Steps in all.
    pub steps: u64,
    /// Bytes of wrong steps and of what is said at returns.
    pub detour_bytes: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Examples whose steps are numbered by the model, which is kept behind a return as it was.
    pub numbered: u64,
    /// Files below the output folder.
    pub files: Vec<Published>,
}

impl JourneyReport {
    /// The report as text.
    pub fn to_text(&self) -> String {
        let mut text = ledger("trees", "used", &self.trees);
        let share = 100.0 * self.detour_bytes as f64 / self.bytes.max(1) as f64;
        text += &format!(
            "examples: {} with detours, {} straight; {} returns, {} of {} steps wrong, {share:.1} % of the text in detours\n",
            self.journeys, self.straight, self.detours, self.wrong_steps, self.steps
        );
        if self.reasons > 0 {
            text += &format!("{} returns give a verifier's own reason\n", self.reasons);
        }
        if self.numbered > 0 {
            text +=
                &format!("{} examples hold numbered steps, whose numbers stay as they were\n", self.numbered);
        }
        for file in &self.files {
            text += &format!("{}: {} rows\n", file.path, file.rows);
        }
        text
    }

    fn count(&mut self, walked: &Walked) {
        self.trees.keep();
        let Journey { detours, wrong_steps, spans } = &walked.journey;
        *(if *detours > 0 { &mut self.journeys } else { &mut self.straight }) += 1;
        self.detours += u64::from(*detours);
        self.reasons += u64::from(walked.reasons);
        self.wrong_steps += u64::from(*wrong_steps);
        self.steps += u64::from(walked.steps);
        let bytes = |aside: bool| {
            let of = spans.iter().filter(|span| !aside || span.kind.is_aside());
            of.map(|span| u64::from(span.end - span.start)).sum::<u64>()
        };
        self.detour_bytes += bytes(true);
        self.bytes += bytes(false);
        self.numbered += u64::from(walked.numbered && *detours > 0);
    }
}

/// What was decided about a tree: its nodes, by number.
#[derive(Serialize)]
struct Decision<'a> {
    problem_id: &'a str,
    model: &'a str,
    run: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a Route>,
}

/// Makes `journey/<format>/train.*` under `folder`, and `decisions.jsonl` beside it, which names the nodes of every tree.
///
/// # Errors
/// See [`CurateError`].
pub fn journey(
    sources: &[Source],
    settings: &JourneySettings,
    folder: &Path,
    observer: &dyn Observer,
) -> Result<JourneyReport, CurateError> {
    check(&settings.formats, Kind::Chain)?;
    let writers = Writers::start(folder, "journey", Kind::Chain, &settings.formats, &settings.embedding)?;
    let mut work = Work {
        settings,
        writers,
        decisions: List::create(&folder.join("decisions.jsonl"))?,
        filter: DecontaminationFilter::start(settings.benchmarks.as_ref(), folder)?,
        made: BTreeMap::new(),
        report: JourneyReport::default(),
    };
    for source in sources {
        work.source(source, observer)?;
    }
    let Work { writers, decisions, filter, mut report, .. } = work;
    report.files = writers.finish()?;
    report.files.push(decisions.finish(folder)?);
    report.files.extend(filter.finish(folder)?);
    write_json(&folder.join("report.json"), &report)?;
    Ok(report)
}

struct Work<'a> {
    settings: &'a JourneySettings,
    writers: Writers<'a>,
    decisions: List,
    filter: DecontaminationFilter<'a>,
    /// Examples of each problem so far.
    made: BTreeMap<String, u32>,
    report: JourneyReport,
}

/// Whose a tree is.
struct Owner {
    model: String,
    /// Its first path is thinking with an answer behind it.
    thinks: bool,
}

impl Work<'_> {
    fn source(&mut self, source: &Source, observer: &dyn Observer) -> Result<(), CurateError> {
        let path = source.need_trees(self.settings.from)?;
        let mut problems = ProblemCursor::open(&source.problems)?;
        let mut generations = Prefetch::<GenerationText>::open(&source.generations)?;
        let trees = Prefetch::<Tree>::open(path)?;
        observer.total(trees.len());
        let mut model: Option<String> = None;
        for tree in trees {
            if observer.interrupted() {
                return Err(Interrupted { done: self.report.trees.taken }.into());
            }
            let tree = tree?;
            let mut order = None;
            let owner = match self.settings.from {
                TreeSource::Rollouts => {
                    let mut text = generations.next_for((&tree.problem_id, tree.run), path)?;
                    order = text.permutation.take();
                    owner_of(text)
                }
                TreeSource::Trees => {
                    if model.is_none() {
                        model = generations.next().transpose()?.map(|row| row.model);
                    }
                    Owner { model: model.clone().unwrap_or_else(|| source.name()), thinks: false }
                }
            };
            let problem = problems.asked(&tree.problem_id, order.as_deref(), path)?;
            self.tree(&tree, Arc::unwrap_or_clone(problem), &owner)?;
            observer.advance(Tick { rows: 1, ..Tick::default() });
        }
        Ok(())
    }

    fn tree(&mut self, tree: &Tree, problem: Problem, owner: &Owner) -> Result<(), CurateError> {
        let caught = self.filter.catches(&problem)?;
        let made = if caught { Err("contaminated") } else { self.example(tree, &problem, owner) };
        let decision = |left_out, route| Decision {
            problem_id: &tree.problem_id,
            model: &owner.model,
            run: tree.run,
            left_out,
            route,
        };
        match made {
            Err(reason) => {
                self.report.trees.leave(reason);
                self.decisions.push(&decision(Some(reason), None))
            }
            Ok(walked) => {
                self.decisions.push(&decision(None, Some(&walked.route)))?;
                self.report.count(&walked);
                *self.made.entry(problem.id.clone()).or_default() += 1;
                let chain = Chain {
                    said: walked.said,
                    model: owner.model.clone(),
                    sample: tree.run,
                    right: Some(true),
                    journey: Some(walked.journey),
                    ..Chain::default()
                };
                self.writers.push(Example { problem: problem.into(), body: Body::Chain(Box::new(chain)) })
            }
        }
    }

    /// # Errors
    /// Why the tree becomes no example.
    fn example(&self, tree: &Tree, problem: &Problem, owner: &Owner) -> Result<Walked, &'static str> {
        if problem.problem.trim().is_empty() {
            return Err("no_question");
        }
        if tree.nodes.is_empty() {
            return Err("nothing_was_drawn");
        }
        if self.made.get(&problem.id).copied().unwrap_or(0) >= self.settings.per_problem {
            return Err("enough_of_the_problem");
        }
        let straight = self.settings.drawn(tree) < self.settings.straight;
        let route = routes(tree, problem, &self.settings.rules, straight)?;
        walked(tree, problem, route, owner.thinks, self.settings)
    }
}

impl JourneySettings {
    /// A number from 0 up to 1 that follows from the seed and whose tree it is.
    fn drawn(&self, tree: &Tree) -> f64 {
        f64::from(self.hash(tree, "straight")) / (f64::from(u32::MAX) + 1.0)
    }

    /// Drawn from the seed, the tree, and what it is for.
    fn hash(&self, tree: &Tree, what: &str) -> u32 {
        let text = format!("{}\n{}\n{}\n{what}", self.seed, tree.problem_id, tree.run);
        let mut first = [0; 4];
        first.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..4]);
        u32::from_le_bytes(first)
    }
}

fn owner_of(text: GenerationText) -> Owner {
    Owner { thinks: text.reasoning_source != tables::Generation::NO_REASONING, model: text.model }
}
