//! Cuts in, splits out: what both ways of running the stage have in common.

use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use stage::{Summary, Tick};
use tables::{Generation, Provenance, Split, Step, TableError, TableReader, TableWriter};
use tokens::{Tokenizer, TokenizerError};

use crate::{Cut, SplitError};

/// Writes the split of every generation, in the order in which they come, and counts.
pub struct Sink<'a> {
    tokenizer: &'a Tokenizer,
    generations: &'a Path,
    writer: TableWriter<Split>,
    summary: Summary,
}

impl<'a> Sink<'a> {
    /// Opens both tables. The one that is written names the tokenizer in its footer (`tokenizer`) and whether its
    /// counts are the model's own (`tokenizer_exact`: `true` or `false`).
    pub fn open(
        tokenizer: &'a Tokenizer,
        (generations, out): (&'a Path, &Path),
        provenance: Provenance,
    ) -> Result<(TableReader<Generation>, Self), TableError> {
        let reader = TableReader::open(generations)?;
        let provenance = provenance
            .with("tokenizer", tokenizer.name())
            .with("tokenizer_exact", tokenizer.is_exact().to_string());
        let writer = TableWriter::create(out, &provenance)?;
        Ok((reader, Self { tokenizer, generations, writer, summary: Summary::default() }))
    }

    /// Counts the tokens of the steps, on all cores, and writes. A cut with a lost call counts as failed.
    pub fn push(&mut self, cuts: Vec<(Generation, Cut)>) -> Result<Tick, SplitError> {
        let (tokenizer, generations) = (self.tokenizer, self.generations);
        let split = |(generation, cut): &(Generation, Cut)| split(cut, tokenizer, generation, generations);
        let splits = cuts.par_iter().map(split).collect::<Result<Vec<Split>, SplitError>>()?;
        let mut tick = Tick::default();
        for (split, (_, cut)) in splits.into_iter().zip(&cuts) {
            tick.rows += 1;
            tick.failed += u64::from(cut.lost);
            tick.tokens += u64::from(split.tokens) + u64::from(split.answer_tokens);
            self.record(&split, cut.lost);
            self.writer.push(split)?;
        }
        Ok(tick)
    }

    /// How many splits there are so far.
    pub fn rows(&self) -> u64 {
        self.summary.rows
    }

    /// Publishes the table.
    pub fn finish(self) -> Result<Summary, TableError> {
        self.writer.finish()?;
        Ok(self.summary)
    }

    fn record(&mut self, split: &Split, lost: bool) {
        let Summary { rows, failed, counts, .. } = &mut self.summary;
        *rows += 1;
        *failed += u64::from(lost);
        let mut add = |name: &str, count: u64| *counts.entry(name.to_owned()).or_default() += count;
        add("steps", split.steps.len() as u64);
        add("tokens", u64::from(split.tokens));
        add("without_steps", u64::from(split.steps.is_empty()));
        if split.note.is_some() {
            add("with_note", 1);
        }
    }
}

fn split(
    cut: &Cut,
    tokenizer: &Tokenizer,
    generation: &Generation,
    generations: &Path,
) -> Result<Split, SplitError> {
    let mut split =
        Split { problem_id: generation.problem_id.clone(), sample: generation.sample, ..Split::default() };
    if generation.failed() {
        return Ok(split);
    }
    split.note.clone_from(&cut.note);
    let counted = measure(&cut.spans, tokenizer, generation, &mut split);
    counted.map(|()| split).map_err(|source| SplitError::Text {
        generations: generations.to_owned(),
        problem_id: generation.problem_id.clone(),
        sample: generation.sample,
        source,
    })
}

fn measure(
    spans: &[Range<usize>],
    tokenizer: &Tokenizer,
    generation: &Generation,
    split: &mut Split,
) -> Result<(), TokenizerError> {
    let thought = generation.thought();
    if !thought.is_empty() {
        (split.tokens, split.steps) = count(tokenizer, thought, spans)?;
    }
    // The whole reply of a model that does not think is its thought; it must not count twice.
    if generation.reasoning_source != Generation::NO_REASONING {
        split.answer_tokens = tokenizer.try_count(&generation.answer_text)?;
    }
    Ok(())
}

/// Tokens of the text and its steps. A step's tokens are those that start in it or behind it before the next
/// one; the first step also takes what stands before it.
pub(crate) fn count(
    tokenizer: &Tokenizer,
    text: &str,
    spans: &[Range<usize>],
) -> Result<(u32, Vec<Step>), TokenizerError> {
    let Some((_, later)) = spans.split_first() else { return Ok((tokenizer.try_count(text)?, Vec::new())) };
    let narrow = |at: usize| u32::try_from(at).map_err(|_| TokenizerError::TooLong { bytes: text.len() });
    let mut cuts = vec![0];
    for span in later {
        cuts.push(narrow(span.start)?);
    }
    cuts.push(narrow(text.len())?);
    let counts = tokenizer.try_count_between(text, &cuts)?;
    let mut steps = Vec::with_capacity(spans.len());
    for (span, tokens) in spans.iter().zip(&counts) {
        steps.push(Step { start: narrow(span.start)?, end: narrow(span.end)?, tokens: *tokens });
    }
    Ok((counts.iter().sum(), steps))
}
