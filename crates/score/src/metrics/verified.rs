//! What a verifier is worth: verifier_brier, verified_wrong, flawed_but_right.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::{graded, known, unless};
use crate::reasons::{indicator, not_graded, sigma, why};

/// The selector that a verifier's own score goes by.
const VERIFIER: &str = "verifier";
/// A step that a verifier thinks less of is flawed.
const FLAWED: f64 = 0.5;

/// See its term.
pub(super) struct Brier;

static BRIER: Term = Term {
    name: "verifier_brier",
    title: "Squared error of the verifier",
    unit: Unit::Share,
    better: Better::Less,
    about: "mean of (score − right)² over replies, where right is 1 or 0: 0 is a verifier that is always sure and right, 0.25 one \
            that always says ½. Left out: no reply, no known answer, replies without a score or with one outside 0 to 1, which is no \
            chance",
    headline: None,
};

impl Metric for Brier {
    fn term(&self) -> &Term {
        &BRIER
    }

    fn observe(&self, score: &Score) -> Observation {
        if let Some(why) = not_graded(score) {
            return Observation::LeftOut(why);
        }
        let chance = score.confidence(VERIFIER).filter(|chance| (0.0..=1.0).contains(chance));
        known(chance.map(|chance| (chance - sigma(score)).powi(2)), why::NO_CONFIDENCE)
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        where_asked(&BRIER, plan.verified)
    }
}

/// See its term.
pub(super) struct VerifiedWrong;

static WRONG: Term = Term {
    name: "verified_wrong",
    title: "The verifier prefers a wrong reply to a right one",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of problems with right and wrong replies in which the reply that the verifier likes best is wrong; equals share. \
            Left out: no reply, no known answer, replies without a score, problems whose replies are all right or all wrong",
    headline: None,
};

impl Metric for VerifiedWrong {
    fn term(&self) -> &Term {
        &WRONG
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, contribution: &mut Contribution) {
        let kept = graded(samples, contribution);
        let valued: Vec<(&Score, f64)> =
            kept.iter().filter_map(|score| Some((*score, score.confidence(VERIFIER)?))).collect();
        contribution.leave_out(why::NO_CONFIDENCE, kept.len() - valued.len());
        let right: f64 = valued.iter().map(|(score, _)| sigma(score)).sum();
        if right == 0.0 || right == valued.len() as f64 {
            return contribution.leave_out(why::ALL_ALIKE, valued.len());
        }
        let most = valued.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
        let best: Vec<f64> =
            valued.iter().filter(|(_, value)| *value == most).map(|(score, _)| 1.0 - sigma(score)).collect();
        contribution.together(best.iter().sum::<f64>() / best.len() as f64, valued.len());
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        where_asked(&WRONG, plan.verified)
    }
}

/// See its term.
pub(super) struct FlawedButRight;

static FLAWED_BUT_RIGHT: Term = Term {
    name: "flawed_but_right",
    title: "Right answer, wrong way",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of right replies with a step that the verifier gives less than 0.5. Left out: no reply, no known answer, wrong \
            replies, replies whose steps have no score",
    headline: None,
};

impl Metric for FlawedButRight {
    fn term(&self) -> &Term {
        &FLAWED_BUT_RIGHT
    }

    fn observe(&self, score: &Score) -> Observation {
        let wrong = (sigma(score) == 0.0).then_some(why::WRONG);
        let unscored = score.least_step_score.is_none().then_some(why::NO_CONFIDENCE);
        let flawed = score.least_step_score.is_some_and(|least| least < FLAWED);
        unless([not_graded(score), wrong, unscored], || indicator(flawed))
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        where_asked(&FLAWED_BUT_RIGHT, plan.stepped)
    }
}

/// The figure, where anybody was asked.
fn where_asked(term: &Term, asked: bool) -> Vec<MetricRow> {
    let row = MetricRow { name: term.name.to_owned(), parameter: 0 };
    std::iter::once(row).filter(|_| asked).collect()
}
