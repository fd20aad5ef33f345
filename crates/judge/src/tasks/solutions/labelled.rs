//! The rules on real traces: solutions of a response, by how it ends. Skips where traces are not at hand.

#![expect(clippy::disallowed_methods, reason = "a test")]

use std::collections::BTreeMap;

use serde_json::Value;
use tables::Solution;

use crate::Item;
use crate::judges::rule::Rule;
use crate::judges::rule::labelled::{MATHEMATICS, Trace, rows};
use crate::test_support::graded;

/// Responses that end alike, by their number of solutions.
#[derive(Default)]
struct Lot(BTreeMap<usize, usize>);

impl Lot {
    fn add(&mut self, solutions: usize) {
        *self.0.entry(solutions).or_default() += 1;
    }

    fn line(&self) -> String {
        let of: usize = self.0.values().sum();
        let sum: usize = self.0.iter().map(|(solutions, count)| solutions * count).sum();
        format!("{of} responses, {:.2} solutions, {:?}", sum as f64 / of.max(1) as f64, self.0)
    }
}

fn ending(trace: &Trace, row: &Value) -> &'static str {
    let own = answer::extract(&trace.generation.answer_text);
    if !row["response"].as_str().unwrap().contains("</think>") {
        return "cut";
    }
    let right = own
        .is_some_and(|own| answer::compare(&trace.problem.gold[0], &own.raw, &Default::default()).is_equal());
    if right { "right" } else { "wrong" }
}

#[test]
fn solutions_of_a_response() {
    let show = std::env::var("SHOW").unwrap_or_default();
    for file in MATHEMATICS {
        let mut lots: BTreeMap<&str, Lot> = BTreeMap::new();
        for row in rows(&format!("traces/{file}.jsonl")) {
            let mut trace = Trace::of(&row);
            let how = ending(&trace, &row);
            if how == "cut" {
                trace.generation.reasoning_source = "unclosed".to_owned();
            }
            let grade = graded(&trace.problem, &trace.generation);
            let (problem, generation) = (&trace.problem, &trace.generation);
            let item = Item { problem, generation, grade: &grade, steps: &trace.steps };
            let solutions = Rule::default().solutions(&item).unwrap();
            lots.entry(how).or_default().add(solutions.len());
            if show == row["id"].as_str().unwrap() || show == format!("{how}:{}", solutions.len()) {
                explain(&row, &item, &solutions);
            }
        }
        for (how, lot) in &lots {
            println!("{file} {how}: {}", lot.line());
        }
        let right = lots.get("right").map(|lot| &lot.0);
        let none = right.and_then(|lot| lot.get(&0)).copied().unwrap_or_default();
        let all: usize = right.map_or(0, |lot| lot.values().sum());
        assert!(none * 100 <= all * 4, "{none} of {all} responses that end right have no solution");
    }
}

fn explain(row: &Value, item: &Item<'_>, solutions: &[Solution]) {
    println!(
        "=== {} gold {:?} answer {:?}",
        row["id"],
        item.problem.gold,
        answer::extract(&item.generation.answer_text)
    );
    println!("{}", item.problem.problem);
    for (index, text) in item.step_texts().enumerate() {
        let end = solutions.iter().find(|solution| solution.end as usize == index);
        let mark = end.map(|end| format!("  <<< {:?} {:?}", end.answer, end.correct)).unwrap_or_default();
        println!("[{index}] {}{mark}", text.replace('\n', " / "));
    }
}
