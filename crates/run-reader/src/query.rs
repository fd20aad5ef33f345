//! Looking for traces: filters, an order, a page.

use std::cmp::Reverse;

use serde::Serialize;

use crate::index::{TraceEntry, TraceIndex, TraceOutcome};

/// What traces are put in order by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceOrder {
    /// As in the tables.
    #[default]
    Table,
    /// Most thought after the answer was there first.
    Waste,
    /// Longest first.
    Tokens,
    /// Least efficient first; those without a figure last.
    Efficiency,
}

impl TraceOrder {
    /// All of them, by their words.
    pub const ALL: [(&'static str, Self); 4] = [
        ("table", Self::Table),
        ("waste", Self::Waste),
        ("tokens", Self::Tokens),
        ("efficiency", Self::Efficiency),
    ];

    /// The order of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, order)| *order)
    }
}

/// Which traces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceQuery {
    /// Of this model.
    pub model: Option<u16>,
    /// Of this group.
    pub subset: Option<u32>,
    /// That ended like this.
    pub outcome: Option<TraceOutcome>,
    /// That were cut.
    pub cut: bool,
    /// That lost the right answer again.
    pub lost: bool,
    /// Whose problem's id holds this, whatever its case.
    pub text: String,
    /// In this order.
    pub order: TraceOrder,
}

/// Some of the traces that were found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundTraces<'a> {
    /// The traces of this page.
    pub entries: Vec<&'a TraceEntry>,
    /// How many there are in all.
    pub found: usize,
}

impl TraceQuery {
    /// The traces from place `from` on, at most `most`.
    pub fn page<'a>(&self, index: &'a TraceIndex, from: usize, most: usize) -> FoundTraces<'a> {
        let text = self.text.to_lowercase();
        let mut found: Vec<&TraceEntry> =
            index.entries.iter().filter(|entry| self.takes(entry, &text)).collect();
        match self.order {
            TraceOrder::Table => {}
            TraceOrder::Waste => found.sort_by_key(|entry| Reverse(entry.reflection)),
            TraceOrder::Tokens => found.sort_by_key(|entry| Reverse(entry.tokens)),
            TraceOrder::Efficiency => found.sort_by(|a, b| {
                let figure = |entry: &TraceEntry| entry.efficiency().unwrap_or(f64::INFINITY);
                figure(a).total_cmp(&figure(b))
            }),
        }
        FoundTraces { found: found.len(), entries: found.into_iter().skip(from).take(most).collect() }
    }

    fn takes(&self, entry: &TraceEntry, text: &str) -> bool {
        self.model.is_none_or(|model| entry.model == model)
            && self.subset.is_none_or(|subset| entry.subset == subset)
            && self.outcome.is_none_or(|outcome| entry.outcome == outcome)
            && (!self.cut || entry.cut)
            && (!self.lost || entry.lost)
            && (text.is_empty() || entry.problem.to_lowercase().contains(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> TraceIndex {
        let entry = |(place, (problem, tokens, first)): (usize, &(&str, u32, Option<u32>))| TraceEntry {
            model: u16::try_from(place % 2).unwrap(),
            place: u32::try_from(place).unwrap(),
            problem: (*problem).into(),
            sample: 0,
            subset: 0,
            outcome: if first.is_some() { TraceOutcome::Right } else { TraceOutcome::Wrong },
            cut: *tokens > 900,
            lost: false,
            tokens: Some(*tokens),
            first_correct: *first,
            reflection: first.map(|first| tokens - first),
        };
        let rows = [
            ("Algebra-1", 100, Some(90)),
            ("algebra-2", 1000, None),
            ("Geo-1", 500, Some(100)),
            ("Geo-2", 50, Some(50)),
        ];
        TraceIndex {
            entries: rows.iter().enumerate().map(entry).collect(),
            subsets: vec![String::new()],
            ..TraceIndex::default()
        }
    }

    fn check(query: TraceQuery, expect: &[&str]) {
        let index = index();
        let page = query.page(&index, 0, 10);
        let ids: Vec<&str> = page.entries.iter().map(|entry| &*entry.problem).collect();
        assert_eq!(ids, expect, "{query:?}");
        assert_eq!(page.found, expect.len());
    }

    #[test]
    fn traces_are_filtered_and_put_in_order() {
        let plain = TraceQuery::default;
        check(plain(), &["Algebra-1", "algebra-2", "Geo-1", "Geo-2"]);
        check(TraceQuery { text: "ALG".into(), ..plain() }, &["Algebra-1", "algebra-2"]);
        check(TraceQuery { model: Some(1), ..plain() }, &["algebra-2", "Geo-2"]);
        check(TraceQuery { outcome: Some(TraceOutcome::Wrong), ..plain() }, &["algebra-2"]);
        check(TraceQuery { cut: true, ..plain() }, &["algebra-2"]);
        check(TraceQuery { lost: true, ..plain() }, &[]);
        check(
            TraceQuery { order: TraceOrder::Tokens, ..plain() },
            &["algebra-2", "Geo-1", "Algebra-1", "Geo-2"],
        );
        check(
            TraceQuery { order: TraceOrder::Waste, ..plain() },
            &["Geo-1", "Algebra-1", "Geo-2", "algebra-2"],
        );
        check(
            TraceQuery { order: TraceOrder::Efficiency, ..plain() },
            &["Geo-1", "Algebra-1", "Geo-2", "algebra-2"],
        );
    }

    #[test]
    fn a_page_knows_how_many_there_are() {
        let index = index();
        let page = TraceQuery::default().page(&index, 1, 2);
        assert_eq!((page.entries.len(), page.found), (2, 4));
        assert!(TraceQuery::default().page(&index, 9, 2).entries.is_empty());
    }
}
