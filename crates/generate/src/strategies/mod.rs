//! Manners of asking the same problems, one strategy a file. A new one is a new file, a `mod` line and a word in the sorted
//! list; its prompt is a file in `prompts/strategies`.
//!
//! A strategy says how a model is asked ([`Manner`]): the question, worked examples, further keys of the request, and what it
//! demands of a reply. It fills what the model's own table leaves open and overrides nothing. All ask for the same
//! form of the answer, a box, so that what differs between them is not whether an answer can be read.

mod budget;
mod cap;
mod chain_of_draft;
mod direct;
mod effort;
mod few_shot_cot;
mod forced;
mod long;
mod no_think;
mod plain;
mod zero_shot_cot;

use plugin::{Registry, entry};

use crate::manner::Manner;

/// All strategies, by kind.
pub static STRATEGIES: Registry<Manner> = Registry::new(
    "strategy",
    &[
        entry::<budget::Budget>(),
        entry::<cap::Cap>(),
        entry::<chain_of_draft::ChainOfDraft>(),
        entry::<direct::Direct>(),
        entry::<effort::Effort>(),
        entry::<few_shot_cot::FewShotCot>(),
        entry::<forced::Forced>(),
        entry::<long::Long>(),
        entry::<no_think::NoThink>(),
        entry::<plain::Plain>(),
        entry::<zero_shot_cot::ZeroShotCot>(),
    ],
);
