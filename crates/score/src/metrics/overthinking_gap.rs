//! O_env: how far apart the lengths of one problem's samples are.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, Observation, Samples};
use crate::reasons::{no_reply, why};

/// See [`TERM`].
pub(super) struct OverthinkingGap;

static TERM: Term = Term {
    name: "overthinking_gap",
    title: "Overthinking gap O_env",
    unit: Unit::Tokens,
    better: Better::Less,
    about: "mean over problems of the longest minus the shortest thinking among a problem's samples. It grows with the \
            number of samples, so compare models with equally many. Left out: no reply, problems with one sample. After \
            arXiv 2504.13367",
    headline: None,
};

impl Metric for OverthinkingGap {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, contribution: &mut Contribution) {
        let replies = samples.scores.iter().filter(|score| no_reply(score).is_none());
        let lengths: Vec<u32> = replies.map(|score| score.reasoning_tokens).collect();
        contribution.leave_out(why::NO_REPLY, samples.scores.len() - lengths.len());
        match (lengths.iter().min(), lengths.iter().max()) {
            (Some(min), Some(max)) if lengths.len() > 1 => {
                contribution.together(f64::from(max - min), lengths.len());
            }
            _ => contribution.leave_out(why::FEW_SAMPLES, lengths.len()),
        }
    }
}
