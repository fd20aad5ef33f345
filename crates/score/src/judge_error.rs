//! The measured error of a judge, for intervals that carry it.
//!
//! `thinkmeter calibrate` compares a judge's T̂/T with a person's on labelled traces and writes the differences, judged minus
//! labelled. Their mean is taken off the judged figure, times how much the figure moves when T̂/T moves by one, and they are
//! drawn anew in each replicate of the bootstrap ([`stats::mean_intervals`]). The interval so covers what
//! a person would have found; it need not hold the printed figure if the judge is off to one side.

use std::path::Path;

use serde::Deserialize;

/// Judged minus labelled T̂/T, one for each labelled trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JudgeErrors(Vec<f64>);

/// What is read of a calibration; its other keys are for people.
#[derive(Deserialize)]
struct Calibration {
    efficiency_errors: Vec<f64>,
}

impl From<Vec<f64>> for JudgeErrors {
    fn from(errors: Vec<f64>) -> Self {
        Self(errors)
    }
}

impl JudgeErrors {
    /// Reads a calibration; an error says what is wrong with the file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        let hint = "write it with `thinkmeter calibrate`";
        let calibration: Calibration = serde_json::from_str(&text)
            .map_err(|error| format!("{shown} is no calibration: {error}; {hint}"))?;
        let errors = calibration.efficiency_errors;
        if errors.is_empty() {
            return Err(format!("{shown} has no `efficiency_errors`: nothing was measured; {hint}"));
        }
        if let Some(at) = errors.iter().position(|error| !(-1.0..=1.0).contains(error)) {
            let error = errors[at];
            return Err(format!("{shown}: efficiency_errors[{at}] = {error} is no difference of two shares"));
        }
        Ok(Self(errors))
    }

    pub(crate) fn as_slice(&self) -> &[f64] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<Vec<f64>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calibration.json");
        std::fs::write(&path, content).unwrap();
        let place = format!("{}/", folder.path().display());
        JudgeErrors::read(&path).map(|errors| errors.0).map_err(|why| why.replace(&place, ""))
    }

    #[test]
    fn a_file_that_is_no_calibration_is_refused_with_the_reason() {
        assert_eq!(read("{\"efficiency_errors\": [0.1, -0.2], \"n\": 2}"), Ok(vec![0.1, -0.2]));
        let check = |content: &str, expect: &str| {
            let why = read(content).unwrap_err();
            assert!(why.starts_with(expect), "{why}");
        };
        check("{}", "calibration.json is no calibration: missing field `efficiency_errors`");
        check("[1", "calibration.json is no calibration: ");
        check(
            "{\"efficiency_errors\": []}",
            "calibration.json has no `efficiency_errors`: nothing was measured",
        );
        check(
            "{\"efficiency_errors\": [0, 1.5]}",
            "calibration.json: efficiency_errors[1] = 1.5 is no difference",
        );
    }
}
