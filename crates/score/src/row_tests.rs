//! Scores of single generations, among them what EvalThink gets wrong.

use proptest::prelude::*;
use tables::{Finish, Generation, Grade, JudgeState, Judgment, Problem, Score, Split, Step, Verdict};
use tokens::Tokenizer;

use super::{RowError, ScoredModel, Scorer};
use crate::ScoreConfig;

fn scorer(config: &ScoreConfig) -> Scorer {
    Scorer::new(config, ScoredModel { tokenizer: &Tokenizer::approximate(), price: None }).unwrap()
}

fn problem() -> Problem {
    Problem { gold: vec!["5".into()], dataset: "demo".into(), subset: "Level 1".into(), ..Problem::default() }
}

fn reply(answer: &str) -> Generation {
    Generation {
        model: "m".into(),
        reasoning: "2 + 3 = 5\n\nBut wait, check.\n\nAlternatively, count.".into(),
        answer_text: answer.into(),
        reasoning_source: "tags".into(),
        finish: Finish::Stop,
        ..Generation::default()
    }
}

fn split(tokens: &[u32]) -> Split {
    let step = |(at, tokens): (usize, &u32)| Step { start: at as u32, end: at as u32 + 1, tokens: *tokens };
    let steps = tokens.iter().enumerate().map(step).collect();
    Split { steps, tokens: tokens.iter().sum(), answer_tokens: 4, ..Split::default() }
}

fn found(step: u32) -> Judgment {
    Judgment { state: JudgeState::Found, step: Some(step), ..Judgment::default() }
}

fn ended(state: JudgeState) -> Judgment {
    Judgment { state, ..Judgment::default() }
}

fn measured(
    config: &ScoreConfig,
    generation: &Generation,
    split: &Split,
    judgment: &Judgment,
) -> Result<Score, RowError> {
    let problem = problem();
    let item = grade::Item::new(&problem, generation);
    let grade = grade::by_engine(item, &answer::Policy::default());
    scorer(config).score(&problem, generation, &grade, split, judgment)
}

fn scored(answer: &str, tokens: &[u32], judgment: &Judgment) -> Score {
    measured(&ScoreConfig::default(), &reply(answer), &split(tokens), judgment).unwrap()
}

#[test]
fn the_judged_step_is_part_of_what_it_took() {
    let check = |step, tokens, efficiency| {
        let score = scored("\\boxed{5}", &[10, 6, 4], &found(step));
        assert_eq!(score.first_correct_tokens, Some(tokens));
        assert_eq!(score.reflection_tokens, Some(20 - tokens));
        assert_eq!(score.token_efficiency, Some(efficiency));
        assert!(score.located);
    };
    // An answer in the first step counts; EvalThink takes it for "never found".
    check(0, 10, 0.5);
    check(1, 16, 0.8);
    check(2, 20, 1.0);
}

#[test]
fn correctness_is_the_final_answers_and_not_the_judges_finding() {
    let lost = scored("\\boxed{6}", &[10, 6, 4], &found(0));
    assert_eq!((lost.correct, lost.found_then_lost, lost.located), (Some(false), true, true));
    let unseen = scored("\\boxed{5}", &[10, 6, 4], &ended(JudgeState::Absent));
    assert_eq!((unseen.correct, unseen.found_then_lost, unseen.located), (Some(true), false, false));
    assert_eq!((unseen.first_correct_tokens, unseen.token_efficiency), (Some(20), Some(1.0)));
}

#[test]
fn a_judge_that_failed_or_had_nothing_to_do_is_no_verdict() {
    for state in [JudgeState::Failed, JudgeState::Skipped] {
        let score = scored("\\boxed{5}", &[10, 6, 4], &ended(state));
        assert_eq!((score.correct, score.located), (Some(true), false));
        assert_eq!(score.first_correct_tokens, None);
        assert_eq!((score.reflection_tokens, score.token_efficiency), (None, None));
    }
}

#[test]
fn no_thinking_has_no_efficiency() {
    let score = scored("\\boxed{5}", &[], &ended(JudgeState::Absent));
    assert_eq!((score.reasoning_tokens, score.first_correct_tokens), (Some(0), Some(0)));
    assert_eq!((score.token_efficiency, score.thoughts), (None, Some(0)));
}

#[test]
fn switches_and_own_answer_are_counted() {
    let judgment = Judgment { own_step: Some(1), ..found(0) };
    let score = scored("\\boxed{6}", &[10, 6, 4], &judgment);
    assert_eq!((score.thought_switches, score.thoughts), (Some(2), Some(3)));
    assert_eq!(score.own_answer_arrival, Some(16));
    let mut config = ScoreConfig::default();
    config.switch_markers.models.insert("m".into(), vec!["chinese".into()]);
    let other = measured(&config, &reply(""), &split(&[9]), &found(0)).unwrap();
    assert_eq!((other.thought_switches, other.thoughts), (Some(0), Some(1)));
}

#[test]
fn of_hidden_thinking_only_the_length_is_known_if_somebody_counted() {
    let hidden = |tokens| {
        let reply = Generation {
            reasoning_source: Generation::HIDDEN.into(),
            reasoning_tokens: tokens,
            ..reply("\\boxed{5}")
        };
        let reply = Generation { reasoning: String::new(), ..reply };
        let skipped = Judgment { state: JudgeState::Skipped, ..Judgment::default() };
        measured(&ScoreConfig::default(), &reply, &split(&[]), &skipped).unwrap()
    };
    for (count, expect) in [(Some(256), Some(256)), (None, None), (Some(0), None)] {
        let score = hidden(count);
        assert_eq!(score.reasoning_tokens, expect);
        assert_eq!(
            (score.first_correct_tokens, score.reflection_tokens, score.token_efficiency),
            (None, None, None)
        );
        assert_eq!((score.thought_switches, score.thoughts), (None, None));
        assert_eq!((score.solutions, score.wasted_tokens), (None, None));
        assert_eq!((score.correct, score.empty), (Some(true), false));
    }
}

#[test]
fn a_truncated_trace_is_measured_like_any_other() {
    let mut cut = reply("");
    cut.finish = Finish::Length;
    let score = measured(&ScoreConfig::default(), &cut, &split(&[90_000, 1]), &found(1)).unwrap();
    assert_eq!((score.correct, score.grade), (Some(false), Verdict::NoAnswer));
    assert_eq!((score.reasoning_tokens, score.first_correct_tokens), (Some(90_001), Some(90_001)));
}

#[test]
fn steps_that_are_not_there_are_refused() {
    let check = |split: &Split, judgment: &Judgment, expect| {
        let refused = measured(&ScoreConfig::default(), &reply(""), split, judgment).unwrap_err();
        assert_eq!(refused, expect);
    };
    check(&split(&[5, 5]), &found(2), RowError::Step { column: "step", step: 2 });
    check(&split(&[]), &found(0), RowError::Step { column: "step", step: 0 });
    check(&split(&[5]), &ended(JudgeState::Found), RowError::NoStep);
    let own = Judgment { own_step: Some(9), ..found(0) };
    check(&split(&[5]), &own, RowError::Step { column: "own_step", step: 9 });
    let too_many = Split { tokens: 7, ..split(&[5, 5]) };
    check(&too_many, &found(0), RowError::Tokens { steps: 10, total: 7 });
}

#[test]
fn compatibility_mode_needs_spans_within_the_thinking() {
    let config = ScoreConfig { compat: Some(crate::Compat::Evalthink), ..ScoreConfig::default() };
    let far = Split { steps: vec![Step { start: 0, end: 9999, tokens: 1 }], tokens: 1, ..Split::default() };
    let refused = measured(&config, &reply(""), &far, &found(0)).unwrap_err();
    assert_eq!(refused, RowError::Span { start: 0, end: 9999 });
    let failed = Generation { finish: Finish::Error, ..Generation::default() };
    let score = measured(&config, &failed, &split(&[]), &ended(JudgeState::Skipped)).unwrap();
    assert_eq!((score.evalthink, score.grade), (None, Verdict::Failed));
}

#[test]
fn what_the_grader_says_stands() {
    let grade = Grade {
        verdict: Verdict::Right,
        how: Some("by hand".into()),
        extracted: Some("6".into()),
        class: Some(3),
        ..Grade::default()
    };
    let scorer = scorer(&ScoreConfig::default());
    let score = scorer.score(&problem(), &reply("\\boxed{6}"), &grade, &split(&[9]), &found(0)).unwrap();
    assert_eq!((score.correct, score.grade, score.answer_class), (Some(true), Verdict::Right, Some(3)));
    assert_eq!((score.grade_how, score.extracted), (grade.how, grade.extracted));
}

#[test]
fn selectors_say_what_they_think_of_a_reply() {
    let selectors = vec!["verifier".into(), "stated".into(), "shortest".into()];
    let config =
        ScoreConfig { verifier: Some("reward".into()), selectors: Some(selectors), ..ScoreConfig::default() };
    let check = |extra: &str, answer: &str, expect: &[(&str, f64)]| {
        let reply = Generation { extra: Some(extra.into()), ..reply(answer) };
        let score = measured(&config, &reply, &split(&[9]), &found(0)).unwrap();
        let told: Vec<(&str, f64)> =
            score.confidences.iter().map(|known| (known.selector.as_str(), known.value)).collect();
        assert_eq!(told, expect, "{extra} {answer}");
    };
    check(
        "{\"reward\": 0.25}",
        "Confidence: 80 %",
        &[("verifier", 0.25), ("stated", 0.8), ("shortest", -9.0)],
    );
    check("{\"reward\": \"good\"}", "\\boxed{6}", &[("shortest", -9.0)]);
}

#[test]
fn a_call_that_failed_has_no_solutions() {
    let failed = Generation { finish: Finish::Error, ..Generation::default() };
    let (config, skipped) = (ScoreConfig::default(), ended(JudgeState::Skipped));
    let score = measured(&config, &failed, &split(&[]), &skipped).unwrap();
    assert_eq!((score.solutions, score.wasted_tokens, score.cost), (None, None, None));
}

fn state() -> impl Strategy<Value = JudgeState> {
    use JudgeState::{Absent, Failed, Found, Skipped};
    prop_oneof![Just(Found), Just(Absent), Just(Failed), Just(Skipped)]
}

proptest! {
    #[test]
    fn first_correct_and_reflection_add_up_and_efficiency_is_a_share(
        tokens in prop::collection::vec(0_u32..2000, 1..40),
        state in state(),
        at in any::<prop::sample::Index>(),
    ) {
        let step = (state == JudgeState::Found).then(|| at.index(tokens.len()) as u32);
        let score = scored("\\boxed{5}", &tokens, &Judgment { state, step, ..Judgment::default() });
        prop_assert_eq!(score.first_correct_tokens.is_some(), matches!(state, JudgeState::Found | JudgeState::Absent));
        if let (Some(first), Some(reflection)) = (score.first_correct_tokens, score.reflection_tokens) {
            prop_assert_eq!(Some(first + reflection), score.reasoning_tokens);
        }
        prop_assert!(score.token_efficiency.is_none_or(|share| (0.0..=1.0).contains(&share)));
        prop_assert_eq!(score.located, state == JudgeState::Found);
        prop_assert!(!score.found_then_lost || (score.located && score.correct == Some(false)));
    }
}
