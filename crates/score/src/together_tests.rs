//! Figures over samples together, and families.

use tables::{Confidence, Finish, JudgeState, Rewards, Score, SolutionScore, Verdict};

use super::*;
use crate::Plan;
use crate::ScoreConfig;
use crate::metric::{Aggregate, Contribution, Samples};
use crate::replayed::Replays;
use crate::survey::Survey;

fn plan(config: &ScoreConfig) -> Plan {
    let mut survey = Survey::default();
    (survey.samples, survey.tokens, survey.solutions) = (8, 4000, 9);
    Plan::new(config, &survey).unwrap()
}

fn metric(name: &str) -> &'static dyn Metric {
    selected(None).into_iter().find(|metric| metric.term().name == name).unwrap()
}

/// What one problem contributes to a row, such as `pass@4`.
fn share_of(family: &str, row: &str, scores: &[Score], config: &ScoreConfig) -> Contribution {
    let plan = plan(config);
    let metric = metric(family);
    let members = metric.members(&plan);
    let member = members.iter().find(|member| member.name == row);
    let parameter = member.unwrap_or_else(|| panic!("{row} is not among {members:?}")).parameter;
    let scores: Vec<&Score> = scores.iter().collect();
    let mut share = Contribution::default();
    let samples = Samples {
        scores: &scores,
        task: &[],
        fifths: [10, 20, 30, 40],
        plan: &plan,
        replays: &Replays::of(&plan),
    };
    metric.observe_together(&samples, parameter, &mut share);
    share
}

fn value(family: &str, row: &str, scores: &[Score], expect: f64) {
    let share = share_of(family, row, scores, &ScoreConfig::default());
    let value = share.sum / share.weight;
    assert!((value - expect).abs() < 1e-12, "{row}: {value} is not {expect}");
}

fn left_out(family: &str, row: &str, scores: &[Score], expect: &[(&'static str, u64)]) {
    let share = share_of(family, row, scores, &ScoreConfig::default());
    assert_eq!((share.n, share.left_out.as_slice()), (0, expect), "{row}");
}

/// A reply of so many tokens of thinking, with an answer of this class; class 0 is right.
fn reply(tokens: u32, class: u32) -> Score {
    let grade = if class == 0 { Verdict::Right } else { Verdict::Wrong };
    Score {
        correct: grade.correct(),
        grade,
        reasoning_source: "tags".into(),
        finish: Finish::Stop,
        judge_state: JudgeState::Found,
        reasoning_tokens: Some(tokens),
        answer_class: Some(class),
        located: true,
        first_correct_tokens: Some(tokens / 2),
        reflection_tokens: Some(tokens - tokens / 2),
        ..Score::default()
    }
}

fn failed() -> Score {
    Score { finish: Finish::Error, grade: Verdict::Failed, ..Score::default() }
}

fn without_gold() -> Score {
    Score { correct: None, grade: Verdict::NoGold, ..reply(10, 0) }
}

fn undecided() -> Score {
    Score { correct: None, grade: Verdict::Undecided, answer_class: Some(5), ..reply(10, 0) }
}

fn silent() -> Score {
    Score { correct: Some(false), grade: Verdict::NoAnswer, answer_class: None, ..reply(10, 1) }
}

#[test]
fn tries_are_over_the_graded_samples() {
    let four = [reply(10, 0), reply(20, 1), reply(30, 1), undecided()];
    value("pass@k", "pass@1", &four, 0.25);
    value("pass@k", "pass@2", &four, 0.5);
    value("pass^k@k", "pass^k@2", &four, 0.0);
    let with_others = [four.to_vec(), vec![failed(), without_gold()]].concat();
    let share = share_of("pass@k", "pass@4", &with_others, &ScoreConfig::default());
    assert_eq!((share.sum, share.weight, share.n), (1.0, 1.0, 4));
    assert_eq!(share.left_out, [("without reply", 1), ("without known answer", 1)]);
    left_out("pass@k", "pass@8", &four, &[("with too few samples", 4)]);
    left_out("pass@k", "pass@1", &[without_gold()], &[("without known answer", 1)]);
}

#[test]
fn votes_go_to_classes_and_silence_is_no_vote() {
    value("maj@k", "maj@4", &[reply(10, 0), reply(10, 0), reply(10, 1), reply(10, 2)], 1.0);
    value("maj@k", "maj@4", &[reply(10, 0), reply(10, 1), reply(10, 1), reply(10, 2)], 0.0);
    value("maj@k", "maj@2", &[reply(10, 0), reply(10, 1)], 0.5);
    value("maj@k", "maj@4", &[reply(10, 0), silent(), silent(), silent()], 1.0);
}

fn verified() -> ScoreConfig {
    let selectors = Some(vec!["verifier".into(), "stated".into()]);
    ScoreConfig { verifier: Some("v".into()), selectors, ..ScoreConfig::default() }
}

/// An answer of this class of which the verifier thinks so much.
fn sure(class: u32, value: Option<f64>) -> Score {
    let told = |value| Confidence { selector: "verifier".into(), value };
    Score {
        judge_confidence: Some(0.5),
        confidences: value.map(told).into_iter().collect(),
        ..reply(10, class)
    }
}

#[test]
fn weights_and_ranks_come_from_a_selector() {
    let check = |family: &str, k: u32, scores: &[Score], expect: f64| {
        let (term, row) = (format!("{family}:SELECTOR@k"), format!("{family}:verifier@{k}"));
        let share = share_of(&term, &row, scores, &verified());
        assert!((share.sum - expect).abs() < 1e-12, "{row}: {} is not {expect}", share.sum);
        assert_eq!(share.left_out, [("without a score to go by", 1)], "{row}");
    };
    let four = [sure(0, Some(0.9)), sure(1, Some(0.3)), sure(1, Some(0.3)), sure(2, None)];
    check("maj", 4, &four, 1.0);
    check("maj_top25", 4, &four, 1.0);
    check("best_of", 4, &four, 1.0);
    check("best_of", 2, &four, 0.5);
    let misled = [sure(0, Some(-1.0)), sure(1, Some(2.0)), sure(1, Some(-2.0)), sure(2, None)];
    check("best_of", 4, &misled, 0.0);
    check("maj", 4, &misled, 0.0);
}

#[test]
fn who_knows_the_answer_selects_nothing() {
    let unknown = [sure(0, None), sure(1, None)];
    for family in ["best_of", "maj", "maj_top25"] {
        let (term, row) = (format!("{family}:SELECTOR@k"), format!("{family}:verifier@2"));
        let share = share_of(&term, &row, &unknown, &verified());
        assert_eq!((share.n, share.left_out), (0, vec![("without a score to go by", 2)]));
        let none = metric(&term).members(&plan(&ScoreConfig::default()));
        assert!(none.is_empty(), "the judge knows the right answer: {none:?}");
    }
}

/// Right .9 .6, wrong .7 .2: three of four pairs are in order.
#[test]
fn a_selector_tells_right_from_wrong() {
    let five = [(0, Some(0.9)), (0, Some(0.6)), (1, Some(0.7)), (1, Some(0.2)), (1, None)];
    let five: Vec<Score> = five.into_iter().map(|(class, value)| sure(class, value)).collect();
    let check = |scores: &[Score]| {
        share_of("discrimination:SELECTOR", "discrimination:verifier", scores, &verified())
    };
    let share = check(&five);
    assert_eq!((share.sum, share.n, share.left_out), (0.75, 4, vec![("without a score to go by", 1)]));
    assert_eq!(check(&five[..2]).left_out, [("with samples all alike", 2)]);
}

/// Classes of 5, 2 and 1 samples, the first right, under Beta .90: 48/7 samples and 10600/7 tokens.
#[test]
fn stopping_early_is_priced_over_the_samples_that_there_are() {
    let lengths = [(0, 100), (0, 120), (0, 140), (0, 200), (0, 240), (1, 300), (1, 340), (2, 400)];
    let mut eight: Vec<Score> = lengths.into_iter().map(|(class, tokens)| reply(tokens, class)).collect();
    let config = ScoreConfig {
        stopping: Some(vec![serde_json::json!({"kind": "beta", "threshold": 0.9})]),
        ..ScoreConfig::default()
    };
    let check = |scores: &[Score], family: &str, expect: f64| {
        let share = share_of(&format!("{family}:RULE"), &format!("{family}:beta90"), scores, &config);
        assert!((share.sum / share.weight - expect).abs() < 1e-9, "{family}: {share:?} is not {expect}");
        assert!(!share.drawn);
    };
    check(&eight, "adaptive", 1.0);
    check(&eight, "adaptive_samples", 48.0 / 7.0);
    check(&eight, "adaptive_tokens", 10_600.0 / 7.0);
    check(&[silent(), silent()], "adaptive", 0.0);
    check(&[silent(), silent()], "adaptive_samples", 2.0);
    eight[0].reasoning_tokens = None;
    let share = share_of("adaptive_tokens:RULE", "adaptive_tokens:beta90", &eight, &config);
    assert_eq!((share.n, share.left_out), (0, vec![("with hidden thinking that nobody counted", 8)]));
}

#[test]
fn a_class_is_as_right_as_its_first_answer() {
    // An answer joins a class by its first one; the grader may still find only one of the two right.
    let joined = Score { correct: Some(true), ..reply(10, 1) };
    value("maj@k", "maj@4", &[reply(10, 1), joined.clone(), reply(10, 2), reply(10, 3)], 0.0);
    value("maj@k", "maj@4", &[joined, reply(10, 1), reply(10, 2), reply(10, 3)], 1.0);
}

#[test]
fn the_shortest_is_picked_and_the_gap_is_between_extremes() {
    let three = [reply(30, 1), reply(10, 0), reply(20, 1)];
    value("laconic@k", "laconic@2", &three, 2.0 / 3.0);
    value("overthinking_gap", "overthinking_gap", &three, 20.0);
    left_out(
        "overthinking_gap",
        "overthinking_gap",
        &[reply(10, 0), failed()],
        &[("without reply", 1), ("with too few samples", 1)],
    );
}

#[test]
fn budgets_and_thresholds_are_in_tokens() {
    let right = [reply(600, 0)];
    for (row, expect) in [("budget@256", 0.0), ("budget@512", 1.0), ("budget@4096", 1.0)] {
        value("budget@b", row, &right, expect);
        value("budget@b", row, &[reply(10, 1)], 0.0);
    }
    for (row, expect) in [("oaa@250", 0.0), ("oaa@500", 0.0), ("oaa@750", 1.0), ("oaa@1000", 1.0)] {
        value("oaa@t", row, &right, expect);
    }
    value("auc_oaa", "auc_oaa", &right, 0.4);
    value("auc_oaa", "auc_oaa", &[reply(5000, 0)], 0.0);
    value("oaa@t", "oaa@750", &[reply(750, 0)], 0.0);
    let unjudged = Score { judge_state: JudgeState::Failed, first_correct_tokens: None, ..reply(600, 0) };
    left_out("budget@b", "budget@4096", &[unjudged], &[("judge failed", 1)]);
    let no_thinking = Score { judge_state: JudgeState::Skipped, first_correct_tokens: None, ..reply(0, 0) };
    value("budget@b", "budget@128", &[no_thinking], 1.0);
}

#[test]
fn solutions_are_told_apart_by_their_place() {
    let with = |strategies: &[Option<u32>], first: Option<u32>| Score {
        solutions: Some(
            strategies
                .iter()
                .map(|strategy| SolutionScore { tokens: 1, correct: None, strategy: *strategy })
                .collect(),
        ),
        first_correct_solution: first,
        ..reply(10, 0)
    };
    let four = with(&[Some(0), Some(0), Some(1), Some(0)], Some(2));
    for (row, expect) in [("distinctness@1", 1.0), ("distinctness@2", 0.0), ("distinctness@3", 1.0)] {
        value("distinctness@m", row, std::slice::from_ref(&four), expect);
    }
    left_out(
        "distinctness@m",
        "distinctness@4",
        &[with(&[Some(0); 3], None)],
        &[("with fewer solutions", 1)],
    );
    left_out(
        "distinctness@m",
        "distinctness@2",
        &[with(&[Some(0), None], None)],
        &[("without strategies", 1)],
    );
    left_out("distinctness@m", "distinctness@2", &[reply(10, 0)], &[("without a look for solutions", 1)]);
    value("first_correct_solution@m", "first_correct_solution@3", std::slice::from_ref(&four), 1.0);
    value("first_correct_solution@m", "first_correct_solution@4", &[with(&[None; 9], Some(7))], 0.0);
    value("first_correct_solution@m", "first_correct_solution@5+", &[with(&[None; 9], Some(7))], 1.0);
    left_out(
        "first_correct_solution@m",
        "first_correct_solution@1",
        &[with(&[None], None)],
        &[("without a right solution", 1)],
    );
}

#[test]
fn efficiencies_leave_out_what_nobody_looked_for() {
    let looked = |outcome| Score { solutions: Some(vec![]), outcome_efficiency: outcome, ..reply(10, 0) };
    value("outcome_efficiency", "outcome_efficiency", &[looked(Some(0.25)), looked(Some(0.75))], 0.5);
    let open = Score { solutions: Some(vec![]), ..undecided() };
    value("outcome_efficiency", "outcome_efficiency", &[open], 0.0);
    for scores in [[reply(10, 0)], [undecided()]] {
        left_out("outcome_efficiency", "outcome_efficiency", &scores, &[("without a look for solutions", 1)]);
    }
    left_out("process_efficiency", "process_efficiency", &[looked(None)], &[("without strategies", 1)]);
    let single = Score { process_efficiency: Some(1.0), ..looked(None) };
    value("process_efficiency", "process_efficiency", std::slice::from_ref(&single), 1.0);
    let mut survey = Survey::default();
    survey.sought.look([None, None]);
    let plan = Plan::new(&ScoreConfig::default(), &survey).unwrap();
    let replays = Replays::of(&plan);
    let samples = Samples { scores: &[&single], task: &[], fifths: [0; 4], plan: &plan, replays: &replays };
    let mut share = Contribution::default();
    metric("process_efficiency").observe_together(&samples, 0, &mut share);
    assert_eq!(share.left_out, [("without strategies", 1)], "replies with one solution would be all of it");
    left_out("process_efficiency", "process_efficiency", &[failed()], &[("without reply", 1)]);
}

/// The published case: a wrong reply of 7,681 tokens whose first right thought ends at 411.
#[test]
fn underthinking_is_over_wrong_replies() {
    let thought = |class, first| Score { first_correct_thought_tokens: first, ..reply(7681, class) };
    let share = share_of("underthinking", "underthinking", &[thought(1, Some(411))], &ScoreConfig::default());
    assert_eq!(share.sum, 1.0 - 411.0 / 7681.0);
    assert_eq!(format!("{:.3}", share.sum), "0.946");
    value("underthinking", "underthinking", &[thought(1, Some(7681))], 0.0);
    left_out("underthinking", "underthinking", &[thought(0, Some(411))], &[("right", 1)]);
    left_out("underthinking", "underthinking", &[thought(1, None)], &[("without a look for thoughts", 1)]);
    left_out("underthinking", "underthinking", &[reply(0, 1)], &[("without thinking", 1)]);
}

#[test]
fn length_and_accuracy_within_problems_and_in_one_pot() {
    // One problem: the shorter half is right.
    let ten: Vec<Score> = (1..=10).map(|at| reply(at * 5, u32::from(at > 5))).collect();
    value("length_quintile_within@q", "length_quintile_within@1", &ten, 1.0);
    value("length_quintile_within@q", "length_quintile_within@3", &ten, 0.5);
    value("length_quintile_within@q", "length_quintile_within@5", &ten, 0.0);
    value("length_quintile@q", "length_quintile@1", &ten, 1.0);
    value("length_quintile@q", "length_quintile@3", &ten, 0.5);
    let share = share_of("length_correlation", "length_correlation", &ten, &ScoreConfig::default());
    assert!((share.sum + (0.75_f64 * 100.0 / 99.0).sqrt()).abs() < 1e-12, "{}", share.sum);
    left_out("length_correlation", "length_correlation", &ten[..5], &[("with samples all alike", 5)]);
    left_out("length_correlation", "length_correlation", &ten[4..6], &[("with too few samples", 2)]);
    left_out(
        "length_quintile_within@q",
        "length_quintile_within@1",
        &ten[..4],
        &[("with too few samples", 4)],
    );
}

#[test]
fn waste_is_a_sum_over_right_or_wrong_replies() {
    let wasted = |class, tokens, cost| Score {
        wasted_tokens: Some(tokens),
        wasted_cost: cost,
        ..reply(tokens * 2, class)
    };
    let three = [wasted(0, 5, Some(0.5)), wasted(1, 40, None), wasted(0, 7, Some(0.7))];
    let share = |name| share_of(name, name, &three, &ScoreConfig::default());
    let right = share("overthinking_tokens");
    assert_eq!((right.sum, right.n, right.sensitivity.total()), (12.0, 2, -24.0));
    assert_eq!(right.left_out, [("wrong", 1)]);
    let wrong = share("futility_tokens");
    assert_eq!((wrong.sum, wrong.n, wrong.sensitivity.total()), (40.0, 1, 0.0));
    assert!((share("overthinking_cost").sum - 1.2).abs() < 1e-12);
    assert_eq!(share("futility_cost").left_out, [("right", 2), ("without a price", 1)]);
    assert_eq!(share("futility_seconds").left_out, [("right", 2), ("without a recorded time", 1)]);
    assert_eq!(metric("futility_cost").aggregate(), Aggregate::Sum);
}

#[test]
fn rewards_are_compared_rule_with_rule() {
    let rewarded = |kimi, lcpo_max, class| Score {
        rewards: Some(Rewards { kimi, lcpo_max, ..Rewards::default() }),
        ..reply(10, class)
    };
    let three = [rewarded(0.5, 0.9, 0), rewarded(0.1, 0.5, 0), rewarded(-0.3, 0.7, 1)];
    value("reward_right@rule", "reward_right@kimi", &three, 0.3);
    value("reward_wrong@rule", "reward_wrong@kimi", &three, -0.3);
    value("reward_agreement@rules", "reward_agreement@kimi~lcpo_max", &three, 0.5);
    left_out(
        "reward_agreement@rules",
        "reward_agreement@kimi~relative",
        &three,
        &[("with samples all alike", 3)],
    );
    assert_eq!(metric("reward_agreement@rules").members(&plan(&ScoreConfig::default())).len(), 10);
}

/// 38 tasks of one test input of which 20 are solved, one of two inputs of which one is, and one of which both are.
#[test]
fn tasks_of_grids_count_as_arc_prize_says() {
    let grid = |inputs| Some(tables::GridFacts { inputs, one_colour: 0.5, ..tables::GridFacts::default() });
    let score = |task: &str, input: u32, inputs: u32, right: bool| Score {
        problem_id: format!("{task}/{input}"),
        cluster: Some(task.to_owned()),
        model: "m".into(),
        dataset: "arc".into(),
        correct: Some(right),
        grade: if right { tables::Verdict::Right } else { tables::Verdict::Wrong },
        grid: grid(inputs),
        cost: Some(0.5),
        ..Score::default()
    };
    let mut scores: Vec<Score> = (0..38).map(|at| score(&format!("t{at:02}"), 0, 1, at < 20)).collect();
    scores.extend([
        score("u", 0, 2, true),
        score("u", 1, 2, false),
        score("v", 0, 2, true),
        score("v", 1, 2, true),
    ]);
    // A second attempt that is wrong wherever the first is.
    let again = |score: Score| [score.clone(), Score { sample: 1, correct: score.correct, ..score }];
    let scores: Vec<Score> = scores.into_iter().flat_map(again).collect();
    let config = crate::ScoreConfig::default();
    let rows = crate::figures(&config, &[(std::path::PathBuf::from("m"), scores)], &stage::Silent).unwrap();
    let check = |metric: &str, expect: f64, problems: u64| {
        let row = rows.iter().find(|row| row.metric == metric && row.scope == "all").unwrap();
        assert!((row.value.unwrap() - expect).abs() < 1e-6, "{metric}: {:?}", row.value);
        assert_eq!(row.problems, problems, "{metric}");
    };
    check("arc_score@2", 0.5375, 42);
    check("arc_solved@2", 0.525, 40);
    check("pass@2", 0.547_619, 42);
    // 84 attempts at 0.5, 40 tasks, 21.5 of them solved.
    check("cost_per_task", 1.05, 42);
    check("cost_per_solved", 42.0 / 21.5, 42);
}
