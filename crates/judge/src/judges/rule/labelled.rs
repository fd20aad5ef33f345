//! Agreement with labels by hand, with floors. Skips where labels and traces are not at hand.

#![expect(clippy::disallowed_methods, reason = "a test")]

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

pub(crate) const MATHEMATICS: &[&str] =
    &["math500_three_models", "math_r1_distill_1_5b", "math_25_samples_each"];
/// Options stand in the question, and the known answer is a letter.
pub(crate) const CHOICES: &[&str] = &["choices_and_more"];

pub(crate) const LABELS: &str = "labels/first_assertion.jsonl";
pub(crate) const LABELS_OF_CHOICES: &str = "labels/first_assertion_choices.jsonl";

pub(crate) fn traces(files: &[&str]) -> BTreeMap<String, Value> {
    let all = files.iter().flat_map(|file| rows(&format!("traces/{file}.jsonl")));
    all.map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect()
}

/// A trace as the stages hand it to a judge.
pub(crate) struct Trace {
    pub(crate) problem: Problem,
    pub(crate) generation: Generation,
    pub(crate) steps: Vec<Step>,
}

impl Trace {
    pub(crate) fn of(row: &Value) -> Self {
        let response = row["response"].as_str().unwrap();
        let offset = response.find("<think>").map_or(0, |at| at + "<think>".len());
        let end = response.find("</think>").unwrap_or(response.len());
        let answer = response.get(end + "</think>".len()..).unwrap_or_default();
        let (text, gold) = (row["problem"].as_str().unwrap(), row["gold"].as_str().unwrap());
        let choices = match answer::asked_options(text, &[gold]) {
            answer::AskedOptions::Listed { options, .. } => options,
            _ => vec![],
        };
        let gold = vec![gold.to_owned()];
        let problem = Problem { problem: text.to_owned(), gold, choices, ..Problem::default() };
        let thinks = response.contains("think>");
        let generation = Generation {
            reasoning: response[offset..if thinks { end } else { 0 }].to_owned(),
            answer_text: if thinks { answer } else { response }.to_owned(),
            reasoning_source: if thinks { "tags" } else { Generation::NO_REASONING }.into(),
            finish: Finish::Stop,
            ..Generation::default()
        };
        let steps = paragraphs(generation.thought());
        Self { problem, generation, steps }
    }

    fn judged(&self, gold: &str) -> Judgment {
        let problem = Problem { gold: vec![gold.to_owned()], ..self.problem.clone() };
        let grade = graded(&problem, &self.generation);
        let generation = &self.generation;
        Rule::default().judge(&Item { problem: &problem, generation, grade: &grade, steps: &self.steps })
    }
}

impl Trace {
    /// Judged minus labelled share of the thinking up to the answer, in bytes; of all of it where no step was found.
    fn error(&self, label: &Value, verdict: &Judgment) -> f64 {
        let whole = self.generation.thought().len() as f64;
        let end = verdict.step.map_or(whole, |step| f64::from(self.steps[step as usize].end));
        let right = usize::try_from(label["step"].as_u64().unwrap()).unwrap();
        (end - f64::from(self.steps[right].end)) / whole
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

/// How far a set of labels and the judge agree.
#[derive(Debug, Default)]
struct Agreement {
    all: usize,
    inside: usize,
    near: usize,
    early: usize,
    late: usize,
    missed: usize,
    /// Of the thinking, over all traces that assert the answer.
    signed: f64,
    /// Traces that never assert it, and those of them that were left alone.
    absent: (usize, usize),
    rounds: Rounds,
    /// Confidence of each verdict, and whether it lies inside.
    confidence: Vec<(f64, bool)>,
}

/// Ends of rounds, within a step.
#[derive(Debug, Default)]
struct Rounds {
    labelled: usize,
    found: usize,
    given: usize,
    right: usize,
    paired: usize,
}

impl Rounds {
    fn add(&mut self, label: &Value, verdict: &Judgment) {
        let expected: Vec<u64> =
            label["solutions"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        let given: Vec<u64> = verdict.solutions.iter().flatten().map(|round| u64::from(round.end)).collect();
        let close = |a: &u64, all: &[u64]| all.iter().any(|b| a.abs_diff(*b) <= 1);
        self.labelled += expected.len();
        self.found += expected.iter().filter(|step| close(step, &given)).count();
        self.given += given.len();
        self.right += given.iter().filter(|step| close(step, &expected)).count();
        self.paired += pairs(&expected, &given);
        if std::env::var_os("SHOW_ROUNDS").is_some() {
            println!("{}: rounds {expected:?}, given {given:?}", label["trace"]);
        }
    }

    fn f1(&self) -> f64 {
        let recalled = self.found as f64 / self.labelled as f64;
        let precise = self.right as f64 / self.given as f64;
        2.0 * recalled * precise / (recalled + precise)
    }

    /// Each round once, and no other.
    fn strict(&self) -> f64 {
        2.0 * self.paired as f64 / (self.labelled + self.given) as f64
    }
}

impl Agreement {
    fn of(labels: &str, files: &[&str]) -> Option<Self> {
        let (labels, traces) = (rows(labels), traces(files));
        if labels.is_empty() || traces.is_empty() {
            return None;
        }
        let mut agreement = Self::default();
        for label in &labels {
            agreement.add(label, &Trace::of(&traces[label["trace"].as_str().unwrap()]));
        }
        let Self { all, inside, near, early, late, missed, absent, .. } = agreement;
        println!(
            "{inside} of {all} inside, {near} within a step, {early} early, {late} late, {missed} missed, signed {:+.3}",
            agreement.signed()
        );
        println!("  never asserted: {} of {} left alone", absent.1, absent.0);
        println!("  {:?}", agreement.rounds);
        println!("  confidence: {}", agreement.curve());
        println!("  rounds F1 {:.3}, one to one {:.3}", agreement.rounds.f1(), agreement.rounds.strict());
        Some(agreement)
    }

    fn add(&mut self, label: &Value, trace: &Trace) {
        assert_eq!(trace.steps.len() as u64, label["steps"].as_u64().unwrap(), "{}", label["trace"]);
        let verdict = trace.judged(&trace.problem.gold[0]);
        self.rounds.add(label, &verdict);
        let step = verdict.step.map(u64::from);
        let Some((low, high)) = label["lo"].as_u64().zip(label["hi"].as_u64()) else {
            self.absent.0 += 1;
            self.absent.1 += usize::from(step.is_none());
            if step.is_some() {
                explain(label, trace, &verdict);
            }
            return;
        };
        let inside = step.is_some_and(|step| (low..=high).contains(&step));
        self.all += 1;
        self.confidence.extend(verdict.confidence.map(|confidence| (confidence, inside)));
        self.inside += usize::from(inside);
        self.near += usize::from(step.is_some_and(|step| (low.saturating_sub(1)..=high + 1).contains(&step)));
        self.early += usize::from(step.is_some_and(|step| step < low));
        self.late += usize::from(step.is_some_and(|step| step > high));
        self.missed += usize::from(step.is_none());
        self.signed += trace.error(label, &verdict);
        if !inside {
            explain(label, trace, &verdict);
        }
    }

    /// Of the verdicts between two confidences, how many lie inside.
    fn curve(&self) -> String {
        let between = |low: f64, high: f64| {
            let of = self.confidence.iter().filter(|(confidence, _)| (low..high).contains(confidence));
            let (all, inside) = (of.clone().count(), of.filter(|(_, inside)| *inside).count());
            format!("{low:.1}–{high:.1} {inside}/{all}")
        };
        let bounds = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01];
        bounds.windows(2).map(|pair| between(pair[0], pair[1])).collect::<Vec<_>>().join("  ")
    }

    /// Of the verdicts that are sure 95 % lie inside, and there are some.
    fn is_calibrated(&self) -> bool {
        let sure = self.confidence.iter().filter(|(confidence, _)| *confidence >= 0.9);
        let (all, inside) = (sure.clone().count(), sure.filter(|(_, inside)| *inside).count());
        all > 0 && inside * 100 >= all * 95
    }

    fn signed(&self) -> f64 {
        self.signed / self.all as f64
    }
}

fn explain(label: &Value, trace: &Trace, verdict: &Judgment) {
    if std::env::var_os("SHOW_FAILURES").is_none() {
        return;
    }
    let Problem { problem, gold, choices, .. } = &trace.problem;
    println!(
        "{} gold {} ({} choices) found {:?}, label {} in {}–{}, score {:?}: {}",
        label["trace"],
        gold[0],
        choices.len(),
        verdict.step,
        label["step"],
        label["lo"],
        label["hi"],
        verdict.score,
        label["note"]
    );
    let labelled = label["step"].as_u64().and_then(|step| u32::try_from(step).ok());
    let finder = answer::AssertionFinder::new(problem, choices, gold, &answer::Policy::default());
    for index in verdict.step.into_iter().chain(labelled) {
        let span = &trace.steps[index as usize];
        let text = &trace.generation.thought()[span.start as usize..span.end as usize];
        println!("  [{index}] {}", text.replace('\n', " / "));
        for mention in finder.assertions(text) {
            let said = &text[mention.span.clone()];
            println!("      {:.1} {said:?} {:?}", mention.score, mention.evidence);
        }
    }
}

#[test]
fn agreement_with_labels() {
    let Some(found) = Agreement::of(LABELS, MATHEMATICS) else { return };
    assert!(found.inside * 100 >= found.all * 94, "agreement fell");
    assert!(found.near * 100 >= found.all * 96, "agreement within a step fell");
    assert!(found.signed().abs() <= 0.02, "bias rose");
    assert!(found.is_calibrated(), "verdicts that are sure lie outside");
    assert!(found.rounds.f1() >= 0.92, "ends of rounds are missed");
    assert!(found.rounds.strict() >= 0.87, "rounds are told more or less than once");
}

#[test]
fn agreement_with_labels_of_choices() {
    let Some(found) = Agreement::of(LABELS_OF_CHOICES, CHOICES) else { return };
    assert!(found.inside * 100 >= found.all * 88, "agreement fell");
    assert!(found.signed().abs() <= 0.02, "bias rose");
    assert!(found.is_calibrated(), "verdicts that are sure lie outside");
    assert!(found.absent.1 * 100 >= found.absent.0 * 80, "what is never asserted is found");
    assert!(found.rounds.f1() >= 0.87, "ends of rounds are missed");
    assert!(found.rounds.strict() >= 0.81, "rounds are told more or less than once");
}

/// The intervals of reports carry what is measured here. `WRITE_ERRORS=1` writes the table anew.
#[test]
fn the_table_of_errors_is_what_is_measured() {
    let mut measured: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (labels, files) in [(LABELS, MATHEMATICS), (LABELS_OF_CHOICES, CHOICES)] {
        let traces = traces(files);
        for label in rows(labels).iter().filter(|label| label["step"].is_u64()) {
            let Some(row) = traces.get(label["trace"].as_str().unwrap()) else { return };
            let trace = Trace::of(row);
            let error = trace.error(label, &trace.judged(&trace.problem.gold[0]));
            let kind = answer::answer_kind(&trace.problem.gold, &trace.problem.choices);
            measured.entry(kind.to_owned()).or_default().push((error * 1e4).round() / 1e4);
        }
    }
    if measured.is_empty() {
        return;
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../score/errors/rule.json");
    if std::env::var_os("WRITE_ERRORS").is_some() {
        let table = serde_json::json!({ "rule": measured });
        std::fs::write(path, table.to_string() + "\n").unwrap();
    }
    let table: BTreeMap<String, BTreeMap<String, Vec<f64>>> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(table["rule"], measured, "the rules changed: run this test with WRITE_ERRORS=1");
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
    for row in traces(MATHEMATICS).values() {
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
            shares.push(f64::from(trace.steps[step as usize].end) / trace.generation.thought().len() as f64);
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
    let traces = traces(&[MATHEMATICS, CHOICES].concat());
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

/// Another option as gold, which the model does not choose in the end either.
#[test]
fn other_options() {
    let (mut fired, mut tried) = (0, 0);
    for row in traces(CHOICES).values() {
        let trace = Trace::of(row);
        let grade = graded(&trace.problem, &trace.generation);
        for letter in ('A'..='Z').take(trace.problem.choices.len()).map(String::from) {
            if letter == trace.problem.gold[0] || grade.extracted.as_ref().is_some_and(|own| *own == letter) {
                continue;
            }
            tried += 1;
            let verdict = trace.judged(&letter);
            let found = verdict.state == JudgeState::Found;
            fired += usize::from(found);
            if found && std::env::var_os("SHOW_FAILURES").is_some() {
                let span = &trace.steps[verdict.step.unwrap() as usize];
                let text = &trace.generation.thought()[span.start as usize..span.end as usize];
                println!(
                    "{} option {letter} at {:?}, score {:?}: {text}",
                    row["id"], verdict.step, verdict.score
                );
            }
        }
    }
    println!("other options: {fired} of {tried} fired");
    assert!(fired * 100 <= tried * 5, "other options are taken for asserted");
}

/// The integer above 12 that occurs most often in the thinking and is neither the answer nor in the problem.
fn decoy(trace: &Trace) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for number in trace.generation.thought().split(|c: char| !c.is_ascii_digit()) {
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
