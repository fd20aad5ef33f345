//! Figures over k of a problem's samples: the chance that what is made of these is right, over all subsets.

use tables::{Score, Term};

use crate::Plan;
use crate::metric::{Contribution, Draws, Metric, MetricRow, Samples};

/// The samples of a problem that are chosen from; those that are not are left out, and all of them if they are fewer than `k`.
type Among = for<'a> fn(k: usize, &Samples<'a>, &mut Contribution) -> Option<Vec<&'a Score>>;

/// A family of figures with a row for each k. Every problem counts alike.
pub(crate) struct OverSubsets {
    /// What it is called.
    pub(crate) term: Term,
    /// The k of its rows.
    pub(crate) tries: fn(&Plan) -> Vec<u32>,
    /// Which samples it chooses from: [`at_least`](crate::observing::at_least) or its like.
    pub(crate) among: Among,
    /// The chance over all subsets of k of these samples.
    pub(crate) chance: fn(&[&Score], k: usize) -> f64,
    /// One could answer this way: it does not know what is right.
    pub(crate) blind: bool,
}

impl Metric for OverSubsets {
    fn term(&self) -> &Term {
        &self.term
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, contribution: &mut Contribution) {
        let Some(kept) = (self.among)(k as usize, samples, contribution) else { return };
        contribution.together((self.chance)(&kept, k as usize), kept.len());
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&self.term, (self.tries)(plan))
    }

    fn draws(&self, _: &Plan, k: u32) -> Option<Draws> {
        self.blind.then_some(Draws::Samples(k))
    }
}
