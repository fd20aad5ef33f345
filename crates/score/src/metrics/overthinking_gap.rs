//! O_env: how far apart the lengths of one problem's samples are.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, Samples};
use crate::reasons::{no_reply, unmeasured, why};

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

    fn observe_together(&self, samples: &Samples<'_>, _: u32, contribution: &mut Contribution) {
        let reason = |score: &Score| no_reply(score).or_else(|| unmeasured(score));
        let lengths: Vec<u32> = (samples.scores.iter())
            .filter(|score| reason(score).is_none())
            .filter_map(|score| score.reasoning_tokens)
            .collect();
        samples
            .scores
            .iter()
            .filter_map(|score| reason(score))
            .for_each(|why| contribution.leave_out(why, 1));
        match (lengths.iter().min(), lengths.iter().max()) {
            (Some(min), Some(max)) if lengths.len() > 1 => {
                contribution.together(f64::from(max - min), lengths.len());
            }
            _ => contribution.leave_out(why::FEW_SAMPLES, lengths.len()),
        }
    }
}
