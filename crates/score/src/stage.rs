//! The stage `score`: five tables of one model walked in step, one row per generation out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use stage::{Interrupted, Observer, Summary, Tick};
use tables::{
    Aligned, Generation, Grade, Judgment, Keyed, Problem, ProblemCursor, Provenance, Score, Split,
    TableReader, TableWriter,
};

use crate::row_error::RowError;
use crate::valued::Valued;
use crate::{ScoreConfig, ScoreError, ScoredModel, Scorer};

/// Generations are scored in parallel by chunks of at most this many rows…
const CHUNK_ROWS: usize = 1024;
/// …or about this many bytes of text.
const CHUNK_BYTES: usize = 4 << 20;

/// The tables of one model.
#[derive(Clone, Debug)]
pub struct ScoreIo {
    /// The problems.
    pub problems: PathBuf,
    /// The generations, in the order of the problems.
    pub generations: PathBuf,
    /// Whether they are right.
    pub grades: PathBuf,
    /// Their steps.
    pub splits: PathBuf,
    /// The judgments on these.
    pub judgments: PathBuf,
    /// The scores to write.
    pub out: PathBuf,
}

/// Scores every generation of one model. The output stands complete at `io.out` or not at all.
pub fn score(
    config: &ScoreConfig,
    model: ScoredModel<'_>,
    io: &ScoreIo,
    provenance: Provenance,
    observer: &dyn Observer,
) -> Result<Summary, ScoreError> {
    let scorer = Scorer::new(config, model)?;
    let mut source = Source::open(io)?;
    observer.total(source.generations.len());
    let writer = TableWriter::create(&io.out, &provenance)?;
    let mut sink = Sink {
        scorer: &scorer,
        held: Vec::new(),
        writer,
        summary: Summary::default(),
        obedience: Obedience::default(),
        valued: Valued::new(if config.selectors.is_some() { scorer.selectors() } else { &[] }),
    };
    loop {
        if observer.interrupted() {
            return Err(Interrupted { done: sink.summary.rows }.into());
        }
        let chunk = source.chunk()?;
        if chunk.is_empty() {
            break;
        }
        let scores: Vec<Score> =
            chunk.par_iter().map(|item| item.score(&scorer, io)).collect::<Result<_, ScoreError>>()?;
        scores.into_iter().try_for_each(|score| sink.take(score))?;
        observer.advance(Tick { rows: chunk.len() as u64, ..Tick::default() });
    }
    source.finish()?;
    sink.obedience.tell(observer);
    sink.valued.tell(observer);
    if let Some(column) = scorer.passed_over() {
        observer.note(&format!(
            "replies hold a verifier's score in the column `{column}`, and the task `verify` asked a verifier too: its scores are taken, and \
             those of the column are passed over"
        ));
    }
    sink.finish()
}

/// Holds the samples of a problem until all of them are there, then completes and writes them.
struct Sink<'a> {
    scorer: &'a Scorer,
    /// The samples of the problem of which more may come.
    held: Vec<Score>,
    writer: TableWriter<Score>,
    summary: Summary,
    obedience: Obedience,
    valued: Valued,
}

/// Whether anybody did what the model's strategy asks.
#[derive(Default)]
struct Obedience {
    /// The model and the strategy, once a reply could be checked.
    checked: Option<(String, String)>,
    any: bool,
}

impl Obedience {
    fn add(&mut self, score: &Score) {
        let Some((obeyed, strategy)) = score.obeyed.zip(score.strategy.as_ref()) else { return };
        self.any |= obeyed > 0.0;
        self.checked.get_or_insert_with(|| (score.model.clone(), strategy.clone()));
    }

    /// Says so if nobody did: a server that ignores a key answers as if nothing was asked.
    fn tell(&self, observer: &dyn Observer) {
        if let Some((model, strategy)) = self.checked.as_ref().filter(|_| !self.any) {
            observer.note(&format!(
                "no reply of {model} obeyed its strategy `{strategy}`: the model or its server passed over what that asks for, so the figures \
                 are those of a model that was asked otherwise"
            ));
        }
    }
}

impl Sink<'_> {
    fn take(&mut self, score: Score) -> Result<(), ScoreError> {
        if self.held.first().is_some_and(|first| first.problem_id != score.problem_id) {
            self.write()?;
        }
        self.held.push(score);
        Ok(())
    }

    fn finish(mut self) -> Result<Summary, ScoreError> {
        self.write()?;
        self.writer.finish()?;
        Ok(self.summary)
    }

    fn write(&mut self) -> Result<(), ScoreError> {
        self.scorer.complete(&mut self.held);
        for score in std::mem::take(&mut self.held) {
            count(&mut self.summary, &score);
            self.obedience.add(&score);
            self.valued.add(&score);
            self.writer.push(score)?;
        }
        Ok(())
    }
}

fn count(summary: &mut Summary, score: &Score) {
    summary.rows += 1;
    let mut add = |name: &str| bump(&mut summary.counts, name);
    if score.located {
        add("located");
    }
    if score.found_then_lost {
        add("found_then_lost");
    }
}

fn bump(counts: &mut BTreeMap<String, u64>, name: &str) {
    *counts.entry(name.to_owned()).or_default() += 1;
}

/// One generation with all that belongs to it.
struct Item {
    row: u64,
    problem: Arc<Problem>,
    generation: Generation,
    grade: Grade,
    split: Split,
    judgment: Judgment,
}

impl Item {
    fn score(&self, scorer: &Scorer, io: &ScoreIo) -> Result<Score, ScoreError> {
        let Self { problem, generation, grade, split, judgment, .. } = self;
        let scored = scorer.score(problem, generation, grade, split, judgment);
        scored.map_err(|misfit| self.error(misfit, io))
    }

    fn error(&self, wrong: RowError, io: &ScoreIo) -> ScoreError {
        let (row, key) = (self.row, self.generation.key().to_string());
        match wrong {
            RowError::Step { column, step } => ScoreError::StepOutside {
                judgments: io.judgments.clone(),
                splits: io.splits.clone(),
                row,
                key,
                column,
                step,
                steps: self.split.steps.len(),
            },
            RowError::NoStep => ScoreError::StepMissing { judgments: io.judgments.clone(), row, key },
            RowError::Tokens { steps, total } => {
                ScoreError::TokensExceed { splits: io.splits.clone(), row, key, steps, total }
            }
            RowError::Span { start, end } => ScoreError::SpanOutside {
                splits: io.splits.clone(),
                generations: io.generations.clone(),
                row,
                key,
                start,
                end,
            },
        }
    }

    fn bytes(&self) -> usize {
        self.generation.reasoning.len() + self.generation.answer_text.len() + self.split.steps.len() * 12
    }
}

/// The five tables, read in step.
struct Source<'a> {
    io: &'a ScoreIo,
    problems: ProblemCursor,
    generations: TableReader<Generation>,
    grades: Aligned<Grade>,
    splits: Aligned<Split>,
    judgments: Aligned<Judgment>,
    row: u64,
}

impl<'a> Source<'a> {
    fn open(io: &'a ScoreIo) -> Result<Self, ScoreError> {
        let generations = TableReader::open(&io.generations)?;
        Ok(Self {
            io,
            problems: ProblemCursor::open_for(&io.problems, generations.provenance())?,
            generations,
            grades: Aligned::new(TableReader::open(&io.grades)?),
            splits: Aligned::new(TableReader::open(&io.splits)?),
            judgments: Aligned::new(TableReader::open(&io.judgments)?),
            row: 0,
        })
    }

    fn chunk(&mut self) -> Result<Vec<Item>, ScoreError> {
        let (mut items, mut bytes) = (Vec::new(), 0);
        while items.len() < CHUNK_ROWS && bytes < CHUNK_BYTES {
            let Some(item) = self.item()? else { break };
            bytes += item.bytes();
            items.push(item);
        }
        Ok(items)
    }

    fn item(&mut self) -> Result<Option<Item>, ScoreError> {
        let Some(generation) = self.generations.next().transpose()? else { return Ok(None) };
        self.row += 1;
        let (key, leader) = (generation.key(), &self.io.generations);
        let grade = self.grades.next_for(&key, leader)?;
        let split = self.splits.next_for(&key, leader)?;
        let judgment = self.judgments.next_for(&key, leader)?;
        let order = generation.permutation.as_deref();
        let problem = self.problems.asked(&generation.problem_id, order, leader)?;
        Ok(Some(Item { row: self.row, problem, generation, grade, split, judgment }))
    }

    fn finish(self) -> Result<(), ScoreError> {
        self.grades.finish(&self.io.generations)?;
        self.splits.finish(&self.io.generations)?;
        self.judgments.finish(&self.io.generations)?;
        Ok(())
    }
}
