//! `thinkmeter list`.

use clap::{Args, ValueEnum};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Words that the judge `rule` goes by, and switches between thoughts, by language
    Cues,
    Datasets,
    Exports,
    Formats,
    Generators,
    Graders,
    Judges,
    Metrics,
    Pipelines,
    Presets,
    /// Published figures to stand beside the table
    References,
    /// Policies of search
    Searches,
    /// What picks among samples and weighs votes
    Selectors,
    Splitters,
    /// When enough samples were drawn
    Stopping,
    /// Manners of asking the same problems
    Strategies,
    Tasks,
    /// Problems of our own with gaps
    Templates,
    /// Ways to change a problem so that its answer stays or is computed anew
    Variations,
    /// Who scores replies and steps without knowing the right answer
    Verifiers,
    /// How votes between models may be written
    Votes,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ListArgs {
    /// What to list; without it, what can be listed
    #[arg(value_enum)]
    pub(crate) kind: Option<Kind>,
    /// With the keys of each component
    #[arg(long)]
    pub(crate) keys: bool,
}
