//! What is thought of a reply before anybody knows whether it is right.

use stats::Weighing;
use tables::Generation;

/// All that a selector is shown of a reply. The known answer, verdicts and judgments are not among it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The reply.
    pub generation: &'a Generation,
    /// T; none where it is unknown.
    pub thinking: Option<u32>,
    /// What a verifier said of it, who knows no more than that.
    pub verified: Verified<'a>,
}

/// A verifier's word on a reply.
#[derive(Clone, Copy, Debug, Default)]
pub struct Verified<'a> {
    /// Of the whole.
    pub score: Option<f64>,
    /// Of each step, where it looked at steps.
    pub steps: Option<&'a [Option<f64>]>,
    /// It was to be asked, whatever came of it.
    pub wanted: bool,
}

/// Puts samples of a problem in order, the higher the better.
pub trait Selector: Send + Sync {
    /// Its value of a reply. None, which never wins and never votes, where there is none.
    fn value(&self, seen: &Seen<'_>) -> Option<f64>;

    /// Its name in tables.
    fn label(&self) -> &str;

    /// What to do where no reply has a value.
    fn remedy(&self) -> String;

    /// A recorded column that has a number too, which another source comes before.
    fn passed_over(&self, _seen: &Seen<'_>) -> Option<&str> {
        None
    }

    /// What a vote weighs by it where nothing else is asked for.
    fn weighing(&self) -> Weighing {
        Weighing::Raw
    }
}
