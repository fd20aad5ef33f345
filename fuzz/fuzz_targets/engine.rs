//! Whatever bytes come in: no panic, no hang, the same verdict twice, and every text equal to itself or
//! undecided.

#![no_main]

use libfuzzer_sys::fuzz_target;
use thinkmeter_answer::{Outcome, Policy, AssertionFinder, compare, extract};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (left, right) = text.split_once('\n').unwrap_or((&text, ""));
    let policy = Policy::default();
    let verdict = compare(left, right, &policy);
    assert_eq!(verdict.outcome, compare(left, right, &policy).outcome, "another verdict the second time");
    assert_ne!(compare(left, left, &policy).outcome, Outcome::Different, "{left:?} differs from itself");
    if let Some(found) = extract(&text) {
        assert!(text.get(found.span.clone()).is_some(), "a span outside the text: {:?}", found.span);
    }
    let finder = AssertionFinder::new(left, &[], &[right.to_owned()], &policy);
    for assertion in finder.assertions(&text) {
        assert!(assertion.score.is_finite());
    }
});
