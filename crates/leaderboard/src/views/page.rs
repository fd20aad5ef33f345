//! One HTML page that needs nothing else: the figure, and the tables.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use report::View;
use serde::Serialize;

use super::figure::{Bars, bars};
use super::tables::tables;
use crate::board::Board;
use crate::error::LeaderboardError;

const TEMPLATE: &str = include_str!("page.html");

/// The page. Everything that comes from data is escaped.
///
/// # Errors
/// The template cannot be filled, which is a defect.
pub fn html(board: &Board) -> Result<String, LeaderboardError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page.html", TEMPLATE)?;
    let shown = tables(board);
    let figure = if board.models.is_empty() { Vec::new() } else { bars(board) };
    let page = Page { style: report::STYLE, figure, tables: shown.views, notes: shown.notes };
    Ok(environment.get_template("page.html")?.render(Value::from(Serde(page)))?)
}

#[derive(Serialize)]
struct Page {
    style: &'static str,
    figure: Vec<Bars>,
    tables: Vec<View>,
    notes: Vec<String>,
}
