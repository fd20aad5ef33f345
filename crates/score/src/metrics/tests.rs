//! What each figure takes and what it leaves out.

use tables::{Better, Finish, JudgeState, Score, Verdict};

use super::*;
use crate::metric::Observation;
use crate::survey::Survey;
use crate::{Plan, ScoreConfig};

/// A right answer, found in the first of two steps.
fn right() -> Score {
    Score {
        correct: Some(true),
        grade: Verdict::Right,
        reasoning_source: "tags".into(),
        finish: Finish::Stop,
        judge_state: JudgeState::Found,
        reasoning_tokens: Some(10),
        answer_tokens: 3,
        steps: 2,
        located: true,
        first_correct_step: Some(0),
        first_correct_tokens: Some(4),
        reflection_tokens: Some(6),
        token_efficiency: Some(0.4),
        thought_switches: Some(2),
        thoughts: Some(3),
        own_answer_arrival: Some(4),
        ..Score::default()
    }
}

fn without_verdict(state: JudgeState) -> Score {
    Score {
        judge_state: state,
        located: false,
        first_correct_step: None,
        first_correct_tokens: None,
        reflection_tokens: None,
        token_efficiency: None,
        ..right()
    }
}

fn graded(grade: Verdict) -> Score {
    Score { correct: grade.correct(), grade, ..right() }
}

fn no_gold() -> Score {
    Score { grade: Verdict::NoGold, correct: None, ..without_verdict(JudgeState::Skipped) }
}

fn error() -> Score {
    Score {
        grade: Verdict::Failed,
        finish: Finish::Error,
        reasoning_source: String::new(),
        ..Score::default()
    }
}

fn check(metric: &str, score: &Score, expect: Observation) {
    let metric = selected(Some(Compat::Evalthink)).into_iter().find(|m| m.term().name == metric).unwrap();
    assert_eq!(metric.observe(score), expect, "{} of {score:?}", metric.term().name);
}

fn value(metric: &str, score: &Score, expect: f64) {
    check(metric, score, Observation::Value(expect));
}

fn left_out(metric: &str, score: &Score, expect: &'static str) {
    check(metric, score, Observation::LeftOut(expect));
}

#[test]
fn accuracy_is_the_final_answers() {
    value("accuracy", &right(), 1.0);
    value("accuracy", &graded(Verdict::Wrong), 0.0);
    value("accuracy", &graded(Verdict::NoAnswer), 0.0);
    value("accuracy", &graded(Verdict::Undecided), 0.0);
    value("accuracy", &without_verdict(JudgeState::Failed), 1.0);
    left_out("accuracy", &no_gold(), "without known answer");
    left_out("accuracy", &error(), "without reply");
}

#[test]
fn tokens_need_a_reply_and_arrival_a_verdict() {
    value("reasoning_tokens", &right(), 10.0);
    value("reasoning_tokens", &no_gold(), 10.0);
    left_out("reasoning_tokens", &error(), "without reply");
    for (metric, expect) in [("first_correct_tokens", 4.0), ("reflection_tokens", 6.0)] {
        value(metric, &right(), expect);
        value(metric, &graded(Verdict::Wrong), expect);
        left_out(metric, &without_verdict(JudgeState::Failed), "judge failed");
        left_out(metric, &without_verdict(JudgeState::Skipped), "not judged");
        left_out(metric, &no_gold(), "without known answer");
        left_out(metric, &error(), "without reply");
    }
}

#[test]
fn efficiency_is_over_the_correctly_answered() {
    value("token_efficiency", &right(), 0.4);
    left_out("token_efficiency", &graded(Verdict::Wrong), "wrong");
    left_out("token_efficiency", &graded(Verdict::NoAnswer), "wrong");
    left_out("token_efficiency", &graded(Verdict::Undecided), "undecided");
    left_out("token_efficiency", &without_verdict(JudgeState::Failed), "judge failed");
    left_out("token_efficiency", &no_gold(), "without known answer");
    left_out("token_efficiency", &error(), "without reply");
    let hidden = Score {
        reasoning_source: "hidden".into(),
        judge_state: JudgeState::Skipped,
        first_correct_tokens: None,
        reflection_tokens: None,
        token_efficiency: None,
        thought_switches: None,
        ..right()
    };
    value("reasoning_tokens", &hidden, 10.0);
    for metric in ["first_correct_tokens", "reflection_tokens", "token_efficiency", "thought_switches"] {
        left_out(metric, &hidden, "with hidden thinking");
    }
    let uncounted = Score { reasoning_tokens: None, ..hidden };
    left_out("reasoning_tokens", &uncounted, "with hidden thinking that nobody counted");
    value("accuracy", &uncounted, 1.0);
    let no_thinking = Score { reasoning_tokens: Some(0), token_efficiency: None, ..right() };
    left_out("token_efficiency", &no_thinking, "without thinking");
}

#[test]
fn switches_and_own_answer_need_no_gold() {
    value("thought_switches", &no_gold(), 2.0);
    left_out("thought_switches", &error(), "without reply");
    value("own_answer_arrival", &no_gold(), 4.0);
    left_out("own_answer_arrival", &Score { own_answer_arrival: None, ..right() }, "without such a step");
    left_out("own_answer_arrival", &error(), "without reply");
}

#[test]
fn shares_have_the_denominator_that_they_speak_of() {
    value("found_then_lost", &right(), 0.0);
    value("found_then_lost", &Score { found_then_lost: true, ..graded(Verdict::Wrong) }, 1.0);
    left_out("found_then_lost", &graded(Verdict::Undecided), "undecided");
    value("unlocated", &right(), 0.0);
    value("unlocated", &Score { judge_state: JudgeState::Absent, located: false, ..right() }, 1.0);
    left_out("unlocated", &without_verdict(JudgeState::Failed), "judge failed");
    value("truncated", &Score { finish: Finish::Length, ..right() }, 1.0);
    value("truncated", &right(), 0.0);
    value("unclosed", &Score { reasoning_source: "unclosed".into(), ..right() }, 1.0);
    value("unclosed", &right(), 0.0);
    value("empty", &Score { empty: true, ..right() }, 1.0);
    value("empty", &Score { reasoning_tokens: Some(0), ..right() }, 0.0);
    value("undecided", &graded(Verdict::Undecided), 1.0);
    value("undecided", &graded(Verdict::Wrong), 0.0);
    left_out("undecided", &no_gold(), "without known answer");
    value("judge_failed", &without_verdict(JudgeState::Failed), 1.0);
    value("judge_failed", &right(), 0.0);
    left_out("judge_failed", &without_verdict(JudgeState::Skipped), "not judged");
    value("errors", &error(), 1.0);
    value("errors", &no_gold(), 0.0);
    for metric in
        ["truncated", "unclosed", "empty", "undecided", "judge_failed", "found_then_lost", "unlocated"]
    {
        left_out(metric, &error(), "without reply");
    }
}

#[test]
fn the_peers_figures_are_over_all_samples() {
    let theirs = tables::EvalThink { token_efficiency: 0.25, reflection_tokens: -2.0, ..Default::default() };
    let wrong = Score { evalthink: Some(theirs), ..graded(Verdict::Wrong) };
    value("evalthink.token_efficiency", &wrong, 0.25);
    value("evalthink.reflection_tokens", &wrong, -2.0);
    left_out("evalthink.accuracy", &error(), "without reply");
    assert_eq!(selected(None).len() + 6, selected(Some(Compat::Evalthink)).len());
}

/// Budget 100, replies of 60, 100, 140 and 300 tokens: two of four are over it, and |T − B| / B is .4, 0, .4 and 2: .7.
#[test]
fn a_budget_is_missed_on_both_sides() {
    let spent = [60, 100, 140, 300].map(|tokens| Score {
        budget: Some(100),
        budgeted_tokens: Some(tokens),
        ..right()
    });
    let mean = |metric: &str| {
        let metric = selected(None).into_iter().find(|m| m.term().name == metric).unwrap();
        let values = spent.iter().map(|score| match metric.observe(score) {
            Observation::Value(value) => value,
            Observation::LeftOut(why) => panic!("{why}"),
        });
        values.sum::<f64>() / spent.len() as f64
    };
    assert!((mean("over_budget") - 0.5).abs() < 1e-12);
    assert!((mean("budget_deviation") - 0.7).abs() < 1e-12);
    left_out("over_budget", &right(), "without a budget");
    left_out("budget_deviation", &error(), "without reply");
}

#[test]
fn what_a_strategy_is_measured_by_is_left_out_where_it_is_unknown() {
    let asked = Score {
        reply_tokens: Some(13),
        estimate_tokens: Some(5),
        prompt_tokens: Some(40),
        obeyed: Some(0.5),
        step_words: Some(4.5),
        long_lines: Some(0.25),
        ..right()
    };
    for (metric, expect, why) in [
        ("output_tokens", 18.0, "with hidden thinking that nobody counted"),
        ("prompt_tokens", 40.0, "without the provider's count"),
        ("obeyed", 0.5, "without anything to obey"),
        ("step_words", 4.5, "without notes"),
        ("long_lines", 0.25, "without notes"),
    ] {
        value(metric, &asked, expect);
        left_out(metric, &right(), why);
        left_out(metric, &error(), "without reply");
    }
}

#[test]
fn every_figure_has_one_term_of_its_own() {
    let terms = terms();
    for term in &terms {
        let covering = terms.iter().filter(|other| other.covers(term.name)).count();
        assert_eq!(covering, 1, "{}", term.name);
        assert!(term.about.len() > 40 && !term.about.contains("  "), "{}: {}", term.name, term.about);
        assert!(!term.title.is_empty() && !term.about.ends_with('.'), "{}", term.name);
    }
}

#[test]
fn every_row_of_a_metrics_table_has_the_term_of_its_figure() {
    let config = ScoreConfig {
        verifier: Some("v".into()),
        selectors: Some(vec!["stated".into(), "verifier".into()]),
        k: Some(vec![1, 4]),
        stopping: Some(vec!["beta".into(), "window".into()]),
        ..ScoreConfig::default()
    };
    let plan = Plan::new(&config, &Survey::default()).unwrap();
    for metric in selected(Some(Compat::Evalthink)) {
        for row in metric.members(&plan) {
            let found: Vec<Term> = terms().into_iter().filter(|term| term.covers(&row.name)).collect();
            assert_eq!(found, [*metric.term()], "{}", row.name);
        }
    }
}

#[test]
fn every_headline_measure_has_a_direction_or_says_that_it_has_none_and_a_peer() {
    let terms = terms();
    let headed = terms.iter().filter_map(|term| Some((term, term.headline?)));
    let told: Vec<(&str, Better)> = headed.clone().map(|(term, _)| (term.name, term.better)).collect();
    assert_eq!(
        told,
        [
            ("accuracy", Better::More),
            ("reasoning_tokens", Better::Less),
            ("first_correct_tokens", Better::Less),
            ("reflection_tokens", Better::Less),
            ("token_efficiency", Better::More),
            ("thought_switches", Better::Neither),
        ]
    );
    for (term, headline) in headed {
        let peer = terms.iter().find(|other| other.name == headline.peer).unwrap();
        assert_eq!(peer.better, term.better, "{}", term.name);
    }
}
