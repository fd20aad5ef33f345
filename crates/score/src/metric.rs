//! What a figure is: what it takes of each generation or problem, and how that becomes the figure of a group.

use tables::{Score, Term};

use crate::Plan;
use crate::judge_error::Slopes;
use crate::reasons::why;
use crate::replayed::Replays;
use crate::survey::Quintiles;

/// From so many samples of a problem on, its figures are worth several threads.
pub(crate) const MANY_SAMPLES: usize = 12;

/// What one generation contributes to a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observation {
    /// A value that enters the mean.
    Value(f64),
    /// It does not count, for this reason; reasons read well behind a number: `3 wrong`.
    LeftOut(&'static str),
}

/// How the observations of a group become its figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aggregate {
    /// Their mean.
    #[default]
    Mean,
    /// Their sum.
    Sum,
}

/// One row of a family of figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricRow {
    /// The name in tables, such as `pass@4`.
    pub name: String,
    /// The parameter.
    pub parameter: u32,
}

impl MetricRow {
    /// A row for each parameter of a family.
    pub(crate) fn all(family: &Term, parameters: impl IntoIterator<Item = u32>) -> Vec<Self> {
        let row = |parameter| Self { name: family.member(parameter), parameter };
        parameters.into_iter().map(row).collect()
    }

    /// The one row of a figure about manners of asking, in a run that has any.
    pub(crate) fn of_manners(term: &Term, plan: &Plan) -> Vec<Self> {
        Self::where_any(term, plan.manners)
    }

    /// The one row of a figure about something that not every run has.
    pub(crate) fn where_any(term: &Term, any: bool) -> Vec<Self> {
        let row = || Self { name: term.name.to_owned(), parameter: 0 };
        any.then(row).into_iter().collect()
    }
}

/// The samples of one problem within a group.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a> {
    /// Their scores, in order.
    pub scores: &'a [&'a Score],
    /// Those of the problems before it that belong to the same task, where a task asks for several grids.
    pub task: &'a [Vec<Score>],
    /// The lengths that cut the group's replies into fifths.
    pub fifths: Quintiles,
    /// The parameters of this run.
    pub plan: &'a Plan,
    /// What stopping early would make of them.
    pub replays: &'a Replays,
}

/// Which samples of a problem a figure would have drawn, had it been the way to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draws {
    /// So many, at once.
    Samples(u32),
    /// Until the plan's rule at this place has enough, one batch after the other.
    Until(usize),
    /// All that were drawn until a rule had enough.
    Drawn,
}

/// What one problem contributes to a figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contribution {
    /// Sum of its observations.
    pub(crate) sum: f64,
    /// How many observations a mean divides by.
    pub(crate) weight: f64,
    /// Generations that they come from.
    pub(crate) n: u64,
    /// How much the sum moves when every judged T̂/T moves by one, by who judged what.
    pub(crate) sensitivity: Slopes,
    /// Generations that are left out, by reason.
    pub(crate) left_out: Vec<(&'static str, u64)>,
    /// It is a mean over seeded draws, not over all subsets or orders.
    pub(crate) drawn: bool,
}

impl Contribution {
    /// Takes what one generation contributes.
    pub(crate) fn add(&mut self, observation: Observation) {
        match observation {
            Observation::Value(value) => {
                self.sum += value;
                self.weight += 1.0;
                self.n += 1;
            }
            Observation::LeftOut(why) => self.leave_out(why, 1),
        }
    }

    /// Takes one value of the problem as a whole, with the generations that it comes from.
    pub(crate) fn together(&mut self, value: f64, generations: usize) {
        self.sum += value;
        self.weight += 1.0;
        self.n += generations as u64;
    }

    /// Leaves generations out.
    pub(crate) fn leave_out(&mut self, why: &'static str, generations: usize) {
        match self.left_out.iter_mut().find(|(known, _)| *known == why) {
            _ if generations == 0 => {}
            Some((_, count)) => *count += generations as u64,
            None => self.left_out.push((why, generations as u64)),
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        let mut left_out = std::mem::take(&mut self.left_out);
        left_out.clear();
        *self = Self { left_out, ..Self::default() };
    }
}

/// A figure over a set of generations, or a family of figures.
pub trait Metric: Sync {
    /// What it is called, what it means, and which way is better.
    fn term(&self) -> &Term;
    /// What one generation contributes. A figure over samples together has no such thing: it says what a problem does.
    fn observe(&self, _score: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }
    /// What one problem contributes to the row with this parameter: by default, what each of its samples does.
    fn observe_together(&self, samples: &Samples<'_>, _parameter: u32, contribution: &mut Contribution) {
        for score in samples.scores {
            let observation = self.observe(score);
            if matches!(observation, Observation::Value(_)) {
                contribution.sensitivity.add(score, self.sensitivity(score));
            }
            contribution.add(observation);
        }
    }
    /// The rows that it gives; a single figure gives one by its own name.
    fn members(&self, _plan: &Plan) -> Vec<MetricRow> {
        vec![MetricRow { name: self.term().name.to_owned(), parameter: 0 }]
    }
    /// What the row with this parameter draws, where it is a way to answer: it never looks at what is right before it has
    /// answered. Such rows are the [`points`](crate::points()) of a model.
    fn draws(&self, _plan: &Plan, _parameter: u32) -> Option<Draws> {
        None
    }
    /// The row with this parameter goes by what a verifier says, who has to be paid for it.
    fn asks_verifier(&self, _plan: &Plan, _parameter: u32) -> bool {
        false
    }
    /// Mean or sum.
    fn aggregate(&self) -> Aggregate {
        Aggregate::Mean
    }
    /// How much a generation's value moves when the judged T̂/T moves by one.
    fn sensitivity(&self, _score: &Score) -> f64 {
        0.0
    }
    /// It is over all samples that a rule drew, not only over those that it drew whatever they said.
    fn of_all_drawn(&self) -> bool {
        self.aggregate() == Aggregate::Sum
    }
    /// It depends on the other generations of the group, by their fifths.
    fn depends_on_group(&self) -> bool {
        false
    }
    /// The figure over completed generations alone says something of its own.
    fn has_completed_scope(&self) -> bool {
        true
    }
}
