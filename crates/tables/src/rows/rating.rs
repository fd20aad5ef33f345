//! What votes say of a model.

use crate::row;

row! {
    /// A model's rating from votes, in points; ten to one is 400.
    pub struct Rating is "rating", version 1 {
        /// The model.
        model: String as label,
        /// Models that met, directly or by way of others, share a number, from 0; the points of others share no scale with theirs.
        group: u32,
        /// Its votes.
        votes: u64,
        /// Those that it won.
        wins: u64,
        /// Ties.
        ties: u64,
        /// Points; null for a model that won or lost everything.
        score: Option<f64>,
        /// Lower end of the 95 % interval.
        low: Option<f64>,
        /// Upper end.
        high: Option<f64>,
        /// Where a model that won everything stands at least.
        at_least: Option<f64>,
        /// Where a model that lost everything stands at most.
        at_most: Option<f64>,
        /// Its best place: 1 + the models that are better by a difference whose interval is above 0.
        rank: Option<u32>,
        /// Its worst place.
        rank_high: Option<u32>,
        /// Points with what the pipeline holds equal.
        controlled: Option<f64>,
        /// Points if all models thought alike.
        equal_thinking: Option<f64>,
        /// Mean tokens of thinking over its votes.
        thinking_tokens: Option<f64>,
    }
}
