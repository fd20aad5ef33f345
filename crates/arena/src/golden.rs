//! Figures that FastChat, arena-rank, evalica and an exact solver give for the same votes.

use std::path::{Path, PathBuf};

use crate::*;

/// The votes of a shared file; says so and returns nothing where it is absent.
fn shared(part: &str, options: &ReadOptions) -> Option<Votes> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(part);
    if !path.exists() {
        println!("skipped: {part} is not here");
        return None;
    }
    Some(read(&[path], options).unwrap())
}

fn rated(votes: &Votes, settings: &Settings) -> Island {
    let mut arena = rate(votes, settings).unwrap();
    assert_eq!(arena.islands.len(), 1);
    arena.islands.remove(0)
}

fn near(name: &str, found: f64, expect: f64) {
    assert!((found - expect).abs() < 1e-4, "{name}: {found}, not {expect}");
}

fn of<'a>(island: &'a Island, model: &str) -> &'a Rating {
    island.ratings.iter().find(|rating| rating.model == model).unwrap()
}

fn scores(island: &Island, expect: &[(&str, f64)]) {
    for (model, expect) in expect {
        near(model, of(island, model).score.unwrap(), *expect);
    }
}

fn errors(island: &Island, expect: &[(&str, f64)]) {
    for (model, expect) in expect {
        near(model, of(island, model).se.unwrap(), *expect);
    }
}

fn elo(votes: &Votes, k: f64, expect: &[(&str, f64)]) {
    let arena = rate(votes, &Settings { k, ..Settings::default() }).unwrap();
    for (model, expect) in expect {
        let place = arena.elo.iter().find(|place| place.model == *model).unwrap();
        near(model, place.elo, *expect);
        assert!(place.least <= place.mean && place.mean <= place.most && place.sd > 0.0, "{place:?}");
    }
}

#[test]
fn twelve_votes() {
    let Some(votes) = shared("benchmarks/votes_a.jsonl", &ReadOptions::default()) else { return };
    let island = rated(&votes, &Settings::default());
    scores(&island, &[("x", 1_091.479_455), ("y", 969.480_025), ("z", 939.040_520)]);
    errors(&island, &[("x", 82.400_220), ("y", 75.460_737), ("z", 76.266_159)]);
    elo(&votes, 4.0, &[("x", 1_005.717_233), ("y", 998.123_938), ("z", 996.158_829)]);
    elo(&votes, 32.0, &[("x", 1_032.136_567), ("y", 990.794_585), ("z", 977.068_848)]);
}

const SIX: [&str; 6] = ["alder", "birch", "cedar", "dogwood", "elm", "fir"];

fn six(values: [f64; 6]) -> Vec<(&'static str, f64)> {
    SIX.into_iter().zip(values).collect()
}

#[test]
fn four_hundred_votes() {
    let Some(votes) = shared("benchmarks/votes_style.jsonl", &ReadOptions::default()) else { return };
    let usual = Settings::default();
    let island = rated(&votes, &usual);
    assert_eq!((island.cluster, island.clusters), (Cluster::Problem, 80));
    scores(
        &island,
        &six([1_135.164_587, 1_029.296_742, 1_028.186_172, 948.365_690, 943.014_445, 915.972_364]),
    );
    errors(&island, &six([24.394_871, 22.413_666, 26.676_538, 22.834_918, 22.515_444, 27.644_856]));
    let by_vote = rated(&votes, &Settings { cluster: Some(Cluster::Vote), ..usual.clone() });
    errors(&by_vote, &six([25.050_520, 22.931_770, 25.726_867, 24.198_790, 22.870_895, 25.031_792]));
    let ranks: Vec<_> = island
        .ratings
        .iter()
        .map(|rating| [rating.rank_overlap, rating.rank, rating.rank_high].map(Option::unwrap))
        .collect();
    assert_eq!(ranks, [[1, 1, 1], [2, 2, 3], [2, 2, 3], [2, 4, 6], [2, 4, 6], [4, 4, 6]]);
    let dropped = rated(&votes, &Settings { ties: Ties::Drop, ..usual });
    scores(
        &dropped,
        &six([1_165.751_256, 1_031.791_115, 1_030.461_857, 939.367_616, 927.675_062, 904.953_094]),
    );
    elo(
        &votes,
        4.0,
        &six([1_076.390_257, 1_013.535_762, 1_013.519_622, 969.692_680, 970.875_955, 955.985_724]),
    );
}

fn held(votes: &Votes, names: &[&str]) -> Controlled {
    let control = names.iter().map(|name| (*name).to_owned()).collect();
    let settings = Settings { control, cluster: Some(Cluster::Vote), ..Settings::default() };
    rated(votes, &settings).control.unwrap()
}

fn after(control: &Controlled, expect: [f64; 6]) {
    for (moved, (model, expect)) in control.models.iter().zip(six(expect)) {
        assert_eq!(moved.model, model);
        near(model, moved.after, expect);
    }
}

#[test]
fn four_hundred_votes_at_equal_length() {
    let Some(votes) = shared("benchmarks/votes_style.jsonl", &ReadOptions::default()) else { return };
    let one = held(&votes, &["answer_tokens"]);
    near("γ", one.coefficients[0].gamma, 0.589_372);
    near("se of γ", one.coefficients[0].se.unwrap(), 0.167_190);
    after(&one, [1_120.301_943, 1_083.531_339, 959.330_121, 942.385_240, 1_022.255_910, 872.195_448]);
    let all = ["answer_tokens", "thinking_tokens", "headers", "lists", "bold", "position"];
    let six_of_them = held(&votes, &all);
    after(&six_of_them, [1_134.536_929, 1_078.182_985, 987.789_629, 891.655_310, 1_023.246_880, 884.588_268]);
    let expect = [
        (0.594_151, 0.168_582),
        (-0.235_358, 0.247_415),
        (-0.000_360, 0.096_150),
        (-0.040_229, 0.099_675),
        (-0.011_144, 0.101_997),
        (0.086_874, 0.098_270),
    ];
    for (found, ((gamma, se), name)) in six_of_them.coefficients.iter().zip(expect.into_iter().zip(all)) {
        assert_eq!(found.name, name);
        near(name, found.gamma, gamma);
        near(name, found.se.unwrap(), se);
    }
}

#[test]
fn the_bootstrap_agrees_with_the_sandwich() {
    let Some(votes) = shared("benchmarks/votes_style.jsonl", &ReadOptions::default()) else { return };
    let settings = Settings { intervals: Intervals::Bootstrap, resamples: 600, ..Settings::default() };
    let island = rated(&votes, &settings);
    for (model, expect) in six([24.4, 21.2, 27.8, 23.3, 22.5, 28.4]) {
        let found = of(&island, model).se.unwrap();
        assert!((found / expect - 1.0).abs() < 0.09, "{model}: {found}, not {expect}");
    }
}

const BASE: &str = "gpt4_1106_preview";

#[test]
fn a_star_of_real_votes() {
    let Some(votes) = shared("arena/alpaca_eval_pairwise_votes.jsonl", &ReadOptions::default()) else {
        return;
    };
    let anchor = Some(Anchor { model: BASE.to_owned(), points: 1000.0 });
    let island = rated(&votes, &Settings { anchor: anchor.clone(), ..Settings::default() });
    let expect = [
        ("Mixtral-8x7B-Instruct-v0.1", 698.6689, 76.9235),
        ("Samba-CoE-v0.1", 661.9608, 83.0530),
        ("ghost-7b-alpha", 548.5334, 187.1098),
        ("jina-chat", 488.4986, 126.0281),
        ("vicuna-7b-v1.5", 363.5742, 124.4019),
        ("text_davinci_003", 363.5742, 175.9308),
    ];
    for (model, score, se) in expect {
        scores(&island, &[(model, score)]);
        errors(&island, &[(model, se)]);
    }
    let bounded: Vec<&Rating> = island.ratings.iter().filter(|rating| rating.score.is_none()).collect();
    let names: Vec<&str> = bounded.iter().map(|rating| rating.model.as_str()).collect();
    // The first of all won everything against a model that is rated far down.
    assert_eq!(names, ["Mistral-7B-ReMax-v0.1", "alpaca-7b", "baize-v2-13b", "claude-2.1_concise"]);
    assert_eq!(island.ratings[0].model, names[0]);
    let points = |at: usize| bounded[at].bound.unwrap().points.unwrap();
    assert!((points(0) - 363.5742 - 405.99).abs() < 0.01, "{}", points(0));
    (1..4).for_each(|at| assert!((points(at) - 1000.0 + 405.99).abs() < 0.01, "{}", points(at)));
    let held = rated(&votes, &Settings { anchor, prior: 1.0, ..Settings::default() });
    let [remax, davinci] =
        ["Mistral-7B-ReMax-v0.1", "text_davinci_003"].map(|name| of(&held, name).score.unwrap());
    assert!((remax - davinci - 763.39).abs() < 0.01, "{remax} {davinci}");
}

#[test]
fn preferences_between_one_and_two() {
    let Some(votes) = shared("arena/alpaca_eval_pairwise_votes.jsonl", &ReadOptions::default()) else {
        return;
    };
    assert_eq!(votes.files[0].format, "columns");
    // The same rows with AlpacaEval's own names of columns.
    let path = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/arena/alpaca_eval_pairwise_votes.jsonl"
    ));
    let text = std::fs::read_to_string(path)
        .unwrap()
        .replace("\"model_a\":", "\"generator_1\":")
        .replace("\"model_b\":", "\"generator_2\":");
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("annotations.jsonl");
    std::fs::write(&file, text).unwrap();
    let votes = read(&[file], &ReadOptions::default()).unwrap();
    let anchor = Some(Anchor { model: BASE.to_owned(), points: 0.0 });
    let island = rated(&votes, &Settings { anchor, ..Settings::default() });
    assert!((of(&island, "vicuna-7b-v1.5").score.unwrap() + 600.4642).abs() < 1e-3);
}
