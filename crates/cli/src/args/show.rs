//! `thinkmeter show`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Clone, Debug, Args)]
pub(crate) struct ShowArgs {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// The problem whose trace to show; a list of traces if not given
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,
    /// The model; the first one that has the trace if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// Which of several samples
    #[arg(long, value_name = "N")]
    pub(crate) sample: Option<u32>,
    /// In the list: traces of this group
    #[arg(long, value_name = "NAME")]
    pub(crate) subset: Option<String>,
    /// In the list: traces that ended like this
    #[arg(long, value_enum)]
    pub(crate) outcome: Option<Ending>,
    /// In the list: traces that were cut
    #[arg(long)]
    pub(crate) cut: bool,
    /// In the list: traces that found the right answer and lost it again
    #[arg(long)]
    pub(crate) lost: bool,
    /// In the list: the order
    #[arg(long, value_enum, default_value_t = Sorting::Waste)]
    pub(crate) sort: Sorting,
    /// In the list: so many traces
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
    /// A trace as JSON instead
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ending {
    Right,
    Wrong,
    Undecided,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sorting {
    /// Most thought after the answer was there first
    Waste,
    /// Longest first
    Tokens,
    /// Least efficient first
    Efficiency,
    /// As in the tables
    Table,
}
