//! How likely each token of a reply was, as its server says it.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Parts of one that a number is kept in.
const PARTS: f64 = 1e6;

/// How likely the tokens of a reply were: what is kept of it in the reply cache. Whole millionths take little room as
/// text, and a mean of them is exact to its sixth digit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logprobs {
    /// Natural logarithm of the chance of each token, in millionths.
    chosen: Vec<Option<i64>>,
    /// The mean of that over the tokens that were likeliest at its place.
    top: Vec<Option<i64>>,
    /// Bytes of each token.
    bytes: Vec<u32>,
    /// Bytes of the tokens in front of the reply's text; unknown where the text is not made of the tokens.
    text_at: Option<u64>,
    /// Of a reply of a word or two: what was likeliest at each place, with its logarithm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    likeliest: Vec<Vec<(String, Option<i64>)>>,
}

/// How likely one token was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chance {
    /// Natural logarithm of its chance.
    pub logprob: Option<f64>,
    /// The mean of that over the tokens that were likeliest at its place.
    pub top: Option<f64>,
    /// Its bytes.
    pub bytes: u32,
}

impl Logprobs {
    /// A reply of more tokens than this is a text, of which only means are kept.
    pub const WORD: usize = 8;

    /// One more token.
    pub fn push(&mut self, chance: Chance) {
        let kept = |value: Option<f64>| value.map(|value| (value * PARTS).round() as i64);
        self.chosen.push(kept(chance.logprob));
        self.top.push(kept(chance.top));
        self.bytes.push(chance.bytes);
    }

    /// The reply's text begins behind so many bytes of tokens: thinking and tags may stand before it.
    #[must_use]
    pub fn text_at(self, text_at: Option<u64>) -> Self {
        Self { text_at, ..self }
    }

    /// With what was likeliest at each place; of a longer text nobody asks.
    #[must_use]
    pub fn with_likeliest(self, likeliest: Vec<Vec<(String, Option<f64>)>>) -> Self {
        if likeliest.len() > Self::WORD {
            return self;
        }
        let kept = |value: Option<f64>| value.map(|value| (value * PARTS).round() as i64);
        let place = |place: Vec<(String, Option<f64>)>| -> Vec<(String, Option<i64>)> {
            place.into_iter().map(|(token, logprob)| (token, kept(logprob))).collect()
        };
        Self { likeliest: likeliest.into_iter().map(place).collect(), ..self }
    }

    /// What was likeliest at each place of a reply of a word or two, with the natural logarithm of its chance.
    pub fn likeliest(&self) -> impl Iterator<Item = Vec<(String, f64)>> {
        let told =
            |(token, logprob): &(String, Option<i64>)| Some((token.clone(), (*logprob)? as f64 / PARTS));
        self.likeliest.iter().map(move |place| place.iter().filter_map(told).collect())
    }

    /// There is no token.
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// Every token in order.
    pub fn chances(&self) -> impl Iterator<Item = Chance> {
        let told = |value: &Option<i64>| value.map(|value| value as f64 / PARTS);
        let columns = self.chosen.iter().zip(&self.top).zip(&self.bytes);
        columns.map(move |((chosen, top), bytes)| Chance {
            logprob: told(chosen),
            top: told(top),
            bytes: *bytes,
        })
    }

    /// The tokens that hold some of these bytes of the reply's text; none where nobody knows which do.
    pub fn within(&self, span: Range<usize>) -> Option<Vec<Chance>> {
        let text_at = self.text_at?;
        let (from, to) = (text_at + span.start as u64, text_at + span.end as u64);
        let mut end = 0;
        let inside = |chance: &Chance| {
            let start = end;
            end += u64::from(chance.bytes);
            chance.bytes > 0 && start < to && end > from
        };
        Some(self.chances().filter(inside).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tokens: &[(f64, u32)]) -> Logprobs {
        let mut logprobs = Logprobs::default();
        for (logprob, bytes) in tokens {
            logprobs.push(Chance { logprob: Some(*logprob), top: None, bytes: *bytes });
        }
        logprobs
    }

    #[test]
    fn what_is_kept_is_exact_to_a_millionth_and_little_text() {
        let logprobs = of(&[(-0.1, 3), (-0.000_012_4, 1), (-9999.0, 2)]);
        let kept: Vec<f64> = logprobs.chances().filter_map(|chance| chance.logprob).collect();
        assert_eq!(kept, [-0.1, -0.000_012, -9999.0]);
        let text = serde_json::to_string(&logprobs).unwrap();
        let expect =
            r#"{"chosen":[-100000,-12,-9999000000],"top":[null,null,null],"bytes":[3,1,2],"text_at":null}"#;
        assert_eq!(text, expect);
        assert_eq!(serde_json::from_str::<Logprobs>(&text).unwrap(), logprobs);
    }

    #[test]
    fn the_tokens_of_a_stretch_are_those_that_hold_some_of_it() {
        let logprobs = of(&[(-1.0, 4), (-2.0, 2), (-3.0, 3), (-4.0, 0), (-5.0, 1)]).text_at(Some(4));
        let check = |span, expect: &[f64]| {
            let found = logprobs.within(span).unwrap();
            assert_eq!(found.iter().filter_map(|chance| chance.logprob).collect::<Vec<_>>(), expect);
        };
        check(0..2, &[-2.0]);
        check(1..3, &[-2.0, -3.0]);
        check(4..6, &[-3.0, -5.0]);
        check(2..2, &[]);
        assert_eq!(logprobs.text_at(None).within(0..2), None);
    }
}
