//! Verifiers: what a model that does not know the right answer thinks of a reply, or of its steps.
//!
//! A [`Verifier`] is shown a [`Case`], which has no room for a known answer, and gives a [`Verdict`]: a score, the higher the
//! better, and one for each step where it looks at steps. It never does any IO: it opens a conversation. Two stages use
//! them: `judge` for finished replies, `generate` to steer a search.

mod aggregate;
mod asking;
mod case;
mod conversation;
mod likelihood;
mod reading;
mod scored;
mod verdict;
mod verifier;
pub mod verifiers;
mod whole;

pub use aggregate::Aggregate;
pub use case::Case;
pub use verdict::{Outcome, Unverified, Verdict};
pub use verifier::{Conversation, Verifier};
pub use verifiers::VERIFIERS;

#[cfg(test)]
mod tests;
