//! A list of traces, with the form that filters it.

use serde::{Deserialize, Deserializer, Serialize};

use super::template::{self, fill};
use crate::error::RunReaderError;
use crate::index::{TraceEntry, TraceIndex, TraceOutcome};
use crate::numbers::{maybe, percent};
use crate::query::TraceOrder;

/// What the form holds, as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
    #[serde(deserialize_with = "ticked")]
    pub cut: bool,
    /// Only those that lost the answer again.
    #[serde(deserialize_with = "ticked")]
    pub lost: bool,
}

/// A box that is not ticked is not sent, or empty.
fn ticked<'de, D: Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    Ok(!String::deserialize(value)?.is_empty())
}

/// A page of a list.
pub struct Listing<'a> {
    /// Its traces.
    pub entries: Vec<&'a TraceEntry>,
    /// How many there are in all.
    pub found: usize,
    /// The place of the first one.
    pub from: usize,
    /// Where each is.
    pub href: &'a dyn Fn(&TraceEntry) -> String,
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
pub fn listing(index: &TraceIndex, page: &Listing<'_>) -> Result<String, RunReaderError> {
    let last = page.from + page.entries.len();
    fill(
        template::LISTING,
        Fields {
            filters: &page.filters,
            models: index.models.iter().map(String::as_str).collect(),
            subsets: index.subsets.iter().map(String::as_str).filter(|subset| !subset.is_empty()).collect(),
            outcomes: TraceOutcome::ALL.map(TraceOutcome::word),
            columns: COLUMNS,
            orders: TraceOrder::ALL.map(|(word, _)| word),
            rows: page.entries.iter().map(|entry| row(index, entry, (page.href)(entry))).collect(),
            found: page.found,
            first: page.from + 1,
            last,
            earlier: (page.from > 0).then(|| (page.at)(page.from.saturating_sub(page.size))),
            later: (last < page.found).then(|| (page.at)(last)),
        },
    )
}

#[derive(Serialize)]
struct Fields<'a> {
    filters: &'a Filters,
    models: Vec<&'a str>,
    subsets: Vec<&'a str>,
    outcomes: [&'static str; 4],
    columns: [&'static str; 9],
    orders: [&'static str; 4],
    rows: Vec<ListingRow>,
    found: usize,
    first: usize,
    last: usize,
    earlier: Option<String>,
    later: Option<String>,
}

#[derive(Serialize)]
struct ListingRow {
    href: String,
    problem: String,
    cells: [String; 8],
}

fn row(index: &TraceIndex, entry: &TraceEntry, href: String) -> ListingRow {
    ListingRow { href, problem: entry.problem.to_string(), cells: cells(index, entry) }
}

/// What stands at the head of a list's columns, that of the problem first.
pub const COLUMNS: [&str; 9] =
    ["problem", "sample", "model", "group", "ended", "tokens", "until found", "after it", "efficiency"];

/// What stands in a list behind the problem, for each of [`COLUMNS`] but the first.
pub fn cells(index: &TraceIndex, entry: &TraceEntry) -> [String; 8] {
    [
        entry.sample.to_string(),
        index.model_of(entry).to_owned(),
        index.subset_of(entry).to_owned(),
        entry.ended(),
        maybe(entry.tokens),
        maybe(entry.first_correct),
        maybe(entry.reflection),
        percent(entry.efficiency()),
    ]
}
