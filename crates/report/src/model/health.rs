//! How well judging went: who judged, how sure they were, how often a model was asked.

use serde::Serialize;
use tables::{Judgment, Key, Keyed, part};

/// What the judgments of a group say about judging itself; how they ended is in the [`Ledger`](super::ledger::Ledger).
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
    pub(crate) struct JudgingColumns of Judgment {
        problem_id: String,
        sample: u32,
        judge: String,
        confidence: Option<f64>,
        agreement: Option<f64>,
        calls: u32,
    }
}

impl Keyed for JudgingColumns {
    fn key(&self) -> Key {
        Key { problem_id: self.problem_id.clone(), sample: self.sample }
    }
}

impl Health {
    /// Counts one judgment.
    pub(crate) fn add(&mut self, verdict: JudgingColumns) {
        match self.judges.iter_mut().find(|known| known.judge == verdict.judge) {
            Some(known) => known.replies += 1,
            None => self.judges.push(Judged { judge: verdict.judge, replies: 1 }),
        }
        self.asked += u64::from(verdict.calls > 0);
        self.calls += u64::from(verdict.calls);
        self.confidence.add(verdict.confidence);
        self.agreement.add(verdict.agreement);
    }

    /// All replies that were judged, in whatever way it ended.
    pub(crate) fn replies(&self) -> u64 {
        self.judges.iter().map(|judged| judged.replies).sum()
    }
}

#[cfg(test)]
mod tests {
    use tables::Row;

    use super::*;

    #[test]
    fn judges_are_counted_and_means_have_something_behind_them() {
        let mut health = Health::default();
        let verdict = |judge: &str, confidence, agreement, calls| JudgingColumns {
            judge: judge.into(),
            confidence,
            agreement,
            calls,
            ..JudgingColumns::default()
        };
        health.add(verdict("rule", Some(0.5), None, 0));
        health.add(verdict("llm:big", Some(1.0), Some(0.75), 4));
        health.add(verdict("rule", None, None, 0));
        let replies: Vec<(&str, u64)> =
            health.judges.iter().map(|judged| (judged.judge.as_str(), judged.replies)).collect();
        assert_eq!(replies, [("rule", 2), ("llm:big", 1)]);
        assert_eq!((health.asked, health.calls, health.confidence.value()), (1, 4, Some(0.75)));
        assert_eq!(Mean::default().value(), None);
    }

    #[test]
    fn the_columns_are_those_of_judgments() {
        assert_eq!(JudgingColumns::fields().len(), 6);
    }
}
