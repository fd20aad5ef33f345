//! Agreement with labels: the first assertion, with two baselines beside it, and the ends of solution rounds.

use std::collections::BTreeMap;

use answer::{AssertionFinder, Policy};
use anyhow::Context;
use judge::Judge;

use super::share::Share;
use super::traces::{Label, Trace};
use crate::say;

/// Agreement of one way of finding the first assertion.
#[derive(Default)]
struct Agreement {
    inside: Share,
    near: Share,
    early: usize,
    late: usize,
    missed: usize,
    signed: f64,
}

impl Agreement {
    fn add(&mut self, trace: &Trace, label: &Label, right: u32, found: Option<u32>) -> bool {
        let inside = label.is_met_by(found);
        self.inside.add(inside);
        let wider = label.low.saturating_sub(1)..=label.high + 1;
        self.near.add(found.is_some_and(|step| wider.contains(&step)));
        self.early += usize::from(found.is_some_and(|step| step < label.low));
        self.late += usize::from(found.is_some_and(|step| step > label.high));
        self.missed += usize::from(found.is_none());
        self.signed += trace.share_through(found) - trace.share_through(Some(right));
        inside
    }

    fn line(&self, name: &str) -> String {
        format!(
            "  {name:<28} inside {:<16} within one step {:<16} signed {:+.3}  early {} late {} missed {}",
            self.inside.to_string(),
            self.near.to_string(),
            self.signed / self.inside.of.max(1) as f64,
            self.early,
            self.late,
            self.missed,
        )
    }
}

/// Ends of rounds that were found within a step.
#[derive(Default)]
struct Rounds {
    precise: Share,
    recalled: Share,
}

impl Rounds {
    fn add(&mut self, label: &[u32], found: &[u32]) {
        let close = |step: &u32, all: &[u32]| all.iter().any(|other| step.abs_diff(*other) <= 1);
        found.iter().for_each(|step| self.precise.add(close(step, label)));
        label.iter().for_each(|step| self.recalled.add(close(step, found)));
    }

    fn f1(&self) -> f64 {
        let (p, r) = (self.precise.value(), self.recalled.value());
        if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 }
    }
}

/// Verdicts by their confidence, and how many of them lie inside.
#[derive(Default)]
struct Curve([Share; BOUNDS.len() + 1]);

/// Confidences between which shares are told.
const BOUNDS: [f64; 5] = [0.5, 0.6, 0.7, 0.8, 0.9];

impl Curve {
    fn add(&mut self, confidence: Option<f64>, inside: bool) {
        if let Some(confidence) = confidence {
            self.0[BOUNDS.partition_point(|bound| *bound <= confidence)].add(inside);
        }
    }

    /// A line a range of confidences: how many verdicts, which share lies inside, and the 95 % interval of that.
    fn lines(&self) -> Vec<String> {
        let from = [0.0].into_iter().chain(BOUNDS);
        let line = |(from, share): (f64, &Share)| {
            let found = stats::Proportion::new(share.count as u64, share.of as u64);
            let end =
                |end: Option<f64>| end.map_or_else(|| "–".to_owned(), |end| format!("{:.0}", 100.0 * end));
            format!(
                "    confidence from {from:.1}: inside {share} (95 %: {}–{})",
                end(found.low),
                end(found.high)
            )
        };
        from.zip(&self.0).map(line).collect()
    }
}

pub(super) fn report(
    name: &str,
    judge: &dyn Judge,
    traces: &[Trace],
    labels: &[Label],
    verbose: bool,
) -> anyhow::Result<()> {
    let by_id: BTreeMap<&str, &Trace> = traces.iter().map(|trace| (trace.id.as_str(), trace)).collect();
    let (mut rule, mut mention, mut cue) = (Agreement::default(), Agreement::default(), Agreement::default());
    let mut kinds: BTreeMap<&str, Agreement> = BTreeMap::new();
    let (mut absent, mut rounds, mut curve) = (Share::default(), Rounds::default(), Curve::default());
    for label in labels {
        let trace = by_id.get(label.trace.as_str()).with_context(|| format!("no trace {}", label.trace))?;
        let verdict = trace.judged(judge, &trace.problem.gold);
        let ends: Vec<u32> = verdict.solutions.iter().flatten().map(|round| round.end).collect();
        rounds.add(&label.solutions, &ends);
        let Some(right) = label.step else {
            absent.add(verdict.step.is_none());
            if verbose && verdict.step.is_some() {
                explain(trace, label, verdict.step);
            }
            continue;
        };
        let (any, explicit) = baselines(trace);
        mention.add(trace, label, right, any);
        cue.add(trace, label, right, explicit);
        kinds.entry(trace.kind()).or_default().add(trace, label, right, verdict.step);
        let inside = rule.add(trace, label, right, verdict.step);
        curve.add(verdict.confidence, inside);
        if !inside && verbose {
            explain(trace, label, verdict.step);
        }
    }
    say(&format!("first assertion: {name}"));
    say(&rule.line("rule judge"));
    say(&mention.line("baseline: any mention"));
    say(&cue.line("baseline: answer cue or box"));
    kinds.iter().for_each(|(kind, agreement)| say(&agreement.line(&format!("  {kind}"))));
    say("  inside by the confidence of the verdict");
    curve.lines().iter().for_each(|line| say(line));
    if absent.of > 0 {
        say(&format!("  traces that never assert it: left alone {absent}"));
    }
    say(&format!(
        "  ends of rounds within a step: F1 {:.3}, precise {}, recalled {}",
        rounds.f1(),
        rounds.precise,
        rounds.recalled
    ));
    Ok(())
}

/// The first step with any mention, and the first with a box or an answer cue.
fn baselines(trace: &Trace) -> (Option<u32>, Option<u32>) {
    let problem = &trace.problem;
    let finder = AssertionFinder::new(&problem.problem, &problem.choices, &problem.gold, &Policy::default());
    let (mut any, mut explicit) = (None, None);
    for index in 0..trace.steps.len() {
        let mentions = finder.assertions(trace.step_text(index));
        if !mentions.is_empty() {
            any = any.or(u32::try_from(index).ok());
        }
        if mentions.iter().any(|mention| mention.explicit) {
            explicit = u32::try_from(index).ok();
            break;
        }
    }
    (any, explicit)
}

fn explain(trace: &Trace, label: &Label, found: Option<u32>) {
    let gold = trace.problem.gold.join(" | ");
    say(&format!(
        "  {} gold {gold}: found {found:?}, label {:?} in {}–{}",
        trace.id, label.step, label.low, label.high
    ));
    let problem = &trace.problem;
    let finder = AssertionFinder::new(&problem.problem, &problem.choices, &problem.gold, &Policy::default());
    for step in found.into_iter().chain(label.step) {
        let text = trace.step_text(step as usize);
        say(&format!("    [{step}] {}", text.replace('\n', " / ")));
        for mention in finder.assertions(text) {
            say(&format!(
                "        {:.1} {:?} {:?}",
                mention.score,
                &text[mention.span.clone()],
                mention.evidence
            ));
        }
    }
}
