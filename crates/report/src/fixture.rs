//! A small report made by hand: three models over three levels, with gaps, cut replies, an approximate
//! tokenizer, the peer's figures, and names that would break careless markup.

use std::path::{Path, PathBuf};

use tables::{
    Finish, Generation, JudgeState, Judgment, MetricValue, Problem, Provenance, Row, Score, Split, Step,
    TableWriter, Term, Verdict,
};

use crate::model::{About, AboutModel, ModelKind, Questions, Report, StageFingerprint};
use crate::views::measures::headline_measures;

const HOSTILE: &str = "<script>alert(1)</script>";
const LEVELS: [&str; 3] = ["Level 1", "Level 2", "Level 3"];

pub(crate) fn report() -> Report {
    let mut report = Report::from_metrics(metrics(), about());
    for score in MODELS.iter().flat_map(scores) {
        report.add(&score);
    }
    report
}

/// A report of some figures over all problems: model, name, value.
pub(crate) fn figures(rows: &[(&str, &str, f64)]) -> Report {
    report_of(rows.iter().map(|(model, metric, value)| figure(model, MetricValue::OVERALL, metric, *value)))
}

/// A report of some figures of one model: group of problems, name, value.
pub(crate) fn by_subset(rows: &[(&str, &str, f64)]) -> Report {
    report_of(rows.iter().map(|(subset, metric, value)| figure("m", subset, metric, *value)))
}

fn report_of(rows: impl Iterator<Item = MetricValue>) -> Report {
    Report::from_metrics(rows.collect(), About::default())
}

fn figure(model: &str, subset: &str, metric: &str, value: f64) -> MetricValue {
    MetricValue {
        dataset: "d".into(),
        model: model.into(),
        subset: subset.into(),
        metric: metric.into(),
        scope: MetricValue::ALL.into(),
        value: Some(value),
        n: 9,
        ..MetricValue::default()
    }
}

/// Three strategies of one model over six problems: the second is right wherever the first is not, nobody obeys the third.
pub(crate) fn strategies() -> Report {
    let rows = [
        ("m/direct", "direct", [1.0, 0.5, 4.0, 0.0, 31.0]),
        ("m/steps", "few_shot_cot shots=8", [f64::NAN, 1.0, 150.0, 40.0, 900.0]),
        ("m/budget", "budget tokens=100", [0.0, 0.5, 400.0, 300.0, 40.0]),
    ];
    let names = ["obeyed", "accuracy", "output_tokens", "reasoning_tokens", "prompt_tokens"];
    let metrics = rows.iter().flat_map(|(model, _, values)| {
        let told = names.iter().zip(values).filter(|(_, value)| !value.is_nan());
        told.map(move |(name, value)| MetricValue {
            dataset: "gsm8k".into(),
            ..figure(model, MetricValue::OVERALL, name, *value)
        })
    });
    let mut report = report_of(metrics);
    for (at, (model, label, _)) in rows.iter().enumerate() {
        for problem in 0..6_u32 {
            let right = at == 1 || (problem < 3) == (at == 0);
            report.add(&Score {
                problem_id: format!("p{problem}"),
                model: (*model).into(),
                dataset: "gsm8k".into(),
                strategy: Some((*label).into()),
                correct: Some(right),
                grade: if right { Verdict::Right } else { Verdict::Wrong },
                finish: Finish::Stop,
                cost: (at > 0 || problem > 0).then_some(0.001),
                ..Score::default()
            });
        }
    }
    report
}

/// Two models and three questions, one of which both have, and one reply that failed.
pub(crate) fn questions() -> Questions {
    let reply = |problem: &str, model: &str, thinking: u32, correct: Option<bool>| Score {
        problem_id: problem.into(),
        model: model.into(),
        reasoning_tokens: Some(thinking),
        answer_tokens: 2,
        correct,
        finish: Finish::Stop,
        ..Score::default()
    };
    let failed = Score { finish: Finish::Error, ..reply("2+3", "terse", 0, None) };
    let mut questions = Questions::default();
    for score in [
        reply("2+3", "long", 899, Some(true)),
        reply("2+3", "long", 901, Some(false)),
        reply("7-7", "long", 100, Some(true)),
        reply("2+3", "terse", 3, Some(true)),
        reply("9*9", "terse", 4, Some(false)),
        failed,
    ] {
        questions.add(&score);
    }
    questions.questions[0].text = Some("What is 2 + 3?".into());
    questions
}

/// The fixture as tables in a folder: the metrics, and one file of scores a model.
pub(crate) fn write(folder: &Path) -> (PathBuf, Vec<PathBuf>) {
    let path = folder.join("metrics.parquet");
    save(&path, metrics());
    let files = MODELS.iter().enumerate().map(|(index, model)| {
        let path = folder.join(format!("scores-{index}.parquet"));
        save(&path, scores(model));
        path
    });
    (path, files.collect())
}

/// A run's folder with one model that gives two replies to each of so many problems, all with the same words; the metrics,
/// and the scores.
pub(crate) fn write_run(folder: &Path, words: &str, problems: u32) -> (PathBuf, PathBuf) {
    let model = &MODELS[0];
    let own = |name: &str| folder.join(model.name).join(name);
    let end = u32::try_from(words.len()).unwrap();
    let id = |at: u32| format!("p/{}", at + 1);
    let replies = || (0..problems).flat_map(|at| (0..2).map(move |sample| (id(at), sample)));
    save(
        &folder.join("problems.parquet"),
        (0..problems)
            .map(|at| Problem {
                id: id(at),
                problem: words.into(),
                gold: vec!["5".into()],
                ..Problem::default()
            })
            .collect(),
    );
    let generation = |(problem_id, sample): (String, u32)| Generation {
        problem_id,
        sample,
        model: model.name.into(),
        reasoning: words.into(),
        reasoning_source: "tags".into(),
        answer_text: words.into(),
        ..Generation::default()
    };
    save(&own("generations.parquet"), replies().map(generation).collect());
    let steps = vec![Step { start: 0, end, tokens: end / 4 }];
    let split = |(problem_id, sample): (String, u32)| Split {
        problem_id,
        sample,
        steps: steps.clone(),
        ..Split::default()
    };
    save(&own("splits.parquet"), replies().map(split).collect());
    let judgment = |(problem_id, sample): (String, u32)| Judgment {
        problem_id,
        sample,
        judge: "rule".into(),
        state: JudgeState::Found,
        step: Some(0),
        raw: Some(words.into()),
        ..Judgment::default()
    };
    save(&own("judgments.parquet"), replies().map(judgment).collect());
    let known = (1, 1, f64::from(end / 4), 0.5, 1.0);
    let score = |(problem_id, sample): (String, u32)| Score {
        problem_id,
        sample,
        ..score(model, LEVELS[0], known, 0)
    };
    save(&own("scores.parquet"), replies().map(score).collect());
    let path = folder.join("metrics.parquet");
    save(&path, model_metrics(model));
    (path, own("scores.parquet"))
}

fn save<R: Row>(path: &Path, rows: Vec<R>) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

/// The measures, a family, a sum, and one that is not among the figures.
fn is_told(term: &Term) -> bool {
    term.headline.is_some() || ["pass@k", "overthinking_tokens", "auc_oaa"].contains(&term.name)
}

pub(crate) fn about() -> About {
    let model = |name: &str, exact: bool, kind: ModelKind| AboutModel {
        name: name.into(),
        tokenizer: if exact { "qwen2.5".into() } else { "approximate".into() },
        tokenizer_exact: exact,
        kind,
    };
    About {
        title: "full-eval".into(),
        description: "Our problems by level, three models, one judge".into(),
        version: "0.1.0".into(),
        dataset: "demo".into(),
        splitter: "separator".into(),
        judge: "rule".into(),
        judge_error: "the intervals carry no error of the judge".into(),
        arena: String::new(),
        models: vec![
            model("overthinker", true, ModelKind::Demonstration),
            model("terse", true, ModelKind::Live),
            model(HOSTILE, false, ModelKind::Recorded),
        ],
        pipeline: "description = \"a < b & c\"\n\n[dataset]\nkind = \"builtin\"\n".into(),
        fingerprints: vec![
            StageFingerprint { stage: "load".into(), fingerprint: "6f1e0c".into() },
            StageFingerprint { stage: "split overthinker".into(), fingerprint: "ab90d2".into() },
        ],
        configuration: Vec::new(),
        notices: vec![
            "These traces were written by us for demonstration; no model's behaviour is claimed.".into(),
        ],
        glossary: score::terms().into_iter().filter(is_told).collect(),
    }
}

struct Model {
    name: &'static str,
    /// `None`: no reply.
    levels: [Option<Level>; 3],
    cut: u64,
}

static MODELS: [Model; 3] = [
    Model {
        name: "overthinker",
        levels: [
            Some((12, 12, 1244.0, 0.313, 6.25)),
            Some((16, 15, 2310.5, 0.405, 11.4)),
            Some((16, 11, 4872.0, 0.53, 23.75)),
        ],
        cut: 2,
    },
    Model {
        name: "terse",
        levels: [
            Some((12, 11, 96.0, 0.912, 0.0)),
            Some((16, 12, 181.25, 0.874, 0.25)),
            Some((16, 7, 402.0, 0.803, 1.125)),
        ],
        cut: 0,
    },
    Model {
        name: HOSTILE,
        levels: [Some((12, 12, 611.0, 0.61, 2.0)), None, Some((16, 9, 12_950.0, 0.72, 31.5))],
        cut: 0,
    },
];

fn metrics() -> Vec<MetricValue> {
    MODELS.iter().flat_map(model_metrics).collect()
}

fn model_metrics(model: &Model) -> Vec<MetricValue> {
    let mut rows = Vec::new();
    for (level, known) in LEVELS.iter().zip(model.levels) {
        rows.extend(group_metrics(model, level, known.as_slice()));
    }
    let known: Vec<_> = model.levels.iter().flatten().copied().collect();
    rows.extend(group_metrics(model, MetricValue::OVERALL, &known));
    rows.extend(further(model, &known));
    rows
}

/// Replies, right ones, T, first-correct share, switches.
type Level = (u64, u64, f64, f64, f64);

fn group_metrics(model: &Model, subset: &str, levels: &[Level]) -> Vec<MetricValue> {
    let n: u64 = levels.iter().map(|level| level.0).sum();
    let right: u64 = levels.iter().map(|level| level.1).sum();
    let mean = |of: fn(&Level) -> f64| levels.iter().map(|l| of(l) * l.0 as f64).sum::<f64>() / n as f64;
    let among_right = levels.iter().map(|l| l.3 * l.1 as f64).sum::<f64>() / right as f64;
    let judged = u64::from(model.cut > 0 && subset != "Level 1" && subset != "Level 2");
    let values = [
        (right as f64 / n as f64, 0, None),
        (mean(|l| l.2), 0, None),
        (mean(|l| l.2 * l.3), judged, (judged > 0).then(|| "1 judge failed".to_owned())),
        (mean(|l| l.2 * (1.0 - l.3)), judged, (judged > 0).then(|| "1 judge failed".to_owned())),
        (among_right, n - right + judged, why(n - right, judged)),
        (mean(|l| l.4), 0, None),
    ];
    let mut rows = Vec::new();
    for (measure, (value, left_out, why)) in headline_measures(&about()).zip(values) {
        let row = row(model, subset, measure.name, value, (n - left_out, left_out, why.clone()));
        if model.cut > 0 && subset != "Level 1" && subset != "Level 2" {
            let completed = row.value.map(|value| value * 0.9375);
            let n = row.n - model.cut;
            rows.push(MetricValue {
                scope: MetricValue::COMPLETED.into(),
                value: completed,
                n,
                ..row.clone()
            });
        }
        if model.name == "overthinker" {
            let peer =
                row.value.map(|value| if measure.name == "token_efficiency" { value * 0.8 } else { value });
            rows.push(MetricValue {
                metric: measure.heads.peer.into(),
                value: peer,
                low: None,
                high: None,
                interval: None,
                n,
                ..row.clone()
            });
        }
        rows.push(row);
    }
    rows
}

fn why(wrong: u64, failed: u64) -> Option<String> {
    let parts = [(wrong, "wrong"), (failed, "judge failed")];
    let told: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

fn further(model: &Model, levels: &[Level]) -> Vec<MetricValue> {
    let n: u64 = levels.iter().map(|level| level.0).sum();
    let waste: f64 = levels.iter().map(|l| l.0 as f64 * l.2 * (1.0 - l.3)).sum();
    vec![
        row(model, MetricValue::OVERALL, "pass@1", 0.8125, (n, 0, None)),
        row(model, MetricValue::OVERALL, "overthinking_tokens", waste, (n, 0, None)),
    ]
}

fn row(
    model: &Model,
    subset: &str,
    name: &str,
    value: f64,
    behind: (u64, u64, Option<String>),
) -> MetricValue {
    let (n, left_out, left_out_why) = behind;
    let known = n > 0;
    let top = if value <= 1.0 { 1.0 } else { f64::INFINITY };
    MetricValue {
        dataset: "demo".into(),
        model: model.name.into(),
        subset: subset.into(),
        metric: name.into(),
        scope: MetricValue::ALL.into(),
        value: known.then_some(value),
        low: known.then_some(value * 0.875),
        high: known.then_some((value * 1.125).min(top)),
        interval: known.then(|| "bootstrap-t".to_owned()),
        n,
        problems: n / 2,
        left_out,
        left_out_why,
    }
}

fn scores(model: &Model) -> Vec<Score> {
    let levels = LEVELS.iter().zip(model.levels).filter_map(|(level, known)| Some((*level, known?)));
    levels
        .flat_map(|(level, known)| (0..known.0).map(move |index| score(model, level, known, index)))
        .collect()
}

fn score(model: &Model, level: &str, known: Level, index: u64) -> Score {
    let right = index < known.1;
    let cut = level == "Level 3" && index + model.cut >= known.0;
    let tokens = known.2 as u32 + index as u32;
    let first = (f64::from(tokens) * known.3) as u32;
    let failed = model.cut > 0 && level == "Level 3" && index == 0;
    Score {
        problem_id: format!("{level}/{index}"),
        model: model.name.into(),
        dataset: "demo".into(),
        subset: level.into(),
        correct: Some(right),
        grade: if right { Verdict::Right } else { Verdict::Wrong },
        reasoning_source: if cut { "unclosed" } else { "tags" }.into(),
        finish: if cut { Finish::Length } else { Finish::Stop },
        judge_state: if failed { JudgeState::Failed } else { JudgeState::Found },
        reasoning_tokens: Some(tokens),
        answer_tokens: 20,
        located: !failed,
        first_correct_tokens: (!failed).then_some(first),
        reflection_tokens: (!failed).then_some(tokens - first),
        thought_switches: Some(known.4 as u32),
        ..Score::default()
    }
}
