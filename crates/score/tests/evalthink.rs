//! A recorded run of EvalScope's EvalThink, scored again: in compatibility mode all six of its figures come
//! out to the last digit, and beside them ours say what really happened.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use answer::Policy;
use serde_json::Value;
use stage::Silent;
use tables::{
    Finish, Generation, Grade, JudgeState, Judgment, MetricValue, Problem, Provenance, Row, Split, Step,
    TableReader, TableWriter,
};
use thinkmeter_score::{Compat, ScoreConfig, ScoreIo, ScoredModel, measure, score};
use tokens::Tokenizer;

const LEVELS: u32 = 5;
/// Every level of the recorded run has 20 samples and all of them were within its limit of tokens.
const SAMPLES: u64 = 20;

/// One row of its review files, read by its rules.
struct Review {
    item: u64,
    level: u32,
    gold: String,
    thinking: String,
    answer: String,
}

fn recorded() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/evalthink"));
    if folder.is_dir() {
        return Some(folder.to_owned());
    }
    eprintln!("skipped: the recorded run of EvalThink is not here ({})", folder.display());
    None
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn reviews(folder: &Path) -> Vec<Review> {
    let mut reviews = Vec::new();
    for level in 1..=LEVELS {
        let text = fs::read_to_string(folder.join(format!("reviews/math_500_Level {level}.jsonl"))).unwrap();
        reviews.extend(text.lines().map(|line| review(level, &serde_json::from_str(line).unwrap())));
    }
    reviews
}

fn review(level: u32, row: &Value) -> Review {
    let question = row["messages"][0]["content"].as_str().unwrap();
    let item = question.split("(item ").nth(1).unwrap().split(')').next().unwrap().parse().unwrap();
    let (thinking, answer) = thinking_and_answer(&row["messages"][1]["content"]);
    Review { item, level, gold: row["target"].as_str().unwrap().to_owned(), thinking, answer }
}

/// The first reasoning block; of a string the text before the last closing tag; else the whole text.
fn thinking_and_answer(content: &Value) -> (String, String) {
    let block = |kind: &str| {
        let mut blocks = content.as_array().into_iter().flatten();
        blocks.find(|block| block["type"] == kind).and_then(|block| block[kind].as_str())
    };
    if let Some(thinking) = block("reasoning") {
        return (thinking.to_owned(), block("text").unwrap_or_default().to_owned());
    }
    let text = content.as_str().unwrap();
    let (thinking, answer) = text.rsplit_once("</think>").unwrap_or((text, ""));
    (thinking.to_owned(), answer.to_owned())
}

/// Cuts at every blank line and keeps empty pieces.
fn by_separator(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    text.split("\n\n")
        .map(|piece| {
            let span = start..start + piece.len();
            start = span.end + 2;
            span
        })
        .collect()
}

/// Cuts before each of its phrases, which it looks for in lower case alone, and strips the pieces.
fn by_keywords(text: &str) -> Vec<Range<usize>> {
    let phrases = [
        "alternatively",
        "but wait",
        "let me reconsider",
        "another way",
        "another approach",
        "another method",
        "another angle",
    ];
    let mut cuts: Vec<usize> =
        phrases.iter().flat_map(|phrase| text.match_indices(phrase).map(|(at, _)| at)).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    let stripped = |pair: &[usize]| {
        let piece = &text[pair[0]..pair[1]];
        let start = pair[0] + (piece.len() - piece.trim_start().len());
        start..start + piece.trim().len()
    };
    cuts.windows(2).map(stripped).collect()
}

fn problem(review: &Review) -> Problem {
    Problem {
        id: id(review),
        dataset: "math_500".into(),
        subset: format!("Level {}", review.level),
        gold: vec![review.gold.clone()],
        ..Problem::default()
    }
}

fn id(review: &Review) -> String {
    format!("item-{}", review.item)
}

fn generation(review: &Review) -> Generation {
    Generation {
        problem_id: id(review),
        model: "mock-r1".into(),
        reasoning: review.thinking.clone(),
        answer_text: review.answer.clone(),
        // As the peer cuts it, an opening tag stands in the thinking already.
        reasoning_source: "field:reasoning".into(),
        finish: Finish::Stop,
        ..Generation::default()
    }
}

fn split(review: &Review, tokenizer: &Tokenizer, spans: &[Range<usize>]) -> Split {
    let mut cuts: Vec<u32> = spans.iter().map(|span| span.start as u32).collect();
    cuts[0] = 0;
    cuts.push(review.thinking.len() as u32);
    let counts = tokenizer.count_between(&review.thinking, &cuts);
    let step = |(span, tokens): (&Range<usize>, &u32)| Step {
        start: span.start as u32,
        end: span.end as u32,
        tokens: *tokens,
    };
    let steps: Vec<Step> = spans.iter().zip(&counts).map(step).collect();
    Split { problem_id: id(review), steps, tokens: tokenizer.count(&review.thinking), ..Split::default() }
}

fn graded(review: &Review) -> Grade {
    let (problem, generation) = (problem(review), generation(review));
    grade::by_engine(grade::Item::new(&problem, &generation), &Policy::default())
}

fn judgment(review: &Review, judged: &BTreeMap<u64, i64>) -> Judgment {
    let step = u32::try_from(judged[&review.item]).ok();
    let state = if step.is_some() { JudgeState::Found } else { JudgeState::Absent };
    Judgment { problem_id: id(review), step, state, ..Judgment::default() }
}

fn judged(folder: &Path, strategy: &str) -> BTreeMap<u64, i64> {
    let recorded = json(&folder.join(format!("judged_{strategy}.json")));
    let rows = recorded["judged"].as_array().unwrap();
    let pair = |row: &Value| {
        (row["item"].as_u64().unwrap(), row["judged_paragraph"].as_str().unwrap().parse().unwrap())
    };
    rows.iter().map(pair).collect()
}

fn write<R: Row>(path: &Path, rows: impl Iterator<Item = R>) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

/// Scores and measures the recorded run as the stages would, steps cut by `cut`.
fn metrics(folder: &Path, strategy: &str, cut: fn(&str) -> Vec<Range<usize>>) -> Vec<MetricValue> {
    let tokenizer = Tokenizer::open(&folder.join("tokenizer.json")).unwrap();
    let (reviews, judged) = (reviews(folder), judged(folder, strategy));
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let io = ScoreIo {
        problems: at("problems.parquet"),
        generations: at("generations.parquet"),
        grades: at("grades.parquet"),
        splits: at("splits.parquet"),
        judgments: at("judgments.parquet"),
        out: at("scores.parquet"),
    };
    write(&io.problems, reviews.iter().map(problem));
    write(&io.generations, reviews.iter().map(generation));
    write(&io.grades, reviews.iter().map(graded));
    write(&io.splits, reviews.iter().map(|review| split(review, &tokenizer, &cut(&review.thinking))));
    write(&io.judgments, reviews.iter().map(|review| judgment(review, &judged)));
    let config = ScoreConfig { compat: Some(Compat::Evalthink), ..ScoreConfig::default() };
    score(&config, ScoredModel { tokenizer: &tokenizer, price: None }, &io, Provenance::default(), &Silent)
        .unwrap();
    measure(&config, std::slice::from_ref(&io.out), &at("metrics.parquet"), Provenance::default(), &Silent)
        .unwrap();
    TableReader::open(&at("metrics.parquet")).unwrap().map(Result::unwrap).collect()
}

fn find<'a>(metrics: &'a [MetricValue], name: &str, subset: &str) -> &'a MetricValue {
    metrics
        .iter()
        .find(|row| row.metric == name && row.subset == subset && row.scope == MetricValue::ALL)
        .unwrap()
}

fn check_theirs(folder: &Path, strategy: &str, metrics: &[MetricValue]) {
    let expected = json(&folder.join(format!("expected_{strategy}.json")));
    let figures = expected.as_object().unwrap();
    assert_eq!(figures.len(), 6);
    for (figure, levels) in figures {
        assert_eq!(levels.as_object().unwrap().len() as u32, LEVELS);
        for (level, expected) in levels.as_object().unwrap() {
            let row = find(metrics, &format!("evalthink.{figure}"), level);
            let (found, expected) = (row.value.unwrap(), expected.as_f64().unwrap());
            assert!(
                (found - expected).abs() < 1e-9,
                "{strategy} {figure} {level}: {found} is not {expected}"
            );
            assert_eq!(row.n, SAMPLES, "{strategy} {figure} {level}");
        }
    }
}

/// Ours on the same samples: accuracy is that of the final answers, the judged step counts, wrong ones are
/// left out.
fn check_ours(folder: &Path, strategy: &str, metrics: &[MetricValue]) {
    let truth = json(&folder.join("truth.json"));
    let judged = judged(folder, strategy);
    for level in 1..=LEVELS {
        let of_level: Vec<&Value> =
            truth.as_array().unwrap().iter().filter(|row| row["level"] == level).collect();
        let right: Vec<&&Value> = of_level.iter().filter(|row| row["final_correct"] == true).collect();
        let subset = format!("Level {level}");
        let accuracy = find(metrics, "accuracy", &subset);
        assert_eq!(accuracy.value, Some(right.len() as f64 / of_level.len() as f64), "{subset}");
        let efficiency = find(metrics, "token_efficiency", &subset);
        assert_eq!(efficiency.n, right.len() as u64, "{subset}");
        assert_eq!(efficiency.n + efficiency.left_out, SAMPLES);
        let unlocated = find(metrics, "unlocated", &subset);
        let absent = of_level.iter().filter(|row| judged[&row["i"].as_u64().unwrap()] < 0).count();
        assert_eq!(unlocated.value, Some(absent as f64 / of_level.len() as f64), "{subset}");
        let [ours, theirs] = ["first_correct_tokens", "evalthink.first_correct_tokens"]
            .map(|name| find(metrics, name, &subset).value.unwrap());
        assert!(ours > theirs, "{subset}: the judged step is part of ours");
    }
}

fn check(strategy: &str, cut: fn(&str) -> Vec<Range<usize>>) {
    let Some(folder) = recorded() else { return };
    let metrics = metrics(&folder, strategy, cut);
    check_theirs(&folder, strategy, &metrics);
    check_ours(&folder, strategy, &metrics);
}

#[test]
fn separator_run_comes_out_to_the_last_digit() {
    check("separator", by_separator);
}

#[test]
fn keywords_run_comes_out_to_the_last_digit() {
    check("keywords", by_keywords);
}
