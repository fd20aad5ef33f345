//! Conditions that a comparison has to meet, for machines that decide: `token_efficiency>=0.5`,
//! `accuracy-drop<=0.01`. A gate says itself which way is wanted, so one may stand on a measure of which neither is
//! better, such as `solutions<=3`; nothing is taken from the measure's term.

use serde::Serialize;

use crate::comparison::{Comparison, Comparisons, Row};
use crate::error::CompareError;
use crate::measures;

/// What of a measure is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// The other's mean over the pairs.
    Value,
    /// How much lower it is than the baseline's.
    Drop,
    /// How much higher.
    Rise,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    text: String,
    measure: String,
    side: Side,
    relation: Relation,
    bar: f64,
}

/// Whether one model run meets a condition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GateResult {
    /// The condition as typed.
    pub gate: String,
    /// The model run.
    pub other: String,
    /// The number that was compared; null where there is none, which meets nothing.
    pub value: Option<f64>,
    /// Whether the condition is met.
    pub met: bool,
}

const RELATIONS: [(&str, Relation); 4] =
    [(">=", Relation::AtLeast), ("<=", Relation::AtMost), (">", Relation::Above), ("<", Relation::Below)];

impl Gate {
    /// Reads `MEASURE[-drop|-rise] (>=|<=|>|<) NUMBER`.
    pub fn parse(text: &str) -> Result<Self, CompareError> {
        let wrong = |reason: String| CompareError::Gate { text: text.to_owned(), reason };
        let relation =
            RELATIONS.iter().find_map(|(sign, relation)| Some((text.split_once(sign)?, *relation)));
        let Some(((left, right), relation)) = relation else {
            return Err(wrong("expected MEASURE>=NUMBER, or with <=, > or <".to_owned()));
        };
        let bar: f64 = right.trim().parse().map_err(|_| wrong(format!("`{}` is no number", right.trim())))?;
        if !bar.is_finite() {
            return Err(wrong(format!("`{}` is no number to compare with", right.trim())));
        }
        let left = left.trim().replace(' ', "");
        let cut = |suffix, side| left.strip_suffix(suffix).map(|measure| (measure.to_owned(), side));
        let (measure, side) = cut("-drop", Side::Drop)
            .or_else(|| cut("-rise", Side::Rise))
            .unwrap_or_else(|| (left.clone(), Side::Value));
        measures::named(&measure).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { text: text.to_owned(), measure, side, relation, bar })
    }

    /// The measure that it looks at.
    pub fn measure(&self) -> &str {
        &self.measure
    }

    /// Whether each model run meets it. Fails if the comparison does not hold the measure.
    pub fn results<'a>(&'a self, comparisons: &'a Comparisons) -> impl Iterator<Item = GateResult> + 'a {
        comparisons.others.iter().map(|comparison| self.result(comparison))
    }

    fn result(&self, comparison: &Comparison) -> GateResult {
        let row = comparison.rows.iter().find(|row| row.measure == self.measure);
        let value = row.and_then(|row| self.value(row));
        let met = value.is_some_and(|value| self.holds(value));
        GateResult { gate: self.text.clone(), other: comparison.other.clone(), value, met }
    }

    fn value(&self, row: &Row) -> Option<f64> {
        match self.side {
            Side::Value => row.other,
            Side::Drop => row.difference.map(|difference| -difference),
            Side::Rise => row.difference,
        }
    }

    fn holds(&self, value: f64) -> bool {
        // A drop of 0.01 that rounding made a hair larger is a drop of 0.01.
        let slack = 1e-12;
        match self.relation {
            Relation::AtLeast => value >= self.bar - slack,
            Relation::AtMost => value <= self.bar + slack,
            Relation::Above => value > self.bar + slack,
            Relation::Below => value < self.bar - slack,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_read_and_held_against_numbers() {
        let check = |text: &str, value: f64, expect: bool| {
            assert_eq!(Gate::parse(text).unwrap().holds(value), expect, "{text} with {value}");
        };
        check("token_efficiency>=0.5", 0.5, true);
        check("token_efficiency >= 0.5", 0.499, false);
        check("accuracy-drop<=0.01", 0.010_000_000_000_000_1, true);
        check("accuracy-drop<0.01", 0.01, false);
        check("reasoning_tokens > 100", 101.0, true);
    }

    #[test]
    fn the_side_is_read() {
        let check = |text: &str, expect: (&str, Side, Relation)| {
            let gate = Gate::parse(text).unwrap();
            assert_eq!((gate.measure.as_str(), gate.side, gate.relation), expect);
        };
        check("accuracy-drop<=0.01", ("accuracy", Side::Drop, Relation::AtMost));
        check("reasoning_tokens-rise<5", ("reasoning_tokens", Side::Rise, Relation::Below));
        check("accuracy>0", ("accuracy", Side::Value, Relation::Above));
    }

    #[test]
    fn what_is_no_gate_says_why() {
        let check = |text: &str, expect: &str| {
            let error = Gate::parse(text).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        check("accuracy", "expected MEASURE>=NUMBER");
        check("accuracy>=high", "`high` is no number");
        check("accuracy>=nan", "`nan` is no number to compare with");
        check("acuracy>=0.5", "there is no measure `acuracy`");
    }
}
