//! What the tokens of two model runs buy: relative efficiency, over all problems and by group.
//!
//! Meant for a model that thinks against one that does not (arXiv 2505.22017), and holds for any two over the same problems.
//! Each problem counts once, with the means over its replies, in both.

use std::collections::BTreeMap;

use score::natural_order;
use serde::Serialize;
use stats::{Draws, Interval, Missing, Quotient, exchange_rate};
use tables::{MetricValue, Score};

use crate::error::CompareError;
use crate::measures::{self, Measure, value};

/// Right answers are counted for so many tokens.
const THOUSAND: f64 = 1000.0;

/// A figure with its interval.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// None where it is divided by nothing.
    pub value: Option<f64>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// How the interval was made, or why there is none.
    pub interval: String,
}

/// What tokens buy in one group of problems.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Efficiency {
    /// The group; [`MetricValue::OVERALL`] for all problems.
    pub subset: String,
    /// Problems to which both have a reply that is right or wrong and of known length.
    pub problems: u64,
    /// Other problems of the group that both were asked.
    pub left_out: u64,
    /// Output tokens, thinking and answer, for each right answer: of the baseline and of the other.
    pub tokens_per_right: [Estimate; 2],
    /// Right answers a token of the other, as a multiple of the baseline's.
    pub relative_efficiency: Estimate,
    /// Right answers that the other has more for every 1,000 tokens that it spends more; where it spends fewer, right answers
    /// that it has fewer for every 1,000 that it saves.
    pub right_per_thousand: Estimate,
}

/// By group where there are several, in the order of their names, and over all problems of two model runs.
pub(crate) fn efficiencies(baseline: &Means, other: &Means, draws: Draws) -> Vec<Efficiency> {
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    let mut all = Group::default();
    for (problem, a) in &baseline.0 {
        let Some(b) = other.0.get(problem) else { continue };
        all.add(a, b);
        groups.entry(&a.subset).or_default().add(a, b);
    }
    let mut names: Vec<&str> = groups.keys().copied().filter(|name| !name.is_empty()).collect();
    names.sort_by(|a, b| natural_order(a, b));
    let several = names.len() > 1;
    let parts = names.iter().filter(|_| several).map(|name| groups[name].efficiency(name, draws));
    parts.chain([all.efficiency(MetricValue::OVERALL, draws)]).collect()
}

/// What the means are of: whether a reply is right, and its length.
pub(crate) fn measured() -> Result<[Measure; 2], CompareError> {
    Ok([measures::named("accuracy")?, measures::named("output_tokens")?])
}

/// Of the replies to each problem that are right or wrong and of known length.
#[derive(Default)]
pub(crate) struct Means(BTreeMap<String, Mean>);

#[derive(Default)]
struct Mean {
    subset: String,
    right: f64,
    tokens: f64,
    replies: f64,
}

impl Means {
    /// Adds a reply, by the two that are [`measured`].
    pub(crate) fn add(&mut self, score: &Score, [right, tokens]: [Measure; 2]) {
        let mean = self.0.entry(score.problem_id.clone()).or_default();
        mean.subset.clone_from(&score.subset);
        if let (Some(right), Some(tokens)) = (value(right, score), value(tokens, score)) {
            mean.right += right;
            mean.tokens += tokens;
            mean.replies += 1.0;
        }
    }
}

/// A value a problem, of the baseline and of the other.
#[derive(Default)]
struct Group {
    right: [Vec<f64>; 2],
    tokens: [Vec<f64>; 2],
    left_out: u64,
}

impl Group {
    fn add(&mut self, baseline: &Mean, other: &Mean) {
        let both = [baseline, other];
        if both.iter().any(|mean| mean.replies == 0.0) {
            self.left_out += 1;
            return;
        }
        for (at, mean) in both.into_iter().enumerate() {
            self.right[at].push(mean.right / mean.replies);
            self.tokens[at].push(mean.tokens / mean.replies);
        }
    }

    fn efficiency(&self, subset: &str, draws: Draws) -> Efficiency {
        let ([own, other], [own_right, right]) = (&self.tokens, &self.right);
        let quotient = |above: &[&[f64]], below: &[&[f64]]| {
            let quotient = Quotient { above, below };
            Estimate::of(quotient.value(), quotient.interval(draws), 1.0)
        };
        let (rate, interval) = exchange_rate(&less(right, own_right), &less(other, own), draws);
        Efficiency {
            subset: subset.to_owned(),
            problems: own.len() as u64,
            left_out: self.left_out,
            tokens_per_right: [quotient(&[own], &[own_right]), quotient(&[other], &[right])],
            relative_efficiency: quotient(&[right, own], &[other, own_right]),
            right_per_thousand: Estimate::of(rate, interval, THOUSAND),
        }
    }
}

fn less(these: &[f64], those: &[f64]) -> Vec<f64> {
    these.iter().zip(those).map(|(this, that)| this - that).collect()
}

impl Estimate {
    fn of(value: Option<f64>, interval: Result<Interval, Missing>, scale: f64) -> Self {
        Self {
            value: value.map(|value| scale * value),
            low: interval.ok().map(|found| scale * found.low),
            high: interval.ok().map(|found| scale * found.high),
            interval: interval.map_or_else(|missing| missing.to_string(), |found| found.method.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNDRAWN: Draws = Draws { resamples: 0, seed: 0 };

    fn group(rows: &[[f64; 4]]) -> Group {
        let mut group = Group::default();
        for [own, own_right, tokens, right] in rows {
            let mean = |tokens: f64, right: f64| Mean { right, tokens, replies: 1.0, ..Mean::default() };
            group.add(&mean(*own, *own_right), &mean(*tokens, *right));
        }
        group
    }

    #[test]
    fn the_figures_are_quotients_of_means() {
        let check = |rows: &[[f64; 4]], expect: [Option<f64>; 4]| {
            let Efficiency {
                tokens_per_right: [own, other], relative_efficiency, right_per_thousand, ..
            } = group(rows).efficiency("all", UNDRAWN);
            let found = [own, other, relative_efficiency, right_per_thousand].map(|estimate| estimate.value);
            for (found, expect) in found.into_iter().zip(expect) {
                let same = found.zip(expect).map_or(found == expect, |(a, b)| (a - b).abs() < 1e-9);
                assert!(same, "{rows:?}: {found:?}, not {expect:?}");
            }
        };
        // 20 tokens a right answer against 125: .16 of the efficiency, .3 right answers for 90 tokens more.
        check(&[[10.0, 0.5, 100.0, 0.8]; 2], [Some(20.0), Some(125.0), Some(0.16), Some(10.0 / 3.0)]);
        // Turned round, the rate is the same.
        check(&[[100.0, 0.8, 10.0, 0.5]; 2], [Some(125.0), Some(20.0), Some(6.25), Some(10.0 / 3.0)]);
        check(&[[10.0, 0.0, 100.0, 1.0]], [None, Some(100.0), None, Some(1000.0 / 90.0)]);
        check(&[[10.0, 1.0, 10.0, 0.0]], [Some(10.0), None, Some(0.0), None]);
        check(&[], [None; 4]);
    }

    #[test]
    fn a_problem_without_a_graded_reply_of_both_is_left_out() {
        let mut all = group(&[[10.0, 1.0, 20.0, 1.0]]);
        all.add(&Mean::default(), &Mean { replies: 1.0, ..Mean::default() });
        let Efficiency { problems, left_out, .. } = all.efficiency("all", UNDRAWN);
        assert_eq!((problems, left_out), (1, 1));
    }
}
