//! Ways to answer with one model's recorded samples: what each gets right and what it spends, problem by problem.

use rayon::prelude::*;
use stage::{Interrupted, Observer};
use stats::longest;
use tables::Score;

use crate::metric::{Contribution, Draws, MANY_SAMPLES, Metric, Samples};
use crate::reasons::{is_graded, output_tokens};
use crate::replayed::Replays;
use crate::scores::Scores;
use crate::survey::Survey;
use crate::{METRICS, Plan, ScoreConfig, ScoreError};

/// A problem that was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The collection that it belongs to.
    pub dataset: String,
    /// Its group.
    pub subset: String,
    /// Its id.
    pub problem_id: String,
}

/// What a way to answer is expected to get and to spend on a problem.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spent {
    /// The chance to be right.
    pub credit: f64,
    /// Samples.
    pub samples: f64,
    /// Tokens of these, thinking and answer; none where a length is unknown.
    pub tokens: Option<f64>,
    /// Tokens that one waits for: the longest of samples that are drawn at once, the sum of those that follow each other.
    pub waiting: Option<f64>,
    /// The chance is a mean over seeded draws.
    pub drawn: bool,
}

/// A way to answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The figure that says how right it is: `accuracy` is one sample, `maj@4`, `best_of:stated@4`, `adaptive:beta95`.
    pub rule: String,
    /// What it draws.
    pub draws: Draws,
    /// In the order of [`Points::problems`]; none where a problem has too few samples, no known answer or no value to go by.
    pub problems: Vec<Option<Spent>>,
}

/// All ways to answer with the samples of one model. None of them knows what is right.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Points {
    /// The problems that were asked.
    pub problems: Vec<Asked>,
    /// The ways, in the order of the figures.
    pub points: Vec<Point>,
}

/// The points of the scores of one model.
///
/// # Errors
/// See [`ScoreError`].
pub fn points(
    config: &ScoreConfig,
    scores: &impl Scores,
    observer: &dyn Observer,
) -> Result<Points, ScoreError> {
    let survey = Survey::of(std::slice::from_ref(scores), observer)?;
    let plan = Plan::new(config, &survey).map_err(ScoreError::Config)?;
    let ways = ways(&plan);
    let point = |way: &Way| Point { rule: way.name.clone(), draws: way.draws, problems: Vec::new() };
    let mut found = Points { problems: Vec::new(), points: ways.iter().map(point).collect() };
    let mut problem: Vec<Score> = Vec::new();
    for score in scores.read()? {
        let score = score?;
        if problem.first().is_some_and(|first| first.problem_id != score.problem_id) {
            found.add(&plan, &ways, &std::mem::take(&mut problem));
            if observer.interrupted() {
                return Err(Interrupted { done: found.problems.len() as u64 }.into());
            }
        }
        problem.push(score);
    }
    found.add(&plan, &ways, &problem);
    Ok(found)
}

/// A row of a figure that is a way to answer.
struct Way {
    metric: &'static dyn Metric,
    name: String,
    parameter: u32,
    draws: Draws,
}

fn ways(plan: &Plan) -> Vec<Way> {
    let of = |metric: &'static dyn Metric| {
        metric.members(plan).into_iter().filter_map(move |row| {
            let draws = metric.draws(plan, row.parameter)?;
            Some(Way { metric, name: row.name, parameter: row.parameter, draws })
        })
    };
    METRICS.iter().copied().flat_map(of).collect()
}

impl Points {
    fn add(&mut self, plan: &Plan, ways: &[Way], samples: &[Score]) {
        let Some(Score { dataset, subset, problem_id, .. }) = samples.first() else { return };
        self.problems.push(Asked {
            dataset: dataset.clone(),
            subset: subset.clone(),
            problem_id: problem_id.clone(),
        });
        let all: Vec<&Score> = samples.iter().collect();
        let graded: Vec<&Score> = all.iter().copied().filter(|score| is_graded(score)).collect();
        let replays = Replays::of(plan);
        // Fifths are of groups, and no way to answer knows of these.
        let seen = Samples { scores: &all, fifths: [0; 4], plan, replays: &replays };
        let ask = |(point, way): (&mut Point, &Way)| point.problems.push(way.spent(&seen, &graded));
        if samples.len() < MANY_SAMPLES {
            self.points.iter_mut().zip(ways).for_each(ask);
        } else {
            self.points.par_iter_mut().zip(ways).for_each(ask);
        }
    }
}

impl Way {
    fn spent(&self, samples: &Samples<'_>, graded: &[&Score]) -> Option<Spent> {
        let mut found = Contribution::default();
        self.metric.observe_together(samples, self.parameter, &mut found);
        if found.n == 0 {
            return None;
        }
        let (credit, drawn) = (found.sum / found.weight, found.drawn);
        Some(match self.draws {
            Draws::Samples(k) => {
                let lengths: Option<Vec<f64>> = graded.iter().map(|score| output_tokens(score)).collect();
                let mean = |lengths: &Vec<f64>| lengths.iter().sum::<f64>() / lengths.len() as f64;
                Spent {
                    credit,
                    samples: f64::from(k),
                    tokens: lengths.as_ref().map(|lengths| f64::from(k) * mean(lengths)),
                    waiting: lengths.map(|lengths| longest(&lengths, k as usize)),
                    drawn,
                }
            }
            Draws::Until(rule) => {
                let stopped = samples.replays.stopped(samples.plan, rule, graded);
                let (samples, tokens) = (stopped.samples, stopped.tokens);
                Spent { credit, samples, tokens, waiting: tokens, drawn }
            }
        })
    }
}

#[cfg(test)]
#[path = "points_tests.rs"]
mod tests;
