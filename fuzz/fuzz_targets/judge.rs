//! Whatever trace comes in: no panic, no hang, a verdict that names a step that is there, and the same one twice.
//!
//! The first line is the known answer, the second the problem, the third what the model answers, the rest its thinking.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use thinkmeter_answer::Policy;
use thinkmeter_judge::{Item, JUDGES, Judge, at_once};
use thinkmeter_split::{SPLITTERS, Splitter};
use thinkmeter_tables::{Finish, Generation, JudgeState, Problem, Step};

static RULE: LazyLock<Box<dyn Judge>> = LazyLock::new(|| {
    JUDGES.build(&json!({"kind": "rule"}), "judge").unwrap_or_else(|faults| panic!("{faults}")).built
});
static SENTENCE: LazyLock<Box<dyn Splitter>> = LazyLock::new(|| {
    SPLITTERS.build(&json!({"kind": "sentence"}), "split").unwrap_or_else(|faults| panic!("{faults}")).built
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default().to_owned();
    let (gold, problem, answer_text, reasoning) = (line(), line(), line(), line());
    let spans = SENTENCE.spans(&reasoning);
    if spans.is_empty() {
        return;
    }
    let step = |(index, span): (usize, &std::ops::Range<usize>)| Step {
        start: span.start as u32,
        end: span.end as u32,
        tokens: index as u32 % 7 + 1,
    };
    let steps: Vec<Step> = spans.iter().enumerate().map(step).collect();
    let known = gold.split('|').filter(|gold| !gold.trim().is_empty()).map(str::to_owned).collect();
    let problem = Problem { problem, gold: known, ..Problem::default() };
    let generation = Generation {
        reasoning,
        answer_text,
        reasoning_source: "tags".to_owned(),
        finish: Finish::Stop,
        ..Generation::default()
    };
    let row = thinkmeter_grade::Item { problem: &problem, generation: &generation };
    let grade = thinkmeter_grade::by_engine(row, &Policy::default());
    let item = Item { problem: &problem, generation: &generation, grade: &grade, steps: &steps };
    let judgment = at_once(RULE.as_ref(), &item);
    assert_ne!(judgment.state, JudgeState::Failed, "{:?}", judgment.reason);
    assert_eq!(judgment.step.is_some(), judgment.state == JudgeState::Found);
    assert!(judgment.step.is_none_or(|step| (step as usize) < steps.len()), "step {:?}", judgment.step);
    let rounds = judgment.solutions.iter().flatten();
    assert!(rounds.clone().all(|round| (round.end as usize) < steps.len()), "a round ends behind the trace");
    assert_eq!(judgment, at_once(RULE.as_ref(), &item), "another verdict the second time");
});
