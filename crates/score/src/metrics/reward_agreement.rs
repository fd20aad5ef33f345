//! Whether two length rewards rank the samples of a problem alike.

use stats::spearman;
use tables::{Better, Rewards, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Samples};
use crate::plan::Plan;
use crate::reasons::{ungraded, why};
use crate::rewards::RULES;

/// See [`TERM`].
pub(super) struct RewardAgreement;

/// Two samples always agree or disagree perfectly.
const LEAST: usize = 3;

static TERM: Term = Term {
    name: "reward_agreement@rules",
    title: "Rank correlation of two length rewards",
    unit: Unit::Correlation,
    better: Better::Neither,
    about: "Spearman's rank correlation between two length rewards over the samples of one problem, then the mean over \
            problems; equal values share the mean of their ranks. Left out: no reply, no known answer, undecided, problems \
            with fewer than 3 samples or with equal rewards for all",
    headline: None,
};

impl Metric for RewardAgreement {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, pair: u32, contribution: &mut Contribution) {
        let without = samples.scores.iter().filter(|score| score.rewards.is_none());
        without.for_each(|score| contribution.leave_out(ungraded(score).unwrap_or(why::NO_REWARD), 1));
        let rewards: Vec<&Rewards> =
            samples.scores.iter().filter_map(|score| score.rewards.as_ref()).collect();
        if rewards.len() < LEAST {
            return contribution.leave_out(why::FEW_SAMPLES, rewards.len());
        }
        let (a, b) = (pair as usize / RULES.len(), pair as usize % RULES.len());
        let of = |rule: usize| rewards.iter().map(|all| (RULES[rule].of)(all)).collect::<Vec<f64>>();
        match spearman(&of(a), &of(b)) {
            Some(correlation) => contribution.together(correlation, rewards.len()),
            None => contribution.leave_out(why::ALL_ALIKE, rewards.len()),
        }
    }

    fn members(&self, _: &Plan) -> Vec<MetricRow> {
        let pairs = (0..RULES.len()).flat_map(|a| (a + 1..RULES.len()).map(move |b| (a, b)));
        let member = |(a, b): (usize, usize)| MetricRow {
            name: TERM.member(format_args!("{}~{}", RULES[a].name, RULES[b].name)),
            parameter: u32::try_from(a * RULES.len() + b).unwrap_or(u32::MAX),
        };
        pairs.map(member).collect()
    }
}
