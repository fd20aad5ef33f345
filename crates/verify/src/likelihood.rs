//! How likely a model was to say one word and not another: the score of a verifier that is asked for a word alone.

use chat::{ChatReply, Logprobs};

/// The chances of two answers at the place where one of them stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Likelihood {
    for_it: f64,
    against: f64,
}

impl Likelihood {
    /// Of a reply of a word: `says` tells tokens that are for it from tokens that are against it. None where the server tells no
    /// chances, or none of such tokens.
    pub(crate) fn of(reply: &ChatReply, says: impl Fn(&str) -> Option<bool>) -> Option<Self> {
        let places = reply.logprobs.as_deref().map(Logprobs::likeliest)?;
        places.map(|place| Self::at(&place, &says)).find(|found| found.for_it + found.against > 0.0)
    }

    fn at(place: &[(String, f64)], says: impl Fn(&str) -> Option<bool>) -> Self {
        let sum = |wanted: bool| {
            let tokens = place.iter().filter(|(token, _)| says(token) == Some(wanted));
            tokens.map(|(_, logprob)| logprob.exp()).sum()
        };
        Self { for_it: sum(true), against: sum(false) }
    }

    /// for / (for + against).
    pub(crate) fn score(self) -> f64 {
        self.for_it / (self.for_it + self.against)
    }

    /// What is neither.
    pub(crate) fn unread(self) -> f64 {
        (1.0 - self.for_it - self.against).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use chat::Chance;

    use super::*;
    use crate::reading::word;

    pub(crate) fn reply(words: &str, places: &[&[(&str, f64)]]) -> ChatReply {
        let mut logprobs = Logprobs::default();
        let owned = |place: &&[(&str, f64)]| {
            place.iter().map(|(token, logprob)| ((*token).to_owned(), Some(*logprob))).collect::<Vec<_>>()
        };
        places.iter().for_each(|_| logprobs.push(Chance { logprob: Some(-0.1), top: None, bytes: 1 }));
        let logprobs = logprobs.with_likeliest(places.iter().map(owned).collect());
        ChatReply { content: words.to_owned(), logprobs: Some(Box::new(logprobs)), ..ChatReply::default() }
    }

    /// e^-.993 + e^-8.118 + e^-8.197 = .371049, e^-.481 = .618165: .375087 of both, .010787 is neither.
    #[test]
    fn yes_in_all_its_spellings_against_no() {
        let place: &[(&str, f64)] = &[("Yes", -0.993), ("YES", -8.118), (" Yes", -8.197), ("No", -0.481)];
        let found = Likelihood::of(&reply("No", &[place]), word).unwrap();
        assert!((found.score() - 0.375_087).abs() < 1e-6, "{}", found.score());
        assert!((found.unread() - 0.010_798).abs() < 1e-6, "{}", found.unread());
    }

    #[test]
    fn blanks_in_front_are_passed_over_and_know_is_not_no() {
        let places: &[&[(&str, f64)]] = &[&[("\n", -0.01), ("**", -5.0)], &[("Yes", -0.5), ("know", -1.0)]];
        let found = Likelihood::of(&reply("\nYes", places), word).unwrap();
        assert_eq!(found.score(), 1.0);
        assert_eq!(Likelihood::of(&reply("?", &[&[("know", -0.1)]]), word), None);
        assert_eq!(Likelihood::of(&ChatReply::default(), word), None);
        let long: Vec<&[(&str, f64)]> = vec![&[("yes", -0.1)]; Logprobs::WORD + 1];
        assert_eq!(Likelihood::of(&reply("yes", &long), word), None, "of a text nobody asks");
    }
}
