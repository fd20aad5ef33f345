//! A list of traces, with the form that filters it.

use serde::Serialize;

use super::{fill, maybe, percent, whole};
use crate::error::ReadingError;
use crate::index::{Entry, Index, Outcome};
use crate::query::Order;
use crate::run::Run;

pub(super) const NAME: &str = "listing.html";
pub(super) const TEMPLATE: &str = include_str!("listing.html");

/// What the form holds, as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Filters {
    /// The model's name.
    pub model: String,
    /// The group's name.
    pub subset: String,
    /// The outcome's word.
    pub outcome: String,
    /// The order's word.
    pub sort: String,
    /// Part of the problem's id.
    pub q: String,
    /// Only those that were cut.
    pub cut: bool,
    /// Only those that lost the answer again.
    pub lost: bool,
}

/// A page of a list.
pub struct Listing<'a> {
    /// Its traces.
    pub entries: Vec<&'a Entry>,
    /// How many there are in all.
    pub found: usize,
    /// The place of the first one.
    pub from: usize,
    /// Where each is.
    pub href: &'a dyn Fn(&Entry) -> String,
    /// The list from another place on.
    pub at: &'a dyn Fn(usize) -> String,
    /// So many on a page.
    pub size: usize,
    /// What the form holds.
    pub filters: Filters,
}

/// The form and the table.
///
/// # Errors
/// A broken template, which no data can make.
pub fn listing(run: &Run, index: &Index, page: &Listing<'_>) -> Result<String, ReadingError> {
    let last = page.from + page.entries.len();
    fill(
        NAME,
        Page {
            filters: &page.filters,
            models: run.models().iter().map(|model| model.name.as_str()).collect(),
            subsets: index.subsets.iter().map(String::as_str).filter(|subset| !subset.is_empty()).collect(),
            outcomes: Outcome::ALL.map(Outcome::word),
            columns: COLUMNS,
            orders: Order::ALL.map(|(word, _)| word),
            rows: page.entries.iter().map(|entry| row(run, index, entry, (page.href)(entry))).collect(),
            found: page.found,
            first: page.from + 1,
            last,
            earlier: (page.from > 0).then(|| (page.at)(page.from.saturating_sub(page.size))),
            later: (last < page.found).then(|| (page.at)(last)),
        },
    )
}

#[derive(Serialize)]
struct Page<'a> {
    filters: &'a Filters,
    models: Vec<&'a str>,
    subsets: Vec<&'a str>,
    outcomes: [&'static str; 4],
    columns: [&'static str; 9],
    orders: [&'static str; 4],
    rows: Vec<Row>,
    found: usize,
    first: usize,
    last: usize,
    earlier: Option<String>,
    later: Option<String>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    problem: String,
    cells: [String; 8],
}

fn row(run: &Run, index: &Index, entry: &Entry, href: String) -> Row {
    Row { href, problem: entry.problem.to_string(), cells: cells(run, index, entry) }
}

/// What stands at the head of a list's columns, that of the problem first.
pub const COLUMNS: [&str; 9] =
    ["problem", "sample", "model", "group", "ended", "tokens", "until found", "after it", "efficiency"];

/// What stands in a list behind the problem, for each of [`COLUMNS`] but the first.
pub fn cells(run: &Run, index: &Index, entry: &Entry) -> [String; 8] {
    let model = run.models().get(usize::from(entry.model)).map(|model| model.name.clone());
    [
        entry.sample.to_string(),
        model.unwrap_or_default(),
        index.subsets.get(usize::from(entry.subset)).cloned().unwrap_or_default(),
        entry.ended(),
        whole(entry.tokens.into()),
        maybe(entry.first_correct),
        maybe(entry.reflection),
        percent(entry.efficiency()),
    ]
}
