//! Labelled pairs of answers: right, wrong, undecided, and how long each takes with parsing.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use answer::{Outcome, Policy, compare, extract};
use serde_json::Value;
use stats::quantile;

use super::share::Share;
use crate::say;

/// A pair, ready to be compared.
struct Pair {
    id: String,
    family: String,
    convention: bool,
    equal: bool,
    gold: String,
    given: String,
}

#[derive(Default)]
struct Tally {
    right: Share,
    false_positive: Share,
    false_negative: Share,
    unknown: Share,
}

impl Tally {
    fn add(&mut self, outcome: Outcome, equal: bool) -> bool {
        let right = matches!((outcome, equal), (Outcome::Equal, true) | (Outcome::Different, false));
        self.right.add(right);
        self.false_positive.add(outcome == Outcome::Equal && !equal);
        self.false_negative.add(outcome == Outcome::Different && equal);
        self.unknown.add(outcome == Outcome::Unknown);
        right
    }

    fn line(&self, name: &str) -> String {
        format!(
            "{name}: {:.2} % of {} right, false positives {:.2} %, false negatives {:.2} %, unknown {:.2} %",
            100.0 * self.right.value(),
            self.right.of,
            100.0 * self.false_positive.value(),
            100.0 * self.false_negative.value(),
            100.0 * self.unknown.value(),
        )
    }
}

pub(super) fn report(path: &Path, verbose: bool) -> anyhow::Result<()> {
    let Ok(text) = std::fs::read_to_string(path) else {
        say(&format!("skipped: no labelled pairs at {}", path.display()));
        return Ok(());
    };
    let rows = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let pairs: Vec<Pair> = rows.iter().filter_map(pair).collect();
    let policy = Policy::default();
    let (mut counted, mut convention) = (Tally::default(), Tally::default());
    let mut families: BTreeMap<&str, Tally> = BTreeMap::new();
    for pair in &pairs {
        let verdict = compare(&pair.gold, &pair.given, &policy);
        if pair.convention {
            convention.add(verdict.outcome, pair.equal);
            continue;
        }
        families.entry(&pair.family).or_default().add(verdict.outcome, pair.equal);
        if !counted.add(verdict.outcome, pair.equal) && verbose {
            let (gold, given) = (&pair.gold, &pair.given);
            say(&format!("  [{}] {}: {gold:?} ~ {given:?}: {}", pair.id, pair.family, verdict.how));
        }
    }
    let macro_mean = families.values().map(|tally| tally.right.value()).sum::<f64>() / families.len() as f64;
    say("pairs of answers");
    say(&format!("  {}", counted.line("micro")));
    say(&format!("  macro: {:.2} % right over {} families", 100.0 * macro_mean, families.len()));
    say(&format!("  {}", convention.line("questions of convention")));
    times(&pairs, &policy);
    Ok(())
}

/// Each comparison on its own, with parsing, the best of three.
fn times(pairs: &[Pair], policy: &Policy) {
    let mut micros: Vec<f64> = pairs
        .iter()
        .map(|pair| {
            let runs = (0..3).map(|_| {
                let start = Instant::now();
                black_box(compare(black_box(&pair.gold), black_box(&pair.given), policy));
                start.elapsed().as_secs_f64() * 1e6
            });
            runs.fold(f64::INFINITY, f64::min)
        })
        .collect();
    let [median, p99, worst] = [0.5, 0.99, 1.0].map(|q| quantile(&mut micros, q).unwrap_or_default());
    say(&format!("  time a comparison: median {median:.1} µs, p99 {p99:.1} µs, worst {worst:.1} µs"));
}

fn pair(row: &Value) -> Option<Pair> {
    let (gold, given) = (row["gold"].as_str()?, row["pred"].as_str()?);
    let equal = row["expected"].as_i64()? == 1;
    let (gold, given) = match row["kind"].as_str()? {
        "answer" => (gold.to_owned(), given.to_owned()),
        "reply" => (bare(gold), bare(given)),
        _ => (gold.to_owned(), bare(given)),
    };
    let family = row["family"].as_str().unwrap_or_default().to_owned();
    Some(Pair { id: row["id"].to_string(), family, convention: row["policy"] == true, equal, gold, given })
}

fn bare(text: &str) -> String {
    extract(text).map_or_else(|| text.to_owned(), |found| found.raw)
}
