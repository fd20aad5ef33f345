//! One figure over a set of generations.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::fields::{label, maybe, real, total};

/// A metric: one named figure of one model over one group, with how many generations stand behind it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// The dataset.
    pub dataset: String,
    /// The model.
    pub model: String,
    /// The group, such as `Level 3`; [`Metric::OVERALL`] for all together.
    pub subset: String,
    /// The figure's name in the metric registry, such as `token_efficiency`.
    pub metric: String,
    /// `all` generations, or `completed` ones only (neither truncated nor unclosed).
    pub scope: String,
    /// The figure; null when n is 0.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end of the 95 % interval.
    pub high: Option<f64>,
    /// How the interval was made (`beta`, `bootstrap-t`), or why there is none (`none: only 2 of at least 3 problems`); null when
    /// n is 0.
    pub interval: Option<String>,
    /// Generations behind the figure.
    pub n: u64,
    /// Problems behind the figure (the units of its interval).
    pub problems: u64,
    /// Generations of the group that do not count towards it.
    pub left_out: u64,
    /// Why they do not, such as `3 wrong, 1 judge failed`.
    pub left_out_why: Option<String>,
}

impl Metric {
    /// `subset` of a figure over all groups.
    pub const OVERALL: &'static str = "overall";
    /// How `interval` begins where there is none; the reason follows.
    pub const NO_INTERVAL: &'static str = "none: ";
    /// `scope` of a figure over every generation.
    pub const ALL: &'static str = "all";
    /// `scope` of a figure over generations that were neither truncated nor unclosed.
    pub const COMPLETED: &'static str = "completed";
}

impl Row for Metric {
    const NAME: &'static str = "metric";
    const VERSION: u32 = 2;

    fn fields() -> Vec<Field> {
        vec![
            label("dataset"),
            label("model"),
            label("subset"),
            label("metric"),
            label("scope"),
            maybe(real("value")),
            maybe(real("low")),
            maybe(real("high")),
            maybe(label("interval")),
            total("n"),
            total("problems"),
            total("left_out"),
            maybe(label("left_out_why")),
        ]
    }
}

#[cfg(test)]
impl Metric {
    pub(crate) fn example() -> Self {
        Self {
            dataset: "demo".into(),
            model: "m".into(),
            subset: Self::OVERALL.into(),
            metric: "accuracy".into(),
            scope: Self::ALL.into(),
            value: Some(0.5),
            low: Some(0.4),
            high: Some(0.6),
            interval: Some("beta".into()),
            n: 100,
            problems: 50,
            left_out: 3,
            left_out_why: Some("3 errors".into()),
        }
    }
}
