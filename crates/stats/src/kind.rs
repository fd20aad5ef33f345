//! What the values of a figure are, how its interval is made, and why there is none.

use std::fmt;

/// What the values of a figure are: that decides which interval holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Each is 0 or 1, or a mean of such over the samples of a problem; the figure is a share.
    Share,
    /// Each lies between 0 and 1.
    Ratio,
    /// None is below 0, and large ones are rare: tokens, counts, seconds, money.
    Amount,
    /// On both sides of 0: differences, correlations, rewards.
    Signed,
}

impl Kind {
    /// The fewest problems that say something about the spread between problems. Of two, whatever they are, nothing can be
    /// said of a share either; a mean knows its spread from the values alone, and fewer than five do not tell it.
    pub fn least(self) -> usize {
        if self == Self::Share { 3 } else { 5 }
    }

    /// The nearest value that the figure can have.
    pub(crate) fn clamp(self, value: f64) -> f64 {
        match self {
            Self::Share | Self::Ratio => value.clamp(0.0, 1.0),
            Self::Amount => value.max(0.0),
            Self::Signed => value,
        }
    }
}

/// How an interval was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The posterior of a share: see [`share_interval`](crate::share_interval).
    Beta,
    /// The bootstrap of a studentised mean: see [`mean_intervals`](crate::mean_intervals).
    BootstrapT,
    /// The same mean over so many problems that its skew alone tells where its ends are.
    Expansion,
    /// Two pretended problems, one for each side: see [`share_difference`](crate::share_difference).
    Adjusted,
}

/// Why there is no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// So few problems say nothing.
    Few {
        /// How many there are.
        problems: usize,
        /// How many it takes.
        least: usize,
    },
    /// A mean of equal values has no spread to go by.
    Alike,
    /// What it is divided by may be nothing.
    Zero,
    /// No draws were asked for.
    NotDrawn,
}

/// A 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How it was made.
    pub method: Method,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Beta => "beta",
            Self::BootstrapT => "bootstrap-t",
            Self::Expansion => "expansion",
            Self::Adjusted => "adjusted",
        })
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Few { problems, least } => write!(f, "none: only {problems} of at least {least} problems"),
            Self::Alike => f.write_str("none: the same on every problem"),
            Self::Zero => f.write_str("none: what it is divided by may be 0"),
            Self::NotDrawn => f.write_str("none: no draws were asked for"),
        }
    }
}
