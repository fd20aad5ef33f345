//! A template with its gaps filled.

use super::{Filling, Kind, Template, numbers};
use crate::expression::Value;
use crate::number::{Number, show};

/// A problem that a template gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The text that is asked.
    pub problem: String,
    /// Its answer.
    pub answer: Number,
    /// How it is solved, if the template says it.
    pub solution: Option<String>,
    /// What stands in the gaps.
    pub filling: Filling,
    /// It meets the conditions, and its answer is of the kind that the original's is.
    pub allowed: bool,
}

impl Instance {
    /// The answer as it is written.
    pub fn gold(&self) -> String {
        show(&self.answer)
    }
}

impl Template {
    /// The problem with these in its gaps.
    ///
    /// # Errors
    /// An expression has no value there.
    pub fn filled(&self, filling: &Filling) -> Result<Instance, String> {
        let values = numbers(filling);
        let answer = self.answer.number(&values).map_err(|error| format!("`answer`: {error}"))?;
        let holds =
            |condition: &crate::Expression| matches!(condition.value(&values), Ok(Value::Truth(true)));
        let kind = self.kind()?;
        Ok(Instance {
            problem: self.problem.filled(filling)?,
            solution: self.solution.as_ref().map(|text| text.filled(filling)).transpose()?,
            allowed: self.conditions.iter().all(holds) && Kind::of(&answer) == kind,
            answer,
            filling: filling.clone(),
        })
    }

    /// The same of texts and numbers as they are shown.
    ///
    /// # Errors
    /// As [`filled`](Self::filled).
    pub fn shown(&self, texts: &[(String, String)]) -> Result<Instance, String> {
        let member = |(name, text): &(String, String)| {
            let binding = self.bindings.iter().find(|binding| binding.names().any(|known| known == name));
            binding.map(|binding| (name.clone(), binding.member(text)))
        };
        self.filled(&texts.iter().filter_map(member).collect())
    }

    /// The known problem.
    ///
    /// # Errors
    /// As [`filled`](Self::filled); a template that was read has one.
    pub fn original(&self) -> Result<Instance, String> {
        self.filled(&self.original)
    }

    fn kind(&self) -> Result<Kind, String> {
        let number = self.answer.number(&numbers(&self.original));
        number.map(|number| Kind::of(&number)).map_err(|error| format!("`answer` of the original: {error}"))
    }
}
