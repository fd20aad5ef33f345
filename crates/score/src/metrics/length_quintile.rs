//! Accuracy of short and of long replies, all problems in one pot.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, graded, sigma, why};

/// See [`Metric::about`].
pub(super) struct LengthQuintile;

impl Metric for LengthQuintile {
    fn name(&self) -> &'static str {
        "length_quintile@q"
    }

    fn title(&self) -> &'static str {
        "Accuracy in the q-th fifth by length"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "accuracy of the replies in the q-th fifth of the group by length of thinking, 1 the shortest; equally long \
         replies are in one fifth. Hard problems are long *and* often wrong, so this mixes difficulty with length: see \
         length_quintile_within. The fifths are fixed over the bootstrap. Left out: no reply, no known answer, \
         another fifth"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, fifth: u32, share: &mut Share) {
        for score in graded(samples, share) {
            let above = samples.fifths.iter().filter(|edge| score.reasoning_tokens > **edge).count();
            share.add(if above as u32 + 1 == fifth {
                Observation::Value(sigma(score))
            } else {
                Observation::LeftOut("in another fifth")
            });
        }
    }

    fn members(&self, _: &Plan) -> Vec<Member> {
        Member::all("length_quintile", 1..=5)
    }

    fn depends_on_group(&self) -> bool {
        true
    }
}
