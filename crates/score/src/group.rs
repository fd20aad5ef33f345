//! One group of generations, such as a level, in both scopes.

use rayon::prelude::*;
use stats::Kind;
use tables::{MetricValue as Row, Score};

use crate::intervals::{Found, intervals, kind_of};
use crate::judge_error::JudgeErrors;
use crate::metric::{Aggregate, Contribution, MANY_SAMPLES, Metric, Samples};
use crate::reasons::{incomplete, why};
use crate::replayed::Replays;
use crate::survey::Quintiles;
use crate::tally::{Cell, Figure, Tally};
use crate::{Bootstrap, Plan, ScoreConfig, metrics};

/// The rows that every group gives, in order.
pub(crate) struct Figures<'a> {
    plan: &'a Plan,
    bootstrap: &'a Bootstrap,
    errors: &'a JudgeErrors,
    rows: Vec<FigureRow>,
}

struct FigureRow {
    metric: &'static dyn Metric,
    name: String,
    parameter: u32,
}

impl<'a> Figures<'a> {
    pub(crate) fn new(config: &'a ScoreConfig, plan: &'a Plan) -> Self {
        let rows_of = |metric: &'static dyn Metric| {
            let members = metric.members(plan).into_iter();
            members.map(move |member| FigureRow { metric, name: member.name, parameter: member.parameter })
        };
        let rows = metrics::selected(config.compat).into_iter().flat_map(rows_of).collect();
        Self { plan, bootstrap: &config.bootstrap, errors: &config.judge_errors, rows }
    }

    fn tally(&self) -> Tally {
        let aggregates = self.rows.iter().map(|row| row.metric.aggregate());
        Tally::new(aggregates.collect::<Vec<Aggregate>>().into_iter(), self.bootstrap.seed)
    }

    /// What a problem contributes to every figure; `known` is what it contributes to another group.
    fn contributions(
        &self,
        scores: &[&Score],
        task: &[Vec<Score>],
        fifths: Quintiles,
        known: Option<&[Contribution]>,
    ) -> Vec<Contribution> {
        let replays = Replays::of(self.plan);
        let first: Vec<&Score> = scores.iter().copied().filter(|score| !score.drawn_later()).collect();
        let of = |scores| Samples { scores, task, fifths, plan: self.plan, replays: &replays };
        let (all, first) = (of(scores), of(&first));
        let mut contributions =
            known.map_or_else(|| vec![Contribution::default(); self.rows.len()], <[Contribution]>::to_vec);
        let observe = |(row, contribution): (&FigureRow, &mut Contribution)| {
            if known.is_none() || row.metric.depends_on_group() {
                contribution.clear();
                let (samples, later) = if row.metric.of_all_drawn() {
                    (&all, 0)
                } else {
                    (&first, all.scores.len() - first.scores.len())
                };
                row.metric.observe_together(samples, row.parameter, contribution);
                contribution.leave_out(why::LATER, later);
            }
        };
        if scores.len() < MANY_SAMPLES {
            self.rows.iter().zip(&mut contributions).for_each(observe);
        } else {
            self.rows.par_iter().zip(&mut contributions).for_each(observe);
        }
        contributions
    }
}

/// What a problem contributes in both scopes.
pub(crate) struct Contributions {
    all: Vec<Contribution>,
    /// None where all of its samples are complete and both scopes are one.
    completed: Option<Vec<Contribution>>,
}

/// The sums of one group.
pub(crate) struct Group<'a> {
    figures: &'a Figures<'a>,
    fifths: Quintiles,
    all: Tally,
    /// From the first incomplete reply on.
    completed: Option<Tally>,
}

impl<'a> Group<'a> {
    pub(crate) fn new(figures: &'a Figures<'a>, fifths: Quintiles) -> Self {
        Self { figures, fifths, all: figures.tally(), completed: None }
    }

    /// Adds the samples of one problem, behind those of the same `task`; `known` is what they contribute to another group.
    pub(crate) fn add(
        &mut self,
        samples: &[&Score],
        task: &[Vec<Score>],
        known: Option<&Contributions>,
    ) -> Contributions {
        let before = known.map(|known| known.all.as_slice());
        let all = self.figures.contributions(samples, task, self.fifths, before);
        let before = known.and_then(|known| known.completed.as_deref());
        let completed = self.completed_shares(samples, task, before);
        if completed.is_some() && self.completed.is_none() {
            self.completed = Some(self.all.clone());
        }
        let cluster = samples.first().and_then(|score| score.cluster.as_deref());
        self.all.add(&all, cluster);
        if let Some(tally) = &mut self.completed {
            tally.add(completed.as_deref().unwrap_or(&all), cluster);
        }
        Contributions { all, completed }
    }

    fn completed_shares(
        &self,
        samples: &[&Score],
        task: &[Vec<Score>],
        known: Option<&[Contribution]>,
    ) -> Option<Vec<Contribution>> {
        let (kept, cut): (Vec<&Score>, Vec<&Score>) =
            samples.iter().partition(|score| incomplete(score).is_none());
        if cut.is_empty() {
            return None;
        }
        let mut contributions = self.figures.contributions(&kept, task, self.fifths, known);
        for (row, contribution) in self.figures.rows.iter().zip(&mut contributions) {
            if known.is_none() || row.metric.depends_on_group() {
                cut.iter()
                    .filter_map(|score| incomplete(score))
                    .for_each(|why| contribution.leave_out(why, 1));
            }
        }
        Some(contributions)
    }

    /// The rows of the group: every figure over all generations, and over completed ones where that differs.
    pub(crate) fn rows(self, label: &Row) -> Vec<Row> {
        let figures = self.figures;
        let all = figures.scope(self.all, Row::ALL, label);
        let completed = match self.completed {
            Some(tally) => figures.scope(tally, Row::COMPLETED, label).into_iter().map(Some).collect(),
            None => vec![None; figures.rows.len()],
        };
        let rows = figures.rows.iter().zip(completed);
        let kept = rows.map(|(figure, row)| row.filter(|_| figure.metric.has_completed_scope()));
        all.into_iter().zip(kept).flat_map(|(all, completed)| std::iter::once(all).chain(completed)).collect()
    }
}

impl Figures<'_> {
    fn scope(&self, tally: Tally, scope: &str, label: &Row) -> Vec<Row> {
        let (figures, units): (Vec<Figure>, Vec<Cell>) = tally.finish();
        let kinds = self.rows.iter().map(|row| kind_of(row.metric.term().unit));
        let figures: Vec<(Kind, Figure)> = kinds.zip(figures).collect();
        let found = intervals(self.bootstrap, self.errors, &figures, &units);
        let rows = self.rows.iter().zip(&figures).zip(&found);
        rows.map(|((row, (_, figure)), found)| row_of(row, figure, found, scope, label)).collect()
    }
}

fn row_of(row: &FigureRow, figure: &Figure, found: &Found, scope: &str, label: &Row) -> Row {
    Row {
        metric: row.name.clone(),
        scope: scope.to_owned(),
        value: figure.value(),
        low: found.ok().map(|found| found.low),
        high: found.ok().map(|found| found.high),
        interval: (figure.n > 0).then(|| in_words(found, figure)),
        n: figure.n,
        problems: figure.problems,
        left_out: figure.left_out(),
        left_out_why: figure.why(),
        ..label.clone()
    }
}

/// How an interval was made, or why there is none; and of how many problems the value itself was drawn.
fn in_words(found: &Found, figure: &Figure) -> String {
    let method = found.map_or_else(|missing| missing.to_string(), |found| found.method.to_string());
    match figure.drawn {
        0 => method,
        drawn => format!("{method}; {drawn} of {} problems by seeded draws", figure.problems),
    }
}
