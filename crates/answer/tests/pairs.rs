//! Accuracy against labelled pairs of answers, with floors. Skips where the pairs are not at hand.

#![expect(clippy::disallowed_methods, reason = "a test")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;
use thinkmeter_answer::{Outcome, Policy, compare, extract};

const PAIRS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/answers/pairs.jsonl");

/// Verdicts on the rows that count.
#[derive(Default)]
struct Tally {
    right: u32,
    false_positive: u32,
    false_negative: u32,
    unknown: u32,
}

impl Tally {
    fn total(&self) -> u32 {
        self.right + self.false_positive + self.false_negative + self.unknown
    }

    fn share(&self, count: u32) -> f64 {
        100.0 * f64::from(count) / f64::from(self.total().max(1))
    }

    fn add(&mut self, outcome: Outcome, equal: bool) -> bool {
        let counter = match (outcome, equal) {
            (Outcome::Unknown, _) => &mut self.unknown,
            (Outcome::Equal, false) => &mut self.false_positive,
            (Outcome::Different, true) => &mut self.false_negative,
            _ => &mut self.right,
        };
        *counter += 1;
        !matches!((outcome, equal), (Outcome::Equal, true) | (Outcome::Different, false))
    }
}

/// The answer that a row's text holds, for the kinds that give whole replies.
fn bare(text: &str) -> String {
    extract(text).map_or_else(|| text.to_owned(), |found| found.raw)
}

fn judged(row: &Value) -> Option<(Outcome, bool, String)> {
    let (gold, given) = (row["gold"].as_str()?, row["pred"].as_str()?);
    let equal = row["expected"].as_i64()? == 1;
    let (gold, given) = match row["kind"].as_str()? {
        "answer" => (gold.to_owned(), given.to_owned()),
        "reply" => (bare(gold), bare(given)),
        _ => (gold.to_owned(), bare(given)),
    };
    let verdict = compare(&gold, &given, &Policy::default());
    Some((verdict.outcome, equal, format!("{gold:?} ~ {given:?}: {}", verdict.how)))
}

#[test]
fn labelled_pairs() {
    let Ok(text) = std::fs::read_to_string(PAIRS) else {
        println!("skipped: no labelled pairs at {PAIRS}");
        return;
    };
    let show = std::env::var_os("SHOW_FAILURES").is_some();
    let (mut counted, mut policy) = (Tally::default(), Tally::default());
    let mut families: BTreeMap<String, Tally> = BTreeMap::new();
    let mut times: Vec<Duration> = Vec::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let start = Instant::now();
        let Some((outcome, equal, how)) = judged(&row) else { continue };
        times.push(start.elapsed());
        let convention = row["policy"] == true;
        let wrong = if convention { &mut policy } else { &mut counted }.add(outcome, equal);
        let family = row["family"].as_str().unwrap_or_default();
        if !convention {
            families.entry(family.to_owned()).or_default().add(outcome, equal);
        }
        if wrong && show {
            let kind = if convention { "policy" } else { "counted" };
            println!("{kind} {outcome:?} but {equal} [{}] {family}: {how}", row["id"]);
        }
    }
    times.sort_unstable();
    let mean = families.values().map(|tally| tally.share(tally.right)).sum::<f64>() / families.len() as f64;
    for (name, tally) in [("counted", &counted), ("policy", &policy)] {
        println!(
            "{name}: {} rows, right {:.2} %, false positives {:.2} %, false negatives {:.2} %, unknown {:.2} %",
            tally.total(),
            tally.share(tally.right),
            tally.share(tally.false_positive),
            tally.share(tally.false_negative),
            tally.share(tally.unknown),
        );
    }
    println!("mean over {} families: {mean:.2} %", families.len());
    println!(
        "time: median {:?}, p99 {:?}, worst {:?}",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1]
    );
    assert!(mean >= 97.0, "the mean over families fell");
    for (family, tally) in &families {
        // One row of a small family may be lost, and a seventh of a large one.
        let lost = tally.total() - tally.right;
        assert!(lost <= 1.max(tally.total() / 7), "{family}: {lost} of {} rows are wrong", tally.total());
        assert!(tally.false_positive <= 2.max(tally.total() / 100), "{family}: false positives");
    }
    assert!(counted.share(counted.right) >= 99.0, "accuracy fell");
    assert!(counted.share(counted.false_positive) <= 0.2, "false positives rose");
    assert!(counted.share(counted.unknown) <= 1.0, "undecided rows rose");
}
