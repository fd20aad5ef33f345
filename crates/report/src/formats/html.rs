//! The report as one HTML page that needs nothing else: no network, no font, and a script of our own that only makes it
//! handier.

mod contents;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use tables::{MetricValue, Term};

use crate::error::ReportError;
use crate::model::{About, Group, Report};
use crate::views::charts::{self, Chart, Figure};
use crate::views::measures::{is_of_tokens, title_of, unit_of};
use crate::views::numbers::whole;
use crate::views::sentences::{capital, caveats, left_out, summary};
use crate::views::table::{Cell, View, subset_label};
use crate::views::traces::TraceSection;
use crate::views::{choices, further, headline, health, ledger, ratings, references, strategies, variants};

const TEMPLATE: &str = include_str!("html/page.html");
const TRACES: &str = include_str!("html/traces.html");
/// Where the traces go once it is known how much room they have. Nothing from data looks like it, for that is escaped.
const PLACE: &str = "<!--traces-->";
/// Each takes some sixty kilobytes; a person who reads more of them compares them elsewhere.
pub(crate) const MOST_GROUPS: usize = 40;
/// A report can be sent by mail: bytes of the file, at most.
const LARGEST: usize = 3_000_000;
/// What sorts, filters and explains.
const SCRIPT: &str = include_str!("html/page.js");
/// The hash by which a content security policy lets that script run, and no other.
pub const SCRIPT_HASH: &str = "sha256-TqdG80ErKzlHpW8OxELXoTiQmPNKYjzQeK8sD2DlthY=";
/// The look of our pages.
pub const STYLE: &str = include_str!("html/page.css");

/// The page. Everything that comes from data is escaped; the only markup that is passed through is that of
/// the charts, which their backend has escaped, and of traces, which their own templates have.
///
/// # Errors
/// Traces of the report's folder that cannot be read; a chart or a template that is broken, which is a defect.
pub fn html(report: &Report) -> Result<String, ReportError> {
    let few = (report.groups.len() > MOST_GROUPS).then(|| report.first(MOST_GROUPS));
    let report = few.as_ref().unwrap_or(report);
    let mut environment = Environment::new();
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(run_reader::html::escaped);
    // As in the JSON report: every digit, and a number that is none is null.
    environment.add_filter("exact", |value: Option<f64>| serde_json::json!(value).to_string());
    environment.add_template("page.html", TEMPLATE)?;
    environment.add_template("traces.html", TRACES)?;
    let mut page = page(report)?;
    let Some(folder) = &report.folder else { return render(&environment, "page.html", page) };
    // The traces get the room that is left, so the rest is made first; nothing in it grows afterwards but links to them.
    let room = LARGEST.saturating_sub(render(&environment, "page.html", &page)?.len() + SPARE);
    let section = TraceSection::of(report, folder, room)?;
    page.link(report, &section);
    let traces = render(&environment, "traces.html", Traces { section: &section, terms: &page.terms })?;
    Ok(render(&environment, "page.html", page)?.replacen(PLACE, &traces, 1))
}

/// The list of traces with what its columns mean.
#[derive(Serialize)]
struct Traces<'a> {
    #[serde(flatten)]
    section: &'a TraceSection,
    terms: &'a BTreeMap<String, GlossaryEntry>,
}

/// For the list's frame and the links to it.
const SPARE: usize = 20_000;

fn render<T: Serialize>(environment: &Environment<'_>, name: &str, data: T) -> Result<String, ReportError> {
    Ok(environment.get_template(name)?.render(Value::from(Serde(data)))?)
}

fn page(report: &Report) -> Result<ReportPage<'_>, ReportError> {
    let about = &report.about;
    let models = report.groups.iter().enumerate().map(|(index, group)| model(report, index, group));
    let datasets = report.datasets();
    let datasets = datasets.iter().enumerate().map(|(at, (name, groups))| dataset(report, at, name, groups));
    let (models, datasets) =
        (models.collect::<Result<Vec<_>, _>>()?, datasets.collect::<Result<Vec<_>, _>>()?);
    let mut contents = contents::contents(&datasets, &models);
    if !report.variants.is_empty() {
        contents::add(&mut contents, "variants", "Known problems in new clothes");
    }
    if report.has_choices() {
        contents::add(&mut contents, "choices", choices::TITLE);
    }
    if !report.ratings.is_empty() {
        contents::add(&mut contents, "arena", "Who is preferred");
    }
    let variants = variants::tables(&report.variants);
    let rated = (!report.ratings.is_empty()).then(|| ratings::tables(&report.ratings, &about.arena));
    let rated = rated.unwrap_or_default();
    Ok(ReportPage {
        contents,
        choices: choices::views(report),
        choice_notes: choices::notes(report),
        variants: variants.views,
        variant_notes: variants.notes,
        ratings: rated.views,
        rating_notes: rated.notes,
        votes_page: ratings::PAGE,
        title: if about.title.is_empty() { "thinkmeter report" } else { &about.title },
        about,
        style: STYLE,
        trace_style: run_reader::html::STYLE,
        chart_style: charts::stylesheet(),
        script: SCRIPT,
        script_hash: SCRIPT_HASH,
        glossary: report.glossary().map(|term| entry(report, term)).collect(),
        terms: terms(report),
        traces: report.folder.is_some(),
        models,
        datasets,
    })
}

impl ReportPage<'_> {
    /// Makes links of the problems whose traces are shown.
    fn link(&mut self, report: &Report, traces: &TraceSection) {
        for (group, section) in report.groups.iter().zip(&mut self.models) {
            let rows = section.extremes.iter_mut().flat_map(|view| &mut view.rows);
            for (extreme, row) in group.extremes.iter().zip(rows) {
                if let Some(name) = traces.name(&group.model, &extreme.problem_id, extreme.sample) {
                    row.href = name.to_owned();
                }
            }
        }
    }
}

/// The glossary's entry of every figure that is shown, by the figure's name.
fn terms(report: &Report) -> BTreeMap<String, GlossaryEntry> {
    let names: BTreeSet<&str> = report.metrics.iter().map(|row| row.metric.as_str()).collect();
    let known = |name: &str| Some((name.to_owned(), entry(report, report.about.term(name)?)));
    names.into_iter().filter_map(known).collect()
}

fn entry(report: &Report, term: &Term) -> GlossaryEntry {
    GlossaryEntry {
        id: term_id(term),
        title: capital(&title_of(&report.about, term.name)),
        name: term.name,
        unit: term.unit.word(),
        about: unbroken(term.about),
    }
}

fn term_id(term: &Term) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("term-{}", term.name.chars().map(plain).collect::<String>())
}

#[derive(Serialize)]
struct ReportPage<'a> {
    title: &'a str,
    about: &'a About,
    style: &'static str,
    trace_style: &'static str,
    chart_style: String,
    script: &'static str,
    script_hash: &'static str,
    glossary: Vec<GlossaryEntry>,
    terms: BTreeMap<String, GlossaryEntry>,
    traces: bool,
    contents: Vec<contents::Chapter>,
    models: Vec<ModelSection>,
    datasets: Vec<DatasetSection>,
    choices: Vec<View>,
    choice_notes: Vec<String>,
    variants: Vec<View>,
    variant_notes: Vec<String>,
    ratings: Vec<View>,
    rating_notes: Vec<String>,
    votes_page: &'static str,
}

#[derive(Serialize)]
struct ModelSection {
    id: String,
    name: String,
    set: String,
    kind: Option<&'static str>,
    summary: String,
    notes: Vec<String>,
    figure: Figure,
    ledger: Option<View>,
    ledger_words: String,
    completed: Option<View>,
    compatibility: Option<View>,
    extremes: Option<View>,
    figures: Vec<FigureRow>,
}

#[derive(Serialize)]
struct DatasetSection {
    number: usize,
    name: String,
    frontier: Option<Figure>,
    comparison: Option<View>,
    strategies: Option<View>,
    published_strategies: Option<View>,
    figure: Option<Figure>,
    charts: Vec<ChartBlock>,
    health: Option<View>,
    references: Option<View>,
    others: Option<View>,
}

/// A chart over all models, or why it is not there.
#[derive(Serialize)]
struct ChartBlock {
    title: &'static str,
    figure: Option<Figure>,
    absent: Option<String>,
}

/// One row of the metrics table.
#[derive(Serialize)]
struct FigureRow {
    subset: String,
    title: String,
    cell: Cell,
    n: String,
    problems: String,
    left_out: String,
}

/// What a figure means, and where that stands.
#[derive(Serialize)]
struct GlossaryEntry {
    id: String,
    title: String,
    name: &'static str,
    unit: &'static str,
    about: String,
}

fn model(report: &Report, index: usize, group: &Group) -> Result<ModelSection, ReportError> {
    let subsets: Vec<&str> = group.rows().collect();
    let sentences = left_out(report, group).into_iter().chain(caveats(report, group));
    Ok(ModelSection {
        id: format!("model-{}", index + 1),
        name: report.heading(group),
        set: group.dataset.clone(),
        kind: report.model(group).map(|model| model.kind.word()),
        summary: unbroken(&summary(report, group)),
        notes: sentences.map(|sentence| unbroken(&sentence)).collect(),
        figure: charts::of_model(report, group)?,
        ledger: ledger::view(group),
        ledger_words: unbroken(&ledger::sentence(&group.total())),
        completed: headline::completed(report, group),
        compatibility: headline::compatibility(report, group, &subsets),
        extremes: further::extremes(group),
        figures: report.of(group).map(|row| figure_row(report, group, row)).collect(),
    })
}

fn dataset(report: &Report, at: usize, name: &str, groups: &[&Group]) -> Result<DatasetSection, ReportError> {
    let several = groups.len() > 1;
    Ok(DatasetSection {
        number: at + 1,
        name: name.to_owned(),
        frontier: frontier(report, groups)?,
        comparison: several.then(|| headline::comparison(report, name, groups)),
        strategies: strategies::view(report, name, groups),
        published_strategies: strategies::published(name, groups)?,
        figure: several.then(|| charts::side_by_side(report, groups)).transpose()?,
        charts: chart_blocks(report, groups)?,
        health: health::view(report, groups),
        references: references::view(report, name, groups)?,
        others: further::others(report, groups),
    })
}

/// What accuracy costs, where there is more than one way to answer.
fn frontier(report: &Report, groups: &[&Group]) -> Result<Option<Figure>, ReportError> {
    let several = report.points_of(groups).len() > 1;
    Ok(if several { charts::frontier(report, groups)?.figure() } else { None })
}

fn chart_blocks(report: &Report, groups: &[&Group]) -> Result<Vec<ChartBlock>, ReportError> {
    let drawn = [
        ("Where the answer first stands", charts::positions(report, groups)?),
        ("What a budget would have left", charts::budget(report, groups)?),
        ("Length and correctness", charts::tokens_and_correctness(report, groups)?),
        ("Solutions, and whether they are new", charts::solutions(report, groups)?),
    ];
    let block = |(title, chart)| match chart {
        Chart::Drawn(figure) => ChartBlock { title, figure: Some(*figure), absent: None },
        Chart::Absent(why) => ChartBlock { title, figure: None, absent: Some(why) },
    };
    Ok(drawn.into_iter().map(block).collect())
}

fn figure_row(report: &Report, group: &Group, row: &MetricValue) -> FigureRow {
    let unit = unit_of(&report.about, &row.metric);
    let approximate = report.approximate(group) && is_of_tokens(&report.about, &row.metric);
    FigureRow {
        subset: subset_label(&row.subset),
        title: title_of(&report.about, &row.metric),
        cell: Cell::metric(Some(row), unit, approximate),
        n: whole(row.n),
        problems: whole(row.problems),
        left_out: whole(row.left_out),
    }
}

/// Keeps a percent sign on the line of its number.
fn unbroken(text: &str) -> String {
    text.replace(" %", "\u{a0}%")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn page() -> String {
        html(&fixture::report()).unwrap()
    }

    /// The values of an attribute, wherever it stands.
    fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
        let opening = format!(" {name}=\"");
        page.split(&opening).skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect()
    }

    #[test]
    fn nothing_is_fetched() {
        let page = page();
        assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"));
        for name in ["src", "srcset", "action", "data", "poster", "xlink:href"] {
            assert_eq!(attributes(&page, name), [""; 0], "{name}");
        }
        assert!(attributes(&page, "href").iter().all(|target| target.starts_with('#')));
        let (before, script) = page.split_once("<script>").unwrap();
        let (script, after) = script.split_once("</script>").unwrap();
        assert_eq!(script, SCRIPT);
        for word in ["http:", "https:", "//", "url(", "@import", "<script", "<link", "<iframe", "javascript:"]
        {
            assert!(!before.contains(word) && !after.contains(word), "{word}");
        }
        for word in ["innerHTML", "insertAdjacent", "eval(", "fetch(", "XMLHttp", "import(", "</", "<!--"] {
            assert!(!script.contains(word), "{word}");
        }
    }

    #[test]
    fn the_policy_names_the_script_as_it_is() {
        use sha2::Digest;
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let hash = sha2::Sha256::digest(SCRIPT.as_bytes());
        // 32 bytes make 43 letters of six bits and one sign that fills up.
        let bits = |at: usize| {
            (0..6).fold(0_u8, |bits, bit| {
                let place = at * 6 + bit;
                let byte = hash.get(place / 8).copied().unwrap_or_default();
                (bits << 1) | ((byte >> (7 - place % 8)) & 1)
            })
        };
        let letters: String = (0..43).map(|at| char::from(LETTERS[usize::from(bits(at))])).collect();
        assert_eq!(SCRIPT_HASH, format!("sha256-{letters}="), "put the new hash into SCRIPT_HASH");
    }

    #[test]
    fn data_cannot_become_markup() {
        let page = page();
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "the hostile name is shown");
        assert!(page.contains("a &lt; b &amp; c"), "the pipeline is shown as text");
        let mut report = fixture::report();
        report.groups[0].extremes[0].problem_id = "\"><img onerror=x>".into();
        report.about.notices = vec!["<u>".into()];
        report.about.glossary[0].about = "</dl><i>";
        let page = html(&report).unwrap();
        for markup in ["<img", "<u>", "<i>"] {
            assert!(!page.contains(markup), "{markup}");
        }
    }

    #[test]
    fn every_figure_is_there_rounded_and_exact() {
        let report = fixture::report();
        let page = page();
        for row in &report.metrics {
            let unit = unit_of(&report.about, &row.metric);
            for value in [row.value, row.low, row.high].into_iter().flatten() {
                let shown = unit.show(value);
                assert!(page.contains(shown.trim_end_matches(" %")), "{} {shown}", row.metric);
            }
            if let Some(value) = row.value {
                assert!(page.contains(&format!("<data value=\"{value:?}\" ")), "{} {value}", row.metric);
            }
            for count in [row.n, row.problems, row.left_out] {
                assert!(page.contains(&format!("<td>{count}</td>")), "{} {count}", row.metric);
            }
        }
    }

    #[test]
    fn both_kinds_of_charts_are_there_and_can_be_read_aloud() {
        let page = page();
        assert_eq!(
            page.matches("<svg role=\"img\"").count(),
            4 * 6 + 3,
            "six panels side by side, six for each model, and where its answer first stands"
        );
        assert_eq!(page.matches("<title").count(), 1 + 4 * 6 + 3);
        assert_eq!(page.matches("<desc").count(), 4 * 6 + 3);
        assert_eq!(page.matches("</figure>").count(), page.matches("<summary>The numbers of th").count());
        let ids = attributes(&page, "id");
        for label in attributes(&page, "aria-labelledby") {
            assert!(
                label.split(' ').all(|id| ids.iter().filter(|known| **known == id).count() == 1),
                "{label}"
            );
        }
    }

    #[test]
    fn a_single_model_has_no_comparison() {
        let mut report = fixture::report();
        report.groups.truncate(1);
        let page = html(&report).unwrap();
        assert_eq!(page.matches("<svg role=\"img\"").count(), 6 + 1);
        assert!(!page.contains("side by side"));
    }

    #[test]
    fn tags_are_balanced() {
        let page = page();
        for tag in [
            "section", "figure", "details", "table", "thead", "tbody", "tr", "th", "td", "svg", "dl", "div",
            "p", "ul",
        ] {
            let opened =
                page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }

    #[test]
    fn an_empty_report_is_a_page_too() {
        let page = html(&Report::default()).unwrap();
        assert!(page.contains("There is no figure to report"));
    }

    #[test]
    #[ignore = "writes a page for people to look at"]
    fn an_example_can_be_looked_at() {
        let path = std::env::temp_dir().join("thinkmeter-report-example.html");
        std::fs::write(&path, page()).unwrap();
    }
}
