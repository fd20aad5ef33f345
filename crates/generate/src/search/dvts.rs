//! `dvts`: several trees that do not compete, each of which goes on with its best step.

use std::ops::RangeInclusive;

use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::grown::Grown;
use crate::policy::{Bounds, Expansion, Policy};

/// Grows trees that do not compete: each draws `width` steps a level and goes on with its best one, so that one good beginning does
/// not take the places of all others.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Dvts {
    /// Steps that are drawn a level, over all trees.
    #[schemars(range(min = 1, max = 4096))]
    candidates: u32,
    /// Steps that each tree draws a level.
    #[schemars(range(min = 1, max = 4096))]
    width: u32,
    /// By what it goes and where it ends.
    #[serde(flatten)]
    bounds: Bounds,
}

impl Component for Dvts {
    const KIND: &'static str = "dvts";
    const ABOUT: &'static str = "several trees, each of which goes on with its best step";
    type Built = dyn Policy;

    fn build(self, _: &mut Content) -> Result<Box<dyn Policy>, ConfigErrors> {
        if self.width > self.candidates {
            let problem = format!("{} is over `candidates` = {}", self.width, self.candidates);
            return Err(ConfigError::new("width", problem).into());
        }
        Ok(Box::new(self))
    }
}

impl Dvts {
    fn trees(&self) -> u32 {
        self.candidates / self.width
    }

    /// Steps that a tree draws: what is left over falls to the first ones.
    fn width_of(&self, tree: u32) -> u32 {
        let (each, over) = (self.candidates / self.trees(), self.candidates % self.trees());
        each + u32::from(tree < over)
    }

    /// The best node of a tree among these.
    fn best(tree: &Grown, group: u32, among: impl Iterator<Item = usize>) -> Option<usize> {
        tree.ranked(among.filter(|at| tree.nodes[*at].group == group)).first().copied()
    }
}

impl Policy for Dvts {
    fn label(&self) -> String {
        format!("{} {} in {} {}", Self::KIND, self.candidates, self.trees(), self.bounds.told())
    }

    fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    fn next(&self, tree: &Grown) -> Vec<Expansion> {
        let groups = 0..self.trees();
        let root = |group| Expansion { node: None, children: self.width_of(group), group };
        if tree.expanded == 0 {
            return groups.map(root).collect();
        }
        let best = |group| Self::best(tree, group, tree.round.clone());
        let open = groups.filter_map(|group| Some((group, best(group).filter(|at| tree.is_open(*at))?)));
        open.map(|(group, at)| Expansion { node: Some(at), children: self.width_of(group), group }).collect()
    }

    /// The best finished path of each tree.
    fn returned(&self, tree: &Grown) -> Vec<usize> {
        let best = |group| Self::best(tree, group, tree.finished());
        tree.ranked((0..self.trees()).filter_map(best))
    }

    fn steps(&self) -> RangeInclusive<u64> {
        let level = u64::from(self.candidates);
        level..=level * u64::from(self.bounds.depth)
    }
}
