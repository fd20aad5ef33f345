//! `beam`: level by level, the best ones are gone on with.

use std::ops::RangeInclusive;

use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::grown::Grown;
use crate::policy::{Bounds, Expansion, Policy};

/// Draws `candidates` steps a level, over all paths, and goes on with the best `keep` of them. Paths that are finished stay and
/// compete.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Beam {
    /// Steps that are drawn a level.
    #[schemars(range(min = 1, max = 4096))]
    candidates: u32,
    /// How many of them are gone on with: a number, or a share such as "25%" of those that there are, with `most` of them.
    #[schemars(with = "Value")]
    keep: Value,
    /// The most that a share keeps.
    #[serde(default)]
    #[schemars(range(min = 1))]
    most: Option<u32>,
    /// By what it goes and where it ends.
    #[serde(flatten)]
    bounds: Bounds,
}

/// How many are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Keep {
    Number(u32),
    /// Percent, and the most.
    Share(u32, u32),
}

impl Keep {
    /// # Errors
    /// It keeps none, or more than there are.
    fn read(keep: &Value, most: Option<u32>, candidates: u32) -> Result<Self, ConfigError> {
        let fault = |key: &str, problem: String| Err(ConfigError::new(key, problem));
        let number = keep.as_u64().and_then(|number| u32::try_from(number).ok());
        let share = keep.as_str().and_then(|text| text.trim().strip_suffix('%')?.trim().parse().ok());
        match (number, share, most) {
            (Some(number), None, None) if (1..=candidates).contains(&number) => Ok(Self::Number(number)),
            (Some(_), None, Some(_)) => fault("most", "goes with a share; `keep` is a number".to_owned()),
            (Some(number), ..) => {
                fault("keep", format!("{number} is not from 1 to `candidates` = {candidates}"))
            }
            (None, Some(share), Some(most)) if (1..=100).contains(&share) => Ok(Self::Share(share, most)),
            (None, Some(share), _) if !(1..=100).contains(&share) => {
                fault("keep", format!("{share}% keeps none, or more than there are"))
            }
            (None, Some(_), None) => {
                let fault = ConfigError::new("most", "missing beside a share");
                Err(fault.hint("as many branches each time and the same share of them grow or die out; `most` bounds them"))
            }
            _ => fault("keep", format!("{keep} is neither a number nor a share such as \"25%\"")),
        }
    }

    /// Of so many.
    fn of(self, there: usize) -> usize {
        match self {
            Self::Number(number) => number as usize,
            Self::Share(percent, most) => (there * percent as usize).div_ceil(100).clamp(1, most as usize),
        }
    }

    fn word(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Share(percent, most) => format!("{percent}% of at most {most}"),
        }
    }
}

impl Component for Beam {
    const KIND: &'static str = "beam";
    const ABOUT: &'static str = "goes on with the best steps of each level";
    type Built = dyn Policy;

    fn build(self, _: &mut Content) -> Result<Box<dyn Policy>, ConfigErrors> {
        let keep = Keep::read(&self.keep, self.most, self.candidates)?;
        Ok(Box::new(Levels { candidates: self.candidates, keep, bounds: self.bounds }))
    }
}

struct Levels {
    candidates: u32,
    keep: Keep,
    bounds: Bounds,
}

impl Levels {
    /// The best of the last level and of all finished paths.
    fn survivors(&self, tree: &Grown) -> Vec<usize> {
        let before = tree.finished().filter(|at| !tree.round.contains(at));
        let mut pool = tree.ranked(tree.round.clone().chain(before));
        pool.truncate(self.keep.of(tree.round.len()));
        pool
    }
}

impl Policy for Levels {
    fn label(&self) -> String {
        format!("{} {}→{} {}", Beam::KIND, self.candidates, self.keep.word(), self.bounds.told())
    }

    fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    fn next(&self, tree: &Grown) -> Vec<Expansion> {
        if tree.expanded == 0 {
            return vec![Expansion { node: None, children: self.candidates, group: 0 }];
        }
        // The same share of the candidates falls to each survivor, and what is left over to the best.
        let places = self.keep.of(self.candidates as usize) as u32;
        let (each, over) = (self.candidates / places, self.candidates % places);
        let ranked = (0..).zip(self.survivors(tree));
        let open = ranked.filter(|(_, at)| tree.is_open(*at));
        open.map(|(place, at)| Expansion {
            node: Some(at),
            children: (each + u32::from(place < over)).max(1),
            group: 0,
        })
        .collect()
    }

    fn returned(&self, tree: &Grown) -> Vec<usize> {
        let mut finished = tree.ranked(tree.finished());
        finished.truncate(self.keep.of(tree.round.len()));
        finished
    }

    fn steps(&self) -> RangeInclusive<u64> {
        let level = u64::from(self.candidates);
        level..=level * u64::from(self.bounds.depth)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_share_needs_a_bound_and_keeps_at_least_one() {
        let check = |keep: Value, most, expect: Result<usize, &str>| {
            let found = Keep::read(&keep, most, 8).map(|keep| keep.of(8)).map_err(|fault| fault.to_string());
            assert_eq!(found, expect.map_err(str::to_owned), "{keep}");
        };
        check(json!(2), None, Ok(2));
        check(json!("25%"), Some(4), Ok(2));
        check(json!("1%"), Some(4), Ok(1));
        check(json!("100%"), Some(4), Ok(4));
        check(json!(9), None, Err("keep: 9 is not from 1 to `candidates` = 8"));
        check(json!(0), None, Err("keep: 0 is not from 1 to `candidates` = 8"));
        check(json!("0%"), Some(4), Err("keep: 0% keeps none, or more than there are"));
        check(json!("half"), Some(4), Err("keep: \"half\" is neither a number nor a share such as \"25%\""));
        check(json!(2), Some(4), Err("most: goes with a share; `keep` is a number"));
        let unbound = Keep::read(&json!("25%"), None, 8).unwrap_err().to_string();
        assert!(unbound.starts_with("most: missing beside a share"), "{unbound}");
    }
}
