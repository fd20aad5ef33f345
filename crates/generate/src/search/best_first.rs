//! `best_first`: the best open step of all, wherever it stands.

use std::ops::RangeInclusive;

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::grown::Grown;
use crate::policy::{Bounds, Expansion, Policy};

/// Goes on with the best step that nobody has gone on with yet, wherever it stands, until a finished path is better than all of
/// them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct BestFirst {
    /// Steps that are drawn behind each.
    #[schemars(range(min = 1, max = 4096))]
    candidates: u32,
    /// The most steps that are gone on with, the beginning included.
    #[schemars(range(min = 1, max = 100_000))]
    expansions: u32,
    /// By what it goes and where it ends.
    #[serde(flatten)]
    bounds: Bounds,
}

impl Component for BestFirst {
    const KIND: &'static str = "best_first";
    const ABOUT: &'static str = "goes on with the best open step of all";
    type Built = dyn Policy;

    fn build(self, _: &mut Content) -> Result<Box<dyn Policy>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Policy for BestFirst {
    fn label(&self) -> String {
        format!("{} {} of {} {}", Self::KIND, self.expansions, self.candidates, self.bounds.told())
    }

    fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    fn next(&self, tree: &Grown) -> Vec<Expansion> {
        let grow = |node| vec![Expansion { node, children: self.candidates, group: 0 }];
        if tree.expanded == 0 {
            return grow(None);
        }
        let grows =
            |at: usize| !tree.nodes[at].kept && tree.is_open(at) && !tree.is_deep(at) && !tree.is_long(at);
        let left = (0..tree.nodes.len()).filter(|at| tree.nodes[*at].finished || grows(*at));
        match left.min_by(|a, b| tree.order(*a, *b)) {
            Some(best) if !tree.nodes[best].finished && tree.expanded < self.expansions => grow(Some(best)),
            _ => Vec::new(),
        }
    }

    fn returned(&self, tree: &Grown) -> Vec<usize> {
        tree.ranked(tree.finished())
    }

    fn steps(&self) -> RangeInclusive<u64> {
        let each = u64::from(self.candidates);
        each..=each * u64::from(self.expansions)
    }
}
