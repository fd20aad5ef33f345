//! What a verifier says.

/// What a verifier thinks of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// The higher the better; none where no step has a score that it could be made of.
    pub score: Option<f64>,
    /// What it thinks of each step; none of a verifier that looks at the whole.
    pub steps: Option<Vec<Option<f64>>>,
    /// The share of its chances that is neither yes nor no, where it says so.
    pub unread: Option<f64>,
    /// Its own words, or numbers.
    pub raw: String,
}

/// No verdict, which is never a bad one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    /// Why.
    pub reason: String,
    /// The words that could not be read.
    pub raw: Option<String>,
}

/// What a conversation with a verifier comes to.
pub type Outcome = Result<Verdict, Unverified>;

impl Unverified {
    pub(crate) fn new(reason: impl Into<String>, raw: Option<String>) -> Self {
        Self { reason: reason.into(), raw }
    }
}
