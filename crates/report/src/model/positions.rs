//! Where in the thinking the right answer first stands: counts by tenths.

use serde::Serialize;
use tables::{JudgeState, Score};

/// Replies with a verdict, by the tenth of their thinking in which the first right step ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Positions {
    /// T̂ / T in (0, 0.1], (0.1, 0.2], …, (0.9, 1].
    pub tenths: [u64; 10],
    /// The judge read everything, and no step asserts the right answer.
    pub never: u64,
}

impl Positions {
    /// Counts one reply; one without a verdict, or without a token of thinking, has no position.
    pub(crate) fn add(&mut self, score: &Score) {
        match (score.judge_state, score.first_correct_tokens) {
            (JudgeState::Absent, _) => self.never += 1,
            (JudgeState::Found, Some(first)) if score.located => {
                if let Some(all) = score.reasoning_tokens.filter(|all| *all > 0) {
                    self.tenths[tenth(first, all)] += 1;
                }
            }
            _ => {}
        }
    }

    /// All replies that were counted.
    pub fn judged(&self) -> u64 {
        self.tenths.iter().sum::<u64>() + self.never
    }
}

/// Whole numbers, so that 3 of 10 is never in the fourth tenth.
fn tenth(first: u32, all: u32) -> usize {
    let place = (u64::from(first) * 10).div_ceil(u64::from(all));
    usize::try_from(place).unwrap_or(usize::MAX).clamp(1, 10) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: Option<u32>, all: u32, state: JudgeState, expect: Option<usize>, never: u64) {
        let mut positions = Positions::default();
        positions.add(&Score {
            judge_state: state,
            located: state == JudgeState::Found,
            first_correct_tokens: first,
            reasoning_tokens: Some(all),
            ..Score::default()
        });
        assert_eq!(positions.tenths.iter().position(|count| *count == 1), expect, "{first:?} of {all}");
        assert_eq!(positions.never, never);
        assert_eq!(positions.judged(), u64::from(expect.is_some()) + never);
    }

    #[test]
    fn a_reply_is_in_the_tenth_in_which_its_first_right_step_ends() {
        check(Some(1), 10, JudgeState::Found, Some(0), 0);
        check(Some(3), 10, JudgeState::Found, Some(2), 0);
        check(Some(31), 100, JudgeState::Found, Some(3), 0);
        check(Some(100), 100, JudgeState::Found, Some(9), 0);
        check(Some(0), 100, JudgeState::Found, Some(0), 0);
        check(Some(100), 100, JudgeState::Absent, None, 1);
        check(None, 100, JudgeState::Failed, None, 0);
        check(Some(0), 0, JudgeState::Found, None, 0);
    }
}
