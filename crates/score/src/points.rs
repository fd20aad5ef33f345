//! Ways to answer with one model's recorded samples: what each gets right and what it spends, problem by problem.

use std::collections::BTreeMap;

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

/// The rule of one sample.
const SINGLE: &str = "accuracy";
/// The rule of one sample whose thinking was ended, in front of the budget.
const FORCED: &str = "forced@";

/// The rule of the best path of a search.
const SEARCHED: &str = "search";

/// It is the way to answer with one sample, or with what a search makes of one.
pub(crate) fn is_single(rule: &str) -> bool {
    rule == SINGLE || rule == SEARCHED || rule.starts_with(FORCED)
}

/// A problem that was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The collection that it belongs to.
    pub dataset: String,
    /// The model that was asked.
    pub model: String,
    /// Its group.
    pub subset: String,
    /// Its id.
    pub problem_id: String,
    /// What it is a variant of with others: one unit of intervals.
    pub cluster: Option<String>,
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
    /// Tokens of the prompts of these; none where one is unknown.
    pub prompt: Option<f64>,
    /// What these cost, the verifier's part with it; none where a price is not known.
    pub money: Option<f64>,
    /// Tokens that a verifier read and wrote for it: none asked is 0; none where a count is unknown.
    pub verifier: Option<f64>,
    /// Replies behind the chance.
    pub replies: u64,
    /// How many values a mean over problems takes it for: each sample is one, a vote of several is one together.
    pub weight: f64,
    /// The chance is a mean over seeded draws.
    pub drawn: bool,
}

/// A way to answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The figure that says how right it is: `accuracy` is one sample (`forced@256` one whose thinking was ended at 256 tokens),
    /// `maj@4`, `best_of:stated@4`, `adaptive:beta95`.
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
    let mut ways = ways(&plan);
    if let Some(budget) = survey.forced.first().filter(|_| survey.forced.len() == 1) {
        // One sample of this model is no usual one.
        ways.iter_mut()
            .filter(|way| way.name == SINGLE)
            .for_each(|way| way.name = format!("{FORCED}{budget}"));
    }
    if survey.searched {
        ways.iter_mut().filter(|way| way.name == SINGLE).for_each(|way| way.name = SEARCHED.to_owned());
    }
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
        let Some(Score { dataset, model, subset, problem_id, cluster, .. }) = samples.first() else { return };
        self.problems.push(Asked {
            dataset: dataset.clone(),
            model: model.clone(),
            subset: subset.clone(),
            problem_id: problem_id.clone(),
            cluster: cluster.clone(),
        });
        let all: Vec<&Score> = samples.iter().collect();
        let first: Vec<&Score> = all.iter().copied().filter(|score| !score.drawn_later()).collect();
        let replays = Replays::of(plan);
        // Fifths are of groups, and no way to answer knows of these.
        let of = |scores| Samples { scores, task: &[], fifths: [0; 4], plan, replays: &replays };
        let (all, first) = (Drawn::new(of(&all)), Drawn::new(of(&first)));
        let ask = |(point, way): (&mut Point, &Way)| {
            point.problems.push(way.spent(if way.metric.of_all_drawn() { &all } else { &first }));
        };
        if samples.len() < MANY_SAMPLES {
            self.points.iter_mut().zip(ways).for_each(ask);
        } else {
            self.points.par_iter_mut().zip(ways).for_each(ask);
        }
    }
}

/// The samples that a way to answer draws from, and those of them with a verdict.
struct Drawn<'a> {
    samples: Samples<'a>,
    graded: Vec<&'a Score>,
}

impl<'a> Drawn<'a> {
    fn new(samples: Samples<'a>) -> Self {
        let graded = samples.scores.iter().copied().filter(|score| is_graded(score)).collect();
        Self { samples, graded }
    }

    /// Tokens that one waits for: the longest of each batch, one batch after the other.
    fn waiting(&self) -> Option<f64> {
        let mut longest: BTreeMap<u32, f64> = BTreeMap::new();
        for score in &self.graded {
            let batch = longest.entry(batch(score)?).or_default();
            *batch = batch.max(output_tokens(score)?);
        }
        Some(longest.values().sum())
    }
}

/// Which batch of its problem's drawing a sample belongs to.
fn batch(score: &Score) -> Option<u32> {
    let (first, at_once) = (score.drawn_first?, score.drawn_at_once?.max(1));
    Some(score.sample.checked_sub(first).map_or(0, |later| 1 + later / at_once))
}

impl Way {
    fn spent(&self, drawn: &Drawn<'_>) -> Option<Spent> {
        let Drawn { samples, graded } = drawn;
        let mut found = Contribution::default();
        self.metric.observe_together(samples, self.parameter, &mut found);
        if found.n == 0 {
            return None;
        }
        let Contribution { weight, drawn: by_draws, n: replies, .. } = found;
        let credit = found.sum / weight;
        let search = graded.first().filter(|score| score.spent_tokens.is_some());
        let (count, tokens, waiting) = match (search, self.draws) {
            // A search is paid for as a whole, whatever is made of its paths.
            (Some(search), _) => {
                let whole = |tokens: Option<u64>| tokens.map(|tokens| tokens as f64);
                (1.0, whole(search.spent_tokens), whole(search.waiting_tokens))
            }
            (None, Draws::Samples(k)) => {
                let lengths = all(graded, output_tokens);
                let tokens = lengths.as_deref().map(|lengths| f64::from(k) * mean(lengths));
                (f64::from(k), tokens, lengths.map(|lengths| longest(&lengths, k as usize)))
            }
            (None, Draws::Until(rule)) => {
                let stopped = samples.replays.stopped(samples.plan, rule, graded);
                (stopped.samples, stopped.tokens, stopped.tokens)
            }
            (None, Draws::Drawn) => {
                let lengths = all(graded, output_tokens);
                let tokens = lengths.map(|lengths| lengths.iter().sum());
                (samples.scores.len() as f64, tokens, drawn.waiting())
            }
        };
        let prompts = all(graded, |score| score.prompt_tokens.map(|tokens| tokens as f64));
        let prompt = prompts.map(|prompts| count * mean(&prompts));
        let asks = search.is_some() || self.metric.asks_verifier(samples.plan, self.parameter);
        let (verifier, verdicts) = if asks { verdicts(graded, count) } else { (Some(0.0), Some(0.0)) };
        let money = tokens.and_then(|tokens| money(graded, count, tokens));
        // Nobody knows what a recorded verdict cost.
        let money = match verifier {
            Some(tokens) if tokens > 0.0 => money.zip(verdicts).map(|(own, other)| own + other),
            _ => money,
        };
        Some(Spent {
            credit,
            samples: count,
            tokens,
            waiting,
            prompt,
            money,
            verifier,
            replies,
            weight,
            drawn: by_draws,
        })
    }
}

/// Tokens that a verifier read and wrote for so many of these samples, and what they cost. Of a verdict that was recorded nobody
/// knows what it took.
fn verdicts(scores: &[&Score], samples: f64) -> (Option<f64>, Option<f64>) {
    let tokens =
        |score: &Score| Some((score.verifier_prompt_tokens? + score.verifier_completion_tokens?) as f64);
    let of = |values: Option<Vec<f64>>| values.map(|values| samples * mean(&values));
    (of(all(scores, tokens)), of(all(scores, |score| score.verifier_cost)))
}

/// A value of every one; none where it is unknown of one.
fn all(scores: &[&Score], of: impl Fn(&Score) -> Option<f64>) -> Option<Vec<f64>> {
    scores.iter().map(|score| of(score)).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// What so many samples with so many tokens cost. The samples of a problem share their prompt, so each costs the same apart
/// from its tokens: the price of one is seen in those that differ.
fn money(scores: &[&Score], samples: f64, tokens: f64) -> Option<f64> {
    let (costs, lengths) = (all(scores, |score| score.cost)?, all(scores, output_tokens)?);
    let (cost, length) = (mean(&costs), mean(&lengths));
    let spread: f64 = lengths.iter().map(|one| (one - length).powi(2)).sum();
    let together: f64 = lengths.iter().zip(&costs).map(|(one, other)| (one - length) * (other - cost)).sum();
    let price = if spread > 0.0 { together / spread } else { 0.0 };
    Some(samples * (cost - price * length) + price * tokens)
}

#[cfg(test)]
#[path = "points_tests.rs"]
mod tests;
