//! Figures over k samples of real replies, beside brute force over all subsets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tables::{MetricValue, Rewards, Score, TableReader};

use crate::support::{Place, shared};

/// Problems in order, each with its samples.
fn by_problem(scores: Vec<Score>) -> Vec<Vec<Score>> {
    let mut problems: Vec<Vec<Score>> = Vec::new();
    for score in scores {
        match problems.last_mut() {
            Some(samples) if samples[0].problem_id == score.problem_id => samples.push(score),
            _ => problems.push(vec![score]),
        }
    }
    problems
}

/// The mean over problems of the mean over all k-subsets.
fn brute_force(problems: &[Vec<Score>], k: usize, figure: impl Fn(&[&Score]) -> f64) -> f64 {
    let of_problem = |samples: &Vec<Score>| {
        let (mut sum, mut count) = (0.0, 0.0);
        let mut chosen: Vec<usize> = (0..k).collect();
        loop {
            let subset: Vec<&Score> = chosen.iter().map(|at| &samples[*at]).collect();
            sum += figure(&subset);
            count += 1.0;
            let Some(at) = (0..k).rev().find(|at| chosen[*at] < samples.len() - k + at) else {
                return sum / count;
            };
            chosen[at] += 1;
            (at + 1..k).for_each(|next| chosen[next] = chosen[next - 1] + 1);
        }
    };
    problems.iter().map(of_problem).sum::<f64>() / problems.len() as f64
}

fn right(score: &Score) -> f64 {
    f64::from(u8::from(score.correct == Some(true)))
}

/// The mean σ of those that rank first.
fn first(subset: &[&Score], key: impl Fn(&Score) -> f64) -> f64 {
    let best = subset.iter().map(|score| key(score)).fold(f64::INFINITY, f64::min);
    let tied: Vec<&&Score> = subset.iter().filter(|score| key(score) == best).collect();
    tied.iter().map(|score| right(score)).sum::<f64>() / tied.len() as f64
}

fn vote(subset: &[&Score]) -> f64 {
    let mut votes: BTreeMap<u32, (u32, bool)> = BTreeMap::new();
    for score in subset {
        if let Some(class) = score.answer_class {
            votes.entry(class).or_insert((0, score.correct == Some(true))).0 += 1;
        }
    }
    let most = votes.values().map(|(count, _)| *count).max().unwrap_or_default();
    let tied: Vec<&(u32, bool)> = votes.values().filter(|(count, _)| *count == most).collect();
    tied.iter().filter(|(_, right)| *right).count() as f64 / tied.len().max(1) as f64
}

#[test]
fn real_samples_come_out_as_by_brute_force() {
    let Some(traces) = shared("data/traces/math_25_samples_each.jsonl") else { return };
    let place = Place::new();
    let path = format!("dataset.path={}", traces.display());
    place.succeed(&["run", "recorded", "--set", &path, "--set", "score.k=[1,2,4,25]"]);
    let run = place.path("runs/recorded");
    let model = std::fs::read_dir(&run)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir())
        .unwrap();
    let scores: Vec<Score> =
        TableReader::open(&model.join("scores.parquet")).unwrap().map(Result::unwrap).collect();
    let rows: Vec<MetricValue> =
        TableReader::open(&run.join("metrics.parquet")).unwrap().map(Result::unwrap).collect();
    let problems = by_problem(scores);
    assert_eq!(problems.iter().map(Vec::len).collect::<Vec<_>>(), [25; 4]);
    let check = |name: &str, expect: f64| {
        let row = rows.iter().find(|row| row.metric == name && row.scope == MetricValue::ALL).unwrap();
        let value = row.value.unwrap();
        assert!((value - expect).abs() < 1e-9, "{name}: {value} is not {expect}");
        assert_eq!((row.n, row.problems), (100, 4), "{name}");
        assert!(row.low.unwrap() <= value && value <= row.high.unwrap(), "{name}");
    };
    for k in [1, 2, 4] {
        check(
            &format!("pass@{k}"),
            brute_force(&problems, k, |s| s.iter().map(|s| right(s)).fold(0.0, f64::max)),
        );
        check(&format!("pass^k@{k}"), brute_force(&problems, k, |s| s.iter().map(|s| right(s)).product()));
        check(&format!("maj@{k}"), brute_force(&problems, k, vote));
        check(
            &format!("laconic@{k}"),
            brute_force(&problems, k, |s| first(s, |s| f64::from(s.reasoning_tokens.unwrap()))),
        );
    }
    stopping_early_keeps_the_vote(&problems, &rows);
    let knowing =
        |row: &&MetricValue| ["best_of", "maj:", "maj_top25"].iter().any(|name| row.metric.starts_with(name));
    assert_eq!(rows.iter().find(knowing), None, "the judge's confidence knows the right answer");
    classes_follow_grades(&problems);
    problems.iter().for_each(|samples| rewards_follow_their_formulas(samples));
    preferences_are_ordered(&rows);
}

/// Adaptive consistency over the samples of these four problems that have an answer: 7.2, 10.3 and 17.3 of them settle the vote.
/// Those without one are drawn and paid for too, so all in all it takes more.
fn stopping_early_keeps_the_vote(problems: &[Vec<Score>], rows: &[MetricValue]) {
    let answered: Vec<Score> =
        problems.iter().flatten().filter(|s| s.answer_class.is_some()).cloned().collect();
    let table = (PathBuf::from("answered"), answered);
    let among = score::figures(&score::ScoreConfig::default(), &[table], &stage::Silent).unwrap();
    let value = |rows: &[MetricValue], name: &str| {
        let row = rows.iter().find(|row| row.metric == name && row.scope == MetricValue::ALL);
        row.unwrap().value.unwrap()
    };
    for (rule, votes, kept) in [("beta90", 7.2, 0.983), ("beta95", 10.3, 0.997), ("beta99", 17.3, 0.999)] {
        let samples = format!("adaptive_samples:{rule}");
        let drawn = value(&among, &samples);
        // The published ones are of the answers that the source itself took out of the replies.
        assert!((drawn - votes).abs() < 0.25, "{rule}: {drawn} answers, not {votes}");
        assert!(value(rows, &samples) > drawn && value(rows, &samples) < 20.0, "{rule}");
        let share = value(rows, &format!("adaptive:{rule}")) / value(rows, "maj@25");
        assert!(share >= kept, "{rule} keeps {share}");
        assert!(value(rows, &format!("adaptive_tokens:{rule}")) > value(rows, "reasoning_tokens"), "{rule}");
    }
}

/// Right answers are one class, which no wrong one joins; a reply without an answer has none.
fn classes_follow_grades(problems: &[Vec<Score>]) {
    for samples in problems {
        let of = |correct: bool| {
            let mut classes: Vec<u32> = samples
                .iter()
                .filter(|s| s.correct == Some(correct))
                .filter_map(|s| s.answer_class)
                .collect();
            classes.sort_unstable();
            classes.dedup();
            classes
        };
        let (right, wrong) = (of(true), of(false));
        assert!(right.len() <= 1 && wrong.iter().all(|class| !right.contains(class)), "{right:?} {wrong:?}");
        assert!(samples.iter().all(|s| s.answer_class.is_some() == s.extracted.is_some()));
    }
}

/// The published formulas, written down once more.
fn rewards_follow_their_formulas(samples: &[Score]) {
    let length = |score: &Score| f64::from(score.reasoning_tokens.unwrap() + score.answer_tokens);
    let lengths: Vec<f64> = samples.iter().map(length).collect();
    let mean = lengths.iter().sum::<f64>() / lengths.len() as f64;
    let (min, max) = lengths.iter().fold((f64::MAX, 0.0_f64), |(min, max), l| (min.min(*l), max.max(*l)));
    let accuracy = samples.iter().map(right).sum::<f64>() / samples.len() as f64;
    for score in samples {
        let (length, sigma) = (length(score), right(score));
        let wrong_at_most = |reward: f64| if sigma > 0.0 { reward } else { reward.min(0.0) };
        let expect = Rewards {
            relative: wrong_at_most(1.0 - length / mean),
            kimi: wrong_at_most(0.5 - (length - min) / (max - min)),
            o1_pruner: mean / length - 1.0 + 2.0 * (sigma - accuracy),
            lcpo_exact: sigma - 0.0003 * (mean - length).abs(),
            lcpo_max: sigma * (0.0003 * (mean - length) + 0.5).clamp(0.0, 1.0),
        };
        let found = score.rewards.unwrap();
        let pairs = [
            (found.relative, expect.relative),
            (found.kimi, expect.kimi),
            (found.o1_pruner, expect.o1_pruner),
            (found.lcpo_exact, expect.lcpo_exact),
            (found.lcpo_max, expect.lcpo_max),
        ];
        assert!(pairs.iter().all(|(a, b)| (a - b).abs() < 1e-9), "{found:?} is not {expect:?}");
    }
}

/// What has to hold whatever the traces say.
fn preferences_are_ordered(rows: &[MetricValue]) {
    let value = |name: &str| {
        rows.iter()
            .find(|row| row.metric == name && row.scope == MetricValue::ALL)
            .and_then(|row| row.value)
            .unwrap()
    };
    assert!(value("pass@1") <= value("pass@2") && value("pass@2") <= value("pass@4"));
    assert!(value("pass^k@4") <= value("pass^k@2") && value("pass^k@2") <= value("pass^k@1"));
    assert_eq!(value("pass@1"), value("accuracy"));
    let budgets: Vec<f64> = rows
        .iter()
        .filter(|row| row.metric.starts_with("budget@") && row.scope == MetricValue::ALL)
        .filter_map(|r| r.value)
        .collect();
    assert!(budgets.is_sorted() && budgets.last() == Some(&value("accuracy")), "{budgets:?}");
    let histogram: f64 = rows
        .iter()
        .filter(|row| row.metric.starts_with("first_correct_solution@") && row.scope == MetricValue::ALL)
        .filter_map(|row| row.value)
        .sum();
    assert!((histogram - 1.0).abs() < 1e-9, "{histogram}");
    let fifths = (1..=5).map(|q| value(&format!("length_quintile_within@{q}"))).sum::<f64>() / 5.0;
    assert!((fifths - value("accuracy")).abs() < 1e-9, "every problem counts alike in every fifth");
}
