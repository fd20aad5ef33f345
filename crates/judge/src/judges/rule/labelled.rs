//! Agreement with labels by hand, with floors. Skips where labels and traces are not at hand.

use std::collections::BTreeMap;

use serde_json::Value;
use tables::{Finish, Generation, JudgeState, Judgment, Problem, Step};

use super::Rule;
use crate::Item;
use crate::test_support::graded;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");

pub(crate) fn rows(path: &str) -> Vec<Value> {
    let Ok(text) = std::fs::read_to_string(format!("{DATA}/{path}")) else {
        println!("skipped: no {path} in {DATA}");
        return vec![];
    };
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn traces() -> BTreeMap<String, Value> {
    let files = ["math500_three_models", "math_r1_distill_1_5b", "math_25_samples_each"];
    let all = files.iter().flat_map(|file| rows(&format!("traces/{file}.jsonl")));
    all.map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect()
}

/// A trace as the stages hand it to a judge, and where its thinking begins in the response.
pub(crate) struct Trace {
    pub(crate) problem: Problem,
    pub(crate) generation: Generation,
    pub(crate) steps: Vec<Step>,
    offset: usize,
}

impl Trace {
    pub(crate) fn of(row: &Value) -> Self {
        let response = row["response"].as_str().unwrap();
        let offset = response.find("<think>").map_or(0, |at| at + "<think>".len());
        let end = response.find("</think>").unwrap_or(response.len());
        let answer = response.get(end + "</think>".len()..).unwrap_or_default();
        let problem = Problem {
            problem: row["problem"].as_str().unwrap().to_owned(),
            gold: vec![row["gold"].as_str().unwrap().to_owned()],
            ..Problem::default()
        };
        let generation = Generation {
            reasoning: response[offset..end].to_owned(),
            answer_text: answer.to_owned(),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            ..Generation::default()
        };
        let steps = paragraphs(&generation.reasoning);
        Self { problem, generation, steps, offset }
    }

    fn judged(&self, gold: &str) -> Judgment {
        let problem = Problem { gold: vec![gold.to_owned()], ..self.problem.clone() };
        let grade = graded(&problem, &self.generation);
        let generation = &self.generation;
        Rule::default().judge(&Item { problem: &problem, generation, grade: &grade, steps: &self.steps })
    }
}

/// Cut at blank lines, blank ones dropped.
fn paragraphs(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut at, mut open) = (0, false);
    for line in text.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        if line.trim().is_empty() {
            open = false;
        } else if let (true, Some(step)) = (open, steps.last_mut()) {
            step.end = u32::try_from(end).unwrap();
        } else {
            open = true;
            let start = u32::try_from(at).unwrap();
            steps.push(Step { start, end: u32::try_from(end).unwrap(), tokens: 0 });
        }
        at += line.len();
    }
    steps
}

#[test]
fn agreement_with_labels() {
    let (labels, traces) = (rows("labels/first_assertion.jsonl"), traces());
    if labels.is_empty() || traces.is_empty() {
        return;
    }
    let show = std::env::var_os("SHOW_FAILURES").is_some();
    let (mut inside, mut near, mut early, mut late, mut missed) = (0, 0, 0, 0, 0);
    let (mut signed, mut rounds, mut paired, mut miscounted) = (0.0, (0, 0, 0, 0), 0, 0);
    for label in &labels {
        let number = |key: &str| label[key].as_u64().unwrap();
        let trace = Trace::of(&traces[label["trace"].as_str().unwrap()]);
        assert_eq!(trace.steps.len() as u64, number("steps"), "{}", label["trace"]);
        let verdict = trace.judged(&trace.problem.gold[0]);
        let (low, high) = (number("lo"), number("hi"));
        let step = verdict.step.map(u64::from);
        inside += usize::from(step.is_some_and(|step| (low..=high).contains(&step)));
        near += usize::from(step.is_some_and(|step| (low.saturating_sub(1)..=high + 1).contains(&step)));
        early += usize::from(step.is_some_and(|step| step < low));
        late += usize::from(step.is_some_and(|step| step > high));
        missed += usize::from(step.is_none());
        let end =
            step.map_or(trace.generation.reasoning.len(), |step| trace.steps[step as usize].end as usize);
        let right = number("byte_end") as f64 - trace.offset as f64;
        signed += (end as f64 - right) / trace.generation.reasoning.len() as f64;
        let expected: Vec<u64> =
            label["solutions"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        let given: Vec<u64> = verdict.solutions.iter().flatten().map(|round| u64::from(round.end)).collect();
        let close = |a: &u64, all: &[u64]| all.iter().any(|b| a.abs_diff(*b) <= 1);
        rounds.0 += expected.iter().filter(|step| close(step, &given)).count();
        rounds.1 += expected.len();
        rounds.2 += given.iter().filter(|step| close(step, &expected)).count();
        rounds.3 += given.len();
        paired += pairs(&expected, &given);
        miscounted += expected.len().abs_diff(given.len());
        if show {
            let missed: Vec<&u64> = expected.iter().filter(|step| !close(step, &given)).collect();
            let odd: Vec<&u64> = given.iter().filter(|step| !close(step, &expected)).collect();
            println!("{}: rounds missed {missed:?}, odd {odd:?}", label["trace"]);
        }
        if show && !step.is_some_and(|step| (low..=high).contains(&step)) {
            println!(
                "{} gold {} found {step:?}, label {low}–{high}, score {:?}",
                label["trace"], trace.problem.gold[0], verdict.score
            );
            for index in step.into_iter().chain([number("step")]) {
                let span = &trace.steps[index as usize];
                let text = &trace.generation.reasoning[span.start as usize..span.end as usize];
                let finder = answer::AssertionFinder::new(
                    &trace.problem.problem,
                    &[],
                    &trace.problem.gold,
                    &Default::default(),
                );
                println!("  [{index}] {}", text.replace('\n', " / "));
                for mention in finder.assertions(text) {
                    println!(
                        "      {:.1} {:?} {:?}",
                        mention.score,
                        &text[mention.span.clone()],
                        mention.evidence
                    );
                }
            }
        }
    }
    let all = labels.len();
    println!(
        "first assertion: {inside} of {all} inside the band, {near} within one step, {early} early, {late} late, {missed} missed"
    );
    println!("mean signed error: {:+.3} of the bytes", signed / all as f64);
    println!(
        "rounds: {} of {} found, {} of {} given are right, within a step",
        rounds.0, rounds.1, rounds.2, rounds.3
    );
    let strict = 2.0 * paired as f64 / (rounds.1 + rounds.3) as f64;
    println!(
        "rounds one to one: {paired} pairs, F1 {strict:.3}; numbers of rounds are off by {miscounted} in all"
    );
    assert!(inside * 100 >= all * 86, "agreement fell");
    assert!(near * 100 >= all * 90, "agreement within a step fell");
    assert!((signed / all as f64).abs() <= 0.03, "bias rose");
    let (recalled, precise) = (rounds.0 as f64 / rounds.1 as f64, rounds.2 as f64 / rounds.3 as f64);
    let f1 = 2.0 * recalled * precise / (recalled + precise);
    assert!(f1 >= 0.87, "ends of rounds are missed: {f1}");
    assert!(strict >= 0.83, "rounds are told more or less than once: {strict}");
}

/// How many rounds have one of their own on the other side, within a step; both are sorted.
pub(crate) fn pairs(expected: &[u64], given: &[u64]) -> usize {
    let mut left = given.iter().peekable();
    let mut paired = 0;
    for end in expected {
        while left.next_if(|given| **given + 1 < *end).is_some() {}
        paired += usize::from(left.next_if(|given| **given <= *end + 1).is_some());
    }
    paired
}

/// Traces that end right must have arrived somewhere, and seldom only at the very end.
#[test]
fn arrival_in_traces_that_end_right() {
    let (mut found, mut own, mut all) = (0, 0, 0);
    let (mut shares, mut steps) = (Vec::new(), 0);
    let start = std::time::Instant::now();
    for row in traces().values() {
        let trace = Trace::of(row);
        let right = answer::extract(&trace.generation.answer_text).is_some_and(|answer| {
            answer::compare(&trace.problem.gold[0], &answer.raw, &Default::default()).is_equal()
        });
        if !right || trace.steps.is_empty() {
            continue;
        }
        let verdict = trace.judged(&trace.problem.gold[0]);
        all += 1;
        steps += trace.steps.len();
        own += usize::from(verdict.own_step.is_some());
        if verdict.step.is_none() && std::env::var_os("SHOW_FAILURES").is_some() {
            println!("{} gold {} not found, score {:?}", row["id"], trace.problem.gold[0], verdict.score);
        }
        if let Some(step) = verdict.step {
            found += 1;
            shares.push(f64::from(trace.steps[step as usize].end) / trace.generation.reasoning.len() as f64);
        }
    }
    if all == 0 {
        return;
    }
    shares.sort_by(f64::total_cmp);
    println!(
        "arrival: {found} of {all} right traces ({own} for their own answer), median at {:.2}",
        shares[shares.len() / 2]
    );
    println!("time: {:?} for {steps} steps, twice each", start.elapsed());
    assert!(found * 100 >= all * 95, "arrivals are missed");
}

/// Another number of the trace as gold: asserting it must stay rare.
#[test]
fn decoys() {
    let traces = traces();
    if traces.is_empty() {
        return;
    }
    let (mut fired, mut tried) = (0, 0);
    for row in traces.values() {
        let trace = Trace::of(row);
        let Some(decoy) = decoy(&trace) else { continue };
        tried += 1;
        let verdict = trace.judged(&decoy);
        let found = verdict.state == JudgeState::Found;
        fired += usize::from(found);
        if found && std::env::var_os("SHOW_FAILURES").is_some() {
            println!("{} decoy {decoy} at {:?}, score {:?}", row["id"], verdict.step, verdict.score);
        }
    }
    println!("decoys: {fired} of {tried} fired");
    assert!(fired * 100 <= tried * 5, "decoys fire more often");
}

/// The integer above 12 that occurs most often in the thinking and is neither the answer nor in the problem.
fn decoy(trace: &Trace) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for number in trace.generation.reasoning.split(|c: char| !c.is_ascii_digit()) {
        *counts.entry(number).or_default() += 1;
    }
    let fits = |number: &&str| {
        number.len() < 7
            && number.parse::<u32>().is_ok_and(|n| n > 12)
            && !trace.problem.problem.contains(*number)
            && !trace.problem.gold[0].contains(*number)
    };
    let best = counts
        .into_iter()
        .filter(|(number, _)| fits(number))
        .max_by_key(|(number, count)| (*count, number.len()))?;
    Some(best.0.to_owned())
}
