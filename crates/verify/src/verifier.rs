//! What a verifier is.

use chat::{Dialogue, Endpoint, abreast};

use crate::{Case, Outcome};

/// A conversation that ends in a verdict.
pub type Conversation<'a> = Box<dyn Dialogue<Outcome> + 'a>;

/// Looks at replies without knowing the right answer.
pub trait Verifier: Send + Sync {
    /// Its name in tables: its kind, and whom it asks.
    fn name(&self) -> String;

    /// Whom it asks; nobody where it is the model's own [server](Self::asks_own_model).
    fn endpoints(&self) -> Vec<&Endpoint>;

    /// Its questions go to the model that wrote the reply.
    fn asks_own_model(&self) -> bool {
        false
    }

    /// It is shown steps, so there have to be some.
    fn looks_at_steps(&self) -> bool {
        false
    }

    /// It compares replies with each other, so all of a problem have to be there.
    fn compares(&self) -> bool {
        false
    }

    /// The most questions about a case with so many steps; none where nobody can say. Cases that no window holds take more.
    fn most_questions(&self, steps: u64) -> Option<u64>;

    /// Opens the conversation about one case.
    fn open<'a>(&'a self, case: Case) -> Conversation<'a>;

    /// Opens the conversation about several cases of one problem, which ends with a verdict on each.
    fn open_together<'a>(&'a self, cases: Vec<Case>) -> Box<dyn Dialogue<Vec<Outcome>> + 'a> {
        Box::new(abreast(cases.into_iter().map(|case| self.open(case)).collect()))
    }
}
