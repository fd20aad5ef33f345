//! Accuracy over the labelled pairs, with floors. Skips where the pairs are not at hand.

use std::path::Path;

use stage::Silent;
use thinkmeter_pairs::{Output, Settings, run};

const PAIRS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/answers/pairs.jsonl");

#[test]
fn labelled_pairs() {
    if !Path::new(PAIRS).exists() {
        println!("skipped: no labelled pairs at {PAIRS}");
        return;
    }
    let report = run(Path::new(PAIRS), &Settings::default(), Output::Nowhere, &Silent).unwrap();
    println!("{}", report.to_text());
    let all = report.accuracy.overall;
    assert!(report.accuracy.micro().is_some_and(|right| right >= 0.99), "accuracy fell");
    assert!(report.accuracy.macro_().is_some_and(|right| right >= 0.97), "accuracy fell in some family");
    assert!(all.share(all.false_positives).is_some_and(|share| share <= 0.002), "false positives rose");
    assert!(all.share(all.unknown).is_some_and(|share| share <= 0.01), "undecided rows rose");
}
