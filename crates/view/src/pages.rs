//! The pages.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::extract::{Path, Query as Form, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use run_reader::html::{Escaped, Filters, Listing, Neighbour, STYLE, article, listing};
use run_reader::{
    FoundTraces, Run, RunReaderError, Trace, TraceEntry, TraceIndex, TraceOrder, TraceOutcome, TraceQuery,
};
use serde::Deserialize;

/// What every page is made from.
pub(crate) struct OpenRun {
    run: Run,
    index: TraceIndex,
}

impl OpenRun {
    /// Opens a run and reads its index.
    pub(crate) fn of(folder: &std::path::Path) -> Result<Self, RunReaderError> {
        let run = Run::open(folder)?;
        let index = TraceIndex::of(&run)?;
        Ok(Self { run, index })
    }
}

/// Traces on one page of the list.
const PAGE: usize = 50;

type PageResult = Result<Response, PageError>;

/// Where the report's own content begins.
const MAIN: &str = "<main id=\"main\">";

/// The run's report as it was written, with a way to the traces.
pub(crate) async fn report(State(open): State<Arc<OpenRun>>) -> PageResult {
    let page = blocking(move || match std::fs::read_to_string(open.run.folder().join(report::HTML.file)) {
        Ok(page) => Ok(Some(page)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PageError::Report(error)),
    });
    let Some(page) = page.await? else {
        let words = "There is no report in this run yet; finish it with <code>thinkmeter run</code>.";
        return Ok(Html(framed("Report", &format!("<p class=\"notice\">{words}</p>"))).into_response());
    };
    let bar = "<p class=\"kicker\"><a href=\"/traces\">All traces of this run, page by page</a></p>";
    Ok(Html(page.replacen(MAIN, &format!("{MAIN}{bar}"), 1)).into_response())
}

/// Tables are read by threads of their own, so that nobody waits for another one's page.
async fn blocking<T: Send + 'static>(
    make: impl FnOnce() -> Result<T, PageError> + Send + 'static,
) -> Result<T, PageError> {
    tokio::task::spawn_blocking(make).await.map_err(|_| PageError::Lost)?
}

/// Where a page of the list begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Start {
    from: usize,
}

pub(crate) async fn traces(
    State(open): State<Arc<OpenRun>>,
    Form(filters): Form<Filters>,
    Form(start): Form<Start>,
) -> PageResult {
    Ok(blocking(move || list(&open, filters, start.from)).await?.into_response())
}

fn list(open: &OpenRun, filters: Filters, from: usize) -> Result<Html<String>, PageError> {
    let index = &open.index;
    let FoundTraces { entries, found } = query(index, &filters)?.page(index, from, PAGE);
    let at = |from: usize| address(&filters, from);
    let page = Listing { entries, found, from, href: &href, at: &at, size: PAGE, filters: filters.clone() };
    Ok(Html(framed("Traces", &format!("<h1>Traces</h1>{}", listing(index, &page)?))))
}

fn query(index: &TraceIndex, filters: &Filters) -> Result<TraceQuery, PageError> {
    let place = |names: &[String], name: &str| names.iter().position(|known| known == name);
    let model = |name: &str| u16::try_from(place(&index.models, name)?).ok();
    let subset = |name: &str| u32::try_from(place(&index.subsets, name)?).ok();
    Ok(TraceQuery {
        model: known("model", &filters.model, model)?,
        subset: known("group", &filters.subset, subset)?,
        outcome: known("outcome", &filters.outcome, TraceOutcome::named)?,
        cut: filters.cut,
        lost: filters.lost,
        text: filters.q.clone(),
        order: known("order", &filters.sort, TraceOrder::named)?.unwrap_or(TraceOrder::Table),
    })
}

/// What a field of the form asks for; nothing where it is empty.
fn known<T>(
    what: &'static str,
    name: &str,
    find: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, PageError> {
    if name.is_empty() {
        return Ok(None);
    }
    find(name).map(Some).ok_or_else(|| PageError::Unknown { what, name: name.to_owned() })
}

/// The list with the same filters from another place on.
fn address(filters: &Filters, from: usize) -> String {
    let flag = |on: bool| if on { "1" } else { "" };
    let pairs = [
        ("model", filters.model.as_str()),
        ("subset", &filters.subset),
        ("outcome", &filters.outcome),
        ("sort", &filters.sort),
        ("q", &filters.q),
        ("cut", flag(filters.cut)),
        ("lost", flag(filters.lost)),
    ];
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let mut address: String = given.map(|(key, value)| format!("{key}={}&", escaped(value))).collect();
    address.push_str(&format!("from={from}"));
    format!("/traces?{address}")
}

/// Percent-encoded, so that any name may stand in an address.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let letter = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(letter).collect()
}

fn href(entry: &TraceEntry) -> String {
    format!("/trace/{}/{}", entry.model, entry.place)
}

pub(crate) async fn trace(
    State(open): State<Arc<OpenRun>>,
    Path((model, place)): Path<(u16, u32)>,
) -> PageResult {
    Ok(blocking(move || read(&open, model, place)).await?.into_response())
}

fn read(open: &OpenRun, model: u16, place: u32) -> Result<Html<String>, PageError> {
    let trace = open.run.trace(usize::from(model), u64::from(place))?.ok_or(PageError::Missing)?;
    let same_problem = open.index.of_problem(&trace.problem.id);
    let others = same_problem.filter(|other| (other.model, other.place) != (model, place));
    let neighbours: Vec<Neighbour> =
        others.take(200).map(|other| Neighbour::of(&open.index, other, href(other))).collect();
    Ok(Html(framed(&title(&trace), &article("trace", &trace, &neighbours)?)))
}

fn title(trace: &Trace) -> String {
    format!("{} · {}", trace.score.problem_id, trace.score.model)
}

/// A link by a problem's name, such as `/problem/algebra-1`.
pub(crate) async fn problem(State(open): State<Arc<OpenRun>>, Path(id): Path<String>) -> PageResult {
    let found = open.index.find(&id, None, None).map(href).ok_or(PageError::Missing)?;
    Ok((StatusCode::SEE_OTHER, [("location", found)]).into_response())
}

pub(crate) async fn missing(uri: Uri) -> Response {
    let words = format!("<p class=\"notice\">There is no page {}.</p>", Escaped(uri.path()));
    (StatusCode::NOT_FOUND, Html(framed("Not there", &words))).into_response()
}

/// A page around what is already markup.
fn framed(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title><style>{}{STYLE}</style></head>\
         <body><header><p class=\"kicker\"><a href=\"/\">report</a> · <a href=\"/traces\">traces</a></p></header>\
         <main>{body}</main></body></html>\n",
        Escaped(title),
        report::STYLE,
    )
}

/// A page that cannot be shown.
pub(crate) enum PageError {
    /// There is no such trace.
    Missing,
    /// The run does not have what the list is asked for.
    Unknown { what: &'static str, name: String },
    /// Whoever made the page broke.
    Lost,
    /// The report is there and cannot be read.
    Report(std::io::Error),
    /// The tables cannot be read.
    Run(RunReaderError),
}

impl From<RunReaderError> for PageError {
    fn from(error: RunReaderError) -> Self {
        Self::Run(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;
        let (status, words) = match self {
            Self::Missing => (StatusCode::NOT_FOUND, "There is no such trace in this run.".to_owned()),
            Self::Unknown { what, name } => {
                (StatusCode::NOT_FOUND, format!("There is no {what} “{name}” in this run."))
            }
            Self::Lost => (BROKEN, "The page could not be made.".to_owned()),
            Self::Report(error) => (BROKEN, format!("The report cannot be read: {error}")),
            Self::Run(error) => (BROKEN, error.to_string()),
        };
        let notice = format!("<p class=\"notice\">{}</p>", Escaped(&words));
        (status, Html(framed("Not there", &notice))).into_response()
    }
}
