//! How well judging went: who judged, how sure they were, how often a model was asked.

use serde::Serialize;
use tables::{Judgment, Key, Keyed, part};

use crate::ledger::Ledger;
use crate::numbers::{NOTHING, Unit, whole};
use crate::report::{Group, Report};
use crate::views::{Cell, Column, View, ViewRow};

/// What the judgments of a group say about judging itself; how they ended is in the [`Ledger`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Health {
    /// Who judged and how many replies, in the order of their first judgment.
    pub judges: Vec<Judged>,
    /// Replies about which a model was asked.
    pub asked: u64,
    /// Calls of models.
    pub calls: u64,
    /// How sure the judges were.
    pub confidence: Mean,
    /// The share of votes that agreed with the verdict, where there were several.
    pub agreement: Mean,
}

/// One judge's share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The judge.
    pub judge: String,
    /// The replies.
    pub replies: u64,
}

/// A mean with what is behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Mean {
    /// The sum.
    pub sum: f64,
    /// The count.
    pub n: u64,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.n += 1;
        }
    }

    /// None without anything behind it.
    pub fn value(self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }
}

part! {
    /// The columns of a judgment that are looked at here.
    pub(crate) struct Verdict of Judgment {
        problem_id: String,
        sample: u32,
        judge: String,
        confidence: Option<f64>,
        agreement: Option<f64>,
        calls: u32,
    }
}

impl Keyed for Verdict {
    fn key(&self) -> Key {
        Key { problem_id: self.problem_id.clone(), sample: self.sample }
    }
}

impl Health {
    /// Counts one judgment.
    pub(crate) fn add(&mut self, verdict: Verdict) {
        match self.judges.iter_mut().find(|known| known.judge == verdict.judge) {
            Some(known) => known.replies += 1,
            None => self.judges.push(Judged { judge: verdict.judge, replies: 1 }),
        }
        self.asked += u64::from(verdict.calls > 0);
        self.calls += u64::from(verdict.calls);
        self.confidence.add(verdict.confidence);
        self.agreement.add(verdict.agreement);
    }

    fn replies(&self) -> u64 {
        self.judges.iter().map(|judged| judged.replies).sum()
    }

    /// `rule`, or `cascade:rule 40, cascade:llm:big 7`.
    fn by(&self) -> String {
        match self.judges.as_slice() {
            [] => NOTHING.to_owned(),
            [one] => one.judge.clone(),
            several => {
                let each = |judged: &Judged| format!("{} {}", judged.judge, whole(judged.replies));
                several.iter().map(each).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

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
        Cell::text(health.by()),
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

#[cfg(test)]
mod tests {
    use tables::Row;

    use super::*;

    #[test]
    fn judges_are_counted_and_means_have_something_behind_them() {
        let mut health = Health::default();
        let verdict = |judge: &str, confidence, agreement, calls| Verdict {
            judge: judge.into(),
            confidence,
            agreement,
            calls,
            ..Verdict::default()
        };
        health.add(verdict("rule", Some(0.5), None, 0));
        health.add(verdict("llm:big", Some(1.0), Some(0.75), 4));
        health.add(verdict("rule", None, None, 0));
        assert_eq!(health.by(), "rule 2, llm:big 1");
        assert_eq!((health.asked, health.calls, health.confidence.value()), (1, 4, Some(0.75)));
        let texts: Vec<String> =
            cells(&health, &Ledger::default(), 3).into_iter().map(|cell| cell.text).collect();
        assert_eq!(texts, ["rule 2, llm:big 1", "3", "0", "0", "0", "0", "75.0 %", "75.0 %", "33.3 %", "4"]);
        assert_eq!(Mean::default().value(), None);
    }

    #[test]
    fn the_columns_are_those_of_judgments() {
        assert_eq!(Verdict::fields().len(), 6);
    }
}
