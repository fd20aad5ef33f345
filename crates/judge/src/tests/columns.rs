//! A task sets and clears its own columns of a judgment.

use tables::{Judgment, Solution};

use crate::task::Findings;
use crate::tasks;

fn judged() -> Judgment {
    let solutions = vec![Solution { strategy: Some(0), ..Solution::ending_at(3) }];
    Judgment { solutions: Some(solutions), verbosity: Some(4), ..Judgment::default() }
}

fn check(findings: Findings, expect: &Judgment) {
    let (mut judgment, notes) = (judged(), findings.ends.iter().map(|(_, note)| note.clone()).collect());
    findings.onto(&mut judgment);
    assert_eq!(judgment, Judgment { tasks: notes, ..expect.clone() });
}

#[test]
fn what_is_done_replaces_its_own_columns_and_no_others() {
    let found = || Box::new(Judgment { difficulty: Some(7), verbosity: Some(9), ..Judgment::default() });
    let expect = Judgment { difficulty: Some(7), ..judged() };
    check(Findings::done(tasks::difficulty::COLUMNS, "llm:m", found()), &expect);
    let solutions = Some(vec![Solution { strategy: Some(1), ..Solution::default() }]);
    let found = Box::new(Judgment { solutions, ..Judgment::default() });
    let solutions = Some(vec![Solution { strategy: Some(1), ..Solution::ending_at(3) }]);
    check(Findings::done(tasks::strategies::COLUMNS, "llm:m", found), &Judgment { solutions, ..judged() });
}

#[test]
fn a_task_that_failed_leaves_its_columns_null_and_the_others_alone() {
    let failed = |columns| Findings::failed(columns, "llm:m", "no list".into());
    check(failed(tasks::solutions::COLUMNS), &Judgment { solutions: None, ..judged() });
    check(failed(tasks::ratings::COLUMNS), &Judgment { verbosity: None, ..judged() });
    let solutions = Some(vec![Solution::ending_at(3)]);
    check(failed(tasks::strategies::COLUMNS), &Judgment { solutions, ..judged() });
}
