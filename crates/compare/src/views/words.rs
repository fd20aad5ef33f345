//! The words and numbers of a row, the same in every format for people.

use report::{Unit, whole};

use crate::comparison::{Comparison, Comparisons, LEVEL, Outcome, Row};
use crate::pairing::Pairing;

/// The headers of a row that is printed.
pub const HEADERS: [&str; 7] =
    ["measure", "baseline", "other", "difference", "95 % interval", "p (Holm)", "verdict"];

pub(super) const NOTHING: &str = "–";

/// A row as it is printed, cell by cell.
pub fn cells(row: &Row) -> [String; 7] {
    let unit = Unit::of(row.unit);
    let shown = |value: Option<f64>| value.map_or_else(|| NOTHING.to_owned(), |value| unit.show(value));
    let interval = row
        .low
        .zip(row.high)
        .map(|(low, high)| format!("{} to {}", bare(&unit.difference(low)), unit.difference(high)));
    [
        row.title.clone(),
        shown(row.baseline),
        shown(row.other),
        row.difference.map_or_else(|| NOTHING.to_owned(), |value| unit.difference(value)),
        interval.unwrap_or_else(|| NOTHING.to_owned()),
        row.p_holm.map_or_else(|| NOTHING.to_owned(), probability),
        row.outcome.word().to_owned(),
    ]
}

/// The number without its unit, which stands behind the interval's other end.
fn bare(difference: &str) -> &str {
    difference.trim_end_matches("pp").trim_end()
}

/// A p-value in as many digits as it deserves.
pub(crate) fn probability(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// What is paired, and how many pairs stand behind the rows.
pub(crate) fn basis(comparison: &Comparison, baseline: &str) -> String {
    let mut text = paired(comparison, baseline);
    let fewer: Vec<String> = comparison
        .rows
        .iter()
        .filter(|row| row.left_out > 0)
        .map(|row| {
            format!("{} of {} for {}", whole(row.pairs), whole(row.pairs + row.left_out), lower(&row.title))
        })
        .collect();
    if !fewer.is_empty() {
        text.push_str(&format!("; only pairs in which both have a value count: {}", fewer.join(", ")));
    }
    text.push('.');
    capital(&text)
}

fn paired(comparison: &Comparison, baseline: &str) -> String {
    let widest = comparison.rows.iter().max_by_key(|row| row.pairs + row.left_out);
    let (pairs, problems) = widest.map_or((0, 0), |row| (row.pairs, row.problems));
    let replies = format!("{} pairs of replies to {} problems", whole(pairs), whole(problems));
    let all = widest.map_or(0, |row| row.pairs + row.left_out);
    match comparison.pairing {
        Pairing::SameReplies => format!("{replies}, which are the very same replies"),
        Pairing::SharedSeed(seed) => format!("{replies}, by sample, for both were drawn with seed {seed}"),
        Pairing::Problems if comparison.replies == [all; 2] => replies,
        Pairing::Problems => {
            let [own, others] = comparison.replies.map(whole);
            format!(
                "means over the replies to each of {} problems, {own} of {baseline} and {others} of {}, for no seed \
                 that both share makes their samples the same draws",
                whole(pairs),
                comparison.other
            )
        }
    }
}

/// What ties and differences without an interval leave open.
pub(crate) fn open_questions(comparison: &Comparison) -> Vec<String> {
    let ties = comparison.rows.iter().filter(|row| row.outcome == Outcome::Tied).filter_map(open_question);
    ties.chain(comparison.rows.iter().filter_map(no_interval)).collect()
}

fn no_interval(row: &Row) -> Option<String> {
    let why = row.interval.strip_prefix(tables::MetricValue::NO_INTERVAL).filter(|_| row.pairs > 0)?;
    Some(format!("{}: no interval, for {why}.", row.title))
}

fn open_question(row: &Row) -> Option<String> {
    let unit = Unit::of(row.unit);
    let detectable = unit.difference(row.detectable?);
    let detectable = detectable.trim_start_matches(['+', '±']);
    let title = &row.title;
    let most =
        format!("{title}: these problems would show a difference of {detectable} in four of five runs");
    Some(match row.more_problems {
        None => format!("{most}; none was seen."),
        Some(0) => format!("{most}."),
        Some(more) => {
            let seen = unit.difference(row.difference?);
            format!(
                "{most}; to tell {seen} from chance would take about {} problems more.",
                whole(round(more))
            )
        }
    })
}

/// Two digits are all that such a forecast can claim.
fn round(number: u64) -> u64 {
    let digits = number.max(1).ilog10();
    let scale = 10_u64.pow(digits.saturating_sub(1));
    number.div_ceil(scale).saturating_mul(scale)
}

/// Replies without a counterpart, a few by name.
pub(crate) fn unpaired(comparison: &Comparison, baseline: &str) -> Vec<String> {
    let sides =
        [(baseline, &comparison.unpaired.baseline), (comparison.other.as_str(), &comparison.unpaired.other)];
    let told = |(name, alone): (&str, &Vec<String>)| {
        let few = alone.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let rest = if alone.len() > 5 { ", …" } else { "" };
        format!("{} replies of {name} have no counterpart: {few}{rest}", whole(alone.len() as u64))
    };
    sides.into_iter().filter(|(_, alone)| !alone.is_empty()).map(told).collect()
}

/// How it was done, in a sentence.
pub(crate) fn method(comparisons: &Comparisons) -> String {
    let mut rows = comparisons.others.iter().flat_map(|other| &other.rows);
    let test = if rows.any(|row| row.test == "mcnemar") {
        "McNemar's exact test for accuracy, a permutation test by problem for the rest"
    } else {
        "a permutation test that flips whole problems"
    };
    format!(
        "Differences are other − baseline over the pairs. Intervals: over problems, of shares with two \
         pretended ones, of means by bootstrap-t (over thousands by its expansion), {} draws, seed {}. \
         Tests: {test}; corrected after Holm over the measures; below {LEVEL} is called a difference.",
        whole(u64::from(comparisons.resamples)),
        comparisons.seed
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forecasts_have_two_digits() {
        let check = |number, expect| assert_eq!(round(number), expect);
        check(0, 0);
        check(7, 7);
        check(93, 93);
        check(793, 800);
        check(12_345, 13_000);
    }

    #[test]
    fn small_probabilities_are_not_zero() {
        assert_eq!(probability(0.0002), "< 0.001");
        assert_eq!(probability(0.0456), "0.046");
    }
}
