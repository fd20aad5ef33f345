//! Which of two models' replies to one problem is preferred.

use serde::{Deserialize, Serialize};

use crate::{Column, Field, label, row};

/// Whence a vote comes, or why there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoteState {
    /// A judge said it.
    Judged,
    /// One of the replies is right and the other is not.
    Graded,
    /// Both give the same answer, word by word.
    Same,
    /// The judge replied, and its reply holds no verdict.
    NoVerdict,
    /// The judge was asked and did not reply.
    Failed,
    /// Nobody was asked.
    #[default]
    Unasked,
}

impl VoteState {
    /// The word in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::Graded => "graded",
            Self::Same => "same",
            Self::NoVerdict => "no_verdict",
            Self::Failed => "failed",
            Self::Unasked => "unasked",
        }
    }

    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Judged, Self::Graded, Self::Same, Self::NoVerdict, Self::Failed, Self::Unasked];
}

impl Column for VoteState {
    fn column(name: &str) -> Field {
        label::<String>(name)
    }
}

row! {
    /// A vote between two models' replies. A judge votes twice, once in each order; what nobody was shown is one vote that
    /// weighs as much as two. Columns that end in `_a` and `_b` are of the replies of `model_a` and `model_b`.
    pub struct Vote is "vote", version 1 {
        /// What both replied to.
        problem_id: String as label,
        /// The problem's cluster, see [`Problem`](super::Problem).
        cluster: Option<String> as label,
        /// The first of the two models, by name.
        model_a: String as label,
        /// The other.
        model_b: String as label,
        /// The reply's index among the samples of that problem.
        sample_a: u32,
        /// The same of the other.
        sample_b: u32,
        /// Who was shown first: `ab`, `ba`, or `none` where nobody was shown anything.
        order: String as label,
        /// Whence the vote comes.
        state: VoteState,
        /// How much of the vote is for `model_a`, from 0 to 1; null where there is none.
        outcome: Option<f64>,
        /// How much it counts.
        weight: f64,
        /// The model that judged; null where none was asked.
        judge: Option<String> as label,
        /// What it said, about the order in which it saw the replies: `A`, `slightly A`, `tie`, `slightly B` or `B`.
        verdict: Option<String> as label,
        /// Why there is no verdict.
        reason: Option<String>,
        /// The judge's own words.
        raw: Option<String>,
        /// The reply is right; null where that is not known.
        right_a: Option<bool>,
        /// The same of the other.
        right_b: Option<bool>,
        /// Tokens of the answer.
        answer_tokens_a: u32,
        /// The same of the other.
        answer_tokens_b: u32,
        /// Tokens of the thinking; null where it is hidden and nobody counted.
        thinking_tokens_a: Option<u32>,
        /// The same of the other.
        thinking_tokens_b: Option<u32>,
        /// Headers in the answer.
        headers_a: u32,
        /// The same of the other.
        headers_b: u32,
        /// Items of lists.
        lists_a: u32,
        /// The same of the other.
        lists_b: u32,
        /// Stretches in bold.
        bold_a: u32,
        /// The same of the other.
        bold_b: u32,
        /// The token limit cut the reply.
        truncated_a: bool,
        /// The same of the other.
        truncated_b: bool,
        /// Seconds from the request to the reply's end.
        seconds_a: Option<f64>,
        /// The same of the other.
        seconds_b: Option<f64>,
        /// What the reply cost.
        cost_a: Option<f64>,
        /// The same of the other.
        cost_b: Option<f64>,
    }
}

impl Vote {
    /// Nobody was shown anything.
    pub const UNSHOWN: &'static str = "none";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_called_as_it_is_written() {
        for state in VoteState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}
