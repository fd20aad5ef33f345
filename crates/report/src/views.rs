//! Tables as every format shows them: what stands in which cell, before any markup.

use serde::Serialize;
use tables::Metric;

use crate::measures::{LEDGER_FIGURES, MEASURES, Measure, PEER_PREFIX, title_of, unit_of};
use crate::numbers::{NOTHING, Unit, interval_of, whole};
use crate::report::{Group, Report};

/// A table with labelled rows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct View {
    /// What it shows.
    pub caption: String,
    /// The columns, that of the labels first.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<ViewRow>,
}

/// A column's header.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Column {
    /// In full.
    pub title: String,
    /// For a wide terminal; may hold a line break.
    pub header: String,
    /// For a narrow one.
    pub short: String,
    /// The figure that it holds; empty for anything else.
    pub metric: String,
}

/// A row.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ViewRow {
    /// What the row is about.
    pub label: String,
    /// The figure that it holds; empty for anything else.
    pub metric: String,
    /// The place on the page that says more; empty for none.
    pub href: String,
    /// It sums up the others.
    pub total: bool,
    /// One for each column after the first.
    pub cells: Vec<Cell>,
}

/// A figure as printed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// With its unit.
    pub text: String,
    /// Its interval.
    pub interval: Option<String>,
    /// Its interval in few characters.
    pub short_interval: Option<String>,
    /// The figure to its last digit.
    pub exact: Option<f64>,
    /// The row of the metrics table that it shows.
    pub source: Option<Source>,
}

/// What names a figure in the metrics table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The dataset.
    pub dataset: String,
    /// The model.
    pub model: String,
    /// The group of problems.
    pub subset: String,
    /// The figure.
    pub metric: String,
    /// All generations, or completed ones only.
    pub scope: String,
    /// The figure to its last digit, as JSON.
    pub value: String,
}

impl Source {
    fn of(row: &Metric) -> Self {
        Self {
            dataset: row.dataset.clone(),
            model: row.model.clone(),
            subset: row.subset.clone(),
            metric: row.metric.clone(),
            scope: row.scope.clone(),
            // A number that is none is null, as in the JSON report.
            value: serde_json::to_string(&row.value).unwrap_or_default(),
        }
    }
}

impl Column {
    pub(crate) fn plain(title: &str) -> Self {
        let title = || title.to_owned();
        Self { title: title(), header: title(), short: title(), metric: String::new() }
    }

    /// One that holds a figure.
    pub(crate) fn figure(title: &str, metric: &str) -> Self {
        Self { metric: metric.to_owned(), ..Self::plain(title) }
    }

    fn of(measure: &Measure) -> Self {
        Self {
            title: measure.title.into(),
            header: measure.header.into(),
            short: measure.short.into(),
            metric: measure.name.into(),
        }
    }
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn count(value: u64) -> Self {
        Self { exact: Some(value as f64), ..Self::text(whole(value)) }
    }

    /// A metric; `–` where nothing stands behind it.
    pub(crate) fn metric(metric: Option<&Metric>, unit: Unit, approximate: bool) -> Self {
        let source = metric.map(Source::of);
        let known = metric.filter(|row| row.n > 0).and_then(|row| Some((row, row.value?)));
        let Some((row, value)) = known else { return Self { source, ..Self::text(NOTHING) } };
        let mark = if approximate { "≈" } else { "" };
        Self {
            text: format!("{mark}{}", unit.show(value)),
            interval: interval_of(row, unit, false),
            short_interval: interval_of(row, unit, true),
            exact: Some(value),
            source,
        }
    }
}

/// A model's six measures over its groups of problems.
pub(crate) fn measures(report: &Report, group: &Group) -> View {
    let rows = group.rows().map(|subset| ViewRow {
        label: subset_label(subset),
        total: subset == Metric::OVERALL,
        cells: measure_cells(report, group, subset, Metric::ALL),
        ..ViewRow::default()
    });
    View { caption: report.heading(group), columns: measure_columns("subset"), rows: rows.collect() }
}

/// All models of one dataset side by side.
pub(crate) fn comparison(report: &Report, dataset: &str, groups: &[&Group]) -> View {
    let rows = groups.iter().map(|group| ViewRow {
        label: group.model.clone(),
        cells: measure_cells(report, group, Metric::OVERALL, Metric::ALL),
        ..ViewRow::default()
    });
    View { caption: dataset.to_owned(), columns: measure_columns("model"), rows: rows.collect() }
}

fn measure_columns(first: &str) -> Vec<Column> {
    let fixed = [Column::plain(first), Column::plain("n")];
    fixed.into_iter().chain(MEASURES.iter().map(Column::of)).collect()
}

fn measure_cells(report: &Report, group: &Group, subset: &str, scope: &str) -> Vec<Cell> {
    let approximate = report.approximate(group);
    let metric = |measure: &Measure| report.metric(group, subset, measure.name, scope);
    let counted = group.ledger(subset).generations;
    let behind = MEASURES.iter().filter_map(metric).map(|row| row.n).max().unwrap_or_default();
    let n = if scope == Metric::ALL && counted > 0 { counted } else { behind };
    let figures = MEASURES.iter().map(|m| Cell::metric(metric(m), m.unit, approximate && m.tokens));
    [Cell::count(n)].into_iter().chain(figures).collect()
}

/// The six measures over completed replies, for the groups of problems where that changes any of them.
pub(crate) fn completed(report: &Report, group: &Group) -> Option<View> {
    let differs = |subset: &&str| {
        MEASURES.iter().any(|measure| {
            let of = |scope| report.metric(group, subset, measure.name, scope).map(|row| (row.value, row.n));
            of(Metric::COMPLETED).is_some_and(|completed| Some(completed) != of(Metric::ALL))
        })
    };
    let rows: Vec<ViewRow> = group
        .rows()
        .filter(differs)
        .map(|subset| ViewRow {
            label: subset_label(subset),
            total: subset == Metric::OVERALL,
            cells: measure_cells(report, group, subset, Metric::COMPLETED),
            ..ViewRow::default()
        })
        .collect();
    let caption = "Completed replies only (neither cut nor unclosed)".to_owned();
    (!rows.is_empty()).then(|| View { caption, columns: measure_columns("subset"), rows })
}

/// Our figures beside those that EvalThink's rules give on the same replies.
pub(crate) fn compatibility(report: &Report, group: &Group, subsets: &[&str]) -> Option<View> {
    let rows: Vec<ViewRow> = subsets
        .iter()
        .flat_map(|subset| MEASURES.iter().filter_map(|measure| peer_row(report, group, subset, measure)))
        .map(|(subset, mut row)| {
            if subsets.len() > 1 {
                row.label = format!("{} · {}", subset_label(subset), row.label);
            }
            row
        })
        .collect();
    let columns = ["figure", "ours", "EvalThink's", "difference"].map(Column::plain).to_vec();
    let caption = "Beside EvalThink's rules on the same replies".to_owned();
    (!rows.is_empty()).then_some(View { caption, columns, rows })
}

fn peer_row<'a>(
    report: &Report,
    group: &Group,
    subset: &'a str,
    measure: &Measure,
) -> Option<(&'a str, ViewRow)> {
    let peer = report.metric(group, subset, measure.peer, Metric::ALL)?;
    let ours = report.metric(group, subset, measure.name, Metric::ALL);
    let approximate = report.approximate(group) && measure.tokens;
    let cells = [ours, Some(peer)].map(|row| Cell::metric(row, measure.unit, approximate));
    let difference = match (cells[0].exact, cells[1].exact) {
        (Some(ours), Some(theirs)) => {
            Cell { exact: Some(ours - theirs), ..Cell::text(measure.unit.difference(ours - theirs)) }
        }
        _ => Cell::text(NOTHING),
    };
    let cells = cells.into_iter().chain([difference]).collect();
    let total = subset == Metric::OVERALL;
    let (label, metric) = (measure.title.to_owned(), measure.name.to_owned());
    Some((subset, ViewRow { label, metric, total, cells, ..ViewRow::default() }))
}

/// Every other figure over all problems, one column a model.
pub(crate) fn others(report: &Report, groups: &[&Group]) -> Option<View> {
    let mut names: Vec<&str> = Vec::new();
    for row in groups.iter().flat_map(|group| report.of(group)) {
        if is_other(row) && !names.contains(&row.metric.as_str()) {
            names.push(&row.metric);
        }
    }
    let rows = names.iter().map(|name| ViewRow {
        label: title_of(&report.about, name),
        metric: (*name).to_owned(),
        cells: groups.iter().map(|group| other_cell(report, group, name)).collect(),
        ..ViewRow::default()
    });
    // Most runs have one sample a problem, no price and no strategies: a page of dashes would hide what there is.
    let told: Vec<ViewRow> = rows.filter(|row| row.cells.iter().any(|cell| cell.exact.is_some())).collect();
    let models = groups.iter().map(|group| Column::plain(&group.model));
    let columns = [Column::plain("figure")].into_iter().chain(models).collect();
    let caption = match names.len() - told.len() {
        0 => "Further figures".to_owned(),
        silent => format!("Further figures ({silent} without anything behind them are in the CSV)"),
    };
    (!told.is_empty()).then_some(View { caption, columns, rows: told })
}

fn is_other(row: &Metric) -> bool {
    let known = MEASURES.iter().any(|measure| measure.name == row.metric)
        || LEDGER_FIGURES.contains(&row.metric.as_str())
        || row.metric.starts_with(PEER_PREFIX)
        || crate::rewards::is_reward(&row.metric);
    !known && row.subset == Metric::OVERALL && row.scope == Metric::ALL
}

fn other_cell(report: &Report, group: &Group, name: &str) -> Cell {
    let unit = unit_of(&report.about, name);
    let approximate = report.approximate(group) && unit == Unit::Tokens;
    Cell::metric(report.metric(group, Metric::OVERALL, name, Metric::ALL), unit, approximate)
}

/// The ledger over the groups of problems, with the columns that count anything, if there are any.
pub(crate) fn ledger(group: &Group) -> Option<View> {
    let total = group.total().counts();
    let shown: Vec<usize> = (0..total.len()).filter(|index| *index == 0 || total[*index] > 0).collect();
    let row = |subset: &str| {
        let counts = group.ledger(subset).counts();
        let cells = shown.iter().map(|index| Cell::count(counts[*index])).collect();
        ViewRow { label: subset_label(subset), total: subset == Metric::OVERALL, cells, ..ViewRow::default() }
    };
    let known = shown.iter().map(|index| &crate::ledger::COLUMNS[*index]);
    let titles = known.map(|column| Column::figure(column.title, column.metric));
    (shown.len() > 1).then(|| View {
        caption: "Counts of replies".to_owned(),
        columns: [Column::plain("subset")].into_iter().chain(titles).collect(),
        rows: group.rows().map(row).collect(),
    })
}

/// The replies that thought longest after the answer was there.
pub(crate) fn extremes(group: &Group) -> Option<View> {
    let titles = [
        ("problem", ""),
        ("sample", ""),
        ("reasoning tokens", "reasoning_tokens"),
        ("first-correct tokens", "first_correct_tokens"),
        ("reflection tokens", "reflection_tokens"),
        ("switches", "thought_switches"),
    ];
    let rows = group.extremes.iter().map(|extreme| ViewRow {
        label: extreme.problem_id.clone(),
        cells: [
            extreme.sample,
            extreme.reasoning_tokens,
            extreme.first_correct_tokens,
            extreme.reflection_tokens,
            extreme.thought_switches,
        ]
        .map(|value| Cell::count(u64::from(value)))
        .to_vec(),
        ..ViewRow::default()
    });
    let caption = "Right replies that went on longest after the answer was there".to_owned();
    let columns = titles.map(|(title, metric)| Column::figure(title, metric)).to_vec();
    (!group.extremes.is_empty()).then(|| View { caption, columns, rows: rows.collect() })
}

/// What a group of problems is called; data without groups has one nameless group.
pub(crate) fn subset_label(subset: &str) -> String {
    if subset.is_empty() { "(no subset)".to_owned() } else { subset.to_owned() }
}

/// Figures over all problems, a row a model, a column for each title, figure's name and unit.
pub(crate) fn overall(
    report: &Report,
    groups: &[&Group],
    caption: &str,
    figures: &[(String, &str, Unit)],
) -> View {
    let row = |group: &&Group| ViewRow {
        label: group.model.clone(),
        cells: figures
            .iter()
            .map(|(_, name, unit)| {
                let row = report.metric(group, Metric::OVERALL, name, Metric::ALL);
                Cell::metric(row, *unit, report.approximate(group) && *unit == Unit::Tokens)
            })
            .collect(),
        ..ViewRow::default()
    };
    let columns = figures.iter().map(|(title, name, _)| Column::figure(title, name));
    View {
        caption: caption.to_owned(),
        columns: [Column::plain("model")].into_iter().chain(columns).collect(),
        rows: groups.iter().map(row).collect(),
    }
}
