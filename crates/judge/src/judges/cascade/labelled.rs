//! What the doubt is worth, against labels by hand. Skips where labels and traces are not at hand.

use super::tests::{asks, judge};
use super::*;
use crate::judges::rule::labelled::{CHOICES, LABELS, LABELS_OF_CHOICES, MATHEMATICS, Trace, rows, traces};
use crate::test_support::graded;

/// Traces that were kept or sent on, and how many of them the rules place wrong.
#[derive(Debug, Default)]
struct Lot {
    all: usize,
    wrong: usize,
}

fn is_sent(cascade: &dyn Judge, trace: &Trace) -> bool {
    about(trace, |item| asks(cascade, item))
}

fn about<T>(trace: &Trace, ask: impl FnOnce(&Item<'_>) -> T) -> T {
    let (problem, generation) = (&trace.problem, &trace.generation);
    ask(&Item { problem, generation, grade: &graded(problem, generation), steps: &trace.steps })
}

#[test]
fn what_is_kept_is_right_more_often_than_what_is_sent_on() {
    let labels: Vec<_> = [LABELS, LABELS_OF_CHOICES].into_iter().flat_map(rows).collect();
    let traces = traces(&[MATHEMATICS, CHOICES].concat());
    if labels.is_empty() || traces.is_empty() {
        return;
    }
    let cascade = judge(&json!({}));
    let rule = judge(&json!({"doubt": {
        "band_share": 1.0, "confidence": 0.0, "absent": "never", "undecided": false,
    }}));
    let (mut kept, mut sent) = (Lot::default(), Lot::default());
    for label in &labels {
        let trace = Trace::of(&traces[label["trace"].as_str().unwrap()]);
        let step = about(&trace, |item| at_once(rule.as_ref(), item)).step.map(u64::from);
        let right = match label["lo"].as_u64().zip(label["hi"].as_u64()) {
            Some((low, high)) => step.is_some_and(|step| (low..=high).contains(&step)),
            None => step.is_none(),
        };
        let lot = if is_sent(cascade.as_ref(), &trace) { &mut sent } else { &mut kept };
        lot.all += 1;
        lot.wrong += usize::from(!right);
    }
    println!("labelled: kept {kept:?}, sent on {sent:?}");
    let doubted = traces.values().map(Trace::of).filter(|trace| is_sent(cascade.as_ref(), trace)).count();
    println!("all traces: {doubted} of {} sent on", traces.len());
    assert!(kept.wrong * 100 <= kept.all * 10, "doubtful verdicts are kept");
    // Of a few wrong ones no share can be told.
    let few = kept.wrong + sent.wrong < 5;
    assert!(few || kept.wrong * sent.all <= sent.wrong * kept.all, "doubt is worse than chance");
    assert!(sent.all * 100 <= labels.len() * 60, "too much is sent on");
}
