//! What became of every reply: counts from the scores, and the words for them.

use serde::Serialize;
use tables::{Finish, Generation, JudgeState, Score};

use crate::numbers::{counted, whole};

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
}

impl Ledger {
    /// Counts one reply.
    pub(crate) fn add(&mut self, score: &Score) {
        let failed = score.finish == Finish::Error;
        let silent = score.reasoning_tokens == 0 && score.answer_tokens == 0;
        self.generations += 1;
        self.errors += u64::from(failed);
        self.truncated += u64::from(score.finish == Finish::Length);
        self.unclosed += u64::from(score.reasoning_source == Generation::UNCLOSED);
        self.empty += u64::from(silent && !failed);
        self.no_answer += u64::from(score.grade == "no_answer");
        self.undecided += u64::from(score.grade == "undecided");
        self.no_gold += u64::from(score.grade == "no_gold");
        let absent = score.judge_state == JudgeState::Absent;
        self.unlocated += u64::from(absent);
        self.right_unlocated += u64::from(absent && score.correct == Some(true));
        self.judge_failed += u64::from(score.judge_state == JudgeState::Failed);
        self.not_judged += u64::from(score.judge_state == JudgeState::Skipped && !failed);
        self.found_then_lost += u64::from(score.found_then_lost);
        self.without_thinking += u64::from(score.reasoning_source == Generation::NO_REASONING && !failed);
    }

    /// Adds the counts of another group.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (own, theirs) in self.counts_mut().into_iter().zip(other.counts()) {
            *own += theirs;
        }
    }

    /// The counts in the order of [`COLUMNS`].
    pub(crate) fn counts(&self) -> [u64; 14] {
        let mut copy = self.clone();
        copy.counts_mut().map(|count| *count)
    }

    fn counts_mut(&mut self) -> [&mut u64; 14] {
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
        ]
    }

    /// What is worth knowing, a phrase for every count that is not zero.
    pub(crate) fn phrases(&self) -> Vec<String> {
        let counts = self.counts();
        let told = COLUMNS.iter().zip(counts).skip(1).filter(|(_, count)| *count > 0);
        told.map(|(column, count)| format!("{} {}", whole(count), column.phrase)).collect()
    }

    /// The phrases in one sentence; for a reader who sees no other figure.
    pub(crate) fn sentence(&self) -> String {
        if self.generations == 0 {
            return "No reply of this model was read.".to_owned();
        }
        let phrases = self.phrases();
        if phrases.is_empty() {
            return "Every reply came in full, was graded and was judged.".to_owned();
        }
        format!("Of {}: {}.", counted(self.generations, "reply", "replies"), phrases.join("; "))
    }
}

/// One count of the ledger in words.
pub(crate) struct LedgerColumn {
    /// Header of the column.
    pub(crate) title: &'static str,
    /// Follows the number in a sentence.
    pub(crate) phrase: &'static str,
    /// The figure that is its share; empty where there is none.
    pub(crate) metric: &'static str,
}

/// The counts of a [`Ledger`] in their order.
pub(crate) static COLUMNS: [LedgerColumn; 14] = [
    column("replies", "in all", ""),
    column("failed calls", "failed for good, so there is no reply", "errors"),
    column("cut", "cut by the token limit", "truncated"),
    column("unclosed", "whose thinking never ended", "unclosed"),
    column("empty", "empty", "empty"),
    column("no answer", "without a final answer", ""),
    column("undecided", "whose answer could not be compared", "undecided"),
    column("no known answer", "to problems without a known answer", ""),
    column("unlocated", "in whose thinking no step gives the known answer", "unlocated"),
    column("of these right", "of these right all the same (efficiency counts them as 100 %)", ""),
    column("judge failed", "on which the judge gave no readable verdict", "judge_failed"),
    column("not judged", "with nothing to judge", ""),
    column("found, then lost", "wrong, though the thinking had held the right answer", "found_then_lost"),
    column("no thinking", "without thinking, so that the whole reply is measured", ""),
];

const fn column(title: &'static str, phrase: &'static str, metric: &'static str) -> LedgerColumn {
    LedgerColumn { title, phrase, metric }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(score: Score, expect: &[&str]) {
        let mut ledger = Ledger::default();
        ledger.add(&score);
        assert_eq!(ledger.phrases(), expect);
    }

    fn sound() -> Score {
        Score {
            correct: Some(true),
            grade: "equal".into(),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            judge_state: JudgeState::Found,
            reasoning_tokens: 10,
            answer_tokens: 2,
            ..Score::default()
        }
    }

    #[test]
    fn each_fate_is_counted_and_said() {
        check(sound(), &[]);
        let cut = Score { finish: Finish::Length, reasoning_source: "unclosed".into(), ..sound() };
        check(cut, &["1 cut by the token limit", "1 whose thinking never ended"]);
        let failed =
            Score { finish: Finish::Error, grade: "error".into(), correct: None, ..Score::default() };
        check(failed, &["1 failed for good, so there is no reply"]);
        let empty = Score { reasoning_tokens: 0, answer_tokens: 0, grade: "no_answer".into(), ..sound() };
        check(empty, &["1 empty", "1 without a final answer"]);
        let absent = Score { judge_state: JudgeState::Absent, ..sound() };
        let unlocated = "1 in whose thinking no step gives the known answer";
        let right = "1 of these right all the same (efficiency counts them as 100 %)";
        check(absent.clone(), &[unlocated, right]);
        check(Score { correct: Some(false), ..absent }, &[unlocated]);
        check(Score { judge_state: JudgeState::Skipped, ..sound() }, &["1 with nothing to judge"]);
        check(
            Score { judge_state: JudgeState::Failed, ..sound() },
            &["1 on which the judge gave no readable verdict"],
        );
    }

    #[test]
    fn groups_add_up() {
        let mut one = Ledger { generations: 3, truncated: 1, ..Ledger::default() };
        one.merge(&Ledger { generations: 2, truncated: 2, empty: 1, ..Ledger::default() });
        assert_eq!(one, Ledger { generations: 5, truncated: 3, empty: 1, ..Ledger::default() });
        assert_eq!(Ledger::default().sentence(), "No reply of this model was read.");
        assert_eq!(one.sentence(), "Of 5 replies: 3 cut by the token limit; 1 empty.");
    }
}
