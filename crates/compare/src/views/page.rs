//! One HTML page that needs nothing else.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::comparison::{Comparison, Contest, Row};
use crate::error::CompareError;
use crate::gate::GateResult;

use super::words::{HEADERS, basis, cells, method, open_questions, unpaired};

const TEMPLATE: &str = include_str!("page.html");

/// The page. Everything that comes from data is escaped.
pub fn html(comparison: &Comparison, gates: &[GateResult]) -> Result<String, CompareError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page.html", TEMPLATE)?;
    let tests: Vec<&str> = comparison.contests.iter().flat_map(|c| &c.rows).map(|row| row.test).collect();
    let page = Page {
        style: report::STYLE,
        headers: HEADERS,
        baseline: &comparison.baseline,
        contests: comparison.contests.iter().map(|contest| Section::of(comparison, contest)).collect(),
        gates,
        method: method(comparison.resamples, comparison.seed, &tests),
    };
    Ok(environment.get_template("page.html")?.render(Value::from(Serde(page)))?)
}

#[derive(Serialize)]
struct Page<'a> {
    style: &'static str,
    headers: [&'static str; 7],
    baseline: &'a str,
    contests: Vec<Section>,
    gates: &'a [GateResult],
    method: String,
}

#[derive(Serialize)]
struct Section {
    other: String,
    basis: String,
    rows: Vec<Line>,
    warnings: Vec<String>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Line {
    cells: [String; 7],
    outcome: &'static str,
    /// Interval and difference relative to the baseline's mean, as places on a scale of 0 to 100 whose middle is no
    /// difference.
    bar: Option<[f64; 3]>,
}

impl Section {
    fn of(comparison: &Comparison, contest: &Contest) -> Self {
        let deviations = contest.deviations.iter().map(ToString::to_string);
        let reach = contest.rows.iter().filter_map(relative).flatten().map(f64::abs).fold(0.0, f64::max);
        let line = |row: &Row| Line {
            cells: cells(row),
            outcome: row.outcome.word(),
            bar: relative(row).filter(|_| reach > 0.0).map(|ends| ends.map(|end| 50.0 + 48.0 * end / reach)),
        };
        Self {
            other: contest.other.clone(),
            basis: basis(contest),
            rows: contest.rows.iter().map(line).collect(),
            warnings: deviations.chain(unpaired(contest, &comparison.baseline)).collect(),
            notes: open_questions(contest),
        }
    }
}

/// Low end, difference and high end as shares of the baseline's mean.
fn relative(row: &Row) -> Option<[f64; 3]> {
    let baseline = row.baseline.filter(|mean| *mean != 0.0)?;
    Some([row.low?, row.difference?, row.high?].map(|value| value / baseline.abs()))
}
