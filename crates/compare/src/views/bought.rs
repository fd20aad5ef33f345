//! The words and numbers of what tokens buy, the same in every format for people.

use report::{Unit, whole};
use tables::MetricValue;

use crate::comparison::Comparison;
use crate::efficiency::{Efficiency, Estimate};

use super::words::NOTHING;

pub(super) const HEADERS: [&str; 6] = [
    "problems",
    "number",
    "tokens/right, baseline",
    "tokens/right, other",
    "relative efficiency",
    "right per 1,000 more",
];

/// A group as it is printed, cell by cell.
pub(super) fn cells(efficiency: &Efficiency) -> [String; 6] {
    let [own, other] = &efficiency.tokens_per_right;
    let subset = match efficiency.subset.as_str() {
        MetricValue::OVERALL => "all",
        subset => subset,
    };
    [
        subset.to_owned(),
        whole(efficiency.problems),
        shown(own, Unit::Tokens),
        shown(other, Unit::Tokens),
        shown(&efficiency.relative_efficiency, Unit::Number),
        shown(&efficiency.right_per_thousand, Unit::Number),
    ]
}

fn shown(estimate: &Estimate, unit: Unit) -> String {
    let Some(value) = estimate.value else { return NOTHING.to_owned() };
    match estimate.low.zip(estimate.high) {
        Some((low, high)) => format!("{} ({})", unit.show(value), unit.interval(low, high, false)),
        None => unit.show(value),
    }
}

/// What the columns mean, and what they leave out; none where there is nothing to show.
pub(super) fn notes(comparison: &Comparison) -> Vec<String> {
    let Some(all) = comparison.efficiency.last() else { return vec![] };
    let mut notes = vec![
        "What the tokens buy: relative efficiency is right answers an output token, as a multiple of the baseline's; \
         the last column is how many right answers more the other has for every 1,000 output tokens that it spends \
         more, or fewer for every 1,000 that it saves. Each problem counts once. Intervals of 95 % in brackets."
            .to_owned(),
    ];
    if all.left_out > 0 {
        notes.push(format!(
            "{} of the {} problems are not in it: one of the two has no reply to them that is graded and of known length.",
            whole(all.left_out),
            whole(all.left_out + all.problems)
        ));
    }
    notes.extend(all.tokens_per_right.iter().zip(["baseline", "other"]).filter_map(|(estimate, name)| {
        let never = estimate.value.is_none() && all.problems > 0;
        never.then(|| {
            format!("The {name} is never right, so nothing can be said of its tokens a right answer.")
        })
    }));
    notes.extend(without_interval(&all.right_per_thousand));
    notes
}

fn without_interval(rate: &Estimate) -> Option<String> {
    let why = rate.interval.strip_prefix(MetricValue::NO_INTERVAL).filter(|_| rate.value.is_some())?;
    Some(format!("Right answers for 1,000 tokens more: no interval, for {why}."))
}
