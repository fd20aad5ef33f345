//! What a policy of search is: it sees a tree with scores and says what grows next. It never asks anybody.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use verify::Aggregate;

use crate::grown::Grown;

/// Where a tree grows next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The node; none is the root, in front of all steps.
    pub(crate) node: Option<usize>,
    /// Steps that are drawn behind it.
    pub(crate) children: u32,
    /// The one of several trees that do not compete.
    pub(crate) group: u32,
}

/// Keeps a tree growing.
pub trait Policy: Send + Sync {
    /// How it is told in tables: `beam 4→2 last`.
    fn label(&self) -> String;

    /// What every policy has.
    fn bounds(&self) -> &Bounds;

    /// What grows next, from the tree with all its scores; nothing ends the search.
    fn next(&self, tree: &Grown) -> Vec<Expansion>;

    /// The nodes whose paths are returned, the best first.
    fn returned(&self, tree: &Grown) -> Vec<usize>;

    /// Steps that are drawn about a problem, the least and the most.
    fn steps(&self) -> RangeInclusive<u64>;
}

/// Where a search ends, and by what it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Bounds {
    /// How the scores of the steps of a path become the one by which it is ranked: `min`, `product`, `last`, `mean` or `geometric`.
    pub(crate) aggregate: Aggregate,
    /// The most steps of a path.
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) depth: u32,
    /// The search ends when so many tokens were generated for a problem, those of paths that were given up included.
    #[schemars(range(min = 1))]
    pub(crate) spend: Option<u64>,
    /// The verifier is shown so many steps more behind each candidate, drawn greedily and paid for.
    #[schemars(range(max = 8))]
    pub(crate) lookahead: u32,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { aggregate: Aggregate::Last, depth: 40, spend: None, lookahead: 0 }
    }
}

impl Bounds {
    /// What of it changes the ranking, for labels.
    pub(crate) fn told(&self) -> String {
        let ahead = if self.lookahead > 0 { format!(" lookahead {}", self.lookahead) } else { String::new() };
        format!("{}{ahead}", self.aggregate.word())
    }
}
