//! What a search is made of.

use chat::Sampling;
use verify::Verifier;

use crate::policy::Policy;
use crate::reading::Reading;

/// What a search is made of, for all problems.
pub(crate) struct Searching {
    pub(crate) policy: Box<dyn Policy>,
    pub(crate) verifier: Box<dyn Verifier>,
    pub(crate) sampling: Sampling,
    pub(crate) step: Step,
    /// The most tokens of a path.
    pub(crate) most_tokens: Option<u64>,
    pub(crate) votes: bool,
    pub(crate) reading: Reading,
}

/// What a step is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// Texts that end one.
    pub(crate) until: Vec<String>,
    pub(crate) max_tokens: u64,
}
