//! How judging went, as a table.

use super::numbers::{NOTHING, Unit, whole};
use super::table::{Cell, Column, View, ViewRow};
use crate::model::{Group, Health, Judged, Ledger, Report};

/// A row a model; nothing where no judgment was read.
pub(crate) fn view(report: &Report, groups: &[&Group]) -> Option<View> {
    let titles = [
        ("model", ""),
        ("judged by", ""),
        ("found", ""),
        ("unlocated", "unlocated"),
        ("judge failed", "judge_failed"),
        ("not judged", ""),
        ("answer undecided", "undecided"),
        ("mean confidence", ""),
        ("votes agree", ""),
        ("asked a model", ""),
        ("calls", ""),
    ];
    let known = groups.iter().filter(|group| group.health.replies() > 0);
    let rows: Vec<ViewRow> = known
        .map(|group| ViewRow {
            label: report.heading(group),
            cells: cells(&group.health, &group.total(), group.positions_found()),
            ..ViewRow::default()
        })
        .collect();
    (!rows.is_empty()).then(|| View {
        caption: "How judging went".to_owned(),
        columns: titles.map(|(title, metric)| Column::figure(title, metric)).to_vec(),
        rows,
    })
}

fn cells(health: &Health, ledger: &Ledger, found: u64) -> Vec<Cell> {
    let share = |value: Option<f64>| match value {
        Some(value) => Cell { exact: Some(value), ..Cell::text(Unit::Share.show(value)) },
        None => Cell::text(NOTHING),
    };
    vec![
        Cell::text(judges(&health.judges)),
        Cell::count(found),
        Cell::count(ledger.unlocated),
        Cell::count(ledger.judge_failed),
        Cell::count(ledger.not_judged),
        Cell::count(ledger.undecided),
        share(health.confidence.value()),
        share(health.agreement.value()),
        share(Some(health.asked as f64 / health.replies().max(1) as f64)),
        Cell::count(health.calls),
    ]
}

/// `rule`, or `cascade:rule 40, cascade:llm:big 7`.
fn judges(judges: &[Judged]) -> String {
    match judges {
        [] => NOTHING.to_owned(),
        [one] => one.judge.clone(),
        several => {
            let each = |judged: &Judged| format!("{} {}", judged.judge, whole(judged.replies));
            several.iter().map(each).collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mean;

    #[test]
    fn judges_and_their_shares_stand_in_one_row() {
        let judged = |judge: &str, replies| Judged { judge: judge.into(), replies };
        let health = Health {
            judges: vec![judged("rule", 2), judged("llm:big", 1)],
            asked: 1,
            calls: 4,
            confidence: Mean { sum: 1.5, n: 2 },
            agreement: Mean { sum: 0.75, n: 1 },
        };
        let cells = cells(&health, &Ledger::default(), 3);
        let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(texts, ["rule 2, llm:big 1", "3", "0", "0", "0", "0", "75.0 %", "75.0 %", "33.3 %", "4"]);
    }
}
