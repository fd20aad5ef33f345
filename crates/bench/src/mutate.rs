//! `bench mutate`: damaged files of every kind that the program reads. It may refuse them with a word and read what is left of
//! them; a panic, or more than two seconds for a file of some kilobytes, is a fault.

mod change;
mod read;
mod seeds;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::{process, say};
use seeds::Kind;

/// Longer than this a file of some kilobytes may take nobody.
const MOST: Duration = Duration::from_secs(2);
/// The exit codes of a program that knows what it says: done, failed, usage, input, server, rows.
const KNOWN_CODES: std::ops::RangeInclusive<i32> = 0..=5;

/// How many files are damaged.
#[derive(clap::Args)]
pub(crate) struct Mutate {
    /// Damaged files of each kind that are read in this process
    #[arg(long, default_value_t = 2_000)]
    count: u64,
    /// So many of them are given to the program too
    #[arg(long, default_value_t = 50)]
    program: u64,
    /// The first number that the damage is drawn from
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Only this kind (repeatable)
    #[arg(long, value_enum)]
    kind: Vec<Kind>,
    /// Where files are kept that are a fault
    #[arg(long, default_value = "mutants")]
    faults: PathBuf,
}

/// What became of the files of a kind.
#[derive(Default)]
struct Outcome {
    read: AtomicU64,
    refused: AtomicU64,
    panics: AtomicU64,
    slow: AtomicU64,
    slowest: Mutex<(Duration, u64)>,
}

/// How the reading of a file ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Read,
    Refused,
    Panic,
}

impl Outcome {
    /// Counts a file; true if it is a fault.
    fn note(&self, number: u64, end: End, took: Duration, slow: bool) -> bool {
        let counter = match end {
            End::Read => &self.read,
            End::Refused => &self.refused,
            End::Panic => &self.panics,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        self.slow.fetch_add(u64::from(slow), Ordering::Relaxed);
        let mut slowest = self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        *slowest = (*slowest).max((took, number));
        slow || end == End::Panic
    }

    fn told(&self) -> String {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (took, number) = *self.slowest.lock().unwrap_or_else(PoisonError::into_inner);
        format!(
            "{} read, {} refused, {} panics, {} over {} s, the slowest {:.2} s (number {number})",
            count(&self.read),
            count(&self.refused),
            count(&self.panics),
            count(&self.slow),
            MOST.as_secs(),
            took.as_secs_f64()
        )
    }

    fn faults(&self) -> u64 {
        self.panics.load(Ordering::Relaxed) + self.slow.load(Ordering::Relaxed)
    }
}

impl Mutate {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        // The reader of Parquet panics where it is caught; nobody needs to hear of it.
        std::panic::set_hook(Box::new(|_| {}));
        let kinds = if self.kind.is_empty() { seeds::KINDS.to_vec() } else { self.kind.clone() };
        let mut faults = 0;
        for kind in kinds {
            faults += self.of_kind(kind)?;
        }
        anyhow::ensure!(faults == 0, "{faults} faults; the files are kept in {}", self.faults.display());
        Ok(())
    }

    fn of_kind(&self, kind: Kind) -> anyhow::Result<u64> {
        let folder = tempfile::tempdir()?;
        let seeds = seeds::of(kind, folder.path())?;
        let outcome = Outcome::default();
        let next = AtomicU64::new(self.first);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let work = |thread: usize| {
                let place = folder.path().join(thread.to_string());
                while let Some(number) = self.next(&next) {
                    self.case(kind, &seeds, number, &place, &outcome);
                }
            };
            (0..threads).for_each(|thread| drop(scope.spawn(move || work(thread))));
        });
        let program = self.by_program(kind, &seeds, folder.path())?;
        say(&format!("{:<16} in this process: {}", kind.ending(), outcome.told()));
        say(&format!("{:<16} by the program:  {}", "", program.told()));
        Ok(outcome.faults() + program.faults())
    }

    fn next(&self, next: &AtomicU64) -> Option<u64> {
        let number = next.fetch_add(1, Ordering::Relaxed);
        (number < self.first + self.count).then_some(number)
    }

    /// Reads one damaged file in this process.
    fn case(&self, kind: Kind, seeds: &[Vec<u8>], number: u64, place: &Path, outcome: &Outcome) {
        let content = mutant(seeds, number);
        let read = || {
            let begun = Instant::now();
            let found = catch_unwind(AssertUnwindSafe(|| read::one(kind, &content, place)));
            (
                found.map_or(End::Panic, |read| if read.is_ok() { End::Read } else { End::Refused }),
                begun.elapsed(),
            )
        };
        let (end, took) = read();
        // Whatever else the machine did meanwhile, it does not do twice.
        let slow = took > MOST && read().1 > MOST;
        if outcome.note(number, end, took, slow) {
            self.keep(kind, number, &content);
        }
    }

    fn keep(&self, kind: Kind, number: u64, content: &[u8]) {
        let path = self.faults.join(format!("{number}{}", kind.ending()));
        // The number alone makes the same file again.
        drop(fs::create_dir_all(&self.faults).and_then(|()| fs::write(path, content)));
        say(&format!("fault: {} {number}", kind.ending()));
    }

    /// Gives some of the files to the program.
    fn by_program(&self, kind: Kind, seeds: &[Vec<u8>], folder: &Path) -> anyhow::Result<Outcome> {
        let outcome = Outcome::default();
        let program = if self.program > 0 { process::program()? } else { PathBuf::new() };
        for number in self.first..self.first + self.program {
            let content = mutant(seeds, number);
            let begun = Instant::now();
            let end = match run(&program, kind, &content, folder)? {
                Some(0) => End::Read,
                Some(code) if KNOWN_CODES.contains(&code) => End::Refused,
                _ => End::Panic,
            };
            let took = begun.elapsed();
            if outcome.note(number, end, took, took > MOST) {
                self.keep(kind, number, &content);
            }
        }
        Ok(outcome)
    }
}

/// The damaged file of a number: the same one on every machine.
fn mutant(seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
    change::damaged(seeds, &mut ChaCha8Rng::seed_from_u64(number))
}

/// The exit code of the program; none if a signal ended it.
fn run(program: &Path, kind: Kind, content: &[u8], folder: &Path) -> anyhow::Result<Option<i32>> {
    let place = folder.join("program");
    fs::create_dir_all(&place)?;
    let file = place.join(format!("damaged{}", kind.ending()));
    fs::write(&file, content)?;
    let mut command = Command::new(program);
    command.current_dir(&place).env("THINKMETER_CACHE", folder.join("cache"));
    command.args(read::arguments(kind, folder)).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command.status()?.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_damaged_file_is_a_fault() {
        let faults = tempfile::tempdir().unwrap();
        let all = Mutate {
            count: 60,
            program: 0,
            first: 0,
            kind: Vec::new(),
            faults: faults.path().join("mutants"),
        };
        all.run().unwrap();
    }

    #[test]
    fn seeds_are_whole_and_damage_is_the_same_every_time() {
        for kind in seeds::KINDS {
            let folder = tempfile::tempdir().unwrap();
            let seeds = seeds::of(kind, folder.path()).unwrap();
            for seed in &seeds {
                read::one(kind, seed, &folder.path().join("whole")).unwrap();
            }
            assert_eq!(mutant(&seeds, 7), mutant(&seeds, 7));
            assert_ne!(mutant(&seeds, 7), mutant(&seeds, 8));
        }
    }
}
