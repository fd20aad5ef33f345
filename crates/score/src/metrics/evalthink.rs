//! The six figures of EvalScope's EvalThink, in compatibility mode: plain means over all samples, by its own
//! rules.

use tables::{Better, EvalThink, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::reasons::why;

/// One of its figures.
struct Theirs {
    term: &'static Term,
    value: fn(&EvalThink) -> f64,
}

impl Metric for Theirs {
    fn term(&self) -> &'static Term {
        self.term
    }

    fn observe(&self, score: &Score) -> Observation {
        let figures = score.evalthink.as_ref();
        figures.map_or(Observation::LeftOut(why::NO_REPLY), |theirs| Observation::Value((self.value)(theirs)))
    }

    fn has_completed_scope(&self) -> bool {
        false
    }
}

/// In the order of its own report.
pub(super) static METRICS: &[&dyn Metric] = &[
    &Theirs {
        term: &Term {
            name: "evalthink.reasoning_tokens",
            title: "EvalThink: reasoning tokens",
            unit: Unit::Tokens,
            better: Better::Less,
            about: "mean tokens of the thinking text, over all samples",
            headline: None,
        },
        value: |theirs| f64::from(theirs.reasoning_tokens),
    },
    &Theirs {
        term: &Term {
            name: "evalthink.first_correct_tokens",
            title: "EvalThink: first correct tokens",
            unit: Unit::Tokens,
            better: Better::Less,
            about: "mean tokens of the steps before the judged one, joined anew with blank lines; 0 for samples without \
                    a judged step",
            headline: None,
        },
        value: |theirs| f64::from(theirs.first_correct_tokens),
    },
    &Theirs {
        term: &Term {
            name: "evalthink.reflection_tokens",
            title: "EvalThink: reflection tokens",
            unit: Unit::Tokens,
            better: Better::Less,
            about: "mean difference of the two; can be negative for a sample",
            headline: None,
        },
        value: |theirs| theirs.reflection_tokens,
    },
    &Theirs {
        term: &Term {
            name: "evalthink.token_efficiency",
            title: "EvalThink: token efficiency",
            unit: Unit::Ratio,
            better: Better::More,
            about: "mean quotient of the two over all samples, with 0 for those without a judged step",
            headline: None,
        },
        value: |theirs| theirs.token_efficiency,
    },
    &Theirs {
        term: &Term {
            name: "evalthink.thought_num",
            title: "EvalThink: thoughts",
            unit: Unit::Count,
            better: Better::Neither,
            about: "mean occurrences of its seven phrases in the lower-cased thinking, within words too",
            headline: None,
        },
        value: |theirs| f64::from(theirs.thought_num),
    },
    &Theirs {
        term: &Term {
            name: "evalthink.accuracy",
            title: "EvalThink: accuracy",
            unit: Unit::Share,
            better: Better::More,
            about: "share of samples with first-correct tokens above 0: what the judge found in the thinking, not the \
                    final answer",
            headline: None,
        },
        value: |theirs| theirs.accuracy,
    },
];
