//! How the right letters of multiple choice are spread: where all are the same, a model that always says that one is right.

use std::collections::BTreeMap;

use stage::Observer;
use tables::Problem;

use crate::DatasetError;

/// From so many problems on, one letter for all of them is no chance.
const MANY: u64 = 20;

/// The right letters so far.
#[derive(Debug, Default)]
pub(crate) struct Letters(BTreeMap<String, u64>);

impl Letters {
    /// Counts a problem that has options, and one letter that is right.
    pub(crate) fn add(&mut self, problem: &Problem) {
        if let [gold] = problem.gold.as_slice()
            && !problem.choices.is_empty()
            && gold.len() == 1
        {
            *self.0.entry(gold.clone()).or_default() += 1;
        }
    }

    /// Says how they are spread, and refuses one letter for all unless that is `allowed`.
    pub(crate) fn tell(&self, allowed: bool, observer: &dyn Observer) -> Result<(), DatasetError> {
        let total: u64 = self.0.values().sum();
        if total < MANY {
            return Ok(());
        }
        if let (1, Some(letter), false) = (self.0.len(), self.0.keys().next(), allowed) {
            return Err(DatasetError::Selection(format!(
                "the right option of all {total} problems is {letter}, so whoever always says {letter} is right; shuffle them with \
                 `shuffle_choices = \"problem\"`, or say `one_letter = true` if that is meant"
            )));
        }
        let spread: Vec<String> = self.0.iter().map(|(letter, count)| format!("{letter} {count}")).collect();
        observer.note(&format!("right letters: {}", spread.join(", ")));
        Ok(())
    }
}
