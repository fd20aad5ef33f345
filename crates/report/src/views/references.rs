//! Published figures to stand beside one's own: not measured here, with another judge and other tokenizers.

use serde::Deserialize;

use super::numbers::{NOTHING, Unit};
use super::table::{Cell, Column, View, ViewRow};
use crate::error::ReportError;
use crate::model::{Group, Report};

const FILE: &str = include_str!("references.csv");

/// A published row.
#[derive(Debug, Deserialize)]
struct Reference {
    dataset: String,
    model: String,
    accuracy: Option<f64>,
    solutions: Option<f64>,
    tokens: Option<f64>,
    outcome_efficiency: Option<f64>,
    process_efficiency: Option<f64>,
    /// In words: it was published by level.
    token_efficiency: Option<String>,
    /// Where it was published.
    source: String,
}

/// Ours and theirs: the figure's name and title, and how it is printed.
const FIGURES: [(&str, &str, Unit); 6] = [
    ("accuracy", "accuracy", Unit::Share),
    ("solutions", "solutions a reply", Unit::Number),
    ("reasoning_tokens", "tokens", Unit::Tokens),
    ("outcome_efficiency", "outcome efficiency", Unit::Share),
    ("process_efficiency", "process efficiency", Unit::Share),
    ("token_efficiency", "token efficiency", Unit::Share),
];

/// The models of a dataset, then what was published: on the same dataset if anything was, else on all.
pub(crate) fn view(report: &Report, dataset: &str, groups: &[&Group]) -> Result<Option<View>, ReportError> {
    let published = published()?;
    let same = |reference: &&Reference| plain(dataset).contains(&plain(&reference.dataset));
    let matching: Vec<&Reference> = published.iter().filter(same).collect();
    let known = !matching.is_empty();
    let shown = if known { matching } else { published.iter().collect() };
    let rows = groups.iter().map(|group| measured(report, group)).chain(shown.into_iter().map(row));
    let caption = if known {
        format!("Published figures on {dataset}")
    } else {
        "Published figures on other datasets".to_owned()
    };
    let figures = FIGURES.map(|(name, title, _)| Column::figure(title, name));
    let labels = ["model", "dataset"].map(Column::plain).into_iter();
    let columns = labels.chain(figures).chain([Column::plain("source")]).collect();
    Ok((!groups.is_empty()).then(|| View { caption, columns, rows: rows.collect() }))
}

fn published() -> Result<Vec<Reference>, ReportError> {
    let rows = csv::Reader::from_reader(FILE.as_bytes()).into_deserialize().collect::<Result<_, _>>();
    rows.map_err(ReportError::References)
}

/// `MATH-500` and `math_500` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn measured(report: &Report, group: &Group) -> ViewRow {
    let figure = |(name, _, unit): (&str, &str, Unit)| Cell::overall(report, group, name, unit);
    let cells = [Cell::text(&group.dataset)].into_iter().chain(FIGURES.map(figure));
    ViewRow {
        label: group.model.clone(),
        cells: cells.chain([Cell::text("measured here")]).collect(),
        ..ViewRow::default()
    }
}

fn row(reference: &Reference) -> ViewRow {
    let values = [
        reference.accuracy,
        reference.solutions,
        reference.tokens,
        reference.outcome_efficiency,
        reference.process_efficiency,
    ];
    let figure = |(value, (_, _, unit)): (Option<f64>, (&str, &str, Unit))| {
        Cell::text(value.map_or_else(|| NOTHING.to_owned(), |value| unit.show(value)))
    };
    let by_level = reference.token_efficiency.as_deref().unwrap_or(NOTHING);
    let figures = values.into_iter().zip(FIGURES).map(figure);
    let cells = [Cell::text(&reference.dataset)].into_iter().chain(figures);
    ViewRow {
        label: format!("{} (published)", reference.model),
        cells: cells.chain([Cell::text(by_level), Cell::text(&reference.source)]).collect(),
        ..ViewRow::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn every_published_row_is_read_and_has_a_source() {
        let published = published().unwrap();
        assert_eq!(published.len(), FILE.lines().count() - 1);
        assert!(published.iter().all(|row| !row.source.is_empty() && !row.model.is_empty()));
        let shares = published.iter().flat_map(|row| {
            [row.accuracy, row.outcome_efficiency, row.process_efficiency].into_iter().flatten()
        });
        assert!(shares.into_iter().all(|share| (0.0..=1.0).contains(&share)));
    }

    #[test]
    fn rows_of_the_same_dataset_stand_alone() {
        let report = fixture::report();
        let groups: Vec<&Group> = report.groups.iter().collect();
        let same = view(&report, "openai/gsm8k", &groups).unwrap().unwrap();
        assert_eq!(same.rows.len(), 3 + 2);
        assert_eq!(same.rows[4].label, "DeepSeek-R1 (published)");
        assert_eq!(same.rows[4].cells[4].text, "48.9 %");
        assert_eq!(same.rows[0].cells[7].text, "measured here");
        let other = view(&report, "demo", &groups).unwrap().unwrap();
        assert_eq!(other.rows.len(), 3 + published().unwrap().len());
        assert!(other.caption.contains("other datasets"));
        assert!(same.rows.iter().all(|row| row.cells.len() + 1 == same.columns.len()));
    }
}
