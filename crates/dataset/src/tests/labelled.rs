//! Traces with labelled steps.

use super::formats::fixture;
use super::real::shared;
use crate::labelled::{Band, Label, LabelledTrace, builtin, read, read_all};

fn path(name: &str) -> String {
    fixture(name).display().to_string()
}

fn check(name: &str, expect: &[(&str, usize, Label<usize>, Option<bool>)]) {
    let traces = read(&path(name)).unwrap().traces;
    let found: Vec<_> =
        traces.iter().map(|t| (t.id.as_str(), t.steps.len(), t.first_wrong, t.final_correct)).collect();
    assert_eq!(found, expect, "{name}");
}

#[test]
fn first_wrong_steps_count_from_zero_whatever_the_source() {
    check(
        "processbench.jsonl",
        &[("sums-0", 2, Label::At(1), Some(false)), ("sums-1", 1, Label::Nowhere, Some(true))],
    );
    check("prmbench.jsonl", &[("p-1", 3, Label::At(1), None), ("p-2", 2, Label::Nowhere, None)]);
    check("mr_gsm8k.jsonl", &[("m-1", 2, Label::At(1), Some(false)), ("m-2", 1, Label::Nowhere, Some(true))]);
    let stepwise = read(&path("trl_stepwise.jsonl")).unwrap();
    assert_eq!(stepwise.left_out.len(), 1, "our own rows mean something else");
    let traces = stepwise.traces;
    let wrong: Vec<_> = traces.iter().map(|trace| trace.first_wrong).collect();
    assert_eq!(wrong, [Label::At(1), Label::Nowhere]);
    assert_eq!(
        (traces[1].problem.as_str(), traces[1].gold.as_slice()),
        ("How many days have two weeks?", &["14".to_owned()][..])
    );
}

#[test]
fn our_own_traces_are_labelled() {
    let traces = builtin().unwrap().traces;
    assert_eq!(traces.len(), 94);
    assert!(
        traces.iter().all(|trace| trace.first_correct.is_known()
            && !trace.problem.is_empty()
            && !trace.gold.is_empty())
    );
    let first = &traces[0];
    assert_eq!((first.id.as_str(), first.steps.len()), ("demo-0001", 3));
    assert_eq!(first.first_correct, Label::At(Band { step: 2, lo: 2, hi: 2 }));
    assert_eq!((first.solutions.as_deref(), first.final_correct), (Some(&[2][..]), Some(true)));
    assert!(traces.iter().any(|trace| trace.first_correct == Label::Nowhere));
}

#[test]
fn labels_apart_from_their_traces_are_joined_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let labels = "{\"trace\": \"t1\", \"steps\": 2, \"step\": 1, \"lo\": 0, \"hi\": 1, \"solutions\": [1]}\n";
    let labels = write("labels.jsonl", labels);
    let trace = |id: &str, text: &str| {
        format!(
            "{{\"id\": \"{id}\", \"problem\": \"q\", \"gold\": \"4\", \"model\": \"m\", \"response\": \"{text}\"}}\n"
        )
    };
    let traces =
        write("traces.jsonl", &(trace("t0", "x") + &trace("t1", "<think>\\na\\nb\\n \\nc\\n</think>4")));
    let expect = LabelledTrace {
        id: "t1".into(),
        problem: "q".into(),
        gold: vec!["4".into()],
        model: Some("m".into()),
        steps: vec!["a\nb".into(), "c".into()],
        response: Some("<think>\na\nb\n \nc\n</think>4".into()),
        first_correct: Label::At(Band { step: 1, lo: 0, hi: 1 }),
        solutions: Some(vec![1]),
        ..LabelledTrace::default()
    };
    assert_eq!(read_all(&[labels.clone(), traces.clone()]).unwrap().traces, std::slice::from_ref(&expect));
    assert_eq!(read(&folder.path().display().to_string()).unwrap().traces, [expect], "a folder holds both");
    let refuse = |paths: &[String], expect: &str| {
        let error =
            read_all(paths).unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "");
        assert_eq!(error, expect);
    };
    refuse(
        std::slice::from_ref(&labels),
        "labels.jsonl:1: column `trace` names `t1`, a trace that none of the files holds; give the files with the \
         traces too",
    );
    refuse(
        &[traces],
        "no labelled step in traces.jsonl; expected ProcessBench, PRMBench, MR-GSM8K or TRL stepwise rows, or traces \
         with `labels`",
    );
    let left = |paths: &[String]| {
        let read = read_all(paths).unwrap();
        assert!(read.traces.is_empty());
        read.left_out.into_iter().map(|left| (left.reason, left.rows)).collect::<Vec<_>>()
    };
    let other = write("traces.jsonl", &trace("t1", "<think>a</think>4"));
    let reason = "the label counts another number of steps than the thinking has paragraphs";
    assert_eq!(left(&[labels, other]), [(reason.to_owned(), 1)]);
    let outside = "{\"problem\": \"q\", \"steps\": [\"a\"], \"label\": 3}\n";
    let reason = "the label names a step behind the last one";
    assert_eq!(left(&[write("outside.jsonl", outside)]), [(reason.to_owned(), 1)]);
}

#[test]
fn real_labels_fit_their_traces() {
    let Some(data) = shared("data") else { return };
    let place = |name: &str| data.join(name).display().to_string();
    let read_all = read_all(&[place("labels"), place("traces")]).unwrap();
    assert_eq!((read_all.traces.len(), read_all.left_out.len()), (90, 0));
    let traces = read_all.traces;
    assert!(traces.iter().all(|trace| trace.first_correct.is_known() && trace.response.is_some()));
    let steps = read(&place("steps/prmbench_sample.jsonl")).unwrap();
    let fine = steps.traces.iter().filter(|t| t.first_wrong == Label::Nowhere).count();
    let left: u64 = steps.left_out.iter().map(|left| left.rows).sum();
    assert_eq!((steps.traces.len() as u64 + left, fine), (452, 20));
    assert!(left < 10, "{:?}", steps.left_out);
    let steps = read(&place("steps/mr_gsm8k_subset.jsonl")).unwrap();
    let wrong = steps.traces.iter().filter(|t| t.first_wrong.at().is_some()).count();
    assert_eq!((steps.traces.len(), wrong), (590, 590));
}
