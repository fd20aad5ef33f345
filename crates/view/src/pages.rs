//! The pages.

use std::sync::Arc;

use axum::extract::{Path, Query as Form, State};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use run_reader::page::{Filters, Listing, Neighbour, STYLE, article, listing};
use run_reader::{Entry, Order, Outcome, Page, Query, ReadingError, Trace};
use serde::Deserialize;

use crate::Shelf;

/// Traces on one page of the list.
const PAGE: usize = 50;

type Shown = Result<Response, Broken>;

/// Where the report's own content begins.
const MAIN: &str = "<main id=\"main\">";

/// The run's report as it was written, with a way to the traces.
pub(crate) async fn report(State(shelf): State<Arc<Shelf>>) -> Response {
    let path = shelf.run.folder().join("report.html");
    let Ok(Ok(page)) = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await else {
        let words = "There is no report in this run yet; finish it with <code>thinkmeter run</code>.";
        return Html(framed("Report", &format!("<p class=\"notice\">{words}</p>"))).into_response();
    };
    let bar = "<p class=\"kicker\"><a href=\"/traces\">All traces of this run, page by page</a></p>";
    Html(page.replacen(MAIN, &format!("{MAIN}{bar}"), 1)).into_response()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    model: String,
    subset: String,
    outcome: String,
    sort: String,
    q: String,
    cut: String,
    lost: String,
    from: usize,
}

pub(crate) async fn traces(State(shelf): State<Arc<Shelf>>, Form(asked): Form<Asked>) -> Shown {
    let page =
        tokio::task::spawn_blocking(move || list(&shelf, &asked)).await.map_err(|_| Broken::Lost)??;
    Ok(page.into_response())
}

fn list(shelf: &Shelf, asked: &Asked) -> Result<Html<String>, Broken> {
    let Shelf { run, index } = shelf;
    let place = |found: Option<usize>| found.and_then(|at| u16::try_from(at).ok());
    let query = Query {
        model: place(run.models().iter().position(|model| model.name == asked.model)),
        subset: place(index.subsets.iter().position(|name| !name.is_empty() && *name == asked.subset)),
        outcome: Outcome::named(&asked.outcome),
        cut: !asked.cut.is_empty(),
        lost: !asked.lost.is_empty(),
        text: asked.q.clone(),
        order: Order::named(&asked.sort).unwrap_or_default(),
    };
    let Page { entries, found } = query.page(index, asked.from, PAGE);
    let filters = Filters {
        model: asked.model.clone(),
        subset: asked.subset.clone(),
        outcome: asked.outcome.clone(),
        sort: asked.sort.clone(),
        q: asked.q.clone(),
        cut: query.cut,
        lost: query.lost,
    };
    let at = |from: usize| address(&filters, from);
    let page = Listing {
        entries,
        found,
        from: asked.from,
        href: &href,
        at: &at,
        size: PAGE,
        filters: filters.clone(),
    };
    Ok(Html(framed("Traces", &format!("<h1>Traces</h1>{}", listing(run, index, &page)?))))
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

fn href(entry: &Entry) -> String {
    format!("/trace/{}/{}", entry.model, entry.place)
}

pub(crate) async fn trace(State(shelf): State<Arc<Shelf>>, Path((model, place)): Path<(u16, u32)>) -> Shown {
    let page =
        tokio::task::spawn_blocking(move || read(&shelf, model, place)).await.map_err(|_| Broken::Lost)??;
    Ok(page.into_response())
}

fn read(shelf: &Shelf, model: u16, place: u32) -> Result<Html<String>, Broken> {
    let trace = shelf.run.trace(usize::from(model), u64::from(place))?.ok_or(Broken::Missing)?;
    let problem = trace.problem.id.clone();
    let others =
        shelf.index.of_problem(&problem).filter(|other| (other.model, other.place) != (model, place));
    let neighbours: Vec<Neighbour> = others.take(200).map(|other| neighbour(shelf, other)).collect();
    let title = title(&trace);
    Ok(Html(framed(&title, &article("trace", &trace, &neighbours)?)))
}

fn title(trace: &Trace) -> String {
    format!("{} · {}", trace.score.problem_id, trace.score.model)
}

fn neighbour(shelf: &Shelf, entry: &Entry) -> Neighbour {
    let model = shelf.run.models().get(usize::from(entry.model)).map(|model| model.name.clone());
    Neighbour {
        href: href(entry),
        model: model.unwrap_or_default(),
        sample: entry.sample,
        ended: entry.ended(),
        tokens: entry.tokens,
    }
}

/// A link by a problem's name, such as `/problem/algebra-1`.
pub(crate) async fn problem(State(shelf): State<Arc<Shelf>>, Path(id): Path<String>) -> Shown {
    let found = shelf.index.find(&id, None, None).map(href).ok_or(Broken::Missing)?;
    Ok((StatusCode::SEE_OTHER, [("location", found)]).into_response())
}

pub(crate) async fn missing(uri: Uri) -> Response {
    let words = format!("<p class=\"notice\">There is no page {}.</p>", text(uri.path()));
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
        text(title),
        report::STYLE,
    )
}

fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for letter in raw.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            other => out.push(other),
        }
    }
    out
}

/// A page that cannot be shown.
pub(crate) enum Broken {
    Missing,
    Lost,
    Reading(ReadingError),
}

impl From<ReadingError> for Broken {
    fn from(error: ReadingError) -> Self {
        Self::Reading(error)
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        let (status, words) = match self {
            Self::Missing => (StatusCode::NOT_FOUND, "There is no such trace in this run.".to_owned()),
            Self::Lost => (StatusCode::INTERNAL_SERVER_ERROR, "The page could not be made.".to_owned()),
            Self::Reading(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        };
        (status, Html(framed("Not there", &format!("<p class=\"notice\">{}</p>", text(&words)))))
            .into_response()
    }
}
