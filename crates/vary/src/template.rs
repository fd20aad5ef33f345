//! Templates: a problem with gaps, what may stand in them, and how its answer is computed.

mod apple;
mod draw;
mod fill;
mod native;
mod source;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Signed;

use crate::expression::{Expression, ExpressionError, Value};
use crate::lists::Member;
use crate::number::Number;

pub use apple::{apple, is_apple};
pub use draw::{DrawSettings, Magnitude, Varied};
pub use fill::Instance;
pub use native::{native, native_file, native_templates};
pub(crate) use source::{Binding, Source};
pub(crate) use text::Text;

/// What stands in the gaps.
pub type Filling = BTreeMap<String, Member>;

/// A problem with gaps.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its name.
    pub id: String,
    /// The group that figures are reported for.
    pub subset: String,
    pub(crate) problem: Text,
    pub(crate) solution: Option<Text>,
    pub(crate) answer: Expression,
    pub(crate) conditions: Vec<Expression>,
    pub(crate) bindings: Vec<Binding>,
    /// The filling that is the known problem.
    pub original: Filling,
    /// What a reader of the template should know.
    pub notes: Vec<String>,
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template `{id}`{}: {reason}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct TemplateError {
    /// Its name, or its number in the file where it has none.
    pub id: String,
    /// Where it begins.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl Template {
    /// Refuses what cannot work, before anything is drawn.
    pub(crate) fn checked(self) -> Result<Self, String> {
        let known: BTreeSet<&str> = self.bindings.iter().flat_map(Binding::names).collect();
        let gaps = [Some(&self.problem), self.solution.as_ref()].into_iter().flatten().flat_map(Text::names);
        if let Some(gap) = gaps.into_iter().find(|gap| !known.contains(gap)) {
            return Err(format!("gap `{gap}` has no entry in `values`"));
        }
        let ranges = self.bindings.iter().flat_map(|binding| binding.source.expressions());
        let expressions = || self.conditions.iter().chain([&self.answer]).chain(ranges.clone());
        if let Some(name) = expressions().flat_map(Expression::names).find(|name| !known.contains(name)) {
            return Err(ExpressionError::Name((*name).to_owned()).to_string());
        }
        self.all_used(&expressions().flat_map(Expression::names).collect())?;
        self.original_holds()?;
        Ok(self)
    }

    /// Nothing is drawn that changes nothing.
    fn all_used(&self, computed: &BTreeSet<&str>) -> Result<(), String> {
        let shown: BTreeSet<&str> = [Some(&self.problem), self.solution.as_ref()]
            .into_iter()
            .flatten()
            .flat_map(Text::names)
            .collect();
        let is_used = |name: &str| shown.contains(name) || computed.contains(name);
        match self.bindings.iter().find(|binding| !binding.names().any(is_used)) {
            Some(unused) => {
                Err(format!("`{}` is used nowhere", unused.names().collect::<Vec<_>>().join("`, `")))
            }
            None => Ok(()),
        }
    }

    fn original_holds(&self) -> Result<(), String> {
        let names = self.bindings.iter().flat_map(Binding::names);
        if let Some(missing) = names.into_iter().find(|name| !self.original.contains_key(*name)) {
            return Err(format!("`{missing}` has no value in `original`"));
        }
        let numbers = numbers(&self.original);
        match self.answer.value(&numbers) {
            Ok(Value::Truth(_)) => return Err("`answer` gives yes or no, not a number".to_owned()),
            Ok(Value::Number(_)) => {}
            Err(error) => return Err(format!("`answer` of the original: {error}")),
        }
        for condition in &self.conditions {
            match condition.value(&numbers) {
                Ok(Value::Truth(true)) => {}
                Ok(Value::Truth(false)) => {
                    return Err(format!("the original does not meet `{}`", condition.text()));
                }
                Ok(Value::Number(_)) => {
                    return Err(format!(
                        "the condition `{}` gives a number, not yes or no",
                        condition.text()
                    ));
                }
                Err(error) => return Err(format!("the condition `{}`: {error}", condition.text())),
            }
        }
        Ok(())
    }
}

/// The numbers of a filling.
pub(crate) fn numbers(filling: &Filling) -> BTreeMap<String, Number> {
    filling.iter().filter_map(|(name, member)| Some((name.clone(), member.number.clone()?))).collect()
}

/// What kind of number an answer is: a draw whose answer is of another kind is no instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    whole: bool,
    negative: bool,
    ends: bool,
}

impl Kind {
    pub(crate) fn of(number: &Number) -> Self {
        Self {
            whole: number.is_integer(),
            negative: number.is_negative(),
            ends: crate::number::decimals(number).is_some(),
        }
    }
}

#[cfg(test)]
mod tests;
