//! One cell: a model on one set of problems, as its run measured it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use compare::ModelRun;
use score::{METRICS, Metric, Observation};
use serde::Serialize;
use stage::RunLayout;
use stage::table::{METRICS as FIGURES, SPLITS};
use stats::Unit;
use tables::{Finish, MetricValue, Score, TableReader, Verdict};

use crate::error::LeaderboardError;

/// A share of cut replies beyond which a cell has a warning.
const MOST_CUT: f64 = 0.02;
/// So few problems make one of them count for a point or more.
const FEW_PROBLEMS: u64 = 100;
/// The same figures, but for the order in which they were added up.
const SAME: f64 = 1e-9;

/// A model on one set of problems.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// The run's folder.
    pub run: String,
    /// Share of right answers over the replies that there are (avg@k); null where no reply can be graded.
    pub accuracy: Option<f64>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// How the interval was made, or why there is none.
    pub interval: Option<String>,
    /// Problems behind it.
    pub problems: u64,
    /// Replies behind it.
    pub replies: u64,
    /// Samples that each problem was to have.
    pub samples: u64,
    /// Replies that the problem with the fewest has.
    pub fewest: u64,
    /// Calls that gave no reply.
    pub failed: u64,
    /// Share of replies that their limit cut.
    pub cut: Option<f64>,
    /// Share of replies that give no final answer.
    pub unanswered: Option<f64>,
    /// Mean tokens of thinking.
    pub thinking_tokens: Option<f64>,
    /// T̂/T: how much of the thinking of right replies it took to have the answer.
    pub token_efficiency: Option<f64>,
    /// Tokens are counted by another tokenizer than the model's own.
    pub approximate: bool,
    /// What every problem adds to the accuracy.
    #[serde(skip)]
    pub(crate) units: Vec<Unit>,
    /// The problems.
    #[serde(skip)]
    pub(crate) ids: BTreeSet<String>,
}

impl Cell {
    /// The data set of a model's run, and its figures there.
    pub(crate) fn read(run: &ModelRun) -> Result<(String, Self), LeaderboardError> {
        let folder = run.folder().ok_or_else(|| LeaderboardError::Alone { path: run.scores.clone() })?;
        let figures = figures(folder, &run.model)?;
        let dataset = dataset(folder, &figures)?;
        let counted = Counted::read(&run.scores)?;
        let of = |name: &str| figures.iter().find(|row| row.metric == name);
        let value = |name: &str| of(name).filter(|row| row.n > 0).and_then(|row| row.value);
        let accuracy = of("accuracy");
        let cell = Self {
            run: folder.display().to_string(),
            accuracy: value("accuracy"),
            low: accuracy.and_then(|row| row.low),
            high: accuracy.and_then(|row| row.high),
            interval: accuracy.and_then(|row| row.interval.clone()),
            problems: accuracy.map_or(0, |row| row.problems),
            replies: accuracy.map_or(0, |row| row.n),
            samples: counted.problems.values().map(|samples| samples.asked).max().unwrap_or(0),
            fewest: counted.problems.values().map(|samples| samples.replies).min().unwrap_or(0),
            failed: counted.failed,
            cut: value("truncated"),
            unanswered: counted.unanswered(),
            thinking_tokens: value("reasoning_tokens"),
            token_efficiency: value("token_efficiency"),
            approximate: !counted_exactly(&run.scores.with_file_name(SPLITS.file))?,
            units: counted.units.into_values().collect(),
            ids: counted.problems.into_keys().collect(),
        };
        if cell.follows() {
            Ok((dataset, cell))
        } else {
            Err(LeaderboardError::Stale { path: folder.into() })
        }
    }

    /// The figures are those of the scores.
    fn follows(&self) -> bool {
        let (sum, n) = self.units.iter().fold((0.0, 0.0), |(sum, n), unit| (sum + unit.sum, n + unit.n));
        n == self.replies as f64 && self.accuracy.is_none_or(|accuracy| (accuracy - sum / n).abs() < SAME)
    }

    /// What a reader of the cell has to know.
    pub fn warnings(&self) -> Vec<String> {
        let all =
            [self.short_of_samples(), self.without_reply(), self.often_cut(), self.coarse(), self.unsure()];
        all.into_iter().flatten().collect()
    }

    fn short_of_samples(&self) -> Option<String> {
        (self.fewest < self.samples).then(|| {
            format!(
                "{} of {} samples for the problem with the fewest: the mean is over those that there are",
                self.fewest, self.samples
            )
        })
    }

    fn without_reply(&self) -> Option<String> {
        let failed = self.failed;
        (failed > 0).then(|| format!("{failed} calls gave no reply and count neither as right nor as wrong"))
    }

    fn often_cut(&self) -> Option<String> {
        let cut = report::Unit::Share.show(self.cut.filter(|cut| *cut > MOST_CUT)?);
        Some(format!(
            "{cut} of the replies are cut by their limit, and wrong for that if the answer was behind it"
        ))
    }

    fn coarse(&self) -> Option<String> {
        let problems = self.problems;
        (self.samples == 1 && (1..FEW_PROBLEMS).contains(&problems)).then(|| {
            let points = 100.0 / problems as f64;
            format!("one sample of {problems} problems: one problem more or less is {points:.1} points")
        })
    }

    fn unsure(&self) -> Option<String> {
        if self.accuracy.is_none() {
            return Some("no reply could be graded".to_owned());
        }
        let why = self.interval.as_deref()?.strip_prefix(MetricValue::NO_INTERVAL)?;
        Some(format!("no interval, for {why}"))
    }
}

/// The model's own tokenizer counted: the table of steps says so.
fn counted_exactly(splits: &Path) -> Result<bool, LeaderboardError> {
    if !splits.is_file() {
        return Ok(false);
    }
    let exact =
        |notes: &BTreeMap<String, String>| notes.get("tokenizer_exact").is_some_and(|exact| exact == "true");
    Ok(tables::peek(splits)?.is_some_and(|(_, provenance)| exact(&provenance.notes)))
}

/// The figures of a model over all problems and replies.
fn figures(folder: &Path, model: &str) -> Result<Vec<MetricValue>, LeaderboardError> {
    let path = RunLayout::new(folder).of_run(FIGURES);
    let none = || LeaderboardError::NoFigures { path: folder.into(), model: model.to_owned() };
    if !path.is_file() {
        return Err(none());
    }
    let mut rows = Vec::new();
    for row in TableReader::<MetricValue>::open(&path)? {
        let row = row?;
        if row.model == model && row.subset == MetricValue::OVERALL && row.scope == MetricValue::ALL {
            rows.push(row);
        }
    }
    if rows.is_empty() { Err(none()) } else { Ok(rows) }
}

fn dataset(folder: &Path, figures: &[MetricValue]) -> Result<String, LeaderboardError> {
    let names: BTreeSet<&str> = figures.iter().map(|row| row.dataset.as_str()).collect();
    let datasets: Vec<&str> = names.into_iter().collect();
    match datasets.as_slice() {
        [only] => Ok((*only).to_owned()),
        several => Err(LeaderboardError::Several { path: folder.into(), datasets: several.join(", ") }),
    }
}

/// What figures do not say and scores do.
#[derive(Default)]
struct Counted {
    /// By cluster where there is one, else by problem.
    units: BTreeMap<String, Unit>,
    problems: BTreeMap<String, Samples>,
    replies: u64,
    failed: u64,
    unanswered: u64,
}

#[derive(Default)]
struct Samples {
    asked: u64,
    replies: u64,
}

impl Counted {
    fn read(scores: &Path) -> Result<Self, LeaderboardError> {
        let accuracy = METRICS.iter().copied().find(|metric| metric.term().name == "accuracy");
        let mut counted = Self::default();
        for score in TableReader::<Score>::open(scores)? {
            let score = score?;
            // How many more a rule drew is no promise that was broken, and figures leave them out.
            if !score.drawn_later() {
                counted.add(accuracy, score);
            }
        }
        Ok(counted)
    }

    fn add(&mut self, accuracy: Option<&dyn Metric>, score: Score) {
        let failed = score.finish == Finish::Error;
        self.failed += u64::from(failed);
        self.replies += u64::from(!failed);
        self.unanswered += u64::from(!failed && score.grade == Verdict::NoAnswer);
        if let Some(Observation::Value(right)) = accuracy.map(|metric| metric.observe(&score)) {
            let unit = score.cluster.clone().unwrap_or_else(|| score.problem_id.clone());
            self.units.entry(unit).or_default().add(right);
        }
        // Where a rule decides when there are enough, accuracy is over the first sample of each problem.
        let counts = score.drawn.is_none() || score.sample == 0;
        let samples = self.problems.entry(score.problem_id).or_default();
        samples.asked += u64::from(counts);
        samples.replies += u64::from(counts && !failed);
    }

    fn unanswered(&self) -> Option<f64> {
        (self.replies > 0).then(|| self.unanswered as f64 / self.replies as f64)
    }
}
