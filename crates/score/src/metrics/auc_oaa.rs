//! AUC_OAA: accuracy that fades with every token of thinking.

use tables::Score;

use super::{Metric, Observation, Samples, Share, not_graded, sigma, unless, why};

/// See [`Metric::about`].
pub(super) struct AucOaa;

impl Metric for AucOaa {
    fn name(&self) -> &'static str {
        "auc_oaa"
    }

    fn title(&self) -> &'static str {
        "Overthinking-adjusted accuracy, area"
    }

    fn unit(&self) -> &'static str {
        "ratio"
    }

    fn about(&self) -> &'static str {
        "mean of σ·max(0, t_max − T)/t_max, the area under oaa@t from 0 to t_max; t_max is 1,000 tokens unless [score] \
         t_max says otherwise. Left out: no reply, no known answer. After arXiv 2508.13141"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, share: &mut Share) {
        let end = samples.plan.t_max;
        for score in samples.scores {
            let left = f64::from(end.saturating_sub(score.reasoning_tokens)) / f64::from(end);
            share.add(unless([not_graded(score)], || sigma(score) * left));
        }
    }
}
