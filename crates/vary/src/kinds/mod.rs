//! Ways to change a problem so that its answer stays, or can be computed anew: one a file.

mod irrelevant;
mod names;
mod numbers;
mod options;
mod order;
mod spelling;

use plugin::{Registry, entry};
use tables::Problem;

use crate::draws::Draws;

/// A way to change a problem.
pub trait Variation: Send + Sync {
    /// The problem in new clothes, or why this way does not fit it. The id is not touched.
    fn apply(&self, problem: &Problem, draws: &mut Draws) -> Result<Problem, Declined>;

    /// The answer is the same because of how sentences usually work, which was not proven.
    fn is_proven(&self) -> bool {
        true
    }
}

/// Why a way does not fit a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declined(pub &'static str);

/// All ways.
pub static VARIATIONS: Registry<dyn Variation> = Registry::new(
    "variation",
    &[
        entry::<irrelevant::Irrelevant>(),
        entry::<names::GivenNames>(),
        entry::<numbers::Numbers>(),
        entry::<options::Options>(),
        entry::<order::Order>(),
        entry::<spelling::Spelling>(),
    ],
);

#[cfg(test)]
mod testing {
    use super::*;

    pub(super) fn problem(text: &str, gold: &str) -> Problem {
        Problem { problem: text.to_owned(), gold: vec![gold.to_owned()], ..Problem::default() }
    }

    pub(super) fn varied(kind: &str, problem: &Problem, number: u64) -> Result<Problem, &'static str> {
        let built = VARIATIONS.build(&serde_json::json!({"kind": kind}), "vary").unwrap().built;
        built.apply(problem, &mut Draws::new(1, "test", number)).map_err(|declined| declined.0)
    }

    /// The text, or the reason.
    pub(super) fn said(kind: &str, text: &str) -> String {
        match varied(kind, &problem(text, "5"), 0) {
            Ok(problem) => problem.problem,
            Err(reason) => format!("declined: {reason}"),
        }
    }

    #[test]
    fn kinds_are_sorted() {
        let kinds: Vec<&str> = VARIATIONS.entries.iter().map(|entry| entry.kind).collect();
        assert!(kinds.is_sorted(), "{kinds:?}");
    }
}
