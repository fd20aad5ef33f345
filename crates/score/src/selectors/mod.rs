//! The selectors, one a file.

mod answer_logprob;
mod column;
mod logprob;
mod logprob_sum;
mod shortest;
mod stated;
mod token_confidence;
mod verifier;

use plugin::{Registry, entry};

use crate::selector::Selector;

/// Every selector, sorted by kind.
pub static SELECTORS: Registry<dyn Selector> = Registry::new(
    "selector",
    &[
        entry::<answer_logprob::AnswerLogprob>(),
        entry::<column::Column>(),
        entry::<logprob::Logprob>(),
        entry::<logprob_sum::LogprobSum>(),
        entry::<shortest::Shortest>(),
        entry::<stated::Stated>(),
        entry::<token_confidence::TokenConfidence>(),
        entry::<verifier::Verifier>(),
    ],
);
