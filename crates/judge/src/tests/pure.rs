//! Judges that ask nobody.

use chat::Dialogue;
use serde_json::json;
use stage::Silent;
use tables::JudgeState;
use tables::{Blame, Blamed};

use super::*;
use crate::{Item, found, known};

/// Names the same step everywhere.
struct Always {
    step: u32,
    needs_gold: bool,
}

impl Judge for Always {
    fn name(&self) -> String {
        "always".into()
    }

    fn open<'a>(&'a self, _: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        known(found(self.step))
    }

    fn needs_gold(&self) -> bool {
        self.needs_gold
    }
}

fn always(step: u32) -> Always {
    Always { step, needs_gold: true }
}

async fn judged(place: &Place, judge: &dyn Judge) -> Vec<(JudgeState, Option<u32>, Option<String>)> {
    place.run(judge, "out", &Execution::default(), &Silent).await.unwrap();
    place.read("out").into_iter().map(|row| (row.state, row.step, row.reason)).collect()
}

#[tokio::test]
async fn rows_without_anything_to_judge_are_skipped_with_the_reason() {
    let unknown = Problem { gold: vec![], ..problem(1) };
    let dead = Generation {
        finish: Finish::Error,
        error: Some("HTTP 500".into()),
        reasoning: String::new(),
        ..generation(2, 0)
    };
    let thoughtless = Generation { reasoning: String::new(), ..generation(3, 0) };
    let generations = vec![generation(0, 0), generation(0, 1), generation(1, 0), dead, thoughtless];
    let place = Place::of(vec![problem(0), unknown, problem(2), problem(3)], generations);
    let skipped = |reason: &str| (JudgeState::Skipped, None, Some(reason.to_owned()));
    let one = (JudgeState::Found, Some(1), None);
    let silent = [skipped("there is no reply: HTTP 500"), skipped("there is no thinking to judge")];
    let expect = [
        one.clone(),
        one.clone(),
        skipped("the problem has no known answer"),
        silent[0].clone(),
        silent[1].clone(),
    ];
    assert_eq!(judged(&place, &always(1)).await, expect);
    let row = &place.read("out")[1];
    assert_eq!((row.problem_id.as_str(), row.sample, row.judge.as_str(), row.calls), ("p0", 1, "always", 0));
    assert_eq!((row.prompt_tokens, row.completion_tokens, row.offset), (None, None, Some(26)));
    let without = judged(&place, &Always { step: 1, needs_gold: false }).await;
    assert_eq!(without, [one.clone(), one.clone(), one, silent[0].clone(), silent[1].clone()]);
}

#[tokio::test]
async fn a_step_that_does_not_exist_is_a_failure() {
    let reason = Some("the judge names step 3, the last one is 2".to_owned());
    assert_eq!(judged(&Place::new(1), &always(3)).await, [(JudgeState::Failed, None, reason)]);
}

#[tokio::test]
async fn counts_and_ticks_add_up_over_chunks() {
    let place = Place::new(5000);
    let ear = Ear::default();
    let summary = place.run(&always(2), "out", &Execution::default(), &ear).await.unwrap();
    assert_eq!((summary.rows, summary.failed, ear.heard()), (5000, 0, (5000, 5000, 0, 0)));
    let counts = json!({"absent": 0, "failed": 0, "found": 5000, "model_calls": 0, "skipped": 0});
    assert_eq!(json!(summary.counts), counts);
    place.run(&always(2), "again", &Execution::default(), &Silent).await.unwrap();
    assert!(place.same("out", "again"));
    let ids = place.read("out").into_iter().enumerate();
    assert!(ids.into_iter().all(|(index, row)| row.problem_id == format!("p{index}")), "out of order");
    let ear = Ear::stopping_after(1);
    let error = place.run(&always(2), "stopped", &Execution::default(), &ear).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Interrupted);
    assert!(!place.path("stopped").exists());
}

#[tokio::test]
async fn tables_that_do_not_belong_together_are_refused() {
    let place = Place::new(3);
    let splits =
        |range: std::ops::Range<usize>| range.map(|index| split(&generation(index, 0))).collect::<Vec<_>>();
    for wrong in [splits(0..2), splits(1..4), splits(0..4)] {
        place.write("splits", wrong);
        let error = place.run(&always(0), "out", &Execution::default(), &Silent).await.unwrap_err();
        assert_eq!(error.blame(), Blame::Input);
        assert!(error.to_string().contains("do not belong together"), "{error}");
        assert!(!place.path("out").exists());
    }
}

#[tokio::test]
async fn recorded_verdicts_are_checked_against_the_steps() {
    let place = Place::new(4);
    let verdicts = "{\"problem_id\": \"p0\", \"step\": 2, \"band_first\": 1, \"solutions\": [1, 2]}\n\
                    {\"problem_id\": \"p1\", \"step\": -1}\n{\"problem_id\": \"p2\", \"step\": 9}\n";
    std::fs::write(place.path("v.jsonl"), verdicts).unwrap();
    let judge = build(&json!({"kind": "recorded", "path": place.path("v.jsonl")}));
    let failed = |reason: &str| (JudgeState::Failed, None, Some(reason.to_owned()));
    let expect = [
        (JudgeState::Found, Some(2), None),
        (JudgeState::Absent, None, None),
        failed("the judge names step 9, the last one is 2"),
        failed("v.jsonl holds no verdict for this generation"),
    ];
    assert_eq!(judged(&place, judge.as_ref()).await, expect);
    let first = &place.read("out")[0];
    assert_eq!(
        (
            first.band_first,
            first.solutions.as_ref().map(|rounds| rounds.iter().map(|round| round.end).collect::<Vec<_>>())
        ),
        (Some(1), Some(vec![1, 2]))
    );
}
