//! AUC_OAA: accuracy that fades with every token of thinking.

use tables::{Better, Term, Unit};

use crate::metric::{Contribution, Metric, Samples};
use crate::observing::unless;
use crate::reasons::{length, not_graded, sigma, unmeasured};

/// See [`TERM`].
pub(super) struct AucOaa;

static TERM: Term = Term {
    name: "auc_oaa",
    title: "Overthinking-adjusted accuracy, area",
    unit: Unit::Ratio,
    better: Better::More,
    about: "mean of σ·max(0, t_max − T)/t_max, the area under oaa@t from 0 to t_max; t_max is 1,000 tokens unless [score] \
            t_max says otherwise. Left out: no reply, no known answer, hidden thinking that nobody counted. After arXiv 2508.13141",
    headline: None,
};

impl Metric for AucOaa {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, contribution: &mut Contribution) {
        let end = samples.plan.t_max;
        for score in samples.scores {
            let left = (f64::from(end) - length(score)).max(0.0) / f64::from(end);
            contribution.add(unless([not_graded(score), unmeasured(score)], || sigma(score) * left));
        }
    }
}
