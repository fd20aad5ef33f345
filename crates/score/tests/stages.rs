//! Both stages on tables on disk.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::{Path, PathBuf};

use answer::Policy;
use proptest::prelude::*;
use stage::{Observer, Silent, Summary};
use tables::{
    Blame, Blamed, Finish, Generation, Grade, JudgeState, Judgment, MetricValue, Problem, Provenance, Row,
    Score, Split, Step, TableReader, TableWriter, Verdict,
};
use tempfile::TempDir;
use thinkmeter_score::{Bootstrap, ScoreConfig, ScoreError, ScoreIo, ScoredModel, figures, measure, score};
use tokens::Tokenizer;

fn write<R: Row>(path: &Path, rows: impl IntoIterator<Item = R>) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

fn read<R: Row>(path: &Path) -> Vec<R> {
    TableReader::open(path).unwrap().map(Result::unwrap).collect()
}

/// Tables of one model over `problems` problems with `samples` samples each.
struct World {
    folder: TempDir,
    problems: Vec<Problem>,
    generations: Vec<Generation>,
    splits: Vec<Split>,
    judgments: Vec<Judgment>,
}

impl World {
    fn new(problems: u32, samples: u32) -> Self {
        let mut world = Self {
            folder: tempfile::tempdir().unwrap(),
            problems: Vec::new(),
            generations: Vec::new(),
            splits: Vec::new(),
            judgments: Vec::new(),
        };
        for at in 0..problems {
            let id = format!("p{at}");
            world.problems.push(Problem {
                id: id.clone(),
                dataset: "demo".into(),
                subset: format!("Level {}", at % 3 + 8),
                gold: vec![at.to_string()],
                ..Problem::default()
            });
            (0..samples).for_each(|sample| world.add(&id, at, sample));
        }
        world
    }

    /// Even samples are right; every step has five tokens; the answer stands in the first of two steps.
    fn add(&mut self, id: &str, at: u32, sample: u32) {
        let problem_id = id.to_owned();
        self.generations.push(Generation {
            problem_id: problem_id.clone(),
            sample,
            model: "m".into(),
            reasoning: format!("so {at}\n\nAlternatively, check"),
            answer_text: format!("\\boxed{{{}}}", at + sample % 2),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            ..Generation::default()
        });
        let steps = vec![Step { start: 0, end: 4, tokens: 5 }, Step { start: 6, end: 9, tokens: 5 }];
        self.splits.push(Split {
            problem_id: problem_id.clone(),
            sample,
            steps,
            tokens: 10,
            ..Split::default()
        });
        self.judgments.push(Judgment {
            problem_id,
            sample,
            state: JudgeState::Found,
            step: Some(0),
            ..Judgment::default()
        });
    }

    fn io(&self) -> ScoreIo {
        let at = |name: &str| self.folder.path().join(name);
        ScoreIo {
            problems: at("problems.parquet"),
            generations: at("generations.parquet"),
            grades: at("grades.parquet"),
            splits: at("splits.parquet"),
            judgments: at("judgments.parquet"),
            out: at("scores.parquet"),
        }
    }

    fn grades(&self) -> Vec<Grade> {
        let of = |generation: &Generation| self.problems.iter().find(|one| one.id == generation.problem_id);
        let grade = |generation: &Generation| match of(generation) {
            Some(problem) => grade::by_engine(grade::Item::new(problem, generation), &Policy::default()),
            None => Grade { problem_id: generation.problem_id.clone(), ..Grade::default() },
        };
        self.generations.iter().map(grade).collect()
    }

    fn score(&self, observer: &dyn Observer) -> Result<Summary, ScoreError> {
        let io = self.io();
        write(&io.problems, self.problems.clone());
        write(&io.generations, self.generations.clone());
        write(&io.grades, self.grades());
        write(&io.splits, self.splits.clone());
        write(&io.judgments, self.judgments.clone());
        let tokenizer = Tokenizer::approximate();
        let model = ScoredModel { tokenizer: &tokenizer, price: None };
        score(&ScoreConfig::default(), model, &io, Provenance::default(), observer)
    }

    fn refused(&self) -> String {
        let error = self.score(&Silent).unwrap_err();
        assert_eq!(error.blame(), Blame::Input);
        assert!(!self.io().out.exists(), "no half a table");
        error.to_string().replace(&format!("{}/", self.folder.path().display()), "")
    }
}

#[test]
fn every_generation_gets_its_score_in_order() {
    let world = World::new(900, 3);
    let summary = world.score(&Silent).unwrap();
    assert_eq!((summary.rows, summary.failed), (2700, 0));
    let counts: Vec<(&str, u64)> = summary.counts.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(counts, [("found_then_lost", 900), ("located", 2700)]);
    let scores: Vec<Score> = read(&world.io().out);
    for (at, score) in scores.iter().enumerate() {
        assert_eq!(score.problem_id, format!("p{}", at / 3));
        assert_eq!(score.sample as usize, at % 3);
        assert_eq!(score.correct, Some(at % 3 != 1));
        assert_eq!((score.first_correct_tokens, score.reflection_tokens), (Some(5), Some(5)));
        assert_eq!((score.thought_switches, score.model.as_str()), (Some(1), "m"));
    }
}

#[test]
fn a_judgment_on_other_steps_is_refused_with_its_row() {
    let mut world = World::new(2, 2);
    world.judgments[2].step = Some(7);
    assert_eq!(
        world.refused(),
        "judgments.parquet and splits.parquet do not belong together: row 3 (`p1` sample 0) has `step` = 7 but the \
         split has 2 steps; run the judge again on these splits"
    );
    world.judgments[2].step = None;
    assert_eq!(
        world.refused(),
        "judgments.parquet: row 3 (`p1` sample 0) has `state` = found but no `step`; run the judge again"
    );
    world.judgments[2].step = Some(0);
    world.splits[1].tokens = 9;
    assert_eq!(
        world.refused(),
        "splits.parquet: row 2 (`p0` sample 1) counts 10 tokens in its steps but 9 in the whole; split these \
         generations again"
    );
}

#[test]
fn tables_of_other_generations_are_refused() {
    let mut world = World::new(2, 2);
    world.splits.swap(0, 1);
    assert!(world.refused().contains("row 1 is `p0` sample 0 in the first and `p0` sample 1 in the second"));
    world.splits.swap(0, 1);
    world.judgments.push(Judgment { problem_id: "p9".into(), ..Judgment::default() });
    assert!(world.refused().contains("row 5 is missing in the first"));
    world.judgments.pop();
    world.problems.pop();
    assert!(world.refused().contains("`p1`"));
}

struct Impatient;

impl Observer for Impatient {
    fn interrupted(&self) -> bool {
        true
    }
}

#[test]
fn an_interrupt_leaves_no_table() {
    let world = World::new(2, 2);
    let error = world.score(&Impatient).unwrap_err();
    assert_eq!(error.blame(), Blame::Interrupted);
    assert!(!world.io().out.exists());
}

/// A right answer whose judge found it half way.
fn right(problem: &str, sample: u32, subset: &str) -> Score {
    Score {
        problem_id: problem.into(),
        sample,
        model: "m".into(),
        dataset: "demo".into(),
        subset: subset.into(),
        correct: Some(true),
        grade: Verdict::Right,
        reasoning_source: "tags".into(),
        finish: Finish::Stop,
        judge_state: JudgeState::Found,
        reasoning_tokens: Some(10),
        located: true,
        first_correct_tokens: Some(5),
        reflection_tokens: Some(5),
        token_efficiency: Some(0.5),
        ..Score::default()
    }
}

fn wrong(problem: &str, sample: u32, subset: &str) -> Score {
    Score { correct: Some(false), grade: Verdict::Wrong, ..right(problem, sample, subset) }
}

fn measured_with(config: &ScoreConfig, models: &[Vec<Score>]) -> Result<Vec<MetricValue>, ScoreError> {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> =
        (0..models.len()).map(|at| folder.path().join(format!("{at}.parquet"))).collect();
    models.iter().zip(&paths).for_each(|(scores, path)| write(path, scores.clone()));
    let out = folder.path().join("metrics.parquet");
    let summary = measure(config, &paths, &out, Provenance::default(), &Silent)?;
    let rows: Vec<MetricValue> = read(&out);
    assert_eq!(summary.rows, rows.len() as u64);
    // Rows in memory are measured as those of tables are.
    let held: Vec<(PathBuf, Vec<Score>)> = paths.into_iter().zip(models.iter().cloned()).collect();
    assert_eq!(figures(config, &held, &Silent)?, rows);
    Ok(rows)
}

fn measured(models: &[Vec<Score>]) -> Vec<MetricValue> {
    measured_with(&ScoreConfig::default(), models).unwrap()
}

fn find<'a>(rows: &'a [MetricValue], metric: &str, subset: &str, scope: &str) -> Option<&'a MetricValue> {
    rows.iter().find(|row| row.metric == metric && row.subset == subset && row.scope == scope)
}

/// The published table of R1-Distill-Qwen-7B: five levels of MATH-500, three samples a problem.
#[test]
fn three_samples_a_problem_average_to_the_published_accuracies() {
    let levels =
        [(43, 123, 0.9535), (90, 261, 0.9667), (105, 302, 0.9587), (128, 350, 0.9115), (134, 344, 0.8557)];
    let mut scores = Vec::new();
    for (level, (problems, hits, _)) in levels.iter().enumerate() {
        let subset = format!("Level {}", level + 1);
        for at in 0..problems * 3 {
            let problem = format!("{level}-{}", at / 3);
            let row = if at < *hits { right } else { wrong };
            scores.push(row(&problem, at as u32 % 3, &subset));
        }
    }
    let rows = measured(&[scores]);
    for (level, (problems, hits, published)) in levels.iter().enumerate() {
        let row = find(&rows, "accuracy", &format!("Level {}", level + 1), "all").unwrap();
        let value = row.value.unwrap();
        assert!((value - published).abs() < 5e-5, "level {}: {value}", level + 1);
        assert_eq!((row.n, row.problems), (*problems as u64 * 3, *problems as u64));
        let (low, high) = (row.low.unwrap(), row.high.unwrap());
        assert!(low < value && value < high && high <= 1.0, "{low} {value} {high}");
        let efficiency = find(&rows, "token_efficiency", &format!("Level {}", level + 1), "all").unwrap();
        assert_eq!((efficiency.n, efficiency.value), (*hits as u64, Some(0.5)));
    }
    let overall = find(&rows, "accuracy", MetricValue::OVERALL, "all").unwrap();
    assert_eq!((overall.value, overall.n, overall.problems), (Some(1380.0 / 1500.0), 1500, 500));
}

#[test]
fn efficiency_does_not_average_zeros_in_for_wrong_samples() {
    let failed = Score {
        judge_state: JudgeState::Failed,
        located: false,
        first_correct_tokens: None,
        token_efficiency: None,
        ..right("c", 0, "")
    };
    let rows = measured(&[vec![right("a", 0, ""), wrong("b", 0, ""), wrong("b", 1, ""), failed]]);
    let row = find(&rows, "token_efficiency", MetricValue::OVERALL, "all").unwrap();
    assert_eq!((row.value, row.n, row.problems, row.left_out), (Some(0.5), 1, 1, 3));
    assert_eq!(row.left_out_why.as_deref(), Some("2 wrong, 1 judge failed"));
    assert_eq!((row.low, row.high), (None, None));
    assert_eq!(row.interval.as_deref(), Some("none: only 1 of at least 5 problems"));
    let failed = find(&rows, "judge_failed", MetricValue::OVERALL, "all").unwrap();
    assert_eq!((failed.value, failed.n), (Some(0.25), 4));
}

#[test]
fn a_group_without_data_has_no_value() {
    let rows = measured(&[vec![wrong("a", 0, "Level 1"), wrong("b", 0, "Level 1")]]);
    let row = find(&rows, "token_efficiency", "Level 1", "all").unwrap();
    assert_eq!(
        (row.value, row.low, row.high, row.n, row.problems, row.left_out),
        (None, None, None, 0, 0, 2)
    );
    assert_eq!(measured(&[vec![]]), []);
    assert_eq!(measured(&[]), []);
}

#[test]
fn truncated_replies_stay_and_a_second_scope_shows_the_rest() {
    let cut = Score { finish: Finish::Length, reasoning_tokens: Some(1000), ..wrong("b", 0, "Level 1") };
    let open = Score { reasoning_source: "unclosed".into(), ..wrong("c", 0, "Level 1") };
    let rows = measured(&[vec![right("a", 0, "Level 1"), cut, open, right("d", 0, "Level 2")]]);
    let tokens = |scope| find(&rows, "reasoning_tokens", "Level 1", scope).unwrap();
    assert_eq!((tokens("all").value, tokens("all").n), (Some(340.0), 3));
    assert_eq!((tokens("completed").value, tokens("completed").n), (Some(10.0), 1));
    assert_eq!(tokens("completed").left_out_why.as_deref(), Some("1 truncated, 1 unclosed"));
    let shares = ["truncated", "unclosed"].map(|metric| {
        assert!(find(&rows, metric, "Level 1", "completed").is_none(), "it would be 0 by definition");
        find(&rows, metric, "Level 1", "all").unwrap().value
    });
    assert_eq!(shares, [Some(1.0 / 3.0), Some(1.0 / 3.0)]);
    assert!(find(&rows, "accuracy", "Level 2", "completed").is_none(), "nothing differs there");
    assert!(find(&rows, "accuracy", MetricValue::OVERALL, "completed").is_some());
}

#[test]
fn rows_come_by_dataset_model_and_subset_in_natural_order() {
    let of = |model: &str, dataset: &str, subset: &str| Score {
        model: model.into(),
        dataset: dataset.into(),
        ..right(subset, 0, subset)
    };
    let rows = measured(&[
        vec![of("z", "math", "Level 10"), of("z", "math", "Level 2"), of("z", "arc", "")],
        vec![of("a", "math", "Level 10")],
    ]);
    let mut order: Vec<String> =
        rows.iter().map(|row| format!("{} {} {}", row.dataset, row.model, row.subset)).collect();
    order.dedup();
    assert_eq!(
        order,
        [
            "arc z overall",
            "math z Level 2",
            "math z Level 10",
            "math z overall",
            "math a Level 10",
            "math a overall"
        ]
    );
    let mut metrics: Vec<&str> = rows.iter().take(15).map(|row| row.metric.as_str()).collect();
    assert_eq!(metrics.remove(0), "accuracy");
    assert_eq!(metrics.pop(), Some("errors"));
}

#[test]
fn a_model_has_one_table_and_no_group_is_called_overall() {
    let check = |models: &[Vec<Score>], expect: &str| {
        let error = measured_with(&ScoreConfig::default(), models).unwrap_err();
        assert_eq!(error.blame(), Blame::Input);
        assert!(error.to_string().contains(expect), "{error}");
    };
    check(&[vec![right("a", 0, "")], vec![right("b", 0, "")]], "both hold scores of model `m`");
    check(&[vec![right("a", 0, "overall")]], "dataset `demo` has a subset called `overall`");
}

#[test]
fn the_same_scores_give_the_same_metrics_on_any_number_of_threads() {
    let scores: Vec<Score> = (0..300)
        .map(|at| {
            let row = if at % 3 == 0 { wrong } else { right };
            Score {
                token_efficiency: Some(f64::from(at) / 300.0),
                ..row(&format!("p{}", at / 2), at % 2, "L")
            }
        })
        .collect();
    let on = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let bootstrap = Bootstrap { resamples: 200, seed };
        let config = ScoreConfig { bootstrap, ..ScoreConfig::default() };
        pool.install(|| measured_with(&config, std::slice::from_ref(&scores)).unwrap())
    };
    assert_eq!(on(1, 0), on(3, 0));
    let low = |rows: &[MetricValue]| find(rows, "token_efficiency", "overall", "all").unwrap().low;
    assert_ne!(low(&on(1, 0)), low(&on(1, 1)));
}

fn any_score() -> impl Strategy<Value = Score> {
    let graded = prop_oneof![Just(Some(true)), Just(Some(false)), Just(None)];
    let state = prop_oneof![Just(JudgeState::Found), Just(JudgeState::Absent), Just(JudgeState::Failed)];
    let finish = prop_oneof![Just(Finish::Stop), Just(Finish::Length), Just(Finish::Error)];
    (graded, state, finish, 1_u32..5000).prop_map(|(correct, judge_state, finish, tokens)| {
        let verdict = judge_state != JudgeState::Failed;
        Score {
            correct,
            grade: Verdict::Wrong,
            judge_state,
            finish,
            reasoning_tokens: Some(tokens),
            first_correct_tokens: verdict.then_some(tokens / 2),
            reflection_tokens: verdict.then_some(tokens - tokens / 2),
            token_efficiency: verdict.then(|| f64::from(tokens / 2) / f64::from(tokens)),
            ..right("", 0, "")
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_of_problems_does_not_matter(
        drawn in prop::collection::vec((any_score(), 0_u32..2), 1..40),
        turn in any::<prop::sample::Index>(),
    ) {
        let config = ScoreConfig { bootstrap: Bootstrap { resamples: 0, seed: 0 }, ..ScoreConfig::default() };
        let named = |(at, (score, level)): (usize, &(Score, u32))| Score {
            problem_id: at.to_string(), subset: format!("Level {level}"), ..score.clone()
        };
        let mut scores: Vec<Score> = drawn.iter().enumerate().map(named).collect();
        let before = measured_with(&config, &[scores.clone()]).unwrap();
        let at = turn.index(scores.len());
        scores.rotate_left(at);
        scores.reverse();
        let after = measured_with(&config, &[scores]).unwrap();
        prop_assert_eq!(before.len(), after.len());
        for (one, other) in before.iter().zip(&after) {
            let group = drawn.iter().filter(|(_, level)| {
                one.subset == MetricValue::OVERALL || one.subset == format!("Level {level}")
            }).count() as u64;
            prop_assert_eq!(one.n + one.left_out, group, "nothing is dropped from {}", one.metric);
            let near = |(a, b)| match (a, b) {
                (Some(a), Some(b)) => f64::abs(a - b) <= 1e-9 * f64::abs(a).max(1.0),
                (a, b) => a == b,
            };
            let numbers = [(one.value, other.value), (one.low, other.low), (one.high, other.high)];
            prop_assert!(numbers.into_iter().all(near), "{} {:?}", one.metric, numbers);
            let rest = |row: &MetricValue| MetricValue { value: None, low: None, high: None, ..row.clone() };
            prop_assert_eq!(rest(one), rest(other));
        }
    }
}
