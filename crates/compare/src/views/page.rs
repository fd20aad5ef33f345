//! One HTML page that needs nothing else.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::comparison::{Comparison, Comparisons, Row};
use crate::error::CompareError;
use crate::gate::GateResult;

use super::bought;
use super::words::{HEADERS, basis, cells, method, open_questions, unpaired};

const TEMPLATE: &str = include_str!("page.html");

/// The page. Everything that comes from data is escaped.
pub fn html(comparisons: &Comparisons, gates: &[GateResult]) -> Result<String, CompareError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page.html", TEMPLATE)?;
    let page = Page {
        style: report::STYLE,
        headers: HEADERS,
        bought_headers: bought::HEADERS,
        baseline: &comparisons.baseline,
        contests: comparisons.others.iter().map(|contest| Section::of(comparisons, contest)).collect(),
        gates: gates.iter().map(Condition::of).collect(),
        method: method(comparisons),
    };
    Ok(environment.get_template("page.html")?.render(Value::from(Serde(page)))?)
}

#[derive(Serialize)]
struct Page<'a> {
    style: &'static str,
    headers: [&'static str; 7],
    bought_headers: [&'static str; 6],
    baseline: &'a str,
    contests: Vec<Section>,
    gates: Vec<Condition<'a>>,
    method: String,
}

#[derive(Serialize)]
struct Section {
    other: String,
    basis: String,
    rows: Vec<Line>,
    bought: Vec<[String; 6]>,
    bought_notes: Vec<String>,
    warnings: Vec<String>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Line {
    cells: [String; 7],
    outcome: &'static str,
    /// Low end of the interval, difference and high end, as places on a scale of 0 to 100 of the row's own whose middle
    /// is no difference.
    bar: Option<[f64; 3]>,
}

impl Section {
    fn of(comparisons: &Comparisons, comparison: &Comparison) -> Self {
        let deviations = comparison.deviations.iter().map(ToString::to_string);
        let line = |row: &Row| Line { cells: cells(row), outcome: row.outcome.word(), bar: bar(row) };
        Self {
            other: comparison.other.clone(),
            basis: basis(comparison, &comparisons.baseline),
            rows: comparison.rows.iter().map(line).collect(),
            bought: comparison.efficiency.iter().map(bought::cells).collect(),
            bought_notes: bought::notes(comparison),
            warnings: deviations.chain(unpaired(comparison, &comparisons.baseline)).collect(),
            notes: open_questions(comparison),
        }
    }
}

fn bar(row: &Row) -> Option<[f64; 3]> {
    let ends = [row.low?, row.difference?, row.high?];
    let reach = ends.into_iter().map(f64::abs).fold(0.0, f64::max);
    (reach > 0.0).then(|| ends.map(|end| 50.0 + 46.0 * end / reach))
}

/// A gate as it is shown.
#[derive(Serialize)]
struct Condition<'a> {
    gate: &'a str,
    other: &'a str,
    met: bool,
    value: String,
}

impl<'a> Condition<'a> {
    fn of(result: &'a GateResult) -> Self {
        let value = result.value.map_or_else(|| "no value".to_owned(), |value| format!("{value:.4}"));
        Self { gate: &result.gate, other: &result.other, met: result.met, value }
    }
}
