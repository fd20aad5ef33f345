//! Figures of a selector over k of a problem's samples.

use stats::{Effort, Expected};
use tables::{Score, Term};

use crate::Plan;
use crate::metric::{Contribution, Draws, Metric, MetricRow, Samples};
use crate::observing::at_least;
use crate::plan::Pick;
use crate::reasons::why;

/// A family of figures with a row for each selector and each k. Every problem counts alike.
pub(crate) struct BySelector {
    /// What it is called.
    pub(crate) term: Term,
    /// The chance over all subsets of k of these samples.
    pub(crate) chance: fn(&[&Score], &Pick, Effort) -> Expected,
}

impl Metric for BySelector {
    fn term(&self) -> &Term {
        &self.term
    }

    fn observe_together(&self, samples: &Samples<'_>, at: u32, contribution: &mut Contribution) {
        let pick = &samples.plan.picks[at as usize];
        let Some(kept) = at_least(pick.k as usize, samples, contribution) else { return };
        let valued = kept.iter().filter(|score| score.confidence(&pick.selector).is_some()).count();
        // They are drawn like the others, and never win and never vote.
        contribution.leave_out(why::NO_CONFIDENCE, kept.len() - valued);
        if valued > 0 {
            let chance = (self.chance)(&kept, pick, samples.plan.effort(&kept[0].problem_id));
            contribution.together(chance.value, valued);
            contribution.drawn = chance.drawn;
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        picks(plan, |pick| pick.k > 0, |pick| self.term.member(format!("{}@{}", pick.selector, pick.k)))
    }

    /// By a verifier's own score or one that is made of those of steps.
    fn asks_verifier(&self, plan: &Plan, at: u32) -> bool {
        let selector = &plan.picks[at as usize].selector;
        selector.strip_prefix("verifier").is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    }

    fn draws(&self, plan: &Plan, at: u32) -> Option<Draws> {
        Some(Draws::Samples(plan.picks[at as usize].k))
    }
}

/// A row for each of these picks; its parameter is the pick's place.
pub(crate) fn picks(
    plan: &Plan,
    wanted: impl Fn(&Pick) -> bool,
    name: impl Fn(&Pick) -> String,
) -> Vec<MetricRow> {
    let numbered = (0..).zip(&plan.picks).filter(|(_, pick)| wanted(pick));
    numbered.map(|(parameter, pick)| MetricRow { name: name(pick), parameter }).collect()
}
