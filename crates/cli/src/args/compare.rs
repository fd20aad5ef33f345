//! `thinkmeter compare`.

use std::path::PathBuf;

use clap::Args;
use compare::Aspect;

use super::Format;

#[derive(Clone, Debug, Args)]
pub(crate) struct CompareArgs {
    /// Run folders, model folders in them, or tables of scores; the first model is the baseline
    #[arg(value_name = "RUN", required = true, num_args = 1..)]
    pub(crate) runs: Vec<PathBuf>,
    /// The model or run that the others are compared with, if not the first
    #[arg(long, value_name = "NAME")]
    pub(crate) baseline: Option<String>,
    /// A measure to compare, or `all` (repeatable); the six measures if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) measure: Vec<String>,
    /// A condition, such as token_efficiency>=0.5 or accuracy-drop<=0.01 (repeatable); exit with 6 if one is not met
    #[arg(long, value_name = "CONDITION")]
    pub(crate) gate: Vec<String>,
    /// Compare although this differs: dataset, splitter, judge, scoring (repeatable)
    #[arg(long, value_name = "ASPECT")]
    pub(crate) allow: Vec<Aspect>,
    /// Originals against their variants within each model, in place of models against each other; with commas, ways to change a problem (all if none is named)
    #[arg(long, value_name = "KINDS", num_args = 0..=1, default_missing_value = "", value_delimiter = ',', conflicts_with_all = ["baseline", "measure", "gate", "allow"])]
    pub(crate) variants: Option<Vec<String>>,
    /// Draws of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub(crate) resamples: u32,
    /// Seed of bootstrap and permutations
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// How the comparison is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Where to; stdout if not given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
