//! The task against canned replies and labels.

use serde_json::json;

use super::*;
use crate::task::dry_run::DryRun;

const TEXT: &str = "By factors it is 5.\n\nAgain: 5.\n\nCount: 5.\n\nDone.";

fn with_solutions(ends: &[u32]) -> Judgment {
    let solutions = ends.iter().map(|end| Solution::ending_at(*end)).collect();
    Judgment { solutions: Some(solutions), ..Judgment::default() }
}

fn strategies(judgment: &Judgment) -> Vec<Option<u32>> {
    judgment.solutions.iter().flatten().map(|solution| solution.strategy).collect()
}

#[test]
fn solutions_are_numbered_by_first_use() {
    let dry_run = DryRun::new(&KINDS, json!({})).thinking(TEXT).so_far(with_solutions(&[0, 1, 2]));
    let (judgment, asked) = dry_run.with(&["[[2], [0, 1]]"]);
    assert_eq!(strategies(&judgment), [Some(0), Some(0), Some(1)]);
    let tail = asked[0].split("</problem>").nth(1).unwrap();
    insta::assert_snapshot!(tail, @r#"


    <solution_0>
    By factors it is 5.
    </solution_0>
    <solution_1>
    Again: 5.
    </solution_1>
    <solution_2>
    Count: 5.
    </solution_2>

    Reply with a JSON object and nothing else. It lists the strategies, each with a few words on its method and the numbers of its solutions: {"strategies": [{"method": "…", "solutions": [0, 2]}, {"method": "…", "solutions": [1]}]}
    "#);
}

#[test]
fn one_solution_needs_no_call_and_none_nothing() {
    let check = |so_far: Judgment, state: &str, reason: Option<&str>, expect: &[Option<u32>]| {
        let (judgment, asked) = DryRun::new(&KINDS, json!({})).thinking(TEXT).so_far(so_far).with(&[]);
        let note = &judgment.tasks[0];
        assert_eq!((note.state.as_str(), note.reason.as_deref(), asked.len()), (state, reason, 0));
        assert_eq!(strategies(&judgment), expect);
    };
    check(with_solutions(&[2]), "done", None, &[Some(0)]);
    check(with_solutions(&[]), "skipped", Some("there is no solution"), &[]);
    check(Judgment::default(), "skipped", Some("nobody looked for solutions"), &[]);
}

#[test]
fn a_reply_that_is_no_partition_is_asked_again_and_then_fails() {
    let dry_run = DryRun::new(&KINDS, json!({})).thinking(TEXT).so_far(with_solutions(&[0, 1, 2]));
    let (judgment, asked) = dry_run.with(&["[[0, 1]]", "[[0, 1], [1, 2]]"]);
    let note = &judgment.tasks[0];
    assert_eq!((note.state.as_str(), note.raw.as_deref()), ("failed", Some("[[0, 1], [1, 2]]")));
    assert_eq!(note.reason.as_deref(), Some("solution 1 stands in two places"));
    assert_eq!(strategies(&judgment), [None; 3], "the solutions stay, without strategies");
    assert!(
        asked[1].starts_with("Your reply cannot be used: solution 2 is in no strategy. "),
        "{}",
        asked[1]
    );
}

#[test]
fn long_solutions_lose_their_middle_and_too_many_fail() {
    let long = format!("{}\n\nShort: 5.\n\n{}", "a ".repeat(400), "b ".repeat(400));
    let dry_run = |room: usize| {
        let dry_run = DryRun::new(&KINDS, json!({"window_tokens": room})).thinking(&long);
        dry_run.so_far(with_solutions(&[0, 1, 2])).with(&["[[0, 1, 2]]"])
    };
    let (judgment, asked) = dry_run(200);
    assert_eq!(strategies(&judgment), [Some(0); 3]);
    assert_eq!(asked[0].matches("characters are left out here").count(), 2);
    assert!(asked[0].contains("<solution_1>\nShort: 5.\n</solution_1>"), "{}", asked[0]);
    let (judgment, asked) = dry_run(64);
    assert_eq!(asked.len(), 0);
    let expect = "3 solutions do not fit into a question of `window_tokens` = 64";
    assert_eq!(judgment.tasks[0].reason.as_deref(), Some(expect));
}

#[test]
fn caps_share_the_room() {
    let check = |sizes: &[usize], room, expect| assert_eq!(cap(sizes.to_vec(), room), expect, "{sizes:?}");
    check(&[10, 20], 30, usize::MAX);
    check(&[10, 100, 200], 100, 45);
    check(&[100, 100], 100, 50);
}

#[test]
fn labels_must_be_about_these_solutions() {
    let check = |line: Value, expect: Option<Result<&[u32], &str>>| {
        let labels =
            Strategies {}.labels(&DryRun::item(), &with_solutions(&[0, 2]), line.as_object().unwrap());
        let strategies = |found: Box<Judgment>| {
            found.solutions.iter().flatten().map(|solution| solution.strategy.unwrap()).collect::<Vec<u32>>()
        };
        let groups = labels.map(|found| found.map(strategies));
        let groups =
            groups.as_ref().map(|groups| groups.as_ref().map(|all| &all[..]).map_err(|e| e.as_str()));
        assert_eq!(groups, expect, "{line}");
    };
    check(json!({"strategies": [3, 1]}), Some(Ok(&[0, 1])));
    check(json!({"strategies": [1, 1], "solutions": [0, 2]}), Some(Ok(&[0, 0])));
    check(json!({"solutions": [{"end": 0, "strategy": 4}, {"end": 2, "strategy": 4}]}), Some(Ok(&[0, 0])));
    check(json!({"solutions": [0, 2]}), None);
    check(json!({"strategies": [0]}), Some(Err("it has strategies for 1 solutions, here are 2")));
    check(json!({"strategies": "ab"}), Some(Err("`strategies` is \"ab\"; expected a list of numbers")));
    check(
        json!({"strategies": [0, 1], "solutions": [0, 1]}),
        Some(Err("its strategies are of solutions that end in steps [0, 1], here they end in [0, 2]")),
    );
}
