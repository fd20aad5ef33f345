//! Which parameters figures are given for: from the configuration, or from what the scores hold.

use crate::ScoreConfig;
use crate::survey::Survey;

/// k is at most this unless it is configured.
const MOST_TRIES: u32 = 64;
/// The least budget unless budgets are configured.
const LEAST_BUDGET: u32 = 128;

/// The parameters of all figures of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// k as configured.
    given: Option<Vec<u32>>,
    /// The most samples of a problem.
    samples: u32,
    /// Budgets of thinking in tokens, rising.
    pub(crate) budgets: Vec<u32>,
    /// The end of the overthinking-adjusted accuracy.
    pub(crate) t_max: u32,
    /// Positions of solutions that are told apart.
    pub(crate) positions: u32,
    /// Some reply has more solutions than that.
    pub(crate) more_positions: bool,
    /// Somebody looked for strategies, or no reply has more than one solution.
    pub(crate) strategies: bool,
    /// There is a verifier's column to rank and weigh samples by.
    verified: bool,
    /// Seed of everything that is drawn.
    pub(crate) seed: u64,
}

impl Plan {
    pub(crate) fn new(config: &ScoreConfig, survey: &Survey) -> Self {
        Self {
            given: config.k.clone().map(sorted),
            samples: survey.samples,
            budgets: config.budgets.clone().map_or_else(|| doubling(LEAST_BUDGET, survey.tokens), sorted),
            t_max: config.t_max,
            positions: config.positions.min(survey.solutions).max(1),
            more_positions: survey.solutions > config.positions,
            strategies: survey.sought.knows_strategies(),
            verified: config.verifier.is_some(),
            seed: config.bootstrap.seed,
        }
    }

    /// The k of a figure over k-subsets: as configured, else 1, 2, 4, … up to the most samples of a problem. Figures that
    /// say the same as accuracy at k = 1 begin at `least`.
    pub(crate) fn tries(&self, least: u32) -> Vec<u32> {
        match &self.given {
            Some(given) => given.clone(),
            None => {
                let most = self.samples.min(MOST_TRIES);
                std::iter::successors(Some(1_u32), |k| Some(k * 2))
                    .take_while(|k| *k <= most)
                    .filter(|k| *k >= least)
                    .collect()
            }
        }
    }

    /// The k of a figure that picks samples by a verifier: none without one. The judge's confidence is no verifier, for the
    /// judge was shown the right answer.
    pub(crate) fn verified_tries(&self, least: u32) -> Vec<u32> {
        if self.verified { self.tries(least) } else { Vec::new() }
    }
}

fn sorted(mut values: Vec<u32>) -> Vec<u32> {
    values.sort_unstable();
    values.dedup();
    values
}

/// `from`, doubled until it covers `to`.
fn doubling(from: u32, to: u32) -> Vec<u32> {
    let mut values = vec![from];
    while let Some(next) = values.last().filter(|last| **last < to).and_then(|last| last.checked_mul(2)) {
        values.push(next);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(config: &ScoreConfig, samples: u32, tokens: u32) -> Plan {
        let mut survey = Survey::default();
        (survey.samples, survey.tokens, survey.solutions) = (samples, tokens, 9);
        Plan::new(config, &survey)
    }

    #[test]
    fn tries_follow_the_samples_unless_they_are_given() {
        let default = ScoreConfig::default();
        assert_eq!(plan(&default, 25, 0).tries(1), [1, 2, 4, 8, 16]);
        assert_eq!(plan(&default, 25, 0).tries(2), [2, 4, 8, 16]);
        assert_eq!(plan(&default, 1, 0).tries(2), [0; 0]);
        let given = ScoreConfig { k: Some(vec![8, 1, 8]), ..ScoreConfig::default() };
        assert_eq!(plan(&given, 2, 0).tries(2), [1, 8]);
    }

    #[test]
    fn budgets_reach_the_longest_thinking() {
        let default = ScoreConfig::default();
        assert_eq!(plan(&default, 1, 1000).budgets, [128, 256, 512, 1024]);
        assert_eq!(plan(&default, 1, 0).budgets, [128]);
        let given = ScoreConfig { budgets: Some(vec![300, 100]), ..ScoreConfig::default() };
        assert_eq!(plan(&given, 1, 1000).budgets, [100, 300]);
    }
}
