//! Published and hand-checked figures, through both stages.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use stage::Silent;
use tables::{
    Finish, Generation, Grade, JudgeState, Judgment, MetricValue, Problem, Provenance, Row, Solution, Split,
    Step, TableReader, TableWriter, Thought, Verdict,
};
use thinkmeter_score::{Bootstrap, ScoreConfig, ScoreIo, ScoredModel, measure, score};
use tokens::Tokenizer;

/// A reply: tokens of its solutions, which are right, which strategy each follows.
struct Reply {
    tokens: Vec<u32>,
    right: Vec<bool>,
    strategies: Vec<u32>,
    /// The final answer is right.
    correct: bool,
    thoughts: Option<Vec<Thought>>,
}

impl Reply {
    fn new(tokens: &[u32], right: &[u8], strategies: &[u32]) -> Self {
        let right: Vec<bool> = right.iter().map(|right| *right == 1).collect();
        Self {
            tokens: tokens.to_vec(),
            correct: right.contains(&true),
            right,
            strategies: strategies.to_vec(),
            thoughts: None,
        }
    }

    /// Nothing but one answer.
    fn plain(tokens: u32, correct: bool) -> Self {
        Self { correct, ..Self::new(&[tokens], &[], &[]) }
    }
}

fn write<R: Row>(path: &Path, rows: impl Iterator<Item = R>) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

/// The figures over replies to problems of their own.
fn figures(config: &ScoreConfig, replies: &[Reply]) -> Vec<MetricValue> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let io = ScoreIo {
        problems: at("problems.parquet"),
        generations: at("generations.parquet"),
        grades: at("grades.parquet"),
        splits: at("splits.parquet"),
        judgments: at("judgments.parquet"),
        out: at("scores.parquet"),
    };
    let numbered = || replies.iter().enumerate().map(|(at, reply)| (format!("p{at}"), reply));
    write(
        &io.problems,
        numbered().map(|(id, _)| Problem { id, gold: vec!["5".into()], ..Problem::default() }),
    );
    write(&io.generations, numbered().map(|(problem_id, reply)| generation(problem_id, reply)));
    write(&io.grades, numbered().map(|(problem_id, reply)| graded(problem_id, reply)));
    write(&io.splits, numbered().map(|(problem_id, reply)| split(problem_id, reply)));
    write(&io.judgments, numbered().map(|(problem_id, reply)| judgment(problem_id, reply)));
    let tokenizer = Tokenizer::approximate();
    let model = ScoredModel { tokenizer: &tokenizer, price: None };
    score(config, model, &io, Provenance::default(), &Silent).unwrap();
    let out = at("metrics.parquet");
    measure(config, std::slice::from_ref(&io.out), &out, Provenance::default(), &Silent).unwrap();
    TableReader::open(&out).unwrap().map(Result::unwrap).collect()
}

fn graded(problem_id: String, reply: &Reply) -> Grade {
    let verdict = if reply.correct { Verdict::Right } else { Verdict::Wrong };
    Grade { problem_id, verdict, ..Grade::default() }
}

fn generation(problem_id: String, reply: &Reply) -> Generation {
    Generation {
        problem_id,
        model: "m".into(),
        reasoning: "thinking".into(),
        answer_text: format!("\\boxed{{{}}}", if reply.correct { 5 } else { 6 }),
        reasoning_source: "tags".into(),
        finish: Finish::Stop,
        ..Generation::default()
    }
}

/// A step for each solution, ten bytes long.
fn split(problem_id: String, reply: &Reply) -> Split {
    let step = |(at, tokens): (u32, &u32)| Step { start: at * 10, end: at * 10 + 8, tokens: *tokens };
    let steps = (0..).zip(&reply.tokens).map(step).collect();
    Split { problem_id, steps, tokens: reply.tokens.iter().sum(), answer_tokens: 9, ..Split::default() }
}

fn judgment(problem_id: String, reply: &Reply) -> Judgment {
    let solution = |(end, (right, strategy)): (u32, (&bool, &u32))| Solution {
        end,
        correct: Some(*right),
        strategy: Some(*strategy),
        ..Solution::default()
    };
    let solutions = (0..).zip(reply.right.iter().zip(&reply.strategies)).map(solution).collect();
    let step = reply.right.iter().position(|right| *right).map(|at| at as u32);
    Judgment {
        problem_id,
        state: if step.is_some() { JudgeState::Found } else { JudgeState::Absent },
        step,
        solutions: Some(solutions),
        thoughts: reply.thoughts.clone(),
        ..Judgment::default()
    }
}

fn value(rows: &[MetricValue], name: &str) -> f64 {
    row(rows, name).value.unwrap()
}

fn row<'a>(rows: &'a [MetricValue], name: &str) -> &'a MetricValue {
    rows.iter().find(|row| row.metric == name && row.scope == MetricValue::ALL).unwrap()
}

#[test]
fn five_recorded_responses_average_to_their_figures() {
    let five = [
        Reply::new(&[264, 103, 103, 114], &[1, 1, 1, 1], &[0, 0, 1, 1]),
        Reply::new(&[276, 259], &[0, 1], &[0, 0]),
        Reply::new(&[294, 184], &[1, 1], &[0, 1]),
        Reply::new(&[854, 686, 221, 177, 325, 259, 145], &[1; 7], &[0, 1, 0, 1, 1, 0, 2]),
        Reply::new(&[7958, 26, 272, 386, 196], &[0; 5], &[2, 2, 3, 3, 1]),
    ];
    let rows = figures(&ScoreConfig::default(), &five);
    let shown = |name| format!("{:.4}", value(&rows, name));
    assert_eq!(shown("outcome_efficiency"), "0.4775");
    assert_eq!(shown("process_efficiency"), "0.7459");
    assert_eq!(shown("solutions"), "4.0000");
    assert_eq!(value(&rows, "first_correct_solution@1"), 0.75);
    assert_eq!(value(&rows, "first_correct_solution@2"), 0.25);
    assert_eq!(
        row(&rows, "first_correct_solution@1").left_out_why.as_deref(),
        Some("1 without a right solution")
    );
    assert_eq!(value(&rows, "distinctness@1"), 1.0);
    assert_eq!(value(&rows, "distinctness@2"), 0.4, "the third and the fourth");
}

#[test]
fn one_solution_a_reply_makes_outcome_efficiency_accuracy() {
    let replies: Vec<Reply> = (0..8).map(|at| Reply::plain(100 + at, at < 7)).collect();
    let rows = figures(&ScoreConfig::default(), &replies);
    assert_eq!(value(&rows, "accuracy"), 0.875);
    assert_eq!(value(&rows, "outcome_efficiency"), 0.875);
    assert_eq!((value(&rows, "process_efficiency"), value(&rows, "solutions")), (1.0, 1.0));
    assert_eq!(value(&rows, "solution_implied"), 1.0);
}

#[test]
fn underthinking_takes_the_published_case() {
    let thought =
        |step: u32, correct| Thought { start: step * 10, step, correct: Some(correct), ..Thought::default() };
    let given_up = Reply {
        correct: false,
        thoughts: Some(vec![thought(0, true), thought(1, false)]),
        ..Reply::new(&[411, 7270], &[1, 0], &[0, 1])
    };
    let rows = figures(&ScoreConfig::default(), &[given_up, Reply::plain(50, true)]);
    let row = row(&rows, "underthinking");
    assert_eq!((row.value, row.n), (Some(1.0 - 411.0 / 7681.0), 1));
    assert_eq!(row.left_out_why.as_deref(), Some("1 right"));
    assert_eq!(value(&rows, "outcome_efficiency"), 0.5, "found and lost is not right");
}

#[test]
fn a_judges_error_moves_and_widens_what_it_found_and_nothing_else() {
    let replies: Vec<Reply> =
        (0..60).map(|at| Reply::new(&[40 + at, 60], &[u8::from(at % 4 > 0), 0], &[0, 1])).collect();
    let bootstrap = Bootstrap { resamples: 500, seed: 3 };
    let plain = ScoreConfig { bootstrap, ..ScoreConfig::default() };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calibration.json");
    std::fs::write(&file, "{\"efficiency_errors\": [0.3, -0.1, 0.2, 0.0, -0.2, 0.4, 0.1, 0.1]}").unwrap();
    let table = serde_json::json!({"bootstrap": {"resamples": 500, "seed": 3}, "judge_error": file});
    let carried = ScoreConfig::parse(&table, "score").unwrap();
    let (before, after) = (figures(&plain, &replies), figures(&carried, &replies));
    let interval = |rows: &[MetricValue], name| (row(rows, name).low.unwrap(), row(rows, name).high.unwrap());
    let ends = |rows: &[MetricValue], name| (row(rows, name).low, row(rows, name).high);
    for name in ["accuracy", "solutions", "process_efficiency", "thought_switches"] {
        assert_eq!(ends(&before, name), ends(&after, name), "{name}");
    }
    // The judge sees the answer too late by 0.1 of the thinking, so what a person would find lies lower.
    for (name, shift) in [("token_efficiency", -0.1), ("outcome_efficiency", -0.075)] {
        let ((low, high), (lower, higher)) = (interval(&before, name), interval(&after, name));
        assert_eq!(value(&before, name), value(&after, name), "the figure itself is what was judged");
        assert!(higher - lower > 1.5 * (high - low), "{name}: {low}–{high} to {lower}–{higher}");
        let middle = (lower + higher - low - high) / 2.0;
        assert!((middle - shift).abs() < 0.03, "{name} moved by {middle}");
    }
    let ((low, high), (lower, higher)) =
        (interval(&before, "overthinking_tokens"), interval(&after, "overthinking_tokens"));
    assert!(lower > low - 300.0 && higher > high + 300.0, "more is wasted: {low}–{high} to {lower}–{higher}");
}
