//! A good table is never replaced by failures.

use std::path::{Path, PathBuf};

use tables::{FAILED, Writing, folder_of, move_over, peek, unfinished};

use crate::{ConfiguredStage, FileError, Files, Run, StageError, Summary, Table};

/// Performs a stage whose rows may fail beside the tables that are there, and puts what it wrote in their place if no larger
/// share of its rows failed than `tolerated` (0 to 1), or no more rows than in the table before. Else the tables stay, and
/// what was written stands beside them under the name of [`beside`].
///
/// # Errors
/// Of `perform`; [`StageError::TooManyFailed`] if the tables stay.
pub fn guarded(
    stage: &dyn ConfiguredStage,
    run: Run<'_>,
    tolerated: f64,
    perform: impl FnOnce(Run<'_>) -> Result<Summary, StageError>,
) -> Result<Summary, StageError> {
    let _writing = writing(run.files);
    let held: Vec<Held> = if stage.may_fail(run.target) { Held::all(run.files) } else { Vec::new() };
    if held.is_empty() {
        return perform(run);
    }
    let files =
        held.iter().fold(run.files.clone(), |files, held| files.writing(held.table, held.aside.clone()));
    let summary = perform(Run { files: &files, ..run })?;
    let better = |held: &Held| summary.failed <= held.failed;
    if summary.failed_share() <= tolerated || held.iter().all(better) {
        held.iter().try_for_each(Held::replace)?;
        return Ok(summary);
    }
    held.iter().try_for_each(Held::set_aside)?;
    Err(refused(&held, &summary))
}

/// From the first file that a stage writes to the last one nobody sweeps its folders: some are read again in between.
fn writing(files: &Files) -> Vec<Writing> {
    let mut folders: Vec<&Path> =
        files.outputs().filter_map(|table| files.optional_output(table)).map(folder_of).collect();
    folders.sort_unstable();
    folders.dedup();
    // One that cannot be made is told when a file in it cannot be.
    let begin = |folder: &Path| std::fs::create_dir_all(folder).is_ok().then(|| Writing::begin(folder));
    folders.into_iter().filter_map(begin).collect()
}

/// Where a result stands that was not let in the place of a better one: `grades.failed.parquet`.
pub fn beside(path: &Path) -> PathBuf {
    path.with_extension("failed.parquet")
}

/// A table that is there while another one is made.
struct Held {
    table: Table,
    path: PathBuf,
    /// Where the other one is made; a run that is killed leaves it to be swept away.
    aside: PathBuf,
    /// Rows that failed in the one that is there.
    failed: u64,
}

impl Held {
    fn all(files: &Files) -> Vec<Self> {
        let held = |table: Table| {
            let path = files.optional_output(table)?;
            // A file that is no table any more has nothing to lose.
            let (_, provenance) = peek(path).ok().flatten()?;
            let failed = provenance.notes.get(FAILED).and_then(|count| count.parse().ok()).unwrap_or(0);
            let aside = unfinished(path);
            Some(Self { table, path: path.to_owned(), aside, failed })
        };
        files.outputs().filter_map(held).collect()
    }

    fn replace(&self) -> Result<(), FileError> {
        move_over(&self.aside, &self.path).map_err(FileError::disk("write", &self.path))?;
        // What was refused before is of no use beside a better one.
        drop(std::fs::remove_file(beside(&self.path)));
        Ok(())
    }

    fn set_aside(&self) -> Result<(), FileError> {
        let place = beside(&self.path);
        move_over(&self.aside, &place).map_err(FileError::disk("write", &place))
    }
}

fn refused(held: &[Held], summary: &Summary) -> StageError {
    let names = |of: fn(&Held) -> PathBuf| {
        held.iter().map(|held| of(held).display().to_string()).collect::<Vec<_>>().join(", ")
    };
    StageError::TooManyFailed {
        failed: summary.failed,
        rows: summary.own_rows(),
        kept: names(|held| held.path.clone()),
        beside: names(|held| beside(&held.path)),
    }
}

#[cfg(test)]
mod tests {
    use plugin::Value;
    use tables::{Provenance, Reply, TableReader, TableWriter};

    use super::*;
    use crate::{About, Silent, Target, table::REPLIES};

    /// Writes so many rows, of which so many failed.
    struct Fails {
        rows: u32,
        failed: u32,
    }

    impl ConfiguredStage for Fails {
        fn reads(&self) -> Vec<Table> {
            Vec::new()
        }

        fn writes(&self) -> Vec<Table> {
            vec![REPLIES]
        }

        fn fingerprint_input(&self, _target: Target<'_>) -> Value {
            Value::Null
        }

        fn may_fail(&self, _target: Target<'_>) -> bool {
            true
        }

        fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
            let mut writer = TableWriter::create(run.files.output(REPLIES)?, run.provenance)?;
            for sample in 0..self.rows {
                writer.push(Reply { sample, ..Reply::default() })?;
            }
            let failed = u64::from(self.failed);
            writer.finish_having_failed(failed)?;
            Ok(Summary { rows: self.rows.into(), failed, ..Summary::default() })
        }
    }

    fn perform(folder: &Path, (rows, failed): (u32, u32), tolerated: f64) -> Result<Summary, StageError> {
        let files = Files::default().writing(REPLIES, folder.join("replies.parquet"));
        let (about, provenance) = (About::default(), Provenance::default());
        let target = Target { models: &[], included: &[], at: None, about: &about };
        let run = Run { target, files: &files, ask: None, provenance: &provenance, observer: &Silent };
        let stage = Fails { rows, failed };
        guarded(&stage, run, tolerated, |run| stage.run(&run))
    }

    #[test]
    fn a_table_gives_way_to_one_that_is_allowed_or_no_worse() {
        // What is there, what comes, the share that may fail, and whether it comes in.
        let check = |before: Option<(u32, u32)>, (rows, failed): (u32, u32), tolerated: f64, expect: bool| {
            let folder = tempfile::tempdir().unwrap();
            let kept = before.map(|before| perform(folder.path(), before, 1.0).unwrap().rows);
            let case = format!("{before:?} then {rows} rows, {failed} failed, {tolerated} tolerated");
            let result = perform(folder.path(), (rows, failed), tolerated);
            assert_eq!(result.is_ok(), expect, "{case}: {result:?}");
            let rows_of = |name: &str| TableReader::<Reply>::open(&folder.path().join(name)).map(|t| t.len());
            let stands = if expect { Some(u64::from(rows)) } else { kept };
            assert_eq!(rows_of("replies.parquet").ok(), stands, "{case}");
            assert_eq!(rows_of("replies.failed.parquet").is_ok(), !expect, "{case}");
            let hidden = std::fs::read_dir(folder.path()).unwrap();
            let hidden =
                hidden.filter(|f| f.as_ref().unwrap().file_name().to_string_lossy().starts_with('.'));
            assert_eq!(hidden.count(), 0, "{case}");
        };
        check(None, (4, 4), 0.0, true);
        check(Some((420, 0)), (420, 420), 0.0, false);
        check(Some((420, 0)), (420, 1), 0.0, false);
        check(Some((420, 0)), (421, 0), 0.0, true);
        check(Some((420, 0)), (100, 50), 0.5, true);
        check(Some((420, 0)), (100, 51), 0.5, false);
        check(Some((420, 3)), (420, 3), 0.0, true);
        check(Some((420, 3)), (420, 2), 0.0, true);
        check(Some((420, 3)), (420, 420), 0.0, false);
    }

    #[test]
    fn a_better_one_sweeps_away_what_was_refused() {
        let folder = tempfile::tempdir().unwrap();
        perform(folder.path(), (2, 0), 0.0).unwrap();
        let error = perform(folder.path(), (2, 2), 0.0).unwrap_err().to_string();
        assert!(error.starts_with("2 of 2 rows failed, more than --fail-on-error allows"), "{error}");
        assert!(folder.path().join("replies.failed.parquet").exists());
        perform(folder.path(), (3, 0), 0.0).unwrap();
        assert!(!folder.path().join("replies.failed.parquet").exists());
    }
}
