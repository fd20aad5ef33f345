//! Which measures are compared, and which way is better.

use score::Metric;

use crate::error::CompareError;

/// The word for every measure.
pub(crate) const ALL: &str = "all";

/// Compared unless others are named: the six measures.
const USUAL: [&str; 6] = [
    "accuracy",
    "reasoning_tokens",
    "first_correct_tokens",
    "reflection_tokens",
    "token_efficiency",
    "thought_switches",
];

/// More of these is better; of the figures that count tokens or failures, less is.
const MORE_IS_BETTER: [&str; 4] =
    ["accuracy", "token_efficiency", "outcome_efficiency", "process_efficiency"];

/// A measure that every generation has a value of.
pub(crate) type Measure = &'static dyn Metric;

/// Names of the six measures.
pub fn usual_measures() -> Vec<String> {
    USUAL.iter().map(|name| (*name).to_owned()).collect()
}

/// The measures of these names; the usual ones where none is named, all for `all`.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Measure>, CompareError> {
    if names.iter().any(|name| name == ALL) {
        return Ok(score::METRICS.to_vec());
    }
    let usual = usual_measures();
    let names = if names.is_empty() { &usual } else { names };
    names.iter().map(|name| named(name)).collect()
}

/// The measure of this name.
pub(crate) fn named(name: &str) -> Result<Measure, CompareError> {
    let found = score::METRICS.iter().find(|metric| metric.name() == name);
    found.copied().ok_or_else(|| {
        let known: Vec<&str> = score::METRICS.iter().map(|metric| metric.name()).collect();
        CompareError::Measure(format!("there is no measure `{name}`; there are {}", known.join(", ")))
    })
}

/// Neither is: many thoughts may be a search, or a flight from one idea to the next.
const NEITHER: [&str; 2] = ["thought_switches", "solutions"];

/// Whether a higher value is the better one; nothing where neither is.
pub(crate) fn more_is_better(name: &str) -> Option<bool> {
    (!NEITHER.contains(&name)).then(|| MORE_IS_BETTER.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_measures_exist_and_come_first() {
        let names: Vec<&str> = chosen(&[]).unwrap().into_iter().map(Metric::name).collect();
        assert_eq!(names, USUAL);
        assert_eq!(chosen(&["all".to_owned()]).unwrap().len(), score::METRICS.len());
        let error = chosen(&["acuracy".to_owned()]).err().unwrap().to_string();
        assert!(error.starts_with("there is no measure `acuracy`; there are accuracy, "), "{error}");
    }
}
