//! `verifier`: what a verifier said of each reply.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use verify::Aggregate;

use super::column::recorded;
use crate::selector::{Seen, Selector};

/// A verifier's score: that of the task `verify`, else a recorded one.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Verifier {
    /// The recorded column that holds it where there is no such task; the higher its number, the better the reply.
    column: Option<String>,
    /// In place of its own score one that is made of those of the steps: `min`, `product`, `last`, `mean` or `geometric`.
    aggregate: Option<Aggregate>,
}

impl Component for Verifier {
    const KIND: &str = "verifier";
    const ABOUT: &str = "what a verifier said of each reply: the task `verify`, or a recorded column";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for Verifier {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        if let Some(aggregate) = self.aggregate {
            return aggregate.of(seen.verified.steps?);
        }
        // Where the task failed, a number on another scale is no stand-in.
        let column = self.column.as_deref().filter(|_| !seen.verified.wanted);
        seen.verified.score.or_else(|| recorded(seen, column?)).filter(|score| score.is_finite())
    }

    fn passed_over(&self, seen: &Seen<'_>) -> Option<&str> {
        let column = self.column.as_deref().filter(|_| seen.verified.wanted)?;
        recorded(seen, column).map(|_| column)
    }

    fn remedy(&self) -> String {
        match &self.column {
            Some(column) => format!("no recorded reply holds a number in a column `{column}`"),
            None => "ask a verifier with a table [tasks.verify]".to_owned(),
        }
    }

    fn label(&self) -> &str {
        match self.aggregate {
            None => Self::KIND,
            Some(Aggregate::Geometric) => "verifier_geometric",
            Some(Aggregate::Last) => "verifier_last",
            Some(Aggregate::Mean) => "verifier_mean",
            Some(Aggregate::Min) => "verifier_min",
            Some(Aggregate::Product) => "verifier_product",
        }
    }
}

#[cfg(test)]
mod tests {
    use tables::Generation;

    use super::*;
    use crate::selector::Verified;

    #[test]
    fn the_task_comes_before_the_recorded_column_and_steps_are_aggregated() {
        let generation = Generation { extra: Some("{\"reward\": 0.25}".into()), ..Generation::default() };
        let steps = [Some(0.5), Some(0.75)];
        let check = |score, steps: Option<&[Option<f64>]>, selector: &Verifier, expect| {
            let verified = Verified { score, steps, wanted: score.is_some() };
            let seen = Seen { generation: &generation, thinking: None, verified };
            assert_eq!(selector.value(&seen), expect);
        };
        let failed = Verified { wanted: true, ..Verified::default() };
        let seen = Seen { generation: &generation, thinking: None, verified: failed };
        let reward = Verifier { column: Some("reward".into()), aggregate: None };
        assert_eq!((reward.value(&seen), reward.passed_over(&seen)), (None, Some("reward")));
        let column = |column: &str| Verifier { column: Some(column.into()), aggregate: None };
        check(Some(0.875), None, &column("reward"), Some(0.875));
        check(None, None, &column("reward"), Some(0.25));
        check(None, None, &column("other"), None);
        check(None, None, &Verifier::default(), None);
        check(Some(f64::NAN), None, &Verifier::default(), None);
        let last = Verifier { column: None, aggregate: Some(Aggregate::Last) };
        check(Some(0.1), Some(&steps), &last, Some(0.75));
        check(Some(0.1), None, &last, None);
        let labels = Aggregate::ALL.map(|aggregate| Verifier { column: None, aggregate: Some(aggregate) });
        for (selector, aggregate) in labels.iter().zip(Aggregate::ALL) {
            assert_eq!(selector.label(), format!("verifier_{}", aggregate.word()));
        }
    }
}
