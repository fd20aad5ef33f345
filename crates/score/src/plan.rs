//! Which parameters figures are given for: from the configuration, or from what the scores hold.

use plugin::ConfigErrors;
use serde_json::json;
use stats::{Effort, Weighing};
use stopping::Stopping;

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
    /// Some reply was asked for by a strategy.
    pub(crate) manners: bool,
    /// Of some reply the answer was demanded behind its steps.
    pub(crate) converged: bool,
    /// Some replies answer with grids.
    pub(crate) grids: bool,
    /// Some problem is known to be graded unfairly.
    pub(crate) flawed: bool,
    /// Some answer could not be decided.
    pub(crate) undecided: bool,
    /// Some samples were drawn until a rule had enough.
    pub(crate) drawn: bool,
    /// A verifier has a score of some reply.
    pub(crate) verified: bool,
    /// It has one of some step.
    pub(crate) stepped: bool,
    /// What picks and weighs samples, each with each k.
    pub(crate) picks: Vec<Pick>,
    /// Rules to stop early.
    pub(crate) rules: Vec<Stopping>,
    /// How much work a problem may be.
    effort: Effort,
}

/// A selector at work among k samples.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pick {
    /// Its name.
    pub(crate) selector: String,
    /// What a vote weighs.
    pub(crate) weighing: Weighing,
    /// Samples of a problem; 0 where a figure is over all of them.
    pub(crate) k: u32,
}

impl Plan {
    /// # Errors
    /// The configuration names a selector or a rule that there is none of.
    pub(crate) fn new(config: &ScoreConfig, survey: &Survey) -> Result<Self, ConfigErrors> {
        let mut plan = Self {
            given: config.k.clone().map(sorted),
            samples: survey.samples,
            budgets: config.budgets.clone().map_or_else(|| doubling(LEAST_BUDGET, survey.tokens), sorted),
            t_max: config.t_max,
            positions: config.positions.min(survey.solutions).max(1),
            more_positions: survey.solutions > config.positions,
            strategies: survey.sought.knows_strategies(),
            manners: survey.manners,
            converged: survey.converged,
            grids: survey.grids,
            flawed: survey.flawed,
            undecided: survey.undecided,
            drawn: survey.drawn,
            verified: survey.selectors.contains("verifier"),
            stepped: survey.stepped,
            picks: Vec::new(),
            rules: rules(config, survey)?,
            effort: Effort::of_each(survey.problems, config.bootstrap.seed),
        };
        for selector in config.selectors()? {
            // Those that nobody asked for by name are given where they say something.
            if config.selectors.is_none() && !survey.selectors.contains(selector.label()) {
                continue;
            }
            let (name, weighing) = (selector.label(), config.weighing().unwrap_or(selector.weighing()));
            let pick = |k| Pick { selector: name.to_owned(), weighing, k };
            plan.picks.extend(std::iter::once(0).chain(plan.tries(2)).map(pick));
        }
        Ok(plan)
    }

    /// The work that a problem may be, with a seed of its own: the same draws for all would err alike in all.
    pub(crate) fn effort(&self, problem: &str) -> Effort {
        let mixed = problem.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Effort { seed: self.effort.seed ^ mixed, ..self.effort }
    }

    /// Numbers of attempts at a problem, to `most` where there are so many.
    pub(crate) fn attempts(&self, most: u32) -> std::ops::RangeInclusive<u32> {
        1..=self.samples.min(most)
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
}

/// The rules that are asked for, or the usual one where there is something to stop.
fn rules(config: &ScoreConfig, survey: &Survey) -> Result<Vec<Stopping>, ConfigErrors> {
    // `beta` at 0.95 needs four equal answers.
    let usual = if survey.samples < 4 { &[][..] } else { &[0.9, 0.95, 0.99][..] };
    let usual = || usual.iter().map(|threshold| json!({"kind": "beta", "threshold": threshold})).collect();
    stopping::parse(&config.stopping.clone().unwrap_or_else(usual), "score.stopping")
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
        Plan::new(config, &survey).unwrap()
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
    fn selectors_and_rules_are_those_that_are_asked_for_or_say_something() {
        let labels = |config: &ScoreConfig, samples| {
            let mut survey = Survey::default();
            survey.samples = samples;
            survey.selectors.insert("verifier".to_owned());
            let plan = Plan::new(config, &survey).unwrap();
            let mut picks: Vec<String> = plan.picks.into_iter().map(|pick| pick.selector).collect();
            picks.dedup();
            (picks, plan.rules.into_iter().map(|rule| rule.label).collect::<Vec<_>>())
        };
        let usual = ScoreConfig::default();
        let verifier = || vec!["verifier".to_owned()];
        assert_eq!(labels(&usual, 3), (verifier(), vec![]));
        assert_eq!(
            labels(&usual, 4),
            (verifier(), ["beta90", "beta95", "beta99"].map(String::from).to_vec())
        );
        let verified = ScoreConfig { verifier: Some("v".into()), ..usual.clone() };
        assert_eq!(labels(&verified, 1).0, ["verifier"]);
        let named = ScoreConfig {
            selectors: Some(vec![json!("stated"), json!("shortest")]),
            stopping: Some(vec![json!("window")]),
            ..usual
        };
        assert_eq!(labels(&named, 1), (vec!["stated".into(), "shortest".into()], vec!["window5".into()]));
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
