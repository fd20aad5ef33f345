//! What became of every reply: counts from the scores.

use std::collections::BTreeMap;

use serde::Serialize;
use tables::{Finish, Generation, JudgeState, Score, Verdict};

/// Counts over the replies of one model to one group of problems. A reply may be counted in several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// All replies, failed calls included.
    pub generations: u64,
    /// Calls that failed for good, so that there is no reply.
    pub errors: u64,
    /// Cut by the token limit.
    pub truncated: u64,
    /// The thinking never ended.
    pub unclosed: u64,
    /// A reply came, and there was nothing in it.
    pub empty: u64,
    /// No final answer was found in the reply.
    pub no_answer: u64,
    /// The final answer could not be compared with the known one.
    pub undecided: u64,
    /// No answer to the problem is known.
    pub no_gold: u64,
    /// The judge read everything, and no step of the thinking asserts the known answer.
    pub unlocated: u64,
    /// Those of them whose final answer is right; efficiency counts them as 100 %.
    pub right_unlocated: u64,
    /// The judge gave no verdict that can be read.
    pub judge_failed: u64,
    /// There was nothing to judge: no thinking, no known answer; failed calls are not counted here.
    pub not_judged: u64,
    /// The right answer stood in the thinking, and the final answer is another one.
    pub found_then_lost: u64,
    /// Replies without any thinking; the whole reply is measured instead.
    pub without_thinking: u64,
    /// Replies whose thinking the server keeps to itself; its length is the server's count.
    pub hidden: u64,
    /// Those of them of which nobody counted how long it was.
    pub hidden_uncounted: u64,
    /// Replies with room for thinking and nothing in it.
    pub blank: u64,
    /// Replies of which the server counts at least twice as many tokens of thinking as are shown.
    pub counted_longer: u64,
    /// Replies of which the server told the chances of some tokens and not of others.
    pub withheld: u64,
    /// Ends of replies by the sources' own words, where these are none that are known.
    pub ends: BTreeMap<String, u64>,
}

impl Ledger {
    /// Counts one reply.
    pub(crate) fn add(&mut self, score: &Score) {
        let failed = score.finish == Finish::Error;
        self.generations += 1;
        self.errors += u64::from(failed);
        self.truncated += u64::from(score.finish == Finish::Length);
        self.unclosed += u64::from(score.reasoning_source == Generation::UNCLOSED);
        self.empty += u64::from(score.empty && !failed);
        self.no_answer += u64::from(score.grade == Verdict::NoAnswer);
        self.undecided += u64::from(score.grade == Verdict::Undecided);
        self.no_gold += u64::from(score.grade == Verdict::NoGold);
        let absent = score.judge_state == JudgeState::Absent;
        self.unlocated += u64::from(absent);
        self.right_unlocated += u64::from(absent && score.correct == Some(true));
        self.judge_failed += u64::from(score.judge_state == JudgeState::Failed);
        self.not_judged += u64::from(score.judge_state == JudgeState::Skipped && !failed);
        self.found_then_lost += u64::from(score.found_then_lost);
        self.without_thinking += u64::from(score.reasoning_source == Generation::NO_REASONING && !failed);
        self.add_unseen(score);
        if let Some(word) = &score.finish_word {
            *self.ends.entry(word.clone()).or_default() += 1;
        }
    }

    fn add_unseen(&mut self, score: &Score) {
        let hidden = score.reasoning_source == Generation::HIDDEN;
        self.hidden += u64::from(hidden);
        self.hidden_uncounted += u64::from(hidden && score.reasoning_tokens.is_none());
        self.blank += u64::from(score.reasoning_source == Generation::BLANK);
        self.counted_longer += u64::from(counts_longer(score));
        self.withheld += u64::from(score.withholds_logprobs());
    }

    /// Adds the counts of another group.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, theirs) in self.counts_mut().into_iter().zip(other.counts()) {
            *own += theirs;
        }
        for (word, count) in &other.ends {
            *self.ends.entry(word.clone()).or_default() += count;
        }
    }

    /// The counts in their order.
    pub(crate) fn counts(&self) -> [u64; 19] {
        let mut copy = self.clone();
        copy.counts_mut().map(|count| *count)
    }

    fn counts_mut(&mut self) -> [&mut u64; 19] {
        [
            &mut self.generations,
            &mut self.errors,
            &mut self.truncated,
            &mut self.unclosed,
            &mut self.empty,
            &mut self.no_answer,
            &mut self.undecided,
            &mut self.no_gold,
            &mut self.unlocated,
            &mut self.right_unlocated,
            &mut self.judge_failed,
            &mut self.not_judged,
            &mut self.found_then_lost,
            &mut self.without_thinking,
            &mut self.hidden,
            &mut self.hidden_uncounted,
            &mut self.blank,
            &mut self.counted_longer,
            &mut self.withheld,
        ]
    }
}

/// The server counts so much more thinking than is shown that what is shown may be a summary. Short thinking says
/// nothing: servers count tags and turn marks too.
fn counts_longer(score: &Score) -> bool {
    let shown = score.reasoning_tokens.filter(|_| score.reasoning_source.starts_with("field:"));
    let (Some(shown), Some(served)) = (shown, score.served_reasoning_tokens) else { return false };
    served >= LEAST_TOLD && served >= u64::from(shown) * 2
}

/// Tokens from which on a server's count says something about what is shown.
const LEAST_TOLD: u64 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_add_up() {
        let mut one = Ledger { generations: 3, truncated: 1, ..Ledger::default() };
        one.merge(&Ledger { generations: 2, truncated: 2, empty: 1, ..Ledger::default() });
        assert_eq!(one, Ledger { generations: 5, truncated: 3, empty: 1, ..Ledger::default() });
    }
}
