//! vote: the answer of the samples that a rule drew until it had enough.

use stats::plurality;
use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Contribution, Draws, Metric, MetricRow, Samples};
use crate::observing::graded;
use crate::reasons::{output_tokens, why};

use super::majority::classes;

/// A figure over all samples of a problem that a rule drew. Every problem counts alike.
pub(super) struct Vote {
    term: Term,
    /// All that were drawn, and those with a verdict.
    of: fn(&[&Score], &[&Score]) -> Option<f64>,
}

/// See its term.
pub(super) static CREDIT: Vote = Vote {
    term: Term {
        name: "vote",
        title: "The vote of a drawing that stopped early is right",
        unit: Unit::Share,
        better: Better::More,
        about: "mean over problems of whether the most frequent answer among all samples is right that were drawn until a rule \
                had enough; answers that tie share the credit, a reply without an answer does not vote. Right samples are no \
                measure there: problems that stop late draw more. Left out: no reply, no known answer, models whose number of \
                samples was fixed",
        headline: None,
    },
    of: |_, graded| {
        let (classes, silent) = classes(graded);
        Some(plurality(&classes, silent, graded.len()))
    },
};

/// See its term.
pub(super) static SAMPLES: Vote = Vote {
    term: Term {
        name: "vote_samples",
        title: "Samples until the drawing stopped",
        unit: Unit::Count,
        better: Better::Less,
        about: "mean over problems of the samples that were drawn until a rule had enough, failed calls included. Left out: as \
                for vote",
        headline: None,
    },
    of: |drawn, _| Some(drawn.len() as f64),
};

/// See its term.
pub(super) static TOKENS: Vote = Vote {
    term: Term {
        name: "vote_tokens",
        title: "Tokens until the drawing stopped",
        unit: Unit::Tokens,
        better: Better::Less,
        about: "mean over problems of the tokens, thinking and answer, of the samples that were drawn until a rule had enough. \
                Left out: as for vote, and problems with thinking of unknown length",
        headline: None,
    },
    of: |_, graded| graded.iter().map(|score| output_tokens(score)).sum(),
};

impl Metric for Vote {
    fn term(&self) -> &Term {
        &self.term
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, contribution: &mut Contribution) {
        let all = samples.scores;
        if all.iter().any(|score| score.drawn.is_none()) {
            return contribution.leave_out(why::FIXED, all.len());
        }
        let kept = graded(samples, contribution);
        match (self.of)(all, &kept).filter(|_| !kept.is_empty()) {
            Some(value) => contribution.together(value, kept.len()),
            None => contribution.leave_out(why::UNCOUNTED, kept.len()),
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        let row = || MetricRow { name: self.term.name.to_owned(), parameter: 0 };
        plan.drawn.then(row).into_iter().collect()
    }

    fn draws(&self, _: &Plan, _: u32) -> Option<Draws> {
        (self.term.unit == Unit::Share).then_some(Draws::Drawn)
    }

    fn of_all_drawn(&self) -> bool {
        true
    }

    /// Without those that were cut it is no vote that anybody took.
    fn has_completed_scope(&self) -> bool {
        false
    }
}
