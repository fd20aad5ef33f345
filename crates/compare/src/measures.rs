//! Which measures are compared.

use score::{Metric, Observation};
use tables::Score;

use crate::error::CompareError;

/// The word for every measure.
pub(crate) const ALL: &str = "all";

/// A measure that every generation has a value of.
pub(crate) type Measure = &'static dyn Metric;

/// Names of the measures that are compared unless others are named: the headline measures.
pub fn usual_measures() -> Vec<String> {
    let terms = score::METRICS.iter().map(|metric| metric.term());
    terms.filter(|term| term.headline.is_some()).map(|term| term.name.to_owned()).collect()
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
    let found = score::METRICS.iter().find(|metric| metric.term().name == name);
    found.copied().ok_or_else(|| {
        let known: Vec<&str> = score::METRICS.iter().map(|metric| metric.term().name).collect();
        CompareError::Measure(format!("there is no measure `{name}`; there are {}", known.join(", ")))
    })
}

/// A reply's value of a measure; none where it is left out of it.
pub(crate) fn value(measure: Measure, score: &Score) -> Option<f64> {
    match measure.observe(score) {
        Observation::Value(value) => Some(value),
        Observation::LeftOut(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_measures_come_first_and_others_by_their_names() {
        let names: Vec<&str> = chosen(&[]).unwrap().into_iter().map(|measure| measure.term().name).collect();
        assert_eq!(names, usual_measures());
        assert_eq!(names.len(), 6);
        assert_eq!(chosen(&["all".to_owned()]).unwrap().len(), score::METRICS.len());
        let error = chosen(&["acuracy".to_owned()]).err().unwrap().to_string();
        assert!(error.starts_with("there is no measure `acuracy`; there are accuracy, "), "{error}");
    }
}
