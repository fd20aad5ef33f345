//! A model, as stages know it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use chat::{Endpoint, Price};
use plugin::Value;
use tokens::Counter;

/// The table of one model, and its place in the file for messages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelTable {
    /// Such as `models[0]`.
    pub place: String,
    /// The table.
    pub table: Value,
}

/// What a pipeline says about a model, whoever gets its replies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelFacts {
    /// Its name in tables and reports.
    pub name: String,
    /// The tokenizer that counts its tokens, if one is named.
    pub tokenizer: Option<String>,
    /// What its tokens cost, if that is known.
    pub price: Option<Price>,
    /// How its replies come about, by the generator's own word.
    pub kind: String,
    /// Replies to each problem, the least and the most, if that is known before it runs.
    pub samples: Option<RangeInclusive<u32>>,
    /// Where it is asked, if it is.
    pub endpoint: Option<Endpoint>,
}

/// A model, as every stage may know it.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name in tables and reports.
    pub name: String,
    /// Its tokenizer, which is loaded when a stage needs it.
    pub tokenizer: Arc<Counter>,
    /// What its tokens cost, if that is known.
    pub price: Option<Price>,
}
