//! `thinkmeter table`.

use std::path::PathBuf;

use clap::Args;

use super::Format;

#[derive(Clone, Debug, Args)]
pub(crate) struct TableArgs {
    /// Runs over one set of problems each, folders of models in them, or folders of suites
    #[arg(value_name = "RUN", num_args = 0.., required_unless_present = "references")]
    pub(crate) runs: Vec<PathBuf>,
    /// Published figures to stand beside them: thoughtx (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) references: Vec<String>,
    /// The model that the others are held against, column by column, if not the first
    #[arg(long, value_name = "MODEL")]
    pub(crate) baseline: Option<String>,
    /// Put into one column what differs in this: dataset, the problems behind one name
    #[arg(long, value_name = "ASPECT", value_parser = ["dataset"])]
    pub(crate) allow: Vec<String>,
    /// Seed of the tests
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// How the table is written; CSV and JSON lines have a row a cell
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Where to; stdout if not given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
