//! Questions to models and their replies as plain data, and conversations as small state machines.
//!
//! Nothing here speaks to anybody: a component that needs a model's word writes down what to ask
//! ([`Question`]) and how to go on ([`Dialogue`]), and `llm` does the asking. So a test of such a component
//! needs strings, not a server; see [`dialogue::rehearse`].

pub mod dialogue;
mod endpoint;
mod error;
mod price;
mod reply;
mod request;
pub mod said;

pub use dialogue::{Dialogue, Next, Question, Replies, done, shifted, then};
pub use endpoint::{BackoffSeconds, Endpoint, Timeouts};
pub use error::CallError;
pub use price::Price;
pub use reply::ChatReply;
pub use request::{ChatRequest, Message, Role, Sampling};
