//! Manners of asking side by side: what each costs, what it brings, and whether the model did as it was told.

use serde::Deserialize;
use serde_json::{Value, json};
use stats::{Pairs, holm, share_difference};
use tables::MetricValue;

use super::numbers::{NOTHING, Unit};
use super::table::{Cell, Column, View, ViewRow};
use super::table_set::TableSet;
use crate::error::ReportError;
use crate::model::{Group, Report, Strategy};

/// What was published on Chain-of-Draft, to stand beside.
const PUBLISHED: &str = include_str!("strategies.csv");

/// The figures of a row: name, title with its short form, and unit.
const FIGURES: [(&str, [&str; 2], Unit); 5] = [
    ("obeyed", ["obeyed", "obey"], Unit::Share),
    ("accuracy", ["accuracy", "acc"], Unit::Share),
    ("output_tokens", ["tokens", "tok"], Unit::Tokens),
    ("reasoning_tokens", ["thinking", "think"], Unit::Tokens),
    ("prompt_tokens", ["prompt tokens", "prompt"], Unit::Tokens),
];

/// Flips of the permutation test are drawn with this seed.
const SEED: u64 = 0;

/// The tables of all datasets, with a record for every strategy.
///
/// # Errors
/// Published figures that cannot be read, which is a defect.
pub fn strategies(report: &Report) -> Result<TableSet, ReportError> {
    let (mut views, mut records) = (Vec::new(), Vec::new());
    for (dataset, groups) in report.datasets() {
        let rows = rows(&groups);
        records.extend(rows.iter().map(|row| row.record(report)));
        views.extend(view(report, dataset, &groups));
        views.extend(published(dataset, &groups)?);
    }
    Ok(TableSet {
        views,
        keys: KEYS,
        records,
        nothing: "No reply was asked for by a strategy.",
        notes: vec![],
    })
}

/// One strategy, and the first of the same model.
struct Row<'a> {
    group: &'a Group,
    strategy: &'a Strategy,
    /// None where it is the first itself.
    against: Option<Against<'a>>,
}

/// Accuracy less that of the first strategy.
struct Against<'a> {
    first: &'a Strategy,
    pairs: Pairs,
    p: Option<f64>,
    /// Corrected after Holm over the strategies of the model.
    p_holm: Option<f64>,
}

impl Against<'_> {
    fn difference(&self) -> Option<f64> {
        self.pairs.means().map(|[first, own]| own - first)
    }
}

/// What a strategy's model is called without the strategy: `m` of `m/direct`.
fn base(group: &Group) -> &str {
    group.model.rsplit_once('/').map_or("", |(base, _)| base)
}

fn rows<'a>(groups: &[&'a Group]) -> Vec<Row<'a>> {
    let asked = groups.iter().filter_map(|group| Some((*group, group.strategy.as_ref()?)));
    let mut rows: Vec<Row<'a>> = Vec::new();
    for (group, strategy) in asked {
        let first = rows.iter().find(|row| base(row.group) == base(group)).map(|row| row.strategy);
        let against = first.map(|first| {
            let pairs = strategy.against(first);
            let p = pairs.test(true, SEED).p;
            Against { first, pairs, p, p_holm: None }
        });
        rows.push(Row { group, strategy, against });
    }
    correct(&mut rows);
    rows
}

/// Several strategies are several chances to be lucky: corrected model by model.
fn correct(rows: &mut [Row<'_>]) {
    let mut bases: Vec<String> = rows.iter().map(|row| base(row.group).to_owned()).collect();
    bases.dedup();
    for of in bases {
        let mut own: Vec<&mut Against<'_>> = rows
            .iter_mut()
            .filter(|row| base(row.group) == of)
            .filter_map(|row| row.against.as_mut())
            .collect();
        let p: Vec<Option<f64>> = own.iter().map(|against| against.p).collect();
        own.iter_mut().zip(holm(&p)).for_each(|(against, corrected)| against.p_holm = corrected);
    }
}

/// A row a strategy; nothing where no reply was asked for by one.
pub(crate) fn view(report: &Report, dataset: &str, groups: &[&Group]) -> Option<View> {
    let rows = rows(groups);
    let several = rows.iter().any(|row| base(row.group) != base(rows[0].group));
    let named = |row: &Row<'_>| match (several, base(row.group)) {
        (true, base) if !base.is_empty() => format!("{base}: {}", row.label()),
        _ => row.label(),
    };
    let shown: Vec<ViewRow> = rows
        .iter()
        .map(|row| ViewRow { label: named(row), cells: row.cells(report), ..ViewRow::default() })
        .collect();
    let figures = FIGURES.map(|(name, [title, short], _)| Column {
        header: title.replace(' ', "\n"),
        short: short.to_owned(),
        ..Column::figure(title, name)
    });
    let fixed = ["strategy", "n"].map(Column::plain).into_iter();
    let against = Column {
        header: "accuracy against\nthe first".to_owned(),
        short: "vs first".to_owned(),
        ..Column::plain("accuracy against the first")
    };
    let last = [Column::plain("money"), against];
    (!shown.is_empty()).then(|| View {
        caption: format!("Strategies on {dataset}: what each asks for, brings and costs"),
        columns: fixed.chain(figures).chain(last).collect(),
        rows: shown,
    })
}

impl Row<'_> {
    /// The strategy; of drafts, for which it decides most, whether they stand behind examples, as in the published rows.
    fn label(&self) -> String {
        let label = &self.strategy.label;
        match label.split_once(" shots=").filter(|(draft, _)| draft.contains(" words=")) {
            Some((draft, "0")) => format!("{draft} (zero-shot)"),
            Some((draft, _)) => format!("{draft} (few-shot)"),
            None => label.clone(),
        }
    }

    fn cells(&self, report: &Report) -> Vec<Cell> {
        let figure = |(name, _, unit): (&str, [&str; 2], Unit)| Cell::overall(report, self.group, name, unit);
        let n = Cell::count(self.group.total().generations);
        [n].into_iter().chain(FIGURES.map(figure)).chain([self.money(), self.difference()]).collect()
    }

    /// All replies together; a sum of which a part is unknown is at least what is known.
    fn money(&self) -> Cell {
        let least = if self.strategy.unpriced > 0 { "≥ " } else { "" };
        match self.strategy.cost {
            Some(cost) => Cell {
                exact: Some(cost).filter(|_| least.is_empty()),
                ..Cell::text(format!("{least}{cost:.4}"))
            },
            None => Cell::text(NOTHING),
        }
    }

    fn difference(&self) -> Cell {
        let Some(against) = &self.against else { return Cell::text("the first") };
        let Some(difference) = against.difference() else { return Cell::text(NOTHING) };
        let p = against.p_holm.map_or_else(String::new, |p| format!(", p {}", chance(p)));
        let interval = |short| {
            let found = share_difference(&against.pairs.units).ok()?;
            Some(Unit::Share.interval(found.low, found.high, short))
        };
        Cell {
            exact: Some(difference),
            interval: interval(false),
            short_interval: interval(true),
            ..Cell::text(format!("{}{p}", Unit::Share.difference(difference)))
        }
    }

    fn record(&self, report: &Report) -> Vec<Value> {
        let figure = |(name, _, _): (&str, [&str; 2], Unit)| {
            let row = report.overall(self.group, name);
            let part = |of: fn(&MetricValue) -> Option<f64>| json!(row.and_then(of));
            [part(|row| row.value), part(|row| row.low), part(|row| row.high)]
        };
        let against = self.against.as_ref();
        let names = [
            json!(self.group.dataset),
            json!(self.group.model),
            json!(self.strategy.label),
            json!(self.group.total().generations),
        ];
        let last = [
            json!(self.strategy.cost),
            json!(self.strategy.unpriced),
            json!(against.map(|against| &against.first.label)),
            json!(against.and_then(Against::difference)),
            json!(against.and_then(|against| against.p)),
            json!(against.and_then(|against| against.p_holm)),
        ];
        names.into_iter().chain(FIGURES.map(figure).into_iter().flatten()).chain(last).collect()
    }
}

const KEYS: &[&str] = &[
    "dataset",
    "model",
    "strategy",
    "replies",
    "obeyed",
    "obeyed_low",
    "obeyed_high",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "output_tokens",
    "output_tokens_low",
    "output_tokens_high",
    "reasoning_tokens",
    "reasoning_tokens_low",
    "reasoning_tokens_high",
    "prompt_tokens",
    "prompt_tokens_low",
    "prompt_tokens_high",
    "money",
    "replies_of_unknown_cost",
    "against",
    "accuracy_difference",
    "p",
    "p_holm",
];

/// A p-value in few characters.
fn chance(p: f64) -> String {
    if p < 0.001 { "< .001".to_owned() } else { format!("{p:.3}").trim_start_matches('0').to_owned() }
}

/// Said where not one reply did what the strategy asks.
pub(crate) fn disobeyed(report: &Report, group: &Group) -> Option<String> {
    let obeyed = report.overall(group, "obeyed").filter(|row| row.n > 0)?;
    let label = &group.strategy.as_ref()?.label;
    (obeyed.value? == 0.0).then(|| {
        format!(
            "No reply obeyed the strategy `{label}`: the model or its server passed over what that asks for, so these figures are those of a \
             model that was asked otherwise"
        )
    })
}

/// A published row: accuracy in percent and output tokens of three prompts.
#[derive(Debug, Deserialize)]
struct Published {
    setting: String,
    dataset: String,
    model: String,
    standard: String,
    cot: String,
    cod: String,
}

/// What was published on the same dataset, if anything was; else on all.
pub(crate) fn published(dataset: &str, groups: &[&Group]) -> Result<Option<View>, ReportError> {
    if groups.iter().all(|group| group.strategy.is_none()) {
        return Ok(None);
    }
    let all = csv::Reader::from_reader(PUBLISHED.as_bytes()).into_deserialize().collect::<Result<_, _>>();
    let all: Vec<Published> = all.map_err(ReportError::References)?;
    let same: Vec<&Published> =
        all.iter().filter(|row| dataset.to_lowercase().contains(&row.dataset.to_lowercase())).collect();
    let shown = if same.is_empty() { all.iter().collect() } else { same };
    let row = |row: &&Published| ViewRow {
        label: format!("{} (published, {})", row.model, row.setting),
        cells: [&row.dataset, &row.standard, &row.cot, &row.cod].map(Cell::text).to_vec(),
        ..ViewRow::default()
    };
    let titles = ["model", "dataset", "standard", "chain of thought", "chain of draft"];
    Ok(Some(View {
        caption: "Published, not measured here (arXiv 2502.18600, version 2): accuracy in % · output tokens"
            .to_owned(),
        columns: titles.map(Column::plain).to_vec(),
        rows: shown.iter().map(row).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::formats::TextFormat;

    #[test]
    fn strategies_stand_beside_the_first_of_their_model() {
        let report = fixture::strategies();
        let tables = strategies(&report).unwrap();
        insta::assert_snapshot!(tables.render(TextFormat::Table, 160, false).unwrap());
        let csv = tables.render(TextFormat::Csv, 80, false).unwrap();
        assert_eq!(csv.lines().count(), 4);
        assert_eq!(tables.records[0].len(), KEYS.len());
        let notes: Vec<String> = report.groups.iter().filter_map(|group| disobeyed(&report, group)).collect();
        assert_eq!(notes.len(), 1);
        assert!(notes[0].starts_with("No reply obeyed the strategy `budget tokens=100`"), "{notes:?}");
    }

    #[test]
    fn a_run_without_strategies_has_no_such_table() {
        let tables = strategies(&fixture::report()).unwrap();
        assert!(tables.views.is_empty() && tables.records.is_empty());
    }

    #[test]
    fn every_published_row_is_read() {
        let groups = fixture::strategies();
        let groups: Vec<&Group> = groups.groups.iter().collect();
        let lines = PUBLISHED.lines().count() - 1;
        assert_eq!(published("elsewhere", &groups).unwrap().unwrap().rows.len(), lines);
        let same = published("openai/gsm8k", &groups).unwrap().unwrap();
        assert_eq!(same.rows.len(), 7);
    }
}
