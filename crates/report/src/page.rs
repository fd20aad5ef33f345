//! The report as one HTML page that needs nothing else: no network, no script, no font.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use tables::Metric;

use crate::about::{About, Term};
use crate::charts::{self, Chart, Figure};
use crate::error::ReportError;
use crate::health;
use crate::measures::{MEASURES, title_of, unit_of};
use crate::numbers::{Unit, whole};
use crate::references;
use crate::report::{Group, Report};
use crate::summary::{capital, caveats, left_out, summary};
use crate::views::{self, Cell, View, subset_label};

const TEMPLATE: &str = include_str!("page.html");
/// The look of our pages.
pub const STYLE: &str = include_str!("page.css");

/// The page. Everything that comes from data is escaped; the only markup that is passed through is that of
/// the charts, which their backend has escaped.
pub fn html(report: &Report) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page.html", TEMPLATE)?;
    Ok(environment.get_template("page.html")?.render(Value::from(Serde(page(report)?)))?)
}

fn page(report: &Report) -> Result<Page<'_>, ReportError> {
    let about = &report.about;
    let models = report.groups.iter().enumerate().map(|(index, group)| model(report, index, group));
    let datasets = report.datasets().into_iter().map(|(name, groups)| dataset(report, name, &groups));
    Ok(Page {
        title: if about.title.is_empty() { "thinkmeter report" } else { &about.title },
        about,
        style: STYLE,
        chart_style: charts::stylesheet(),
        glossary: glossary(report),
        models: models.collect::<Result<_, _>>()?,
        datasets: datasets.collect::<Result<_, _>>()?,
    })
}

#[derive(Serialize)]
struct Page<'a> {
    title: &'a str,
    about: &'a About,
    style: &'static str,
    chart_style: String,
    glossary: Vec<Entry>,
    models: Vec<ModelSection>,
    datasets: Vec<DatasetSection>,
}

#[derive(Serialize)]
struct ModelSection {
    id: String,
    name: String,
    kind: String,
    tokenizer: String,
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
    name: String,
    comparison: Option<View>,
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
    name: String,
    scope: String,
    cell: Cell,
    n: String,
    problems: String,
    left_out: String,
    why: String,
}

#[derive(Serialize)]
struct Entry {
    title: String,
    name: String,
    unit: String,
    about: String,
}

fn model(report: &Report, index: usize, group: &Group) -> Result<ModelSection, ReportError> {
    let known = report.model(group);
    let subsets: Vec<&str> = group.rows().collect();
    let sentences = left_out(report, group).into_iter().chain(caveats(report, group));
    Ok(ModelSection {
        id: format!("model-{}", index + 1),
        name: report.heading(group),
        kind: known.map(|model| model.kind.word().to_owned()).unwrap_or_default(),
        tokenizer: known.map(|model| model.tokenizer.clone()).unwrap_or_default(),
        summary: unbroken(&summary(report, group)),
        notes: sentences.map(|sentence| unbroken(&sentence)).collect(),
        figure: charts::of_model(report, group)?,
        ledger: views::ledger(group),
        ledger_words: unbroken(&group.total().sentence()),
        completed: views::completed(report, group),
        compatibility: views::compatibility(report, group, &subsets),
        extremes: views::extremes(group),
        figures: report.of(group).map(|row| figure_row(report, group, row)).collect(),
    })
}

fn dataset(report: &Report, name: &str, groups: &[&Group]) -> Result<DatasetSection, ReportError> {
    let several = groups.len() > 1;
    Ok(DatasetSection {
        name: name.to_owned(),
        comparison: several.then(|| views::comparison(report, name, groups)),
        figure: several.then(|| charts::side_by_side(report, groups)).transpose()?,
        charts: chart_blocks(report, groups)?,
        health: health::view(report, groups),
        references: references::view(report, name, groups),
        others: views::others(report, groups),
    })
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

fn figure_row(report: &Report, group: &Group, row: &Metric) -> FigureRow {
    let unit = unit_of(&report.about, &row.metric);
    let counts_tokens = MEASURES.iter().any(|m| m.tokens && (m.name == row.metric || m.peer == row.metric));
    let approximate = report.approximate(group) && (counts_tokens || unit == Unit::Tokens);
    FigureRow {
        subset: subset_label(&row.subset),
        title: title_of(&report.about, &row.metric),
        name: row.metric.clone(),
        scope: row.scope.clone(),
        cell: Cell::metric(Some(row), unit, approximate),
        n: whole(row.n),
        problems: whole(row.problems),
        left_out: whole(row.left_out),
        why: row.left_out_why.clone().unwrap_or_default(),
    }
}

fn glossary(report: &Report) -> Vec<Entry> {
    let entry = |term: &Term| Entry {
        title: capital(&title_of(&report.about, &term.name)),
        name: term.name.clone(),
        unit: term.unit.clone(),
        about: unbroken(&term.about),
    };
    report.glossary().map(entry).collect()
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
        assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
        for name in ["src", "srcset", "action", "data", "poster", "xlink:href"] {
            assert_eq!(attributes(&page, name), [""; 0], "{name}");
        }
        assert!(attributes(&page, "href").iter().all(|target| target.starts_with('#')));
        for word in ["http:", "https:", "//", "url(", "@import", "<script", "<link", "<iframe", "javascript:"]
        {
            assert!(!page.contains(word), "{word}");
        }
    }

    #[test]
    fn data_cannot_become_markup() {
        let page = page();
        assert!(page.contains("&lt;script&gt;alert(1)&lt;"), "the hostile name is shown");
        assert!(page.contains("a &lt; b &amp; c"), "the pipeline is shown as text");
        let mut report = fixture::report();
        report.groups[0].extremes[0].problem_id = "\"><img onerror=x>".into();
        report.about.notices = vec!["<u>".into()];
        report.about.glossary[0].about = "</dl><i>".into();
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
                assert!(page.contains(&format!("<data value=\"{value:?}\">")), "{} {value}", row.metric);
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
