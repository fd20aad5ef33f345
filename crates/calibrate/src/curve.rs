//! Verdicts by their confidence: is a judge right as often as it is sure, and what would a cascade gain that sends on what it
//! is less sure of?

use serde::Serialize;
use stats::Proportion;

use crate::{JudgedStep, Report};

/// Confidences between which shares are told.
const BOUNDS: [f64; 7] = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// Verdicts of about the same confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// The least confidence.
    pub from: f64,
    /// The confidence that is too much, but for 1.
    pub to: f64,
    /// Those that name a step that can be defended.
    pub inside: Proportion,
}

/// The curve of a judge over traces that assert the answer; empty if it is never sure of anything.
pub(crate) fn curve(verdicts: &[JudgedStep]) -> Vec<Bin> {
    let told =
        |verdict: &JudgedStep| Some((verdict.confidence.filter(|_| verdict.label >= 0)?, verdict.right?));
    let all: Vec<(f64, bool)> = verdicts.iter().filter_map(told).collect();
    if all.is_empty() {
        return vec![];
    }
    let bin = |ends: &[f64]| {
        let (from, to) = (ends[0], ends[1]);
        let within = all.iter().filter(|(sure, _)| *sure >= from && (*sure < to || to >= 1.0));
        Bin { from, to, inside: Proportion::count(within.map(|(_, right)| *right)) }
    };
    BOUNDS.windows(2).map(bin).collect()
}

/// Two judges one behind the other: the second is asked where the first is not sure, finds no step, or fails.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cascade {
    /// The judge of all traces.
    pub first: String,
    /// The judge of the doubtful ones.
    pub second: String,
    /// What comes of it, by the confidence below which is sent on.
    pub below: Vec<SentOn>,
}

/// A cascade that sends on what is below a confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SentOn {
    /// The confidence.
    pub confidence: f64,
    /// Traces that are sent on.
    pub sent: Proportion,
    /// Right verdicts of the two together.
    pub right: Proportion,
    /// Right verdicts of the first alone.
    pub alone: Proportion,
    /// Tokens that the second was asked and said for these.
    pub tokens: u64,
    /// Right verdicts gained for a thousand of them; null where it asks nobody.
    pub gained: Option<f64>,
}

/// A cascade of the first judge that says how sure it is and each judge that does not.
pub(crate) fn cascades(reports: &[Report]) -> Vec<Cascade> {
    let Some(first) = reports.iter().find(|report| !report.curve.is_empty()) else { return vec![] };
    let others = reports.iter().filter(|report| report.curve.is_empty() && report.assertions.is_some());
    others.map(|second| Cascade::of(first, second)).collect()
}

impl Cascade {
    fn of(first: &Report, second: &Report) -> Self {
        let below =
            BOUNDS[1..BOUNDS.len() - 1].iter().map(|confidence| SentOn::of(first, second, *confidence));
        Self { first: first.judge.clone(), second: second.judge.clone(), below: below.collect() }
    }
}

impl SentOn {
    fn of(first: &Report, second: &Report, confidence: f64) -> Self {
        let sends = |verdict: &JudgedStep| verdict.confidence.is_none_or(|sure| sure < confidence);
        let pairs: Vec<(&JudgedStep, &JudgedStep)> = first.verdicts.iter().zip(&second.verdicts).collect();
        let right = |verdict: &JudgedStep| verdict.right == Some(true);
        let last = |(one, other): &(&JudgedStep, &JudgedStep)| right(if sends(one) { other } else { one });
        let (alone, both) =
            (Proportion::count(first.verdicts.iter().map(right)), Proportion::count(pairs.iter().map(last)));
        let tokens = pairs.iter().filter(|(one, _)| sends(one)).map(|(_, other)| other.tokens).sum();
        let gained = (tokens > 0).then(|| (both.hits as f64 - alone.hits as f64) / (tokens as f64 / 1000.0));
        let sent = Proportion::count(first.verdicts.iter().map(sends));
        Self { confidence, sent, right: both, alone, tokens, gained }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;

    fn verdict(confidence: Option<f64>, right: bool, tokens: u64) -> JudgedStep {
        JudgedStep {
            trace: String::new(),
            label: 1,
            step: Some(1),
            reason: None,
            confidence,
            right: Some(right),
            tokens,
        }
    }

    fn report(judge: &str, verdicts: Vec<JudgedStep>) -> Report {
        Report {
            judge: judge.to_owned(),
            target: Target::FirstAssertion,
            traces: verdicts.len() as u64,
            failed: Proportion::default(),
            assertions: Some(crate::Assertions::default()),
            errors: None,
            step_auc: None,
            calls: 0,
            prompt_tokens: None,
            completion_tokens: None,
            cost: None,
            efficiency_errors: vec![],
            curve: curve(&verdicts),
            verdicts,
        }
    }

    #[test]
    fn verdicts_are_counted_where_they_are_sure() {
        let verdicts = [(0.2, false), (0.95, true), (0.9, true), (1.0, false)]
            .map(|(sure, right)| verdict(Some(sure), right, 0));
        let shares: Vec<(u64, u64)> =
            curve(&verdicts).iter().map(|bin| (bin.inside.hits, bin.inside.of)).collect();
        assert_eq!(shares, [(0, 1), (0, 0), (0, 0), (0, 0), (0, 0), (2, 3)]);
        assert_eq!(curve(&[verdict(None, true, 0)]), []);
    }

    #[test]
    fn a_cascade_asks_about_what_is_doubtful() {
        let first = report(
            "rule",
            vec![verdict(Some(0.9), true, 0), verdict(Some(0.55), false, 0), verdict(None, false, 0)],
        );
        let second = report(
            "llm:m",
            vec![verdict(None, false, 500), verdict(None, true, 500), verdict(None, true, 500)],
        );
        let cascades = cascades(&[first, second]);
        let below: Vec<(f64, u64, u64, Option<f64>)> = cascades[0]
            .below
            .iter()
            .map(|one| (one.confidence, one.sent.hits, one.right.hits, one.gained))
            .collect();
        assert_eq!(below[0], (0.5, 1, 2, Some(2.0)));
        assert_eq!(below[1], (0.6, 2, 3, Some(2.0)));
        assert_eq!((below.len(), cascades[0].second.as_str()), (5, "llm:m"));
    }
}
