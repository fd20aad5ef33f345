//! Files that describe one run together: what a row of one says is kept until the row of the other comes.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;

use records::Origin;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ForeignRow, Labels, Question};
use crate::DatasetError;
use crate::digest::digest;
use crate::spill::{Spill, SpillRange, SpillReader};

/// A format's part in a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Joins {
    /// What joins with what.
    pub(crate) family: &'static str,
    /// Its rows add to those of the other file; else they are added to.
    pub(crate) side: bool,
    /// Why a row without its partner is left out, if it cannot stand alone.
    pub(crate) alone: Option<&'static str>,
}

/// What the row of a side file adds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Side {
    pub(crate) question: Option<Question>,
    pub(crate) model: Option<String>,
    /// As text, so that figures keep their digits.
    grade: Option<String>,
    extra: Option<String>,
    pub(crate) labels: Labels,
    pub(crate) at: String,
}

impl Side {
    fn of(entry: &ForeignRow, at: &Origin) -> Self {
        let first = entry.replies.first();
        Self {
            question: entry.question.clone(),
            model: first.and_then(|answer| answer.model.clone()),
            grade: first.and_then(|answer| answer.grade.as_ref()).map(Value::to_string),
            extra: first.map(|answer| Value::Object(answer.extra.clone()).to_string()),
            // No reply: nothing was said of one.
            labels: first.map(|answer| answer.labels).unwrap_or_default(),
            at: at.to_string(),
        }
    }

    /// Adds to a row what it does not say itself.
    ///
    /// # Errors
    /// Both tell a problem, and not the same.
    pub(crate) fn add_to(self, entry: &mut ForeignRow) -> Result<(), &'static str> {
        match (&mut entry.question, self.question) {
            (Some(own), Some(other)) => {
                if own.text.trim() != other.text.trim() {
                    return Err("the two rows of one reply do not ask the same question");
                }
                add(own, other);
            }
            (own @ None, other) => *own = other,
            (Some(_), None) => {}
        }
        let extra = self.extra.and_then(|text| serde_json::from_str::<Map<String, Value>>(&text).ok());
        let grade: Option<Value> = self.grade.and_then(|text| serde_json::from_str(&text).ok());
        for answer in &mut entry.replies {
            answer.grade = answer.grade.take().or_else(|| grade.clone());
            answer.model = answer.model.take().or_else(|| self.model.clone());
            if answer.labels.is_empty() {
                answer.labels = self.labels;
            }
            for (name, value) in extra.iter().flatten() {
                answer.extra.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(())
    }
}

fn add(own: &mut Question, other: Question) {
    if own.gold.is_empty() {
        own.gold = other.gold;
    }
    if own.choices.is_empty() {
        own.choices = other.choices;
    }
    own.id = own.id.take().or(other.id);
    own.solution = own.solution.take().or(other.solution);
    own.subset = own.subset.take().filter(|subset| !subset.is_empty()).or(other.subset);
    own.dataset = own.dataset.take().or(other.dataset);
}

/// Rows of side files by what they are joined on.
pub(crate) struct Gathering {
    spill: Spill,
    index: HashMap<u128, (SpillRange, Cell<bool>)>,
}

/// The same, ready to be asked.
pub(crate) struct Gathered {
    spill: SpillReader,
    index: HashMap<u128, (SpillRange, Cell<bool>)>,
}

impl Gathering {
    pub(crate) fn new(folder: &Path) -> Result<Self, DatasetError> {
        Ok(Self { spill: Spill::create(folder)?, index: HashMap::new() })
    }

    /// Keeps a row; false if there is one with the same key.
    pub(crate) fn add(&mut self, key: &str, entry: &ForeignRow, at: &Origin) -> Result<bool, DatasetError> {
        let key = digest(key.as_bytes());
        if self.index.contains_key(&key) {
            return Ok(false);
        }
        let place = self.spill.push(&Side::of(entry, at))?;
        self.index.insert(key, (place, Cell::new(false)));
        Ok(true)
    }

    pub(crate) fn finish(self) -> Result<Gathered, DatasetError> {
        Ok(Gathered { spill: self.spill.into_reader()?, index: self.index })
    }
}

impl Gathered {
    /// What the side file says of this key.
    pub(crate) fn take(&mut self, key: &str) -> Result<Option<Side>, DatasetError> {
        let Some((place, used)) = self.index.get(&digest(key.as_bytes())) else { return Ok(None) };
        used.set(true);
        self.spill.get(*place).map(Some)
    }

    /// Somebody asked for this key.
    pub(crate) fn is_used(&self, key: &str) -> bool {
        self.index.get(&digest(key.as_bytes())).is_some_and(|(_, used)| used.get())
    }
}
