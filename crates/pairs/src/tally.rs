//! Verdicts against the truth, counted.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Graded, Mark};

/// Families beyond this many are counted together, so that memory stays bounded.
const MOST_FAMILIES: usize = 10_000;
/// The name under which they are.
const MORE: &str = "(more families)";

/// Marks, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Rows.
    pub n: u64,
    /// As they should be.
    pub right: u64,
    /// Equal, but should be different.
    pub false_positives: u64,
    /// Different, but should be equal.
    pub false_negatives: u64,
    /// Not decided.
    pub unknown: u64,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, mark: Mark) {
        self.n += 1;
        *match mark {
            Mark::Right => &mut self.right,
            Mark::FalsePositive => &mut self.false_positives,
            Mark::FalseNegative => &mut self.false_negatives,
            Mark::Unknown => &mut self.unknown,
        } += 1;
    }

    /// One of the counts as a share of all rows; none of no rows.
    pub fn share(&self, count: u64) -> Option<f64> {
        (self.n > 0).then(|| count as f64 / self.n as f64)
    }
}

/// How often verdicts are right, over the rows that say what is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Accuracy {
    /// Rows of each family, without questions of convention.
    pub families: BTreeMap<String, Tally>,
    /// All of these rows.
    pub overall: Tally,
    /// Questions of convention.
    pub conventions: Tally,
}

impl Accuracy {
    pub(crate) fn add(&mut self, graded: &Graded) {
        let Some(mark) = graded.mark else { return };
        if graded.policy {
            self.conventions.add(mark);
            return;
        }
        self.overall.add(mark);
        let name = graded.family.as_deref().unwrap_or_default();
        match self.families.get_mut(name) {
            Some(family) => family.add(mark),
            None => self.new_family(name).add(mark),
        }
    }

    fn new_family(&mut self, name: &str) -> &mut Tally {
        let name = if self.families.len() < MOST_FAMILIES { name } else { MORE };
        self.families.entry(name.to_owned()).or_default()
    }

    /// The share that is right, each row counting the same.
    pub fn micro(&self) -> Option<f64> {
        self.overall.share(self.overall.right)
    }

    /// The share that is right, each family counting the same.
    pub fn macro_(&self) -> Option<f64> {
        let shares: Vec<f64> = self.families.values().filter_map(|tally| tally.share(tally.right)).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    }

    /// No row said what is right.
    pub fn is_empty(&self) -> bool {
        self.overall.n + self.conventions.n == 0
    }
}

#[cfg(test)]
mod tests {
    use answer::Outcome;

    use super::*;
    use crate::Kind;

    fn graded(family: &str, mark: Mark, policy: bool) -> Graded {
        Graded {
            line: 1,
            id: None,
            family: Some(family.to_owned()),
            kind: Kind::Answer,
            verdict: Outcome::Equal,
            how: String::new(),
            rule: None,
            extracted: None,
            mark: Some(mark),
            policy,
            microseconds: 1.0,
        }
    }

    #[test]
    fn families_count_alike_in_macro_and_rows_in_micro() {
        let mut accuracy = Accuracy::default();
        assert_eq!((accuracy.micro(), accuracy.macro_()), (None, None));
        for mark in [Mark::Right, Mark::Right, Mark::Right, Mark::FalseNegative] {
            accuracy.add(&graded("big", mark, false));
        }
        accuracy.add(&graded("small", Mark::Unknown, false));
        accuracy.add(&graded("big", Mark::FalsePositive, true));
        assert_eq!((accuracy.micro(), accuracy.macro_()), (Some(0.6), Some(0.375)));
        assert_eq!((accuracy.conventions.n, accuracy.overall.false_positives), (1, 0));
    }

    #[test]
    fn a_family_a_row_does_not_fill_the_memory() {
        let mut accuracy = Accuracy::default();
        for index in 0..20_000 {
            accuracy.add(&graded(&index.to_string(), Mark::Right, false));
        }
        assert_eq!(accuracy.families.len(), MOST_FAMILIES + 1);
        assert_eq!(accuracy.families[MORE].n, 10_000);
        assert_eq!(accuracy.overall.n, 20_000);
    }
}
