//! Replies that are in a table already.

use serde_json::json;
use stage::Silent;
use tables::{Blame, Blamed};
use tables::{Finish, Reply};

use super::*;

async fn run(place: &Place, model: Value) -> Result<Summary, StageError> {
    place.run(&model, "out", &Execution::default(), &Silent).await
}

fn recorded() -> Value {
    json!({"name": "m", "kind": "recorded"})
}

#[tokio::test]
async fn replies_of_one_model_become_generations_in_their_order() {
    let place = Place::new(4);
    let other = Reply { model: "other".into(), ..reply(0, 0, "x") };
    let failed = Reply { finish: Finish::Error, error: Some("HTTP 500".into()), ..reply(2, 1, "") };
    let cut = Reply { finish: Finish::Length, ..reply(2, 0, "<think>b") };
    place.write("replies", vec![other, reply(0, 0, "<think>a</think>1"), cut, failed, reply(3, 0, "plain")]);
    let ear = Ear::default();
    let summary = place.run(&recorded(), "out", &Execution::default(), &ear).await.unwrap();
    let found: Vec<_> = place
        .read("out")
        .into_iter()
        .map(|row| {
            (row.problem_id, row.sample, row.model, row.reasoning, row.answer_text, row.reasoning_source)
        })
        .collect();
    let row = |id: &str, sample, reasoning: &str, answer: &str, source: &str| {
        (id.to_owned(), sample, "m".to_owned(), reasoning.to_owned(), answer.to_owned(), source.to_owned())
    };
    assert_eq!(
        found,
        [
            row("p0", 0, "a", "1", "tags"),
            row("p2", 0, "b", "", "unclosed"),
            row("p2", 1, "", "", "none"),
            row("p3", 0, "", "plain", "none"),
        ]
    );
    assert_eq!((summary.rows, summary.failed), (4, 1));
    let counts = json!({"blank": 0, "empty": 0, "hidden": 0, "problems_without_reply": 1, "truncated": 1, "unclosed": 1,
        "without_thinking": 1});
    assert_eq!(json!(summary.counts), counts);
    assert_eq!(ear.heard(), (4, 4, 1, 0));
    assert_eq!(place.files(), ["out", "problems", "replies"]);
}

#[tokio::test]
async fn another_name_and_fewer_samples() {
    let place = Place::new(2);
    place.write("replies", vec![reply(0, 0, "a"), reply(0, 1, "b"), reply(1, 0, "c"), reply(1, 2, "d")]);
    run(&place, json!({"name": "mine", "kind": "recorded", "from": "m", "samples": 2})).await.unwrap();
    let found: Vec<_> = place.read("out").into_iter().map(|row| (row.model, row.answer_text)).collect();
    assert_eq!(found, ["a", "b", "c"].map(|text| ("mine".to_owned(), text.to_owned())));
}

#[tokio::test]
async fn a_model_without_replies_is_an_error_that_names_the_others() {
    let place = Place::new(1);
    let error = run(&place, recorded()).await.unwrap_err();
    assert_eq!(error.blame(), Blame::Input);
    assert!(
        error.to_string().starts_with("model `m` is `recorded`, but the dataset holds no replies"),
        "{error}"
    );
    let of = |model: &str| Reply { model: model.into(), ..reply(0, 0, "x") };
    place.write("replies", vec![of("b"), of("a"), of("b")]);
    let error = run(&place, recorded()).await.unwrap_err();
    let expect = "replies holds no reply of `m`; set `from` of model `m` to one of: a, b";
    assert!(error.to_string().ends_with(expect), "{error}");
    assert!(!place.path("out").exists());
}

#[tokio::test]
async fn replies_out_of_order_are_refused_with_their_place() {
    async fn refused(replies: Vec<Reply>, expect: &str) {
        let place = Place::new(3);
        place.write("replies", replies);
        let error = run(&place, recorded()).await.unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
        assert_eq!(place.files(), ["problems", "replies"]);
    }
    refused(vec![reply(1, 0, "a"), reply(0, 0, "b")], "generations must follow the order of their problems")
        .await;
    refused(vec![reply(7, 0, "a")], "names problem `p7`, which").await;
    refused(vec![reply(1, 1, "a"), reply(1, 0, "b")], "holds sample 0 of `p1` by `m` after sample 1").await;
    refused(vec![reply(1, 1, "a"), reply(1, 1, "b")], "holds sample 1 of `p1` by `m` after sample 1").await;
}

#[tokio::test]
async fn what_the_other_replies_tell_is_said_aloud() {
    let place = Place::new(3);
    place.write("replies", vec![reply(0, 0, "hm"), reply(1, 0, "a</think>b"), reply(2, 0, "c</think>d")]);
    let ear = Ear::default();
    let summary = place.run(&recorded(), "out", &Execution::default(), &ear).await.unwrap();
    let sources: Vec<_> = place.read("out").into_iter().map(|row| row.reasoning_source).collect();
    assert_eq!(sources, ["unclosed", "open_tag_in_prompt", "open_tag_in_prompt"]);
    assert_eq!(summary.counts["unclosed"], 1);
    let notes = ear.notes();
    assert!(notes[0].contains("without any tag (1 of 3 replies)"), "{notes:?}");
}

#[tokio::test]
async fn a_tag_that_nobody_knows_is_named_with_the_line_to_write() {
    let place = Place::new(3);
    let texts = ["<ponder>a</ponder>1", "<ponder>b</ponder>2", "3"];
    place.write("replies", texts.iter().enumerate().map(|(at, text)| reply(at, 0, text)).collect());
    let ear = Ear::default();
    place.run(&recorded(), "out", &Execution::default(), &ear).await.unwrap();
    let notes = ear.notes();
    assert_eq!(
        notes,
        [
            "2 of 3 replies of m open with `<ponder>`, which is no tag that is known here: what stands behind it counts as \
          answer. If it is thinking, write under the model: think = { open = \"<ponder>\", close = \"</ponder>\" }"
        ]
    );
    let told = json!({"name": "m", "kind": "recorded", "think": {"open": "<ponder>", "close": "</ponder>"}});
    let ear = Ear::default();
    place.run(&told, "out", &Execution::default(), &ear).await.unwrap();
    assert!(ear.notes().is_empty());
    assert_eq!(place.read("out")[0].reasoning, "a");
}

#[tokio::test]
async fn an_interrupt_publishes_nothing_and_the_same_input_gives_the_same_bytes() {
    let place = Place::new(600);
    place.write("replies", (0..600).map(|index| reply(index, 0, "<think>a</think>b")).collect());
    let ear = Ear::stopping_after(256);
    let error = place.run(&recorded(), "out", &Execution::default(), &ear).await.unwrap_err();
    assert_eq!(error.to_string(), "interrupted after 256 rows; run the same command again to go on");
    assert!(!place.path("out").exists());
    for out in ["one", "two"] {
        place.run(&recorded(), out, &Execution::default(), &Silent).await.unwrap();
    }
    assert!(std::fs::read(place.path("one")).unwrap() == std::fs::read(place.path("two")).unwrap());
}
