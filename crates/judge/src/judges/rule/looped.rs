//! Traces that loop are judged in linear work, and one that takes too much is told. Work is counted, no clock is read.

use answer::Work;
use tables::{Finish, Generation, JudgeState, Judgment, Problem, Step};

use super::Rule;
use crate::Item;
use crate::test_support::graded;

/// Clauses that once took quadratic time and more, and such as end a round.
const CLAUSES: &[&str] = &[
    "suppose 4 ",
    "if 4 then ",
    "=4",
    "we get 4 ",
    "x = 4, ",
    "so the answer is 4. ",
    "\\text{4 ",
    "wait, 4 again. ",
    "4 is not 4 ",
    "4\n",
    "Alternatively, x = 4 ≈ ",
];

fn judged(clause: &str, bytes: usize, apart: &str, work: &Work) -> Judgment {
    let (mut reasoning, mut steps) = (String::new(), Vec::new());
    while reasoning.len() < bytes {
        let start = u32::try_from(reasoning.len()).unwrap();
        reasoning.push_str(clause);
        steps.push(Step { start, end: u32::try_from(reasoning.len()).unwrap(), tokens: 1 });
        reasoning.push_str(apart);
    }
    if apart.is_empty() {
        steps = vec![Step { start: 0, end: u32::try_from(reasoning.len()).unwrap(), tokens: 1 }];
    }
    let generation = Generation {
        reasoning,
        answer_text: "\\boxed{4}".into(),
        reasoning_source: "tags".into(),
        finish: Finish::Stop,
        ..Generation::default()
    };
    let problem =
        Problem { problem: "If $x + 1 = 5$, find $x$.".into(), gold: vec!["4".into()], ..Problem::default() };
    let grade = graded(&problem, &generation);
    let item = Item { problem: &problem, generation: &generation, grade: &grade, steps: &steps };
    Rule::default().judge_within(&item, work)
}

fn check(clause: &str, apart: &str, (short, long): (usize, usize)) {
    let cost = |bytes: usize| {
        let work = Work::unbounded();
        judged(clause, bytes, apart, &work);
        work.done() as f64 / bytes as f64
    };
    let (short, long) = (cost(short), cost(long));
    assert!(long <= 2.0 * short + 8.0, "{clause:?} {apart:?}: {short:.1} units a byte, then {long:.1}");
}

/// Clauses with every cue word and every switch.
fn with_cues() -> impl Iterator<Item = String> {
    let cues = answer::CUES
        .iter()
        .flat_map(|(_, text)| answer::cue_sections(text))
        .flat_map(|section| section.phrases);
    let switches = answer::switches::SETS.iter().flat_map(|(_, text)| text.lines());
    cues.chain(switches.filter(|line| !line.starts_with('#'))).map(|cue| format!("{cue} 4 "))
}

#[test]
fn loops_are_judged_in_linear_work() {
    for clause in CLAUSES {
        ["", "\n\n"].iter().for_each(|apart| check(clause, apart, (2 << 10, 32 << 10)));
    }
}

#[test]
fn every_cue_in_a_loop_is_judged_in_linear_work() {
    with_cues().for_each(|clause| check(&clause, "\n\n", (512, 6 << 10)));
}

#[test]
#[ignore = "takes minutes where nothing is optimised"]
fn the_same_of_a_megabyte() {
    let clauses = CLAUSES.iter().map(|clause| (*clause).to_owned()).chain(with_cues());
    clauses.for_each(|clause| check(&clause, "\n\n", (10_000, 1_000_000)));
}

#[test]
fn a_trace_that_takes_too_much_work_has_no_verdict_and_says_so() {
    let judgment = judged("So x = 4. ", 4 << 10, "\n\n", &Work::within(1_000));
    assert_eq!((judgment.state, judgment.step), (JudgeState::Failed, None));
    assert!(judgment.reason.is_some_and(|reason| reason.starts_with("the rules gave up")));
    let whole = judged("So x = 4. ", 4 << 10, "\n\n", &Work::within(super::MOST_WORK));
    assert_eq!(whole.state, JudgeState::Found);
}
