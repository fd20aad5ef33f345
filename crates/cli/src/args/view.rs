//! Which tables are printed.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum View {
    /// The report: every figure
    #[default]
    Figures,
    /// Question by question, the tokens of all models side by side
    Questions,
    /// Manners of asking side by side: what each asks for, brings and costs
    Strategies,
    /// Length rewards: what each rule gives, and whether they agree
    Rewards,
}
