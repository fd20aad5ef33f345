//! adaptive:RULE: a vote that stops asking as soon as it is settled, replayed over the samples that there are.

use stats::Stopped;
use tables::{Better, Term, Unit};

use crate::Plan;
use crate::metric::{Contribution, Draws, Metric, MetricRow, Samples};
use crate::observing::at_least;
use crate::reasons::why;

/// A family of figures with a row for each rule. Every problem counts alike.
pub(super) struct Adaptive {
    term: Term,
    of: fn(&Stopped) -> Option<f64>,
}

/// See its term.
pub(super) static CREDIT: Adaptive = Adaptive {
    term: Term {
        name: "adaptive:RULE",
        title: "A vote that stops early is right",
        unit: Unit::Share,
        better: Better::More,
        about: "mean over problems of the chance that the most frequent answer is right when the rule has enough, exactly, over \
                all orders in which the n samples could have come (drawn without replacement, until the rule stops or none is \
                left); answers that tie share the credit. Where these are too many it is over seeded orders, which the \
                interval's method tells. The share of right samples at the stop would be biased, for problems that stop late \
                draw more. Left out: no reply, no known answer, problems with fewer samples than the rule looks at",
        headline: None,
    },
    of: |stopped| Some(stopped.credit),
};

/// See its term.
pub(super) static SAMPLES: Adaptive = Adaptive {
    term: Term {
        name: "adaptive_samples:RULE",
        title: "Samples until a vote is settled",
        unit: Unit::Count,
        better: Better::Less,
        about: "mean over problems of the samples that are drawn before the rule stops, over all orders as adaptive:RULE. Left out: \
                as there",
        headline: None,
    },
    of: |stopped| Some(stopped.samples),
};

/// See its term.
pub(super) static TOKENS: Adaptive = Adaptive {
    term: Term {
        name: "adaptive_tokens:RULE",
        title: "Tokens until a vote is settled",
        unit: Unit::Tokens,
        better: Better::Less,
        about: "mean over problems of the tokens, thinking and answer, of the samples that are drawn before the rule stops: for \
                each answer the expected draws times the mean length, over all orders as adaptive:RULE. Left out: as there, \
                and problems with thinking of unknown length",
        headline: None,
    },
    of: |stopped| stopped.tokens,
};

impl Metric for Adaptive {
    fn term(&self) -> &Term {
        &self.term
    }

    fn observe_together(&self, samples: &Samples<'_>, rule: u32, contribution: &mut Contribution) {
        let (plan, rule) = (samples.plan, rule as usize);
        let least = plan.rules[rule].least.max(2) as usize;
        let Some(kept) = at_least(least, samples, contribution) else { return };
        let stopped = samples.replays.stopped(plan, rule, &kept);
        contribution.drawn = stopped.drawn;
        match (self.of)(&stopped) {
            Some(value) => contribution.together(value, kept.len()),
            None => contribution.leave_out(why::UNCOUNTED, kept.len()),
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        let row = |(parameter, name)| MetricRow { name: self.term.member(name), parameter };
        (0..).zip(plan.rules.iter().map(|rule| &rule.label)).map(row).collect()
    }

    fn draws(&self, _: &Plan, rule: u32) -> Option<Draws> {
        (self.term.unit == Unit::Share).then_some(Draws::Until(rule as usize))
    }
}
