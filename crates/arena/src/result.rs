//! What comes out of votes.

use serde::Serialize;

use crate::file_report::FileReport;
use crate::vote::Cluster;

/// Ratings, and all that is to be said of them.
#[derive(Clone, Debug, Serialize)]
pub struct Arena {
    /// What was read.
    pub files: Vec<FileReport>,
    /// Votes that count.
    pub votes: u64,
    /// Of these, ties of any kind.
    pub ties: u64,
    /// Of these, ties of two that are both bad.
    pub both_bad: u64,
    /// Ties that were dropped.
    pub dropped_ties: u64,
    /// Models that can be compared with each other, apart from those that cannot.
    pub islands: Vec<Island>,
    /// Of each judge that saw pairs both ways round: whether it prefers a place.
    pub position: Vec<PositionBias>,
    /// Of each two who voted on the same pairs: how often they agree.
    pub agreement: Vec<Agreement>,
    /// Of each judge that saw pairs of which one reply is right: how often it prefers that one.
    pub truth: Vec<AgainstTruth>,
    /// Rows of the online rating by model, best first.
    pub elo: Vec<EloPlace>,
    /// By what the votes were put in order for it: `at` or `file`.
    pub elo_order: &'static str,
    /// How often they were shuffled.
    pub shuffles: u32,
    /// The seed of all draws.
    pub seed: u64,
}

/// What a judge says of pairs that it saw both ways round.
#[derive(Clone, Debug, Serialize)]
pub struct PositionBias {
    /// The judge, if it has a name.
    pub judge: Option<String>,
    /// Pairs on a problem, each with one vote each way.
    pub pairs: u64,
    /// Those in which the same model won both.
    pub consistent: u64,
    /// Those in which whoever was shown first won both.
    pub first_both: u64,
    /// Those in which whoever was shown second won both.
    pub second_both: u64,
    /// Those with a tie one way or both.
    pub with_tie: u64,
    /// Of the exact test of the first place against the second.
    pub p: f64,
    /// Share of the first place among all its votes that are no ties.
    pub first_share: Option<f64>,
    /// Agreement of the two ways beyond chance (Cohen).
    pub kappa: Option<f64>,
}

/// Two who voted on the same pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// Judges by name; people together are [`Agreement::PEOPLE`].
    pub raters: [String; 2],
    /// Pairs on a problem that both have a verdict on, ties among them.
    pub pairs: u64,
    /// Those on which the verdict is the same.
    pub same: u64,
    /// Those on which neither says tie.
    pub decided: u64,
    /// Those of them on which the verdict is the same.
    pub decided_same: u64,
    /// Agreement beyond chance (Cohen), ties as a verdict of their own.
    pub kappa: Option<f64>,
}

impl Agreement {
    /// What people are called who vote together.
    pub const PEOPLE: &'static str = "people";
}

/// A judge's votes on pairs of which exactly one reply is right.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AgainstTruth {
    /// The judge, if it has a name.
    pub judge: Option<String>,
    /// Its votes on them.
    pub votes: u64,
    /// Those for the right reply.
    pub right: u64,
    /// Ties.
    pub ties: u64,
    /// Those for the wrong reply.
    pub wrong: u64,
    /// Votes where the wrong reply is the longer one, and how many of them are for it.
    pub longer: [u64; 2],
    /// The same where it is the shorter one.
    pub shorter: [u64; 2],
}

/// Elo, vote by vote.
#[derive(Clone, Debug, Serialize)]
pub struct EloPlace {
    /// The model.
    pub model: String,
    /// In the order of the votes.
    pub elo: f64,
    /// Mean over shuffles.
    pub mean: f64,
    /// Standard deviation over shuffles.
    pub sd: f64,
    /// Least over shuffles.
    pub least: f64,
    /// Most over shuffles.
    pub most: f64,
}

/// Models that met, directly or by way of others.
#[derive(Clone, Debug, Serialize)]
pub struct Island {
    /// Votes between rated models.
    pub votes: u64,
    /// What counts as one observation.
    pub cluster: Cluster,
    /// How many of these there are.
    pub clusters: usize,
    /// Models, best first; one without a number stands above or below all that it beat or lost to.
    pub ratings: Vec<Rating>,
    /// Models that met.
    pub pairs: Vec<Pair>,
    /// χ² of the misfit over all pairs of rated models, as if votes were independent.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub freedom: usize,
    /// Its p-value; none without degrees of freedom.
    pub misfit_p: Option<f64>,
    /// Models that beat each other in a circle, the clearest first.
    pub cycles: Vec<Cycle>,
    /// What the asked controls change.
    pub control: Option<Controlled>,
    /// What the first place is worth, where somebody saw pairs both ways round.
    pub place: Option<Coefficient>,
    /// The same with thinking tokens as the only control: ratings at equal thinking.
    pub efficiency: Option<Controlled>,
    /// The model against which points per 1,000 thinking tokens are counted.
    pub thinking_reference: Option<String>,
    /// What a reader has to know.
    pub notes: Vec<String>,
}

/// A model.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Rating {
    /// Its name.
    pub model: String,
    /// Its votes.
    pub votes: u64,
    /// Votes that it won.
    pub wins: u64,
    /// Ties.
    pub ties: u64,
    /// Points; none for a model that won or lost everything.
    pub score: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// What can be said in place of a number.
    pub bound: Option<Bound>,
    /// 1 + the number of models that are better, by a difference whose interval is above 0: its best place.
    pub rank: Option<usize>,
    /// Its worst place: all but the models that are worse.
    pub rank_high: Option<usize>,
    /// 1 + the number of models whose interval lies above this one's.
    pub rank_overlap: Option<usize>,
    /// Mean thinking tokens over its votes that know them.
    pub thinking_tokens: Option<f64>,
    /// Points above the reference for each 1,000 thinking tokens that it spends more.
    pub points_per_thousand: Option<f64>,
    /// Its standard error, tokens taken as known.
    pub points_per_thousand_se: Option<f64>,
}

/// Where a model is at least, or at most.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Bound {
    /// It won everything; else it lost everything.
    pub above: bool,
    /// At least, or at most, so many points (95 %, two-sided); none if it never met a rated model.
    pub points: Option<f64>,
    /// Votes against rated models behind it.
    pub votes: u64,
}

/// Two models that met.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// The first by name.
    pub a: String,
    /// The second.
    pub b: String,
    /// Votes.
    pub votes: u64,
    /// Votes for the first.
    pub wins: u64,
    /// Ties.
    pub ties: u64,
    /// Share of the first.
    pub observed: f64,
    /// The share that the ratings expect; none where one of the two has none.
    pub fitted: Option<f64>,
    /// χ² of the misfit.
    pub chi_square: Option<f64>,
}

/// Models each of which got more than half against the next, and the last against the first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cycle {
    /// Their names.
    pub models: Vec<String>,
    /// The least of these shares.
    pub least_share: f64,
}

/// Ratings that hold something equal.
#[derive(Clone, Debug, Serialize)]
pub struct Controlled {
    /// Votes that know all of it.
    pub votes: u64,
    /// Votes between rated models that do not, and are left out of both columns.
    pub without: u64,
    /// What each is worth.
    pub coefficients: Vec<Coefficient>,
    /// What was asked for and left out.
    pub left_out: Vec<LeftOut>,
    /// Rated models, with their scores before and after.
    pub models: Vec<Moved>,
}

/// A model before and after.
#[derive(Clone, Debug, Serialize)]
pub struct Moved {
    /// The model.
    pub model: String,
    /// Points without control, over the same votes.
    pub before: f64,
    /// Points with it.
    pub after: f64,
    /// Their standard error.
    pub se: Option<f64>,
    /// Lower end of their 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Best place without control, over the same votes.
    pub rank_before: Option<usize>,
    /// Best place with it.
    pub rank_after: Option<usize>,
}

/// What one standard deviation of something is worth.
#[derive(Clone, Debug, Serialize)]
pub struct Coefficient {
    /// Of what.
    pub name: String,
    /// In log-odds.
    pub gamma: f64,
    /// Standard error.
    pub se: Option<f64>,
    /// Lower end of the 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// In points.
    pub points: f64,
    /// Of the test that it is nothing.
    pub p: Option<f64>,
}

/// A control that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Which.
    pub name: String,
    /// Why.
    pub reason: String,
}
