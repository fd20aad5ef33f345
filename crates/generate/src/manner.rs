//! How a strategy has a model asked, as data: what it fills in, and what it demands of each reply.

use plugin::{ConfigError, ConfigErrors, Content};
use serde_json::{Map, Value};
use tables::Demand;

use crate::messages::{Examples, Messages, Wording};
use crate::recording::Recording;

/// Servers close the thinking with a sentence of their own, and not to the token.
pub(crate) const SLACK: u64 = 32;

/// A manner of asking.
pub struct Manner {
    /// Its kind and the keys that make it what it is, as tables show it: `chain_of_draft words=5`.
    pub(crate) label: String,
    /// What is asked.
    pub(crate) messages: Messages,
    /// Asked first, where the budget is to be estimated: the number in the reply is the budget.
    pub(crate) estimate: Option<Messages>,
    /// The answer that is demanded where the thinking is ended.
    pub(crate) force: Option<Force>,
    /// Further keys of the request's body.
    pub(crate) body: Map<String, Value>,
    /// The most tokens of a reply.
    pub(crate) max_tokens: MaxTokens,
    /// What is demanded of each reply.
    pub(crate) demand: Demand,
}

/// The answer that is demanded where thinking is ended.
#[derive(Clone, Debug)]
pub(crate) struct Force {
    /// Tokens of the thinking.
    pub(crate) tokens: u64,
    /// How the answer begins.
    pub(crate) cue: String,
    /// The most tokens of the answer.
    pub(crate) answer_tokens: u64,
    /// The recorded thinking that is gone on with, in place of the model's own.
    pub(crate) of: Option<Recording>,
}

/// The most tokens of a reply, as far as a strategy has a say in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MaxTokens {
    /// None.
    #[default]
    Open,
    /// So many unless the model's table says otherwise.
    Usually(u64),
    /// So many: the user wrote it under the strategy.
    Given(u64),
}

impl Manner {
    /// Asks a question; `text` is its template, with `problem`, `choices` and `letters` as in every prompt.
    pub(crate) fn asking(
        label: impl Into<String>,
        text: &str,
        content: &mut Content,
    ) -> Result<Self, ConfigErrors> {
        Self::worded(label, Wording { question: text, ..Wording::default() }, Examples::default(), content)
    }

    /// The same with numbers to fill in, a system message and worked examples.
    pub(crate) fn worded(
        label: impl Into<String>,
        wording: Wording<'_>,
        examples: Examples,
        content: &mut Content,
    ) -> Result<Self, ConfigErrors> {
        Ok(Self {
            label: label.into(),
            messages: Messages::worded(wording, examples, content)?,
            estimate: None,
            force: None,
            body: Map::new(),
            max_tokens: MaxTokens::Open,
            demand: Demand::default(),
        })
    }

    /// The request's body with the keys of the strategy: what the user wrote there stays as it is.
    ///
    /// # Errors
    /// Both set the same key.
    pub(crate) fn extend(&self, body: &mut Map<String, Value>) -> Result<(), ConfigError> {
        let clash = |key: String| {
            let place = format!("extra_body.{key}");
            ConfigError::new(place, format!("the `strategy` {} sets `{key}` too", self.label))
                .hint("leave it to one of them")
        };
        merge(body, &self.body, "").map_err(clash)
    }

    /// The budget at which it ends thinking, if it does.
    pub(crate) fn forced_at(&self) -> Option<u64> {
        Some(self.force.as_ref()?.tokens)
    }

    /// # Errors
    /// Replies are recorded, so that nobody can have more of them.
    pub(crate) fn check_samples(&self, samples: u32, drawn: bool) -> Result<(), ConfigError> {
        let recorded = self.force.as_ref().is_some_and(|force| force.of.is_some());
        if !recorded || (samples == 1 && !drawn) {
            return Ok(());
        }
        let key = if drawn { "stopping" } else { "samples" };
        Err(ConfigError::new(key, "the `strategy` goes on with recorded replies, as many as there are")
            .hint("fewer of them are `strategy.samples`"))
    }

    /// The most tokens of a reply, where the model's table says `given`.
    ///
    /// # Errors
    /// Both say a number, or the budget would never be reached.
    pub(crate) fn most_tokens(&self, given: Option<u64>) -> Result<Option<u64>, ConfigError> {
        let most = match (self.max_tokens, given) {
            (MaxTokens::Given(_), Some(_)) => {
                return Err(ConfigError::new("strategy.max_tokens", "`max_tokens` of the model is set too")
                    .hint("leave it to one of them"));
            }
            (MaxTokens::Given(most) | MaxTokens::Usually(most), None) => Some(most),
            (_, given) => given,
        };
        match (self.demand.budget, most) {
            (Some(budget), Some(most)) if budget > most => Err(ConfigError::new(
                "strategy.tokens",
                format!(
                    "a budget of {budget} is over `max_tokens` = {most}, which would cut the reply first"
                ),
            )),
            _ => Ok(most),
        }
    }
}

/// Adds what is missing, or names the first key that both have.
fn merge(into: &mut Map<String, Value>, from: &Map<String, Value>, path: &str) -> Result<(), String> {
    for (key, value) in from {
        let place = format!("{path}{key}");
        match (into.get_mut(key), value) {
            (None, value) => drop(into.insert(key.clone(), value.clone())),
            (Some(Value::Object(inner)), Value::Object(more)) => merge(inner, more, &format!("{place}."))?,
            (Some(_), _) => return Err(place),
        }
    }
    Ok(())
}

/// A body with one value at a path of keys: `chat_template_kwargs.thinking_budget`.
pub(crate) fn body_at(path: &str, value: Value) -> Map<String, Value> {
    match path.split_once('.') {
        Some((first, rest)) => Map::from_iter([(first.to_owned(), Value::Object(body_at(rest, value)))]),
        None => Map::from_iter([(path.to_owned(), value)]),
    }
}
