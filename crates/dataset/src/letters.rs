//! How the right letters of multiple choice are spread, and which options stay where they are: where all right letters are the same,
//! a model that always says that one is right.

use std::collections::{BTreeMap, HashSet};

use stage::Observer;
use tables::{Problem, lettered, option_letter};

use crate::DatasetError;
use crate::mapping::speaks_of_others;
use crate::settings::{Settings, Shuffle};

/// From so many problems on, one letter for all of them is no chance.
const MANY: u64 = 20;

/// The right letters so far, and what is odd about options.
#[derive(Debug, Default)]
pub(crate) struct Letters {
    right: BTreeMap<char, u64>,
    /// Every sample is asked in an order of its own.
    shuffled: u64,
    /// Options that speak of others, so that none of them can be moved.
    speaking: u64,
    /// Options of which two are the same text.
    equal: u64,
    /// Options that stand in the text of the question, which nobody changes.
    in_text: u64,
}

impl Letters {
    /// Counts a problem with its options, which may have been read out of the text of its question.
    pub(crate) fn add(&mut self, problem: &Problem, in_text: bool) {
        let Problem { gold, choices, .. } = problem;
        let mut seen = HashSet::new();
        self.equal += u64::from(!choices.iter().all(|choice| seen.insert(choice.trim())));
        self.in_text += u64::from(in_text);
        self.speaking += u64::from(!in_text && choices.iter().any(|choice| speaks_of_others(choice)));
        self.shuffled += u64::from(problem.shuffle.is_some());
        if let [gold] = gold.as_slice()
            && problem.shuffle.is_none()
            && let Some(letter) = lettered(gold, choices.len()).and_then(option_letter)
        {
            *self.right.entry(letter).or_default() += 1;
        }
    }

    /// Says how they are spread and what was not shuffled, and refuses one letter for all unless that is allowed.
    pub(crate) fn tell(&self, settings: &Settings, observer: &dyn Observer) -> Result<(), DatasetError> {
        if self.equal > 0 {
            observer.note(&format!(
                "{} problems have options that are equal: a letter names one of them, their text none",
                self.equal
            ));
        }
        let staying = [
            (self.speaking, "have options that speak of others, such as `all of the above`"),
            (self.in_text, "have their options in the text of the question"),
        ];
        for (count, why) in staying {
            if count > 0 && settings.shuffle_choices != Shuffle::No {
                observer.note(&format!("{count} problems are asked in the order of the source: they {why}"));
            }
        }
        if self.shuffled > 0 {
            observer.note(&format!("options of {} problems: another order in each sample", self.shuffled));
        }
        self.spread(settings.one_letter, observer)
    }

    fn spread(&self, allowed: bool, observer: &dyn Observer) -> Result<(), DatasetError> {
        let total: u64 = self.right.values().sum();
        if total < MANY {
            return Ok(());
        }
        if let (1, Some(letter), false) = (self.right.len(), self.right.keys().next(), allowed) {
            return Err(DatasetError::Selection(format!(
                "the right option of all {total} problems is {letter}, so whoever always says {letter} is right; shuffle them with \
                 `shuffle_choices = \"problem\"`, or say `one_letter = true` if that is meant"
            )));
        }
        let spread: Vec<String> =
            self.right.iter().map(|(letter, count)| format!("{letter} {count}")).collect();
        observer.note(&format!("right letters: {}", spread.join(", ")));
        Ok(())
    }
}
