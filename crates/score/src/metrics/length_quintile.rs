//! Accuracy of short and of long replies, all problems in one pot.

use tables::{Better, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::measured;
use crate::plan::Plan;
use crate::reasons::{length, sigma};

/// See [`TERM`].
pub(super) struct LengthQuintile;

static TERM: Term = Term {
    name: "length_quintile@q",
    title: "Accuracy in the q-th fifth by length",
    unit: Unit::Share,
    better: Better::More,
    about: "accuracy of the replies in the q-th fifth of the group by length of thinking, 1 the shortest; equally long \
            replies are in one fifth. Hard problems are long *and* often wrong, so this mixes difficulty with length: see \
            length_quintile_within. The fifths are fixed over the bootstrap. Left out: no reply, no known answer, \
            another fifth",
    headline: None,
};

impl Metric for LengthQuintile {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, fifth: u32, contribution: &mut Contribution) {
        for score in measured(samples, contribution) {
            let above = samples.fifths.iter().filter(|edge| length(score) > f64::from(**edge)).count();
            contribution.add(if above as u32 + 1 == fifth {
                Observation::Value(sigma(score))
            } else {
                Observation::LeftOut("in another fifth")
            });
        }
    }

    fn members(&self, _: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, 1..=5)
    }

    fn depends_on_group(&self) -> bool {
        true
    }
}
