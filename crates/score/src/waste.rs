//! What was spent without use, in tokens, money and seconds.

use tables::{Generation, SearchCost};

use crate::Price;

/// Overthinking of a right reply (what was thought after the answer was there), or all the thinking of a wrong one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Waste {
    pub(crate) tokens: Option<u32>,
    pub(crate) cost: Option<f64>,
    pub(crate) seconds: Option<f64>,
}

/// Tokens of a reply; those of the thinking are unknown where it is hidden and nobody counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) thinking: Option<u32>,
    pub(crate) answer: u32,
}

impl Waste {
    pub(crate) fn of(
        generation: &Generation,
        spent: Spent,
        correct: Option<bool>,
        reflection: Option<u32>,
        price: Option<Price>,
    ) -> Self {
        let tokens = match correct {
            Some(true) => reflection,
            Some(false) => spent.thinking,
            None => None,
        };
        let Some(wasted) = tokens else { return Self::default() };
        let seconds = generation.seconds.and_then(|seconds| {
            // A reply that was not streamed does not tell when it began: all of its time is writing.
            let writing = seconds - generation.first_token_seconds.unwrap_or(0.0);
            let written = spent.thinking?.checked_add(spent.answer).filter(|all| *all > 0)?;
            Some(writing.max(0.0) * f64::from(wasted) / f64::from(written))
        });
        Self { tokens, cost: price.map(|price| price.cost(0, u64::from(wasted))), seconds }
    }
}

/// What a reply cost; none where a count that the price asks for is unknown.
pub(crate) fn cost(generation: &Generation, price: Option<Price>) -> Option<f64> {
    let (prompt, completion) = (generation.prompt_tokens, generation.completion_tokens);
    price?.of_usage(prompt, generation.cached_prompt_tokens, completion)
}

/// The same of a search, in which paths were paid for that are no reply; the verifier has a price of its own.
pub(crate) fn search_cost(search: &SearchCost, price: Option<Price>) -> Option<f64> {
    price?.of_usage(search.prompt_tokens, search.cached_prompt_tokens, search.generated_tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price { prompt: 1.0, completion: 10.0, cached_prompt: Some(0.5) };

    fn generation() -> Generation {
        Generation {
            prompt_tokens: Some(100_000),
            completion_tokens: Some(200_000),
            seconds: Some(12.0),
            first_token_seconds: Some(2.0),
            ..Generation::default()
        }
    }

    fn spent() -> Spent {
        Spent { thinking: Some(80), answer: 20 }
    }

    #[test]
    fn unknown_is_not_nothing() {
        let check = |prompt, completion, price, expect| {
            let generation =
                Generation { prompt_tokens: prompt, completion_tokens: completion, ..Generation::default() };
            assert_eq!(cost(&generation, price), expect);
        };
        check(Some(100_000), Some(200_000), Some(PRICE), Some(2.1));
        check(None, Some(200_000), Some(PRICE), None);
        check(Some(1), None, Some(PRICE), None);
        check(None, Some(200_000), Some(Price { prompt: 0.0, ..PRICE }), Some(2.0));
        check(Some(1), Some(1), None, None);
        let cached = Generation { cached_prompt_tokens: Some(40_000), ..generation() };
        assert_eq!(cost(&cached, Some(PRICE)), Some(2.08));
    }

    #[test]
    fn a_wrong_reply_is_wasted_whole_and_a_right_one_behind_its_answer() {
        let of = |correct, reflection| Waste::of(&generation(), spent(), correct, reflection, Some(PRICE));
        assert_eq!(
            of(Some(true), Some(50)),
            Waste { tokens: Some(50), cost: Some(0.0005), seconds: Some(5.0) }
        );
        assert_eq!(of(Some(false), None), Waste { tokens: Some(80), cost: Some(0.0008), seconds: Some(8.0) });
        assert_eq!(of(Some(true), None), Waste::default(), "no judge, no waste");
        assert_eq!(of(None, Some(50)), Waste::default());
        let untimed = Generation { seconds: None, ..generation() };
        let waste = Waste::of(&untimed, spent(), Some(false), None, None);
        assert_eq!(waste, Waste { tokens: Some(80), cost: None, seconds: None });
    }
}
