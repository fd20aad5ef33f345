//! `token_confidence`: how far the likeliest tokens were ahead of the others.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::selector::{Seen, Selector};

/// Minus the mean logprob of the likeliest tokens at each place (arXiv 2508.15260): the larger, the surer.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct TokenConfidence {
    /// What of all places counts: their `mean`, that of the last window (`tail`), that of the window where it is `lowest`, or
    /// that of the tenth of all windows at the `bottom`. The window is the model's `confidence_window`.
    reduce: Reduce,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Reduce {
    #[default]
    Mean,
    Tail,
    Lowest,
    Bottom,
}

impl Default for TokenConfidence {
    fn default() -> Self {
        Self { reduce: Reduce::Mean }
    }
}

impl Component for TokenConfidence {
    const KIND: &str = "token_confidence";
    const ABOUT: &str = "how far the likeliest tokens were ahead of the others at each place";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for TokenConfidence {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        let generation = seen.generation;
        match self.reduce {
            Reduce::Mean => generation.confidence_mean,
            Reduce::Tail => generation.confidence_tail,
            Reduce::Lowest => generation.confidence_lowest,
            Reduce::Bottom => generation.confidence_bottom,
        }
    }

    fn remedy(&self) -> String {
        super::logprob::ASK.to_owned()
    }

    fn label(&self) -> &'static str {
        match self.reduce {
            Reduce::Mean => Self::KIND,
            Reduce::Tail => "token_confidence_tail",
            Reduce::Lowest => "token_confidence_lowest",
            Reduce::Bottom => "token_confidence_bottom",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tables::Generation;

    use super::super::SELECTORS;
    use super::*;
    use crate::selector::Verified;

    #[test]
    fn every_way_to_reduce_has_a_name_and_a_column() {
        let generation = Generation {
            confidence_mean: Some(1.0),
            confidence_tail: Some(2.0),
            confidence_lowest: Some(3.0),
            confidence_bottom: Some(4.0),
            ..Generation::default()
        };
        let check = |table: serde_json::Value, label: &str, expect| {
            let built = SELECTORS.build_named(&table, "selectors[0]").map_err(|faults| faults.to_string());
            let selector = built.unwrap().built;
            let seen = Seen { generation: &generation, thinking: None, verified: Verified::default() };
            assert_eq!((selector.label(), selector.value(&seen)), (label, Some(expect)));
        };
        let by = |reduce: &str| json!({"kind": "token_confidence", "reduce": reduce});
        check(json!("token_confidence"), "token_confidence", 1.0);
        check(by("tail"), "token_confidence_tail", 2.0);
        check(by("lowest"), "token_confidence_lowest", 3.0);
        check(by("bottom"), "token_confidence_bottom", 4.0);
    }
}
