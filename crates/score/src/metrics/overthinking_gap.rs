//! O_env: how far apart the lengths of one problem's samples are.

use tables::Score;

use super::{Metric, Observation, Samples, Share, no_reply, why};

/// See [`Metric::about`].
pub(super) struct OverthinkingGap;

impl Metric for OverthinkingGap {
    fn name(&self) -> &'static str {
        "overthinking_gap"
    }

    fn title(&self) -> &'static str {
        "Overthinking gap O_env"
    }

    fn unit(&self) -> &'static str {
        "tokens"
    }

    fn about(&self) -> &'static str {
        "mean over problems of the longest minus the shortest thinking among a problem's samples. It grows with the \
         number of samples, so compare models with equally many. Left out: no reply, problems with one sample. After \
         arXiv 2504.13367"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, share: &mut Share) {
        let replies = samples.scores.iter().filter(|score| no_reply(score).is_none());
        let lengths: Vec<u32> = replies.map(|score| score.reasoning_tokens).collect();
        share.leave_out(why::NO_REPLY, samples.scores.len() - lengths.len());
        match (lengths.iter().min(), lengths.iter().max()) {
            (Some(min), Some(max)) if lengths.len() > 1 => {
                share.together(f64::from(max - min), lengths.len());
            }
            _ => share.leave_out(why::FEW_SAMPLES, lengths.len()),
        }
    }
}
