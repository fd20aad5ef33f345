//! `thinkmeter cache`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

#[derive(Clone, Debug, Args)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    pub(crate) action: CacheAction,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum CacheAction {
    /// What the cache holds: replies of each model, and calls that failed
    Stats(CacheStatsArgs),
    /// Forget replies: they will be asked for, and paid for, again
    Clear(CacheClearArgs),
    /// Write replies to a file that others can import, to score a run again without a key
    Export(CacheExportArgs),
    /// Take in replies that were exported elsewhere; replies that are there stay
    Import(CacheImportArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CacheStatsArgs {
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CacheClearArgs {
    /// Only replies of this model (its name at the server)
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// Only replies that are older: 90m, 12h, 30d, 8w
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(crate) older_than: Option<Duration>,
    /// Only replies that are not what was written, because bits of them changed on the disk
    #[arg(long, conflicts_with_all = ["model", "older_than", "all", "dry_run"])]
    pub(crate) damaged: bool,
    /// Everything
    #[arg(long, conflicts_with_all = ["model", "older_than"])]
    pub(crate) all: bool,
    /// Tell what would go, and leave it
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CacheExportArgs {
    /// Where to: JSON lines, compressed if the name ends in .zst; `-` is stdout
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only the replies that this pipeline asks for
    #[arg(long, value_name = "PIPELINE")]
    pub(crate) pipeline: Option<String>,
    /// A key of that pipeline, as in `run` (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "pipeline")]
    pub(crate) set: Vec<String>,
    /// The problems of that pipeline, as in `run`
    #[arg(long, value_name = "N|A-B", requires = "pipeline")]
    pub(crate) limit: Option<String>,
    /// Only replies of this model (its name at the server)
    #[arg(long, value_name = "NAME", conflicts_with = "pipeline")]
    pub(crate) model: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CacheImportArgs {
    /// An exported file, compressed or not; `-` is stdin
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The most megabytes of a line, which is a reply; a compressed file may hold lines without an end
    #[arg(long, value_name = "MB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_line_mb: u64,
}

/// A number with a unit.
fn age(text: &str) -> Result<Duration, String> {
    const EXPECTED: &str = "expected a number with a unit, such as 90m, 12h, 30d or 8w";
    let seconds = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        Some('w') => 604_800,
        _ => return Err(EXPECTED.to_owned()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| EXPECTED.to_owned())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(|| EXPECTED.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_units() {
        let check = |text: &str, seconds: Option<u64>| {
            assert_eq!(age(text).ok(), seconds.map(Duration::from_secs), "{text}");
        };
        check("90m", Some(5_400));
        check("12h", Some(43_200));
        check("30d", Some(2_592_000));
        check("8w", Some(4_838_400));
        check("30", None);
        check("d", None);
        check("é", None);
        check("18446744073709551615w", None);
    }
}
