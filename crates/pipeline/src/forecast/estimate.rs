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
    /// Calls that a server would get, the least.
    pub to_ask: u64,
    /// The most: a rule may have enough before, a reply be whole, a search be over.
    pub most_to_ask: u64,
    /// These are first questions; what follows from their replies is not known.
    pub more_rounds: bool,
    /// Tokens of the prompts to be sent, the least.
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
    /// The limits of all replies together.
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
    /// `most_rows` where each row is a call and a rule may have enough before.
    pub(super) fn new(
        model: &str,
        asked: &Asked,
        price: Option<Price>,
        concurrency: usize,
        most_rows: Option<u64>,
    ) -> Self {
        let open = most_rows.filter(|_| asked.calls > 0);
        let first = open.map_or(asked.calls, |rows| rows.saturating_sub(asked.cached).max(asked.calls));
        // What may follow the first questions may follow all of them.
        let all_rows = |of_first: u64| (of_first * first).checked_div(asked.calls).unwrap_or(0);
        let led_to = asked.led_to.unwrap_or_default();
        let most_to_ask = first + all_rows(asked.more.unwrap_or_default()) + led_to;
        // What others lead to has limits that nobody knows yet.
        let most_tokens = asked.most_tokens.zip(asked.most_following).filter(|_| led_to == 0);
        let mut calls = Self {
            model: model.to_owned(),
            cached: asked.cached,
            to_ask: asked.calls,
            most_to_ask,
            more_rounds: false,
            prompt_tokens: asked.prompt_tokens,
            reply_tokens: None,
            money: None,
            seconds: None,
            at_once: concurrency.min(usize::try_from(most_to_ask).unwrap_or(usize::MAX)).max(1),
            price,
            most_tokens: most_tokens.map(|(first, following)| all_rows(first + following)),
        };
        calls.bound();
        calls.learn(&asked.known, Basis::SameStage);
        calls.reckon();
        calls
    }

    /// There are this many times as many calls at the most as at the least.
    pub fn growth(&self) -> f64 {
        self.most_to_ask as f64 / self.to_ask.max(1) as f64
    }

    /// Without a reply that is known, the limit of each bounds them.
    fn bound(&mut self) {
        let most = self.most_tokens.map(|most| most as f64);
        self.reply_tokens = most.map(|most| Estimate {
            range: Range { low: 0.0, middle: most, high: most },
            basis: Basis::MaxTokens,
            replies: 0,
        });
    }

    /// Takes what is known of some replies, unless enough was known before.
    pub(super) fn learn(&mut self, known: &Known, basis: Basis) {
        let told = self.reply_tokens.is_some_and(|estimate| estimate.basis != Basis::MaxTokens);
        if !told && known.tokens.count >= ENOUGH {
            let (least, most) = (known.tokens.sum_of(self.to_ask), known.tokens.sum_of(self.most_to_ask));
            let range = least.zip(most).map(|(least, most)| Range {
                low: least.low,
                middle: (least.middle + most.middle) / 2.0,
                high: most.high,
            });
            let bound = self.most_tokens.map(|most| most as f64);
            let range = range.map(|range| bound.map_or(range, |bound| range.at_most(bound)));
            self.reply_tokens = range
                .map(|range| Estimate { range, basis, replies: known.tokens.count })
                .or(self.reply_tokens);
        }
        if self.seconds.is_none() && known.seconds.count >= ENOUGH {
            self.seconds = Some(known.seconds.mean * self.most_to_ask as f64 / self.at_once as f64);
        }
        self.reckon();
    }

    fn reckon(&mut self) {
        let tokens = match self.reply_tokens {
            _ if self.most_to_ask == 0 => Some(Range { low: 0.0, middle: 0.0, high: 0.0 }),
            estimate => estimate.map(|estimate| estimate.range),
        };
        // Prompts that nobody has seen cost what nobody knows.
        let seen = self.to_ask > 0 || self.most_to_ask == 0;
        self.money = self.price.zip(tokens).filter(|_| seen).map(|(price, tokens)| {
            let prompts = price.cost(self.prompt_tokens, 0);
            let more = Range { low: 1.0, middle: (1.0 + self.growth()) / 2.0, high: self.growth() };
            more.map(|more| prompts * more).plus(tokens.map(|tokens| price.completion * tokens / 1e6))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(calls: u64, most_tokens: Option<u64>) -> Asked {
        Asked { calls, prompt_tokens: 1_000_000, most_tokens, ..Asked::nothing() }
    }

    fn known(tokens: &[u64], seconds: f64) -> Known {
        let mut known = Known::default();
        tokens.iter().for_each(|tokens| known.add(Some(*tokens), Some(seconds)));
        known
    }

    const PRICE: Price = Price { prompt: 1.0, completion: 2.0, cached_prompt: None };

    #[test]
    fn without_any_reply_the_limit_is_the_bound() {
        let calls = ModelCalls::new("m", &asked(10, Some(5_000_000)), Some(PRICE), 4, None);
        assert_eq!(calls.reply_tokens.unwrap().basis, Basis::MaxTokens);
        assert_eq!(calls.money, Some(Range { low: 1.0, middle: 11.0, high: 11.0 }));
        assert_eq!(calls.seconds, None);
        let boundless = ModelCalls::new("m", &asked(10, None), Some(PRICE), 4, None);
        assert_eq!((boundless.reply_tokens, boundless.money), (None, None));
    }

    #[test]
    fn what_is_nearest_counts_and_a_few_replies_do_not() {
        let mut calls = ModelCalls::new("m", &asked(10, None), Some(PRICE), 4, None);
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
    fn what_a_rule_may_end_is_a_range() {
        let calls = ModelCalls::new("m", &asked(10, Some(1_000)), Some(PRICE), 40, Some(35));
        assert_eq!((calls.to_ask, calls.most_to_ask, calls.at_once), (10, 35, 35));
        assert_eq!(calls.reply_tokens.unwrap().range.high, 3_500.0);
        let money = calls.money.unwrap();
        assert!((money.low - 1.0).abs() < 1e-9 && (money.high - 3.507).abs() < 1e-9, "{money:?}");
        let mut calls = ModelCalls::new("m", &asked(10, None), Some(PRICE), 4, Some(20));
        calls.learn(&known(&[100_000; 6], 2.0), Basis::SameModel);
        let range = calls.reply_tokens.unwrap().range;
        assert_eq!((range.low, range.middle, range.high, calls.seconds), (1e6, 1.5e6, 2e6, Some(10.0)));
        let settled = ModelCalls::new("m", &asked(0, Some(0)), Some(PRICE), 4, Some(20));
        assert_eq!(
            (settled.to_ask, settled.most_to_ask),
            (0, 0),
            "the cache holds all that the rules wanted"
        );
    }

    #[test]
    fn what_may_follow_is_a_range_with_a_limit_of_its_own() {
        let asked = Asked { more: Some(10), most_following: Some(9_000), ..asked(10, Some(1_000)) };
        let calls = ModelCalls::new("m", &asked, Some(PRICE), 40, None);
        assert_eq!((calls.to_ask, calls.most_to_ask), (10, 20));
        assert_eq!(calls.reply_tokens.unwrap().range.high, 10_000.0);
        let calls = ModelCalls::new("m", &asked, Some(PRICE), 40, Some(35));
        assert_eq!((calls.to_ask, calls.most_to_ask), (10, 70), "each sample of 35 may be gone on with");
        assert_eq!(calls.reply_tokens.unwrap().range.high, 35_000.0);
    }

    #[test]
    fn whom_others_lead_to_is_asked_nothing_at_the_least() {
        let led = Asked { led_to: Some(40), ..Asked::nothing() };
        let calls = ModelCalls::new("critic", &led, Some(PRICE), 4, None);
        assert_eq!((calls.to_ask, calls.most_to_ask, calls.money), (0, 40, None));
        let both = Asked { led_to: Some(40), ..asked(10, Some(1_000)) };
        let calls = ModelCalls::new("critic", &both, Some(PRICE), 4, None);
        assert_eq!((calls.to_ask, calls.most_to_ask, calls.reply_tokens), (10, 50, None));
    }

    #[test]
    fn nothing_to_ask_costs_nothing() {
        let none = Asked { cached: 3, ..Asked::nothing() };
        let calls = ModelCalls::new("m", &none, Some(PRICE), 4, None);
        assert_eq!(calls.money, Some(Range { low: 0.0, middle: 0.0, high: 0.0 }));
    }
}
