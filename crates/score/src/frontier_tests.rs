//! Ways to answer beside each other.

use std::path::PathBuf;

use stage::Silent;
use tables::{Score, Verdict};

use super::*;
use crate::{Bootstrap, figures};

/// Samples of a model: problem, right, tokens of the thinking, cost.
fn scores(model: &str, samples: &[(&str, bool, u32, Option<f64>)]) -> (PathBuf, Vec<Score>) {
    let one = |(at, (problem, right, tokens, cost)): (usize, &(&str, bool, u32, Option<f64>))| {
        let grade = if *right { Verdict::Right } else { Verdict::Wrong };
        Score {
            problem_id: (*problem).to_owned(),
            sample: at as u32,
            model: model.to_owned(),
            dataset: "d".into(),
            subset: format!("Level {}", &problem[1..]),
            correct: grade.correct(),
            grade,
            answer_class: Some(u32::from(!right)),
            reasoning_source: "tags".into(),
            reasoning_tokens: Some(*tokens),
            prompt_tokens: Some(50),
            cost: *cost,
            ..Score::default()
        }
    };
    (PathBuf::from(model), samples.iter().enumerate().map(one).collect())
}

fn rows(models: &[(PathBuf, Vec<Score>)], cost: Cost) -> Vec<OperatingPoint> {
    let config = ScoreConfig { bootstrap: Bootstrap { resamples: 200, seed: 1 }, ..ScoreConfig::default() };
    let contender = |scores: &(PathBuf, Vec<Score>)| Contender {
        called: None,
        config: config.clone(),
        scores: scores.clone(),
    };
    let models: Vec<_> = models.iter().map(contender).collect();
    frontier(&models, cost, &Silent).unwrap()
}

fn overall<'a>(rows: &'a [OperatingPoint], model: &str, rule: &str) -> &'a OperatingPoint {
    let of =
        |row: &&OperatingPoint| row.subset == MetricValue::OVERALL && row.model == model && row.rule == rule;
    rows.iter().find(of).unwrap()
}

#[test]
fn a_dearer_model_that_is_no_better_is_dominated() {
    let short = scores("short", &[("p1", true, 10, None), ("p2", true, 20, None), ("p3", false, 30, None)]);
    let long = scores("long", &[("p1", true, 100, None), ("p2", true, 200, None), ("p3", false, 300, None)]);
    let found = rows(&[short.clone(), long], Cost::Generated);
    let (short_row, long_row) = (overall(&found, "short", "accuracy"), overall(&found, "long", "accuracy"));
    assert_eq!((short_row.undominated, long_row.undominated), (Some(true), Some(false)));
    assert_eq!((short_row.on_frontier, long_row.on_frontier), (Some(1.0), Some(0.0)));
    assert_eq!((short_row.generated_tokens, short_row.prompt_tokens), (Some(20.0), Some(50.0)));
    assert_eq!(short_row.problems, 3);
    // One truth: the accuracy and its interval are those of the figure.
    let config = ScoreConfig::default();
    let metric = figures(&config, &[short], &Silent).unwrap();
    let accuracy = metric.iter().find(|row| row.metric == "accuracy" && row.subset == "overall").unwrap();
    assert_eq!(
        (accuracy.value, accuracy.low, accuracy.high),
        (short_row.accuracy, short_row.low, short_row.high)
    );
    assert_eq!(found.iter().filter(|row| row.subset == "Level 1").count(), found.len() / 4);
}

#[test]
fn a_cost_that_is_unknown_is_no_zero() {
    let known = scores("known", &[("p1", true, 10, Some(1.0)), ("p1", true, 30, Some(2.0))]);
    let unknown = scores("unknown", &[("p1", true, 5, None), ("p1", true, 5, None)]);
    let found = rows(&[known, unknown], Cost::Money);
    let unknown = overall(&found, "unknown", "accuracy");
    assert_eq!((unknown.money, unknown.undominated, unknown.on_frontier), (None, None, None));
    let two = overall(&found, "known", "maj@2");
    assert_eq!((two.money, two.samples), (Some(3.0), Some(2.0)));
    assert_eq!(overall(&found, "known", "accuracy").undominated, Some(true));
}

#[test]
fn only_problems_that_all_models_answered_are_compared() {
    let both = scores("both", &[("p1", true, 10, None), ("p2", false, 20, None)]);
    let one = scores("one", &[("p1", true, 10, None)]);
    let found = rows(&[both, one], Cost::Generated);
    let of = |subset: &str| found.iter().find(|row| row.subset == subset).unwrap();
    assert_eq!((of("overall").asked, of("overall").problems), (2, 1));
    assert_eq!((of("Level 2").asked, of("Level 2").problems), (1, 0));
    assert_eq!(overall(&found, "both", "accuracy").accuracy, Some(1.0));
    assert_eq!(rows(&[scores("none", &[])], Cost::Generated), vec![]);
}

/// Ten variants of one problem are not ten problems: the point's interval is that of the figure of the same name.
#[test]
fn problems_and_their_variants_are_one_unit() {
    let ids: Vec<String> = (0..40).map(|at| format!("p{at}")).collect();
    let samples: Vec<(&str, bool, u32, Option<f64>)> = ids
        .iter()
        .enumerate()
        .map(|(at, id)| (id.as_str(), at % 8 < 4, 10 + (at / 4) as u32, None))
        .collect();
    let (path, mut of_all) = scores("m", &samples);
    let apart = (path.clone(), of_all.clone());
    for (at, score) in of_all.iter_mut().enumerate() {
        (score.sample, score.subset, score.cluster) = (0, String::new(), Some(format!("c{}", at / 4)));
    }
    let together = (path, of_all);
    let width = |models: &(PathBuf, Vec<Score>)| {
        let rows = rows(std::slice::from_ref(models), Cost::Generated);
        let row = overall(&rows, "m", "accuracy");
        (row.low.unwrap(), row.high.unwrap())
    };
    let (wide, narrow) = (width(&together), width(&apart));
    assert!(wide.1 - wide.0 > 1.5 * (narrow.1 - narrow.0), "{wide:?} {narrow:?}");
    let config = ScoreConfig { bootstrap: Bootstrap { resamples: 200, seed: 1 }, ..ScoreConfig::default() };
    let figures = figures(&config, &[together], &Silent).unwrap();
    let figure =
        figures.iter().find(|row| row.metric == "accuracy" && row.subset == MetricValue::OVERALL).unwrap();
    assert_eq!((figure.low, figure.high), (Some(wide.0), Some(wide.1)));
}
