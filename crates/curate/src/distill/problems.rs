//! The problems of all sources as a small index: hashes and bands in memory, texts in a temporary file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use stage::{Interrupted, Observer};
use tables::Problem;

use super::similar::{Signature, shingles};
use crate::contamination::Benchmarks;
use crate::decontamination_filter::DecontaminationFilter;
use crate::prefetch::Prefetch;
use crate::projections::TextHash;
use crate::words::plain_hash;
use crate::{CurateError, Hit, Source};

/// Problems that are looked at at once.
const CHUNK: usize = 1024;

/// What has to be known of a problem to compare it with another one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Brief {
    pub(super) id: String,
    pub(super) dataset: String,
    pub(super) problem: String,
    pub(super) gold: Vec<String>,
}

/// One problem in memory.
pub(super) struct ProblemEntry {
    /// A hash of its text.
    pub(super) text: u64,
    /// A hash of its known answers.
    pub(super) gold: u64,
    /// A hash of its name.
    pub(super) id: u64,
    /// Why nothing may be taken from it: it stands in a benchmark, or nobody wrote down what was asked.
    pub(super) barred: Option<&'static str>,
    pub(super) signature: Signature,
    offset: u64,
}

/// All problems; those of one table stand together in its order.
pub(super) struct Problems {
    pub(super) entries: Vec<ProblemEntry>,
    /// The first problem of each table.
    pub(super) starts: HashMap<PathBuf, u32>,
    texts: Mutex<File>,
    path: PathBuf,
}

impl Problems {
    /// Reads the problems of all sources, each table once.
    pub(super) fn read(
        sources: &[Source],
        benchmarks: Option<&Benchmarks>,
        filter: &mut DecontaminationFilter<'_>,
        folder: &Path,
        observer: &dyn Observer,
    ) -> Result<Self, CurateError> {
        let mut making = Making::start(folder)?;
        let mut starts: HashMap<PathBuf, u32> = HashMap::new();
        for source in sources.iter().map(|source| &source.problems) {
            if starts.contains_key(source) {
                continue;
            }
            starts.insert(source.clone(), u32::try_from(making.entries.len()).unwrap_or(u32::MAX));
            let mut rows = Prefetch::<Problem>::open(source)?;
            loop {
                if observer.interrupted() {
                    return Err(Interrupted { done: 0 }.into());
                }
                let chunk = rows.by_ref().take(CHUNK).collect::<Result<Vec<_>, _>>()?;
                if chunk.is_empty() {
                    break;
                }
                let looks: Vec<Look> =
                    chunk.par_iter().map(|problem| Look::at(problem, benchmarks)).collect();
                for (problem, look) in chunk.into_iter().zip(looks) {
                    if let Some(hit) = &look.hit {
                        filter.list(&problem, hit)?;
                    }
                    making.push(problem, look)?;
                }
            }
        }
        making.finish(starts)
    }

    /// One problem, from the temporary file.
    pub(super) fn brief(&self, index: u32) -> Result<Brief, CurateError> {
        let read = || -> std::io::Result<Vec<u8>> {
            // One place in the file for all threads, so one of them at a time moves it.
            let mut file = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
            let entry = self.entries.get(index as usize).map_or(0, |entry| entry.offset);
            file.seek(SeekFrom::Start(entry))?;
            let mut record = Vec::new();
            match self.entries.get(index as usize + 1) {
                Some(next) => (&*file).take(next.offset - entry).read_to_end(&mut record)?,
                None => file.read_to_end(&mut record)?,
            };
            Ok(record)
        };
        let brief = read().and_then(|record| Ok(serde_json::from_slice(&record)?));
        brief.map_err(CurateError::write(&self.path))
    }
}

/// What is found out about a problem on all cores.
struct Look {
    text: u64,
    gold: u64,
    id: u64,
    signature: Signature,
    hit: Option<Hit>,
}

impl Look {
    fn at(problem: &Problem, benchmarks: Option<&Benchmarks>) -> Self {
        Self {
            text: plain_hash(&problem.problem),
            gold: TextHash::of(&problem.gold.join("\n")).hash,
            id: TextHash::of(&problem.id).hash,
            signature: Signature::of(&shingles(&problem.problem)),
            hit: benchmarks.and_then(|known| known.hit(&problem.problem)),
        }
    }
}

/// The index in the making.
struct Making {
    entries: Vec<ProblemEntry>,
    texts: BufWriter<File>,
    offset: u64,
    folder: PathBuf,
}

impl Making {
    fn start(folder: &Path) -> Result<Self, CurateError> {
        std::fs::create_dir_all(folder).map_err(CurateError::write(folder))?;
        let texts = tempfile::tempfile_in(folder).map_err(CurateError::write(folder))?;
        let texts = BufWriter::with_capacity(1 << 18, texts);
        Ok(Self { entries: Vec::new(), texts, offset: 0, folder: folder.to_owned() })
    }

    fn push(&mut self, problem: Problem, look: Look) -> Result<(), CurateError> {
        let Look { text, gold, id, signature, hit } = look;
        let unasked = problem.problem.trim().is_empty().then_some("no_question");
        self.entries.push(ProblemEntry {
            text,
            gold,
            id,
            barred: hit.is_some().then_some("contaminated").or(unasked),
            signature,
            offset: self.offset,
        });
        let Problem { id, dataset, problem, gold, .. } = problem;
        let record = serde_json::to_vec(&Brief { id, dataset, problem, gold });
        let record = record.map_err(|error| CurateError::write(&self.folder)(error.into()))?;
        self.texts.write_all(&record).map_err(CurateError::write(&self.folder))?;
        self.offset += record.len() as u64;
        Ok(())
    }

    fn finish(self, starts: HashMap<PathBuf, u32>) -> Result<Problems, CurateError> {
        let Self { entries, texts, folder, .. } = self;
        let texts = texts.into_inner().map_err(|error| CurateError::write(&folder)(error.into_error()))?;
        Ok(Problems { entries, starts, texts: Mutex::new(texts), path: folder })
    }
}
