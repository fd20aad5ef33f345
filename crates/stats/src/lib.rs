//! The statistics of everything that is printed: numbers in, numbers out.
//!
//! Nothing here knows a table, a model or a metric. What is drawn is drawn from a seed, and is the same on every machine and
//! on any number of threads. The unit of all resampling is the problem with all its samples ([`Unit`]).

mod beta;
mod bootstrap;
mod certainty;
mod conditional;
mod distance;
mod expansion;
mod frontier;
mod gamma;
mod holm;
mod kappa;
mod kind;
mod linear;
mod mcnemar;
mod pairs;
mod permutation;
mod power;
mod proportion;
mod quantile;
mod quotient;
mod random;
mod ranks;
mod sets;
mod share;
mod spread;
mod subsets;
mod times;
mod unit;
mod walk;
mod weighted;

pub use bootstrap::{Draws, Figure, mean_interval, mean_intervals};
pub use certainty::{agreement, beats_runner_up, concentration, is_largest, is_largest_by};
pub use conditional::{Stratum, conditional_logistic};
pub use distance::kolmogorov_smirnov;
pub use frontier::{OperatingPoint, frontier, frontier_area, frontier_shares};
pub use gamma::{REACH, chi_square_tail, normal_tails};
pub use holm::holm;
pub use kappa::kappa;
pub use kind::{Interval, Kind, Method, Missing};
pub use linear::{Cholesky, Square};
pub use mcnemar::mcnemar;
pub use pairs::{PairedTest, Pairs};
pub use permutation::permutation;
pub use power::{Power, power};
pub use proportion::{Proportion, wilson};
pub use quantile::quantile;
pub use quotient::{Quotient, exchange_rate};
pub use random::{draw, generator};
pub use ranks::spearman;
pub use sets::{ShareOfSet, mean_of_share_differences, mean_of_shares};
pub use share::{share_difference, share_interval};
pub use spread::{Range, Spread};
pub use subsets::{Class, Ranked, all_right, any_right, discrimination, first_ranked, longest, plurality};
pub use times::Times;
pub use unit::Unit;
pub use walk::{Heap, Pace, Says, Stopped, Stops, replay};
pub use weighted::{Effort, Expected, Vote, Weighing, weighted_plurality};

#[cfg(test)]
mod simulation;
