//! Points beside the figures that they stand for.

use std::path::PathBuf;

use stage::Silent;
use tables::{Confidence, Finish, JudgeState, MetricValue, Verdict};

use super::*;
use crate::figures;

/// Eight problems of six samples each; every seventh reply has no answer.
fn scores() -> (PathBuf, Vec<Score>) {
    let one = |at: u32| {
        let noise = at.wrapping_mul(2_654_435_761) >> 8;
        let class = (!at.is_multiple_of(7)).then_some(noise % 3);
        let grade = if class == Some(0) { Verdict::Right } else { Verdict::Wrong };
        Score {
            problem_id: format!("p{}", at / 6),
            sample: at % 6,
            model: "m".into(),
            dataset: "d".into(),
            correct: grade.correct(),
            grade,
            answer_class: class,
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            judge_state: JudgeState::Skipped,
            reasoning_tokens: Some(100 + noise % 50),
            answer_tokens: 10,
            confidences: vec![Confidence { selector: "stated".into(), value: f64::from(noise % 10) / 10.0 }],
            ..Score::default()
        }
    };
    (PathBuf::from("memory"), (0..48).map(one).collect())
}

#[test]
fn the_mean_over_problems_is_the_figure() {
    let config =
        ScoreConfig { stopping: Some(vec!["beta".into(), "window".into()]), ..ScoreConfig::default() };
    let found = points(&config, &scores(), &Silent).unwrap();
    let rows = figures(&config, &[scores()], &Silent).unwrap();
    assert_eq!(found.problems.len(), 8);
    let names: Vec<&str> = found.points.iter().map(|point| point.rule.as_str()).collect();
    assert_eq!(
        names,
        [
            "accuracy",
            "maj@2",
            "maj@4",
            "maj:stated@2",
            "maj:stated@4",
            "maj_top25:stated@2",
            "maj_top25:stated@4",
            "laconic@2",
            "laconic@4",
            "best_of:stated@2",
            "best_of:stated@4",
            "adaptive:beta95",
            "adaptive:window5",
        ]
    );
    for point in &found.points {
        let spent: Vec<Spent> = point.problems.iter().copied().flatten().collect();
        let mean = |of: fn(&Spent) -> f64| spent.iter().map(of).sum::<f64>() / spent.len() as f64;
        let row =
            |name: &str| rows.iter().find(|row| row.metric == name && row.subset == MetricValue::OVERALL);
        let near = |found: f64, name: &str| {
            let expect = row(name).unwrap().value.unwrap();
            assert!((found - expect).abs() < 1e-9, "{name}: {found} is not {expect}");
        };
        near(mean(|spent| spent.credit), &point.rule);
        if let Some(rule) = point.rule.strip_prefix("adaptive:") {
            near(mean(|spent| spent.samples), &format!("adaptive_samples:{rule}"));
            near(mean(|spent| spent.tokens.unwrap()), &format!("adaptive_tokens:{rule}"));
        }
        assert!(spent.iter().all(|spent| spent.waiting <= spent.tokens), "{point:?}");
    }
}

#[test]
fn one_waits_for_the_longest_and_pays_for_all() {
    let (name, mut rows) = scores();
    rows.truncate(4);
    for (score, tokens) in rows.iter_mut().zip([90, 190, 390, 890]) {
        score.reasoning_tokens = Some(tokens);
    }
    let found = points(&ScoreConfig::default(), &(name.clone(), rows.clone()), &Silent).unwrap();
    let two = |found: &Points| {
        let point = found.points.iter().find(|point| point.rule == "maj@2").unwrap();
        let whole = |tokens: f64| tokens.round();
        point.problems[0].map(|spent| (spent.samples, spent.tokens.map(whole), spent.waiting.map(whole)))
    };
    // 1850 / 3: the longest of two of 100, 200, 400 and 900.
    assert_eq!(two(&found), Some((2.0, Some(800.0), Some(617.0))));
    rows[0].reasoning_tokens = None;
    let found = points(&ScoreConfig::default(), &(name.clone(), rows.clone()), &Silent).unwrap();
    assert_eq!(two(&found), Some((2.0, None, None)), "unknown is not 0");
    rows.iter_mut().for_each(|score| score.grade = Verdict::NoGold);
    rows.iter_mut().for_each(|score| score.correct = None);
    let found = points(&ScoreConfig::default(), &(name, rows), &Silent).unwrap();
    assert!(found.points.iter().all(|point| point.problems == [None]));
}

#[test]
fn no_point_looks_at_what_is_right() {
    // Turning right into wrong turns every credit around and moves nothing that is spent.
    let config = ScoreConfig::default();
    let (name, rows) = scores();
    let turned: Vec<Score> = rows
        .iter()
        .cloned()
        .map(|mut score| {
            let grade = if score.correct == Some(true) { Verdict::Wrong } else { Verdict::Right };
            (score.correct, score.grade) = (grade.correct(), grade);
            score
        })
        .collect();
    let (found, turned) =
        (points(&config, &(name.clone(), rows), &Silent), points(&config, &(name, turned), &Silent));
    for (point, turned) in found.unwrap().points.iter().zip(turned.unwrap().points) {
        for (one, other) in point.problems.iter().flatten().zip(turned.problems.iter().flatten()) {
            let of = |spent: &Spent| (spent.samples, spent.tokens, spent.waiting);
            assert_eq!(of(one), of(other), "{}", point.rule);
            assert!(one.credit + other.credit <= 1.0 + 1e-9, "{}", point.rule);
        }
    }
}

/// Of two problems one stops after four right samples, the other ends after eight of which every second is right, the first
/// one wrong. A mean over replies would be 8/12.
fn drawn_until_enough() -> (PathBuf, Vec<Score>) {
    let one = |problem: &str, sample: u32, of: u32, right: bool| Score {
        problem_id: problem.into(),
        sample,
        model: "m".into(),
        dataset: "d".into(),
        grade: if right { Verdict::Right } else { Verdict::Wrong },
        correct: Some(right),
        answer_class: Some(u32::from(!right)),
        reasoning_source: "tags".into(),
        finish: Finish::Stop,
        judge_state: JudgeState::Skipped,
        reasoning_tokens: Some(100 + sample),
        prompt_tokens: Some(50),
        answer_tokens: 10,
        drawn: Some(of),
        stopped: Some("beta".into()),
        drawn_first: Some(2),
        drawn_at_once: Some(3),
        ..Score::default()
    };
    let easy = (0..4).map(|sample| one("a", sample, 4, true));
    let hard = (0..8).map(|sample| one("b", sample, 8, sample % 2 == 1));
    (PathBuf::from("memory"), easy.chain(hard).collect())
}

#[test]
fn what_a_rule_stopped_early_is_measured_by_its_vote_and_by_samples_that_were_drawn_whatever_they_said() {
    let rows = figures(&ScoreConfig::default(), &[drawn_until_enough()], &Silent).unwrap();
    let row =
        |name: &str| rows.iter().find(|row| row.metric == name && row.scope == MetricValue::ALL).unwrap();
    let check = |name: &str, value: f64, n: u64, left_out: u64| {
        let row = row(name);
        assert_eq!((row.value, row.n, row.left_out), (Some(value), n, left_out), "{row:?}");
    };
    check("vote", 0.75, 12, 0);
    check("vote_samples", 6.0, 12, 0);
    check("accuracy", 0.5, 2, 10);
    check("reasoning_tokens", 100.5, 4, 8);
    check("maj@2", 0.75, 4, 8);
    assert_eq!(row("accuracy").left_out_why.as_deref(), Some("10 drawn later, where a rule stopped early"));
    assert!(
        !rows.iter().any(|row| row.metric == "maj@4" || row.metric.starts_with("adaptive")),
        "k ends at the first look"
    );
    // A sum is over all that was paid for.
    assert_eq!(row("futility_tokens").left_out_why.as_deref(), Some("8 right, 4 not judged"));
}

#[test]
fn a_vote_that_stopped_early_costs_all_that_was_drawn_and_one_waits_for_each_batch() {
    let found = points(&ScoreConfig::default(), &drawn_until_enough(), &Silent).unwrap();
    let point = found.points.iter().find(|point| point.rule == "vote").unwrap();
    assert_eq!(point.draws, Draws::Drawn);
    let hard = point.problems[1].unwrap();
    // Samples 0 and 1 at once, then 2 to 4, then 5 to 7: each batch takes as long as its longest.
    let waiting = (101 + 10) + (104 + 10) + (107 + 10);
    let tokens: u32 = (0..8).map(|sample| 110 + sample).sum();
    assert_eq!(
        (hard.credit, hard.samples, hard.tokens, hard.waiting, hard.prompt),
        (0.5, 8.0, Some(f64::from(tokens)), Some(f64::from(waiting)), Some(400.0))
    );
    let single = found.points.iter().find(|point| point.rule == "accuracy").unwrap().problems[1].unwrap();
    assert_eq!((single.credit, single.samples, single.tokens), (0.0, 1.0, Some(110.5)));
}

#[test]
fn a_number_that_was_fixed_has_no_such_vote() {
    let rows = figures(&ScoreConfig::default(), &[scores()], &Silent).unwrap();
    assert!(!rows.iter().any(|row| row.metric.starts_with("vote")));
    let (path, mut drawn) = drawn_until_enough();
    drawn.iter_mut().for_each(|score| score.model = "n".into());
    let both = figures(&ScoreConfig::default(), &[scores(), (path, drawn)], &Silent).unwrap();
    let fixed = both.iter().find(|row| row.metric == "vote" && row.n == 0).unwrap();
    assert_eq!(fixed.left_out_why.as_deref(), Some("48 whose number was fixed"));
}
