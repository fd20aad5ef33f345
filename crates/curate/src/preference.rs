//! Preference pairs and SFT sets: of each problem's right samples, the shortest result of a recipe, and the longest.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use plugin::{ConfigError, ConfigErrors};
use serde::Serialize;
use solutions::Sought;
use stage::{Interrupted, Observer, Tick};
use tables::Problem;

use crate::choice::{Choice, Excerpt};
use crate::contamination::Benchmarks;
use crate::decontamination_filter::DecontaminationFilter;
use crate::output::{List, Published, write_json};
use crate::prefetch::Prefetch;
use crate::projections::JudgedSteps;
use crate::statistics::{LONGEST, Mean, Statistics, table};
use crate::table::ledger;
use crate::walk::{Ledger, Sample, Walk};
use crate::writers::{ExportFormat, Writers, check};
use crate::{Body, CurateError, Embedding, Example, Kind, Recipe, Source};

/// What is made of the samples.
pub struct PreferenceSettings {
    /// The recipes, a set each.
    pub recipes: Vec<Recipe>,
    /// Pairs of the recipe's result and the longest sample; else the recipe's result alone.
    pub pairs: bool,
    /// The formats.
    pub formats: Vec<ExportFormat>,
    /// How thinking and answer become one text.
    pub embedding: Embedding,
    /// Problems that stand in these are left out and listed.
    pub benchmarks: Option<Benchmarks>,
}

/// What was made of one model's samples.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ModelReport {
    /// The model.
    pub model: String,
    /// Samples: a kept one is right and complete.
    pub samples: Ledger,
    /// Problems by recipe: a kept one gave an example.
    pub problems: Vec<(Recipe, Ledger)>,
    /// Figures by recipe, and of the longest samples.
    pub statistics: Vec<(String, Statistics)>,
}

/// What a run made.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PreferenceReport {
    /// Pairs, or the recipe's results alone.
    pub pairs: bool,
    /// By model.
    pub models: Vec<ModelReport>,
    /// Files below the output folder.
    pub files: Vec<Published>,
    /// What has to be known about the result.
    pub notes: Vec<String>,
}

impl ModelReport {
    /// Nobody looked for strategies: what the texts with one solution say of them is no figure of all.
    fn forget_strategies(&mut self) {
        self.statistics.retain(|(name, _)| name != Recipe::Gds.name());
        self.statistics.iter_mut().for_each(|(_, figures)| figures.process_efficiency = Mean::default());
    }
}

impl PreferenceReport {
    /// The report as text.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for model in &self.models {
            text += &format!("{}\n", model.model);
            text += &table(&model.statistics);
            text += &ledger("samples", "right and complete", &model.samples);
            for (recipe, problems) in &model.problems {
                let kept = if self.pairs { "gave a pair" } else { "gave a reply" };
                text += &ledger(&format!("problems, {}", recipe.name()), kept, problems);
            }
            text.push('\n');
        }
        for file in &self.files {
            text += &format!("{}: {} rows\n", file.path, file.rows);
        }
        text
    }
}

/// A problem's outcome under a recipe, as it stands in `decisions.jsonl`.
#[derive(Serialize)]
struct Decision<'a> {
    problem_id: &'a str,
    model: &'a str,
    recipe: Recipe,
    kept: bool,
    reason: &'a str,
    samples: u32,
    right_samples: u32,
    chosen: Option<Shown>,
    rejected: Option<Shown>,
}

/// What is kept of a sample, as it stands in `decisions.jsonl`.
#[derive(Serialize)]
struct Shown {
    sample: u32,
    tokens: u32,
    cut_after_step: Option<u32>,
    cut_at_byte: Option<usize>,
    solutions_kept: usize,
    solutions: Option<usize>,
}

impl Shown {
    fn of(excerpt: &Excerpt) -> Self {
        Self {
            sample: excerpt.sample.generation.sample,
            tokens: excerpt.tokens,
            cut_after_step: excerpt.kept.cut,
            cut_at_byte: excerpt.cut_byte(),
            solutions_kept: excerpt.kept.rounds,
            solutions: excerpt.sample.rounds.as_ref().map(Vec::len),
        }
    }
}

/// Makes one set a recipe under `folder`: `<recipe>/<format>/train.*`, `decisions.jsonl` with the reason of each
/// example and of each problem that gave none, and `report.json`.
///
/// # Errors
/// See [`CurateError`]; a file that was not published yet does not appear.
pub fn prefer(
    sources: &[Source],
    settings: &PreferenceSettings,
    folder: &Path,
    observer: &dyn Observer,
) -> Result<PreferenceReport, CurateError> {
    let kind = if settings.pairs { Kind::Pair } else { Kind::Chain };
    check(&settings.formats, kind)?;
    if settings.recipes.is_empty() {
        return Err(ConfigErrors::from(ConfigError::new("recipe", "missing")).into());
    }
    let mut recipes: BTreeSet<Recipe> = settings.recipes.iter().copied().collect();
    let without_strategies = recipes.contains(&Recipe::Gds) && !names_strategies(sources)?;
    if without_strategies {
        recipes.remove(&Recipe::Gds);
    }
    let mut walks = sources.iter().map(Walk::open).collect::<Result<Vec<_>, _>>()?;
    let rows = walks.iter().map(Walk::len).sum();
    if recipes.is_empty() {
        let hint = "judge again with the task `strategies`";
        return Err(CurateError::Unjudged { rows, what: "strategies, which the recipe `gds` needs", hint });
    }
    observer.total(rows);
    let mut work = Work::start(settings, &recipes, kind, folder)?;
    if without_strategies {
        work.report.notes.push(WITHOUT_STRATEGIES.to_owned());
    }
    for walk in walks.drain(..) {
        work.model(walk, observer)?;
    }
    work.finish(folder)
}

const WITHOUT_STRATEGIES: &str = "gds was left out: it needs to know which solutions open a new strategy, and no \
                                  judgment says so; judge again with the task `strategies`";

const UNKNOWN_STRATEGIES: &str = "ξ_P is not known: no judgment says which solutions open a new strategy, and the texts \
                                  with one solution would make the figure alone; judge again with the task `strategies`";

/// Some judgment says which strategy a solution follows.
fn names_strategies(sources: &[Source]) -> Result<bool, CurateError> {
    for source in sources {
        for row in Prefetch::<JudgedSteps>::open(source.need_judgments()?)? {
            if row?.solutions.iter().flatten().any(|solution| solution.strategy.is_some()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The sets in the making.
struct Work<'a> {
    settings: &'a PreferenceSettings,
    sets: Vec<(Recipe, Writers<'a>)>,
    decisions: List,
    filter: DecontaminationFilter<'a>,
    report: PreferenceReport,
    rows: u64,
    with_solutions: u64,
    sought: Sought,
}

impl<'a> Work<'a> {
    fn start(
        settings: &'a PreferenceSettings,
        recipes: &BTreeSet<Recipe>,
        kind: Kind,
        folder: &Path,
    ) -> Result<Self, CurateError> {
        let start = |recipe: Recipe| {
            let writers =
                Writers::start(folder, recipe.name(), kind, &settings.formats, &settings.embedding)?;
            Ok((recipe, writers))
        };
        Ok(Self {
            sets: recipes.iter().copied().map(start).collect::<Result<_, CurateError>>()?,
            decisions: List::create(&folder.join("decisions.jsonl"))?,
            filter: DecontaminationFilter::start(settings.benchmarks.as_ref(), folder)?,
            report: PreferenceReport { pairs: settings.pairs, ..PreferenceReport::default() },
            rows: 0,
            with_solutions: 0,
            sought: Sought::default(),
            settings,
        })
    }

    fn model(&mut self, mut walk: Walk<'_>, observer: &dyn Observer) -> Result<(), CurateError> {
        let mut model = ModelWork::default();
        model.report.problems = self.sets.iter().map(|(recipe, _)| (*recipe, Ledger::default())).collect();
        loop {
            if observer.interrupted() {
                return Err(Interrupted { done: self.rows }.into());
            }
            let chunk = walk.chunk()?;
            if chunk.is_empty() {
                break;
            }
            let rows = chunk.len() as u64;
            for sample in chunk {
                self.sample(&mut model, sample)?;
            }
            self.rows += rows;
            observer.advance(Tick { rows, ..Tick::default() });
        }
        self.problem(&mut model)?;
        walk.finish()?;
        self.report.models.push(model.finish());
        Ok(())
    }

    fn sample(&mut self, model: &mut ModelWork, sample: Sample) -> Result<(), CurateError> {
        let problem = model.problem.as_ref();
        if problem.is_some_and(|(problem, _)| problem.id != sample.problem.id) {
            self.problem(model)?;
        }
        if model.problem.is_none() {
            model.report.model.clone_from(&sample.generation.model);
            let caught = self.filter.catches(&sample.problem)?;
            model.problem = Some((sample.problem.clone(), caught));
        }
        self.with_solutions += u64::from(sample.rounds.is_some());
        self.sought.look(sample.rounds.iter().flatten().map(|round| round.strategy));
        let confusing = self.settings.embedding.confuses(&sample.generation);
        match model.choice.add(sample, confusing) {
            Some(fault) => model.report.samples.leave(fault.name()),
            None => model.report.samples.keep(),
        }
        Ok(())
    }

    /// The samples of a problem are complete.
    fn problem(&mut self, model: &mut ModelWork) -> Result<(), CurateError> {
        let Some((problem, caught)) = model.problem.take() else { return Ok(()) };
        let choice = std::mem::take(&mut model.choice);
        if !caught {
            model.count(&choice);
        }
        for ((recipe, writers), (_, problems)) in self.sets.iter_mut().zip(&mut model.report.problems) {
            let verdict =
                if caught { Err("contaminated") } else { verdict(&choice, *recipe, self.settings.pairs) };
            let (chosen, reason) = match verdict {
                Ok(chosen) => (Some(chosen), chosen.kept.why),
                Err(reason) => (None, reason),
            };
            let rejected = chosen.and(choice.longest.as_ref()).filter(|_| self.settings.pairs);
            self.decisions.push(&Decision {
                problem_id: &problem.id,
                model: &model.report.model,
                recipe: *recipe,
                kept: chosen.is_some(),
                reason,
                samples: choice.samples,
                right_samples: choice.right,
                chosen: chosen.map(Shown::of),
                rejected: rejected.map(Shown::of),
            })?;
            let Some(chosen) = chosen else {
                problems.leave(reason);
                continue;
            };
            problems.keep();
            let own = Box::new(chosen.chain());
            let body = match rejected {
                Some(rejected) => Body::Pair(own, Box::new(rejected.chain())),
                None => Body::Chain(own),
            };
            writers.push(Example { problem: problem.clone(), body })?;
        }
        Ok(())
    }

    fn finish(mut self, folder: &Path) -> Result<PreferenceReport, CurateError> {
        let needs_solutions = self.sets.iter().any(|(recipe, _)| *recipe != Recipe::Shortest);
        if self.rows > 0 && self.with_solutions == 0 && needs_solutions {
            return Err(CurateError::Unjudged {
                rows: self.rows,
                what: "rounds of solution, which every recipe but `shortest` needs",
                hint: "judge again with the task `solutions`, or use `--recipe shortest`",
            });
        }
        for (recipe, writers) in self.sets {
            let files = writers.finish()?;
            if files.iter().any(|file| file.rows == 0) {
                self.report.notes.push(format!("{}: no problem gave an example", recipe.name()));
            }
            self.report.files.extend(files);
        }
        self.report.files.push(self.decisions.finish(folder)?);
        self.report.files.extend(self.filter.finish(folder)?);
        if !self.sought.knows_strategies() {
            self.report.models.iter_mut().for_each(ModelReport::forget_strategies);
            self.report.notes.push(UNKNOWN_STRATEGIES.to_owned());
        }
        write_json(&folder.join("report.json"), &self.report)?;
        Ok(self.report)
    }
}

/// The recipe's result that is better than the longest sample, or why there is none.
fn verdict(choice: &Choice, recipe: Recipe, pairs: bool) -> Result<&Excerpt, &'static str> {
    if let Some(reason) = choice.refusal(recipe) {
        return Err(reason);
    }
    let best = choice.best(recipe).ok_or("no_right_sample")?;
    let longest = choice.longest.as_ref().map_or(0, |longest| longest.tokens);
    if pairs && best.tokens >= longest { Err("nothing_shorter") } else { Ok(best) }
}

/// One model's work.
#[derive(Default)]
struct ModelWork {
    /// The problem at hand, and whether it stands in a benchmark.
    problem: Option<(Arc<Problem>, bool)>,
    choice: Choice,
    report: ModelReport,
    recipes: [Statistics; Recipe::ALL.len()],
    longest: Statistics,
}

impl ModelWork {
    fn count(&mut self, choice: &Choice) {
        for (recipe, statistics) in Recipe::ALL.into_iter().zip(&mut self.recipes) {
            choice.best(recipe).into_iter().for_each(|best| statistics.add(best));
        }
        choice.longest.iter().for_each(|longest| self.longest.add(longest));
    }

    fn finish(self) -> ModelReport {
        let named = Recipe::ALL.into_iter().map(|recipe| recipe.name().to_owned()).zip(self.recipes);
        let statistics = named.chain(std::iter::once((LONGEST.to_owned(), self.longest))).collect();
        ModelReport { statistics, ..self.report }
    }
}
