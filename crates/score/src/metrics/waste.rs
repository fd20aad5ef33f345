//! What was spent without use: overthinking of right replies, futility of wrong ones, in tokens, money and seconds.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Aggregate, Metric, Observation};
use crate::observing::known;
use crate::reasons::{length, no_reply, ungraded, unjudged, why};

/// A sum of waste.
pub(super) struct Waste {
    term: &'static Term,
    /// Of right replies, or of wrong ones.
    right: bool,
    of: fn(&Score) -> Option<f64>,
    missing: &'static str,
}

fn tokens(score: &Score) -> Option<f64> {
    score.wasted_tokens.map(f64::from)
}

fn cost(score: &Score) -> Option<f64> {
    score.wasted_cost
}

fn seconds(score: &Score) -> Option<f64> {
    score.wasted_seconds
}

pub(super) static OVERTHINKING_TOKENS: Waste = Waste {
    term: &Term {
        name: "overthinking_tokens",
        title: "Overthinking, tokens in all",
        unit: Unit::Tokens,
        better: Better::Less,
        about: "sum of T − T̂ over the right replies: all tokens that were thought after the right answer was there. With \
                [score] judge_error its interval carries the judge's measured error. Left out: no reply, no known \
                answer, undecided, wrong, judge failed, not judged",
        headline: None,
    },
    right: true,
    of: tokens,
    missing: why::NOT_JUDGED,
};

pub(super) static FUTILITY_TOKENS: Waste = Waste {
    term: &Term {
        name: "futility_tokens",
        title: "Futility, tokens in all",
        unit: Unit::Tokens,
        better: Better::Less,
        about: "sum of T over the wrong replies: all tokens of thinking that led to no right answer. Left out: no reply, no \
                known answer, undecided, right",
        headline: None,
    },
    right: false,
    of: tokens,
    missing: why::NOT_JUDGED,
};

pub(super) static OVERTHINKING_COST: Waste = Waste {
    term: &Term {
        name: "overthinking_cost",
        title: "Overthinking, money in all",
        unit: Unit::Money,
        better: Better::Less,
        about: "what overthinking_tokens cost at the model's price for replies, in the price's currency. Left out besides: \
                models without a price",
        headline: None,
    },
    right: true,
    of: cost,
    missing: why::NO_PRICE,
};

pub(super) static FUTILITY_COST: Waste = Waste {
    term: &Term {
        name: "futility_cost",
        title: "Futility, money in all",
        unit: Unit::Money,
        better: Better::Less,
        about: "what futility_tokens cost at the model's price for replies, in the price's currency. Left out besides: \
                models without a price",
        headline: None,
    },
    right: false,
    of: cost,
    missing: why::NO_PRICE,
};

pub(super) static OVERTHINKING_SECONDS: Waste = Waste {
    term: &Term {
        name: "overthinking_seconds",
        title: "Overthinking, seconds in all",
        unit: Unit::Seconds,
        better: Better::Less,
        about: "how long overthinking_tokens took: of each reply's recorded time between first and last token, the share that \
                these tokens have in it. Left out besides: replies without a recorded time",
        headline: None,
    },
    right: true,
    of: seconds,
    missing: why::NO_TIME,
};

pub(super) static FUTILITY_SECONDS: Waste = Waste {
    term: &Term {
        name: "futility_seconds",
        title: "Futility, seconds in all",
        unit: Unit::Seconds,
        better: Better::Less,
        about: "how long futility_tokens took: of each reply's recorded time between first and last token, the share that \
                these tokens have in it. Left out besides: replies without a recorded time",
        headline: None,
    },
    right: false,
    of: seconds,
    missing: why::NO_TIME,
};

impl Metric for Waste {
    fn term(&self) -> &'static Term {
        self.term
    }

    fn observe(&self, score: &Score) -> Observation {
        let other = match score.correct {
            Some(true) if !self.right => Some(why::RIGHT),
            Some(false) if self.right => Some(why::WRONG),
            _ => None,
        };
        let unseen = self.right.then(|| unjudged(score)).flatten();
        match no_reply(score).or_else(|| ungraded(score)).or(other).or(unseen) {
            Some(why) => Observation::LeftOut(why),
            None => known((self.of)(score), self.missing),
        }
    }

    fn aggregate(&self) -> Aggregate {
        Aggregate::Sum
    }

    /// What is thought after the answer is T − T̂ at the reply's own cost a token.
    fn sensitivity(&self, score: &Score) -> f64 {
        let wasted = score.wasted_tokens.filter(|wasted| self.right && *wasted > 0);
        let each = wasted.and_then(|wasted| Some((self.of)(score)? / f64::from(wasted)));
        // Nothing wasted, or at an unknown price: nothing moves.
        each.map_or(0.0, |each| -each * length(score))
    }
}
