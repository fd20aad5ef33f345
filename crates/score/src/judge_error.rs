//! The measured error of a judge, for intervals that carry it.
//!
//! `thinkmeter calibrate` compares a judge's T̂/T with a person's on labelled traces and writes the differences, judged minus
//! labelled. Their mean is taken off the judged figure, times how much the figure moves when T̂/T moves by one, and they are
//! drawn anew in each replicate of the bootstrap ([`stats::mean_intervals`]). The interval so covers what
//! a person would have found; it need not hold the printed figure if the judge is off to one side.
//!
//! What the judge `rule` was found to be off by comes with the program, by kind of answer (`errors/rule.json`).

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::path::Path;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use tables::Score;

/// Judged minus labelled T̂/T, one for each labelled trace.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(untagged)]
pub enum JudgeErrors {
    /// No error is carried.
    #[default]
    None,
    /// That of whoever judges.
    Given([Vec<f64>; 1]),
    /// Those of the judge `rule`, by kind of answer; other judges have none.
    ByKind([Vec<f64>; KINDS.len()]),
}

/// Kinds of answers, as scores name them.
const KINDS: [&str; 3] = ["integer", "formula", "choice"];

/// A number for what the judge `rule` found of each kind of answer, and one for everything else.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Slopes([f64; KINDS.len() + 1]);

impl Slopes {
    /// Adds to the number that a reply belongs to.
    pub(crate) fn add(&mut self, score: &Score, more: f64) {
        let kind = KINDS.iter().position(|kind| *kind == score.answer_kind);
        let at = kind.filter(|_| score.judge == MEASURED.judge).unwrap_or(KINDS.len());
        self.0[at] += more;
    }

    pub(crate) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Self(self.0.map(change))
    }

    pub(crate) fn total(self) -> f64 {
        self.0.iter().sum()
    }
}

impl AddAssign for Slopes {
    fn add_assign(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own += other);
    }
}

/// What is read of a calibration; its other keys are for people.
#[derive(Deserialize)]
struct Calibration {
    efficiency_errors: Vec<f64>,
}

/// What a judge was off by on traces that people labelled.
struct Measured {
    /// Its name.
    judge: String,
    /// By kind of answer, in the order of [`KINDS`].
    errors: [Vec<f64>; KINDS.len()],
}

/// The table that comes with the program: of one judge, an object with a list a kind.
static MEASURED: LazyLock<Measured> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "an embedded table, read by every test run")]
    let table: BTreeMap<String, BTreeMap<String, Vec<f64>>> =
        serde_json::from_str(include_str!("../errors/rule.json")).expect("errors by kind of a judge");
    #[expect(clippy::expect_used, reason = "an embedded table, read by every test run")]
    let (judge, kinds) = table.into_iter().next().expect("a judge");
    Measured { judge, errors: KINDS.map(|kind| kinds.get(kind).cloned().unwrap_or_default()) }
});

impl From<Vec<f64>> for JudgeErrors {
    fn from(errors: Vec<f64>) -> Self {
        Self::Given([errors])
    }
}

impl JudgeErrors {
    /// The word for the table that comes with the program.
    pub(crate) const MEASURED: &'static str = "measured";

    /// Those that come with the program.
    pub(crate) fn measured() -> Self {
        Self::ByKind(MEASURED.errors.clone())
    }

    /// What a word or a file's name in a configuration stands for; an error says what is wrong with the file.
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        match name {
            Self::MEASURED => Ok(Self::measured()),
            "none" => Ok(Self::None),
            file => Self::read(Path::new(file)),
        }
    }

    /// Reads a calibration.
    fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = std::fs::read_to_string(path).map_err(|error| {
            format!("{shown} is neither `measured` nor `none`, and cannot be read as a file: {error}")
        })?;
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
        Ok(Self::Given([errors]))
    }

    /// The samples of errors that figures carry.
    pub(crate) fn samples(&self) -> &[Vec<f64>] {
        match self {
            Self::None => &[],
            Self::Given(one) => one,
            Self::ByKind(kinds) => kinds,
        }
    }

    /// How much a figure moves with each of the samples.
    pub(crate) fn slopes(&self, slopes: Slopes) -> Vec<f64> {
        match self {
            Self::None => vec![],
            Self::Given(_) => vec![slopes.total()],
            Self::ByKind(_) => slopes.0[..KINDS.len()].to_vec(),
        }
    }

    /// What the page says about it.
    pub(crate) fn told(&self) -> String {
        let count: usize = self.samples().iter().map(Vec::len).sum();
        match self {
            Self::None => "the intervals carry no error of the judge".to_owned(),
            Self::Given([errors]) => format!(
                "the intervals of what the judge found carry its error, {} of the thinking on average over {count} \
                 labelled traces",
                mean(errors)
            ),
            Self::ByKind(kinds) => {
                let each = KINDS.iter().zip(kinds).map(|(kind, errors)| {
                    format!("{} where the answer is of kind {kind} (n {})", mean(errors), errors.len())
                });
                format!(
                    "the intervals of what the judge `{}` found carry its error over {count} traces labelled by \
                     hand, on average {} of the thinking; those of other judges carry none",
                    MEASURED.judge,
                    each.collect::<Vec<_>>().join(", ")
                )
            }
        }
    }
}

/// The mean in percent, with its sign.
fn mean(errors: &[f64]) -> String {
    let tenths = (1000.0 * errors.iter().sum::<f64>() / errors.len().max(1) as f64).round() / 10.0;
    match tenths {
        more if more > 0.0 => format!("+{more:.1} %"),
        less if less < 0.0 => format!("−{:.1} %", -less),
        _ => "±0.0 %".to_owned(),
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
        let read = JudgeErrors::named(&path.display().to_string());
        read.map(|errors| errors.samples().concat()).map_err(|why| why.replace(&place, ""))
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

    #[test]
    fn the_rules_have_errors_of_every_kind_and_other_judges_none() {
        let measured = JudgeErrors::named("measured").unwrap();
        assert!(measured.samples().iter().all(|errors| errors.len() >= 10), "{measured:?}");
        let off = |errors: &[f64]| (errors.iter().sum::<f64>() / errors.len() as f64).abs();
        assert!(measured.samples().iter().all(|errors| off(errors) < 0.05), "{measured:?}");
        let of = |judge: &str, kind: &str| {
            let mut slopes = Slopes::default();
            let (judge, answer_kind) = (judge.to_owned(), kind.to_owned());
            slopes.add(&Score { judge, answer_kind, ..Score::default() }, 2.0);
            [
                measured.slopes(slopes),
                JudgeErrors::from(vec![0.1]).slopes(slopes),
                JudgeErrors::None.slopes(slopes),
            ]
        };
        assert_eq!(of(&MEASURED.judge, "formula"), [vec![0.0, 2.0, 0.0], vec![2.0], vec![]]);
        assert_eq!(of("llm:m", "formula"), [vec![0.0; 3], vec![2.0], vec![]]);
        assert_eq!(of(&MEASURED.judge, ""), [vec![0.0; 3], vec![2.0], vec![]]);
    }

    #[test]
    fn a_sentence_tells_what_is_carried() {
        let check =
            |errors: JudgeErrors, expect: &str| assert!(errors.told().contains(expect), "{}", errors.told());
        check(JudgeErrors::None, "carry no error");
        check(JudgeErrors::from(vec![0.1, 0.0]), "+5.0 % of the thinking on average over 2 labelled traces");
        check(JudgeErrors::measured(), "of kind choice (n ");
    }
}
