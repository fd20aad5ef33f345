//! From counted calls to tokens, money and time, each as a range and with what it was taken from.

use llm::Price;

use super::tally::{Asked, Known};
use stats::Range;

/// Fewer replies than this tell too little about the others.
const ENOUGH: u64 = 5;

/// What is to be asked of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCalls {
    /// Its name at the server.
    pub model: String,
    /// Replies that the cache holds.
    pub cached: u64,
    /// ModelCalls that a server would get.
    pub to_ask: u64,
    /// These are first questions; what follows from their replies is not known.
    pub more_rounds: bool,
    /// Tokens of the prompts to be sent.
    pub prompt_tokens: u64,
    /// Tokens of the replies to come.
    pub reply_tokens: Option<Estimate>,
    /// What the calls cost; unknown without a price or the tokens.
    pub money: Option<Range>,
    /// Wall time, at the speed that is known and so many calls at once.
    pub seconds: Option<f64>,
    /// Calls that would be in flight at once.
    pub at_once: usize,
    price: Option<Price>,
    most_tokens: Option<u64>,
}

/// A number of tokens and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number.
    pub range: Range,
    /// What it is taken from.
    pub basis: Basis,
    /// Replies that it is taken from.
    pub replies: u64,
}

/// What an estimate is taken from, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Replies to other questions of this very stage.
    SameStage,
    /// Replies of the same model in the cache, to whatever questions.
    SameModel,
    /// Replies of the model in an earlier run in the same folder.
    EarlierRun,
    /// The most that may be sent: an upper bound.
    MaxTokens,
}

impl ModelCalls {
    pub(super) fn new(model: &str, asked: &Asked, price: Option<Price>, concurrency: usize) -> Self {
        let mut calls = Self {
            model: model.to_owned(),
            cached: asked.cached,
            to_ask: asked.calls,
            more_rounds: false,
            prompt_tokens: asked.prompt_tokens,
            reply_tokens: None,
            money: None,
            seconds: None,
            at_once: concurrency.min(usize::try_from(asked.calls).unwrap_or(usize::MAX)).max(1),
            price,
            most_tokens: asked.most_tokens,
        };
        let bound = asked.most_tokens.map(|most| most as f64);
        calls.reply_tokens = bound.map(|most| Estimate {
            range: Range { low: 0.0, middle: most, high: most },
            basis: Basis::MaxTokens,
            replies: 0,
        });
        calls.learn(&asked.known, Basis::SameStage);
        calls.reckon();
        calls
    }

    /// Takes what is known of some replies, unless enough was known before.
    pub(super) fn learn(&mut self, known: &Known, basis: Basis) {
        let told = self.reply_tokens.is_some_and(|estimate| estimate.basis != Basis::MaxTokens);
        if !told && known.tokens.count >= ENOUGH {
            let range = known.tokens.sum_of(self.to_ask);
            let range = range.map(|range| self.most_tokens.map_or(range, |most| range.at_most(most as f64)));
            self.reply_tokens = range
                .map(|range| Estimate { range, basis, replies: known.tokens.count })
                .or(self.reply_tokens);
        }
        if self.seconds.is_none() && known.seconds.count >= ENOUGH {
            self.seconds = Some(known.seconds.mean * self.to_ask as f64 / self.at_once as f64);
        }
        self.reckon();
    }

    fn reckon(&mut self) {
        let tokens = match self.reply_tokens {
            _ if self.to_ask == 0 => Some(Range { low: 0.0, middle: 0.0, high: 0.0 }),
            estimate => estimate.map(|estimate| estimate.range),
        };
        self.money = self.price.zip(tokens).map(|(price, tokens)| {
            let prompts = price.cost(self.prompt_tokens, 0);
            tokens.map(|tokens| prompts + price.completion * tokens / 1e6)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(calls: u64, most_tokens: Option<u64>) -> Asked {
        Asked { calls, prompt_tokens: 1_000_000, most_tokens, ..Asked::default() }
    }

    fn known(tokens: &[u64], seconds: f64) -> Known {
        let mut known = Known::default();
        tokens.iter().for_each(|tokens| known.add(Some(*tokens), Some(seconds)));
        known
    }

    const PRICE: Price = Price { prompt: 1.0, completion: 2.0, cached_prompt: None };

    #[test]
    fn without_any_reply_the_limit_is_the_bound() {
        let calls = ModelCalls::new("m", &asked(10, Some(5_000_000)), Some(PRICE), 4);
        assert_eq!(calls.reply_tokens.unwrap().basis, Basis::MaxTokens);
        assert_eq!(calls.money, Some(Range { low: 1.0, middle: 11.0, high: 11.0 }));
        assert_eq!(calls.seconds, None);
        let boundless = ModelCalls::new("m", &asked(10, None), Some(PRICE), 4);
        assert_eq!((boundless.reply_tokens, boundless.money), (None, None));
    }

    #[test]
    fn what_is_nearest_counts_and_a_few_replies_do_not() {
        let mut calls = ModelCalls::new("m", &asked(10, None), Some(PRICE), 4);
        calls.learn(&known(&[7, 7], 1.0), Basis::SameStage);
        assert_eq!(calls.reply_tokens, None);
        calls.learn(&known(&[100_000; 6], 2.0), Basis::SameModel);
        calls.learn(&known(&[9; 6], 9.0), Basis::EarlierRun);
        let estimate = calls.reply_tokens.unwrap();
        assert_eq!(
            (estimate.basis, estimate.replies, estimate.range.middle),
            (Basis::SameModel, 6, 1_000_000.0)
        );
        assert_eq!((calls.money.unwrap().middle, calls.seconds), (3.0, Some(5.0)));
    }

    #[test]
    fn nothing_to_ask_costs_nothing() {
        let none = Asked { cached: 3, most_tokens: Some(0), ..Asked::default() };
        let calls = ModelCalls::new("m", &none, Some(PRICE), 4);
        assert_eq!(calls.money, Some(Range { low: 0.0, middle: 0.0, high: 0.0 }));
    }
}
