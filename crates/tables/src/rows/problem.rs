//! A problem with its known answers.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::fields::{label, list, maybe, text};

/// A problem, as the `load` stage writes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Unique in its table.
    pub id: String,
    /// The collection that it belongs to, such as `MATH-500`.
    pub dataset: String,
    /// The group that figures are reported for, such as `Level 3`; empty where the data has no groups.
    pub subset: String,
    /// The text that is asked.
    pub problem: String,
    /// Acceptable answers, any of which is right; empty when none is known.
    pub gold: Vec<String>,
    /// The options of a multiple-choice problem in their order (A, B, …); empty otherwise.
    pub choices: Vec<String>,
    /// A reference solution.
    pub solution: Option<String>,
    /// The source's other columns as one JSON object.
    pub extra: Option<String>,
}

impl Row for Problem {
    const NAME: &'static str = "problem";
    const VERSION: u32 = 1;

    fn fields() -> Vec<Field> {
        vec![
            label("id"),
            label("dataset"),
            label("subset"),
            text("problem"),
            list("gold", text("item")),
            list("choices", text("item")),
            maybe(text("solution")),
            maybe(text("extra")),
        ]
    }
}

#[cfg(test)]
impl Problem {
    pub(crate) fn example() -> Self {
        Self {
            id: "p-1".into(),
            dataset: "demo".into(),
            subset: "Level 1".into(),
            problem: "What is 2 + 3?".into(),
            gold: vec!["5".into(), "five".into()],
            choices: vec!["4".into(), "5".into()],
            solution: Some("2 + 3 = 5".into()),
            extra: Some("{}".into()),
        }
    }
}
