//! Questions to models and their replies as plain data, and conversations as small state machines.
//!
//! Nothing here speaks to anybody: a component that needs a model's word writes down what to ask
//! ([`Question`]) and how to go on ([`Dialogue`]), and whoever implements [`Ask`] does the asking: `llm` over HTTP, a test
//! with replies that it makes up. So a test of such a component needs strings, not a server; see
//! [`dialogue::rehearse`].

mod abreast;
mod ask;
mod continuation;
pub mod dialogue;
mod endpoint;
mod error;
mod finish;
mod foretell;
mod in_order;
mod logprobs;
mod loose_json;
mod metered;
mod place;
mod price;
mod reorder;
mod reply;
mod request;
pub mod said;
mod scoring;
mod serve;
pub mod shape;
mod tags;
mod trial;
mod usage;

pub use abreast::abreast;
pub use ask::{Answer, Answering, Ask, Conversation, ask_all, run_dialogue};
pub use continuation::{Continuation, Dialect};
pub use dialogue::{Dialogue, MOST_ROUNDS, Next, Question, Replies, done, shifted, then};
pub use endpoint::{BackoffSeconds, Endpoint, Timeouts};
pub use error::CallError;
pub use finish::Ending;
pub use foretell::{foretell, share};
pub use in_order::{InOrder, Stopped};
pub use logprobs::{Chance, Logprobs};
pub use loose_json::json;
pub use metered::metered;
pub use place::{Behind, CUE, Place};
pub use price::Price;
pub use reply::ChatReply;
pub use request::{ChatRequest, MayFollow, Message, Role, Sampling};
pub use scoring::{Scores, Scoring, Shape};
pub use serve::{Engine, Serve};
pub use tags::{KNOWN_TAGS, Style, Tags, has_tag, known_tags};
pub use trial::{Trial, Tried};
pub use usage::{TokenSum, Usage};
