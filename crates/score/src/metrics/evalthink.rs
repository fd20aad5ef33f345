//! The six figures of EvalScope's EvalThink, in compatibility mode: plain means over all samples, by its own
//! rules.

use tables::{EvalThink, Score};

use super::{Metric, Observation, why};

/// One of its figures.
struct Theirs {
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    about: &'static str,
    value: fn(&EvalThink) -> f64,
}

impl Metric for Theirs {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn unit(&self) -> &'static str {
        self.unit
    }

    fn about(&self) -> &'static str {
        self.about
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
        name: "evalthink.reasoning_tokens",
        title: "EvalThink: reasoning tokens",
        unit: "tokens",
        about: "mean tokens of the thinking text, over all samples",
        value: |theirs| f64::from(theirs.reasoning_tokens),
    },
    &Theirs {
        name: "evalthink.first_correct_tokens",
        title: "EvalThink: first correct tokens",
        unit: "tokens",
        about: "mean tokens of the steps before the judged one, joined anew with blank lines; 0 for samples without \
                a judged step",
        value: |theirs| f64::from(theirs.first_correct_tokens),
    },
    &Theirs {
        name: "evalthink.reflection_tokens",
        title: "EvalThink: reflection tokens",
        unit: "tokens",
        about: "mean difference of the two; can be negative for a sample",
        value: |theirs| theirs.reflection_tokens,
    },
    &Theirs {
        name: "evalthink.token_efficiency",
        title: "EvalThink: token efficiency",
        unit: "ratio",
        about: "mean quotient of the two over all samples, with 0 for those without a judged step",
        value: |theirs| theirs.token_efficiency,
    },
    &Theirs {
        name: "evalthink.thought_num",
        title: "EvalThink: thoughts",
        unit: "count",
        about: "mean occurrences of its seven phrases in the lower-cased thinking, within words too",
        value: |theirs| f64::from(theirs.thought_num),
    },
    &Theirs {
        name: "evalthink.accuracy",
        title: "EvalThink: accuracy",
        unit: "share",
        about: "share of samples with first-correct tokens above 0: what the judge found in the thinking, not the \
                final answer",
        value: |theirs| theirs.accuracy,
    },
];
