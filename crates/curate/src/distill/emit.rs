//! Writing what was selected: every source is read once more, and each chain goes to the sets that it belongs to.

use std::path::Path;

use stage::{Interrupted, Observer, Tick};
use tables::{Generation, ProblemCursor};

use super::chains::{ChainEntry, Chains};
use super::select::{SELECTED, TRIPLE};
use super::{DistillSettings, SET_NAMES};
use crate::output::Published;
use crate::prefetch::Prefetch;
use crate::projections::GenerationText;
use crate::writers::Writers;
use crate::{Body, Chain, CurateError, Example, Kind, Said, Source};

/// The sets in the making, and what had to be left out at the last moment.
pub(super) struct Emission<'a> {
    writers: Vec<(u8, Writers<'a>)>,
    /// Selected chains that hold a think tag, by source.
    pub(super) confusing: u64,
    /// Chains of the main set by source.
    pub(super) taken: Vec<u64>,
}

impl<'a> Emission<'a> {
    pub(super) fn start(settings: &'a DistillSettings, folder: &Path) -> Result<Self, CurateError> {
        let sets = [SELECTED].into_iter().chain(TRIPLE.into_iter().filter(|_| settings.ladder));
        let start = |(bit, name): (u8, &str)| {
            let writers = Writers::start(folder, name, Kind::Chain, &settings.formats, &settings.embedding)?;
            Ok((bit, writers))
        };
        let writers = sets.zip(SET_NAMES).map(start).collect::<Result<_, CurateError>>()?;
        Ok(Self { writers, confusing: 0, taken: Vec::new() })
    }

    /// The chains of one source; `chains` and `sets` are its own.
    pub(super) fn source(
        &mut self,
        source: &Source,
        settings: &DistillSettings,
        chains: &[ChainEntry],
        sets: &[u8],
        observer: &dyn Observer,
    ) -> Result<(), CurateError> {
        let mut problems = ProblemCursor::open(&source.problems)?;
        let mut taken = 0;
        let mut done = Tick::default();
        // Behind the last chain that was taken there is nothing to read.
        let last = sets.iter().rposition(|sets| *sets > 0).map_or(0, |last| last + 1);
        let rows = Prefetch::<GenerationText>::open(&source.generations)?;
        for (row, (entry, sets)) in rows.take(last).zip(chains.iter().zip(sets)) {
            let generation = Generation::from(row?);
            done.rows += 1;
            if done.rows == 1024 {
                if observer.interrupted() {
                    return Err(Interrupted { done: 0 }.into());
                }
                observer.advance(std::mem::take(&mut done));
            }
            if *sets > 0 {
                let order = generation.permutation.as_deref();
                let own = problems.asked(&generation.problem_id, order, &source.generations)?;
                if settings.embedding.confuses(&generation) {
                    self.confusing += u64::from(sets & SELECTED);
                } else {
                    taken += u64::from(sets & SELECTED);
                    self.push(
                        *sets,
                        Example { problem: own, body: Body::Chain(Box::new(chain(&generation, entry))) },
                    )?;
                }
            }
        }
        observer.advance(done);
        self.taken.push(taken);
        Ok(())
    }

    fn push(&mut self, sets: u8, example: Example) -> Result<(), CurateError> {
        let mut wanted =
            self.writers.iter_mut().filter(|(bit, _)| sets & bit > 0).map(|(_, writers)| writers);
        let Some(first) = wanted.next() else { return Ok(()) };
        for other in wanted {
            other.push(example.clone())?;
        }
        first.push(example)
    }

    pub(super) fn finish(self) -> Result<Vec<Published>, CurateError> {
        let mut files = Vec::new();
        for (_, writers) in self.writers {
            files.extend(writers.finish()?);
        }
        Ok(files)
    }
}

fn chain(generation: &Generation, entry: &ChainEntry) -> Chain {
    Chain {
        said: Said::whole(generation),
        model: generation.model.clone(),
        sample: generation.sample,
        trace_id: generation.trace_id.clone(),
        tokens: entry.tokens,
        verbosity: entry.verbosity.map(u32::from),
        difficulty: entry.difficulty.map(u32::from),
        right: None,
        journey: None,
    }
}

/// Chains of each source.
pub(super) fn by_source(chains: &Chains) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let starts = std::iter::once(0).chain(chains.ends.iter().copied());
    starts.zip(chains.ends.iter().copied()).map(|(start, end)| start..end)
}
