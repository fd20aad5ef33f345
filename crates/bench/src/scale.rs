//! `bench scale`: grading, split, rule judge and score over very many generations: throughput, and memory that stays flat.

use std::ffi::OsStr;
use std::path::Path;

use crate::process::{Usage, measure, program};
use crate::{say, synthetic};

/// How many generations, and at which fraction of them memory is compared.
#[derive(clap::Args)]
pub(crate) struct Scale {
    /// Generations of about 2,000 tokens
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
    /// A tokenizer.json; the built-in one if not given
    #[arg(long, default_value = "builtin")]
    tokenizer: String,
}

const SMALLER: u64 = 8;

impl Scale {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let program = program()?;
        say(&format!(
            "{:<8} {:>8} {:>9} {:>9} {:>10} {:>9} {:>9}",
            "stage", "rows", "wall s", "cpu s", "rows/s", "MB/s", "peak MB"
        ));
        for rows in [self.rows / SMALLER, self.rows] {
            let folder = tempfile::tempdir()?;
            synthetic::write(folder.path(), rows)?;
            for stage in ["grade", "split", "judge", "score", "measure"] {
                let usage = measure(&program, self.args(stage, folder.path()), &[])?;
                say(&line(stage, rows, &usage));
            }
        }
        Ok(())
    }

    fn args(&self, stage: &str, folder: &Path) -> Vec<std::ffi::OsString> {
        let file = |name: &str| folder.join(name).into_os_string();
        let flag = |name: &str| OsStr::new(name).to_owned();
        let mut args = vec![flag(stage), flag("--quiet")];
        let inputs: &[&str] = match stage {
            "grade" => &["problems", "generations"],
            "split" => &["generations"],
            "judge" => &["problems", "generations", "grades", "splits"],
            "score" => &["problems", "generations", "grades", "splits", "judgments"],
            _ => &["scores"],
        };
        for input in inputs {
            args.extend([flag(&format!("--{input}")), file(&format!("{input}.parquet"))]);
        }
        if stage == "split" {
            args.extend([flag("--tokenizer"), flag(&self.tokenizer)]);
        }
        args.extend([flag("--output"), file(written(stage))]);
        args
    }
}

/// The table that a stage writes.
fn written(stage: &str) -> &'static str {
    match stage {
        "grade" => "grades.parquet",
        "split" => "splits.parquet",
        "judge" => "judgments.parquet",
        "score" => "scores.parquet",
        _ => "metrics.parquet",
    }
}

fn line(stage: &str, rows: u64, usage: &Usage) -> String {
    const BYTES_A_ROW: f64 = 6_000.0;
    let wall = usage.wall.as_secs_f64();
    format!(
        "{stage:<8} {rows:>8} {wall:>9.2} {:>9.2} {:>10.0} {:>9.1} {:>9.0}",
        usage.cpu.as_secs_f64(),
        rows as f64 / wall,
        rows as f64 * BYTES_A_ROW / wall / 1e6,
        usage.peak_mb(),
    )
}
