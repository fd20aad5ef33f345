//! One figure over a set of generations.

use crate::row;

row! {
    /// A metric: one named figure of one model over one group, with how many generations stand behind it.
    pub struct MetricValue is "metric", version 2 {
        /// The dataset.
        dataset: String as label,
        /// The model.
        model: String as label,
        /// The group, such as `Level 3`; [`MetricValue::OVERALL`] for all together.
        subset: String as label,
        /// The figure's name in the metric registry, such as `token_efficiency`.
        metric: String as label,
        /// `all` generations, or `completed` ones only (neither truncated nor unclosed).
        scope: String as label,
        /// The figure; null when n is 0.
        value: Option<f64>,
        /// Lower end of the 95 % interval.
        low: Option<f64>,
        /// Upper end of the 95 % interval.
        high: Option<f64>,
        /// How the interval was made (`beta`, `bootstrap-t`, `expansion`), or why there is none (`none: only 2 of at least 3 problems`);
        /// null when n is 0.
        interval: Option<String> as label,
        /// Generations behind the figure.
        n: u64,
        /// Problems behind the figure (the units of its interval).
        problems: u64,
        /// Generations of the group that do not count towards it.
        left_out: u64,
        /// Why they do not, such as `3 wrong, 1 judge failed`.
        left_out_why: Option<String> as label,
    }
}

impl MetricValue {
    /// `subset` of a figure over all groups.
    pub const OVERALL: &'static str = "overall";
    /// How `interval` begins where there is none; the reason follows.
    pub const NO_INTERVAL: &'static str = "none: ";
    /// `scope` of a figure over every generation.
    pub const ALL: &'static str = "all";
    /// `scope` of a figure over generations that were neither truncated nor unclosed.
    pub const COMPLETED: &'static str = "completed";
}
