//! Keeping problems of benchmarks out of the data, with a list of every overlap beside it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;
use tables::Problem;

use crate::CurateError;
use crate::contamination::{Benchmarks, Hit};
use crate::output::{List, Published};
use crate::words::plain_hash;

/// An overlap, as it stands in `contamination.jsonl`.
#[derive(Serialize)]
struct Overlap<'a> {
    problem_id: &'a str,
    dataset: &'a str,
    problem: &'a str,
    #[serde(flatten)]
    hit: &'a Hit,
}

/// Compares problems with benchmarks and lists what overlaps.
pub(crate) struct DecontaminationFilter<'a> {
    known: Option<(&'a Benchmarks, List)>,
    listed: BTreeSet<(String, u64)>,
}

impl<'a> DecontaminationFilter<'a> {
    /// Lists into `folder/contamination.jsonl`; without benchmarks nothing overlaps and nothing is listed.
    pub(crate) fn start(benchmarks: Option<&'a Benchmarks>, folder: &Path) -> Result<Self, CurateError> {
        let known = match benchmarks {
            Some(known) => Some((known, List::create(&folder.join("contamination.jsonl"))?)),
            None => None,
        };
        Ok(Self { known, listed: BTreeSet::new() })
    }

    /// Whether the problem overlaps with a benchmark; if so it is listed, once, however often it comes.
    pub(crate) fn catches(&mut self, problem: &Problem) -> Result<bool, CurateError> {
        let hit = self.known.as_ref().and_then(|(known, _)| known.hit(&problem.problem));
        hit.map_or(Ok(false), |hit| self.list(problem, &hit).map(|()| true))
    }

    /// Lists an overlap that was found elsewhere.
    pub(crate) fn list(&mut self, problem: &Problem, hit: &Hit) -> Result<(), CurateError> {
        let Some((_, list)) = &mut self.known else { return Ok(()) };
        if !self.listed.insert((problem.id.clone(), plain_hash(&problem.problem))) {
            return Ok(());
        }
        let Problem { id, dataset, problem, .. } = problem;
        list.push(&Overlap { problem_id: id, dataset, problem, hit })
    }

    /// The list, if there is one.
    pub(crate) fn finish(self, folder: &Path) -> Result<Option<Published>, CurateError> {
        self.known.map(|(_, list)| list.finish(folder)).transpose()
    }
}
