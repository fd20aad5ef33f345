//! Labelled traces as the tables of a run.

use std::path::Path;

use dataset::labelled::{Band, Label, Labelled, LabelledTrace};
use generate::think::{Survey, Think, generation};
use stage::table::{GENERATIONS, GRADES, JUDGMENTS, PROBLEMS, SPLITS};
use stage::{Files, Table};
use tables::{Finish, Generation, Grade, Problem, Provenance, Reply, Row, Split, Step, TableWriter};
use tempfile::TempDir;
use tokens::Tokenizer;

use crate::{CalibrateError, Target};

/// Stands for the answer of a problem whose source has none: a judge of errors needs none and is shown none, but the
/// judge stage skips problems without.
const NO_ANSWER: &str = "(unknown)";

/// Labelled traces, ready to be judged.
#[derive(Debug)]
pub struct Material {
    /// What is labelled.
    pub target: Target,
    /// The traces and their labels.
    pub(crate) cases: Vec<Case>,
    /// Traces that were read and have no label of this kind, or no answer.
    pub left_out: u64,
    /// Why rows could not be used: reason, count, first place.
    pub unusable: Vec<(String, u64, String)>,
    folder: TempDir,
}

/// One labelled trace.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) first_correct: Label<Band>,
    pub(crate) first_wrong: Label<usize>,
    pub(crate) split: Split,
    target: Target,
}

impl Case {
    /// A verdict is right: a step that can be defended, or none (−1) where there is none.
    pub(crate) fn is_met_by(&self, step: i64) -> bool {
        let place = usize::try_from(step).ok();
        match (self.target, self.first_correct.at()) {
            (Target::FirstAssertion, Some(band)) => place.is_some_and(|at| (band.lo..=band.hi).contains(&at)),
            _ => place == self.label().at(),
        }
    }

    /// The labelled step.
    pub(crate) fn label(&self) -> Label<usize> {
        match self.target {
            Target::FirstError => self.first_wrong,
            Target::FirstAssertion => match self.first_correct {
                Label::At(band) => Label::At(band.step),
                Label::Nowhere => Label::Nowhere,
                Label::Unknown => Label::Unknown,
            },
        }
    }
}

impl Material {
    pub(crate) fn of(labelled: Labelled, tokenizer: &Tokenizer) -> Result<Self, CalibrateError> {
        let Labelled { traces, left_out: unusable } = labelled;
        let target = Target::of(&traces).ok_or(CalibrateError::NoLabels { traces: traces.len() })?;
        let read = traces.len();
        let fitting: Vec<LabelledTrace> = traces.into_iter().filter(|trace| target.fits(trace)).collect();
        if fitting.is_empty() {
            return Err(CalibrateError::NoLabels { traces: read });
        }
        let folder = tempfile::tempdir().map_err(CalibrateError::Folder)?;
        let left_out = (read - fitting.len()) as u64;
        let cases = Tables::create(folder.path())?.write(fitting, target, tokenizer)?;
        let unusable = unusable.into_iter().map(|left| (left.reason, left.rows, left.first)).collect();
        Ok(Self { target, cases, left_out, unusable, folder })
    }

    pub(crate) fn files(&self) -> Files {
        let at = |table: Table| self.folder.path().join(table.file);
        let read = [PROBLEMS, GENERATIONS, GRADES, SPLITS];
        let files = read.into_iter().fold(Files::default(), |files, table| files.reading(table, at(table)));
        files.writing(JUDGMENTS, at(JUDGMENTS))
    }
}

struct Tables {
    problems: TableWriter<Problem>,
    generations: TableWriter<Generation>,
    grades: TableWriter<Grade>,
    splits: TableWriter<Split>,
}

fn writer<R: Row>(folder: &Path, table: Table) -> Result<TableWriter<R>, CalibrateError> {
    Ok(TableWriter::create(&folder.join(table.file), &Provenance::default())?)
}

impl Tables {
    fn create(folder: &Path) -> Result<Self, CalibrateError> {
        Ok(Self {
            problems: writer(folder, PROBLEMS)?,
            generations: writer(folder, GENERATIONS)?,
            grades: writer(folder, GRADES)?,
            splits: writer(folder, SPLITS)?,
        })
    }

    fn write(
        mut self,
        traces: Vec<LabelledTrace>,
        target: Target,
        tokenizer: &Tokenizer,
    ) -> Result<Vec<Case>, CalibrateError> {
        let mut survey = Survey::new(&Think::default());
        traces.iter().filter_map(raw).for_each(|reply| survey.add(&reply));
        let format = survey.conclude().format;
        let mut cases = Vec::new();
        for (at, trace) in traces.into_iter().enumerate() {
            // Several traces may be of one problem, and a source may name two traces alike.
            let key = format!("{at:06}");
            let whole = raw(&trace).map(|reply| generation(reply, "", &format));
            let (generation, spans) =
                whole.and_then(|whole| placed(whole, &trace.steps)).unwrap_or_else(|| joined(&trace.steps));
            let split = split(&key, &generation, &spans, tokenizer);
            let (problem, generation) = (problem(&key, &trace), Generation { problem_id: key, ..generation });
            let item = grade::Item::new(&problem, &generation);
            self.grades.push(grade::by_engine(item, &answer::Policy::default()))?;
            self.problems.push(problem)?;
            self.generations.push(generation)?;
            self.splits.push(split.clone())?;
            let LabelledTrace { id, first_correct, first_wrong, .. } = trace;
            cases.push(Case { id, first_correct, first_wrong, split, target });
        }
        self.problems.finish()?;
        self.generations.finish()?;
        self.grades.finish()?;
        self.splits.finish()?;
        Ok(cases)
    }
}

fn raw(trace: &LabelledTrace) -> Option<Reply> {
    let content = trace.response.clone()?;
    Some(Reply { content, finish: Finish::Stop, ..Reply::default() })
}

fn problem(key: &str, trace: &LabelledTrace) -> Problem {
    let gold = if trace.gold.is_empty() { vec![NO_ANSWER.to_owned()] } else { trace.gold.clone() };
    let choices = match answer::asked_options(&trace.problem, &gold) {
        _ if !trace.choices.is_empty() => trace.choices.clone(),
        answer::AskedOptions::Listed { options, .. } => options,
        _ => vec![],
    };
    let problem = trace.problem.clone();
    Problem { id: key.to_owned(), problem, gold, choices, ..Problem::default() }
}

/// The steps where they stand in the thinking; nothing if one of them is not there.
fn placed(generation: Generation, steps: &[String]) -> Option<(Generation, Vec<(usize, usize)>)> {
    let mut from = 0;
    let mut spans = Vec::new();
    for step in steps {
        let start = from + generation.thought().get(from..)?.find(step.as_str())?;
        from = start + step.len();
        spans.push((start, from));
    }
    Some((generation, spans))
}

/// A trace of which nothing but the steps is known.
fn joined(steps: &[String]) -> (Generation, Vec<(usize, usize)>) {
    let mut reasoning = String::new();
    let mut spans = Vec::new();
    for step in steps {
        if !reasoning.is_empty() {
            reasoning.push_str("\n\n");
        }
        let start = reasoning.len();
        reasoning.push_str(step);
        spans.push((start, reasoning.len()));
    }
    let reasoning_source = "tags".to_owned();
    (Generation { reasoning, reasoning_source, finish: Finish::Stop, ..Generation::default() }, spans)
}

fn split(key: &str, generation: &Generation, spans: &[(usize, usize)], tokenizer: &Tokenizer) -> Split {
    let text = generation.thought();
    let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    // A separator belongs to the step before it, what precedes the first step to the first.
    let cuts: Vec<u32> = std::iter::once(0)
        .chain(spans.iter().skip(1).map(|(start, _)| small(*start)))
        .chain([small(text.len())])
        .collect();
    let counts = tokenizer.count_between(text, &cuts);
    let steps: Vec<Step> = spans
        .iter()
        .zip(&counts)
        .map(|((start, end), tokens)| Step { start: small(*start), end: small(*end), tokens: *tokens })
        .collect();
    let tokens = steps.iter().map(|step| step.tokens).sum();
    Split { problem_id: key.to_owned(), steps, tokens, ..Split::default() }
}
