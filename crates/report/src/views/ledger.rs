//! What became of every reply, in words and as a table.

use tables::MetricValue;

use super::numbers::{counted, whole};
use super::table::{Cell, Column, View, ViewRow, subset_label};
use crate::model::{Group, Ledger};

/// What is worth knowing, a phrase for every count that is not zero.
fn phrases(ledger: &Ledger) -> Vec<String> {
    let shown = COUNTS.iter().zip(ledger.counts()).skip(1).filter(|(_, count)| *count > 0);
    let counted = shown.map(|(words, count)| format!("{} {}", whole(count), words.phrase));
    counted.chain(ends(ledger)).collect()
}

/// The ends that nobody here knows, by the sources' own words.
fn ends(ledger: &Ledger) -> Option<String> {
    let each = ledger.ends.iter().take(MOST_ENDS).map(|(word, count)| format!("“{word}” {}", whole(*count)));
    let each: Vec<String> = each.collect();
    let more = if ledger.ends.len() > MOST_ENDS { ", …" } else { "" };
    let all = whole(ledger.ends.values().sum());
    (!each.is_empty()).then(|| format!("{all} that ended for another reason ({}{more})", each.join(", ")))
}

/// So many words are shown.
const MOST_ENDS: usize = 12;

/// The phrases in one sentence; for a reader who sees no other figure.
pub(crate) fn sentence(ledger: &Ledger) -> String {
    if ledger.generations == 0 {
        return "No reply of this model was read.".to_owned();
    }
    let phrases = phrases(ledger);
    if phrases.is_empty() {
        return "Every reply came in full, was graded and was judged.".to_owned();
    }
    format!("Of {}: {}.", counted(ledger.generations, "reply", "replies"), phrases.join("; "))
}

/// The ledger over the groups of problems, with the columns that count anything, if there are any.
pub(crate) fn view(group: &Group) -> Option<View> {
    let total = group.total().counts();
    let shown: Vec<usize> = (0..total.len()).filter(|index| *index == 0 || total[*index] > 0).collect();
    let row = |subset: &str| {
        let counts = group.ledger(subset).counts();
        let cells = shown.iter().map(|index| Cell::count(counts[*index])).collect();
        ViewRow {
            label: subset_label(subset),
            total: subset == MetricValue::OVERALL,
            cells,
            ..ViewRow::default()
        }
    };
    let titles = shown.iter().map(|index| Column::figure(COUNTS[*index].title, COUNTS[*index].metric));
    (shown.len() > 1).then(|| View {
        caption: "Counts of replies".to_owned(),
        columns: [Column::plain("subset")].into_iter().chain(titles).collect(),
        rows: group.rows().map(row).collect(),
    })
}

/// The figure is the share of a count.
pub(crate) fn is_counted(figure: &str) -> bool {
    COUNTS.iter().any(|words| words.metric == figure)
}

/// One count of the ledger in words.
struct CountWords {
    /// Header of the column.
    title: &'static str,
    /// Follows the number in a sentence.
    phrase: &'static str,
    /// The figure that is its share; empty where there is none.
    metric: &'static str,
}

/// The counts of a [`Ledger`] in their order.
static COUNTS: [CountWords; 19] = [
    count("replies", "in all", ""),
    count("failed calls", "failed for good, so there is no reply", "errors"),
    count("cut", "cut by the token limit", "truncated"),
    count("unclosed", "whose thinking never ended", "unclosed"),
    count("empty", "empty", "empty"),
    count("no answer", "without a final answer", ""),
    count("undecided", "whose answer could not be compared", "undecided"),
    count("no known answer", "to problems without a known answer", ""),
    count("unlocated", "in whose thinking no step gives the known answer", "unlocated"),
    count("of these right", "of these right all the same (efficiency counts them as 100 %)", ""),
    count("judge failed", "on which the judge gave no readable verdict", "judge_failed"),
    count("not judged", "with nothing to judge", ""),
    count("found, then lost", "wrong, though the thinking had held the right answer", "found_then_lost"),
    count("no thinking", "without thinking, so that the whole reply is measured", ""),
    count(
        "hidden",
        "whose thinking is hidden: its length is the server's count, and the rest of it unknown (–)",
        "",
    ),
    count("hidden, uncounted", "of these without a count, so that its length is unknown too", ""),
    count("blank", "that did not think: room for it, and nothing in it", ""),
    count(
        "counted longer",
        "of which the server counts at least twice the thinking that is shown, which may be a summary",
        "",
    ),
    count(
        "withheld chances",
        "of which the server withholds the chances of some tokens, those of the thinking: confidence is that of what was shown",
        "",
    ),
];

const fn count(title: &'static str, phrase: &'static str, metric: &'static str) -> CountWords {
    CountWords { title, phrase, metric }
}

#[cfg(test)]
mod tests {
    use tables::{Finish, JudgeState, Score, Verdict};

    use super::*;

    fn check(score: Score, expect: &[&str]) {
        let mut ledger = Ledger::default();
        ledger.add(&score);
        assert_eq!(phrases(&ledger), expect);
    }

    fn sound() -> Score {
        Score {
            correct: Some(true),
            grade: Verdict::Right,
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            judge_state: JudgeState::Found,
            reasoning_tokens: Some(10),
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
            Score { finish: Finish::Error, grade: Verdict::Failed, correct: None, ..Score::default() };
        check(failed, &["1 failed for good, so there is no reply"]);
        let empty = Score {
            reasoning_tokens: Some(0),
            answer_tokens: 0,
            empty: true,
            grade: Verdict::NoAnswer,
            ..sound()
        };
        check(empty, &["1 empty", "1 without a final answer"]);
        let absent = Score { judge_state: JudgeState::Absent, ..sound() };
        let unlocated = "1 in whose thinking no step gives the known answer";
        let right = "1 of these right all the same (efficiency counts them as 100 %)";
        check(absent.clone(), &[unlocated, right]);
        check(Score { correct: Some(false), ..absent }, &[unlocated]);
        check(Score { judge_state: JudgeState::Skipped, ..sound() }, &["1 with nothing to judge"]);
        let hidden = Score { reasoning_source: "hidden".into(), ..sound() };
        let told =
            "1 whose thinking is hidden: its length is the server's count, and the rest of it unknown (–)";
        check(hidden.clone(), &[told]);
        let uncounted = Score { reasoning_tokens: None, ..hidden };
        check(uncounted, &[told, "1 of these without a count, so that its length is unknown too"]);
        let untold = Score { logprob_tokens: Some(3), completion_tokens: Some(40), ..sound() };
        let withheld = "1 of which the server withholds the chances of some tokens, those of the thinking: confidence is that of \
                        what was shown";
        check(untold, &[withheld]);
        let blank = Score { reasoning_source: "blank".into(), reasoning_tokens: Some(0), ..sound() };
        check(blank, &["1 that did not think: room for it, and nothing in it"]);
        let word = Score { finish: Finish::Unknown, finish_word: Some("SAFETY".into()), ..sound() };
        check(word, &["1 that ended for another reason (“SAFETY” 1)"]);
        let field =
            Score { reasoning_source: "field:thinking".into(), reasoning_tokens: Some(40), ..sound() };
        check(Score { served_reasoning_tokens: Some(79), ..field.clone() }, &[]);
        let longer =
            "1 of which the server counts at least twice the thinking that is shown, which may be a summary";
        check(Score { served_reasoning_tokens: Some(80), ..field }, &[longer]);
        check(
            Score { judge_state: JudgeState::Failed, ..sound() },
            &["1 on which the judge gave no readable verdict"],
        );
    }

    #[test]
    fn one_sentence_tells_all_of_it() {
        let check = |ledger: Ledger, expect: &str| assert_eq!(sentence(&ledger), expect);
        check(Ledger::default(), "No reply of this model was read.");
        let some = Ledger { generations: 5, truncated: 3, empty: 1, ..Ledger::default() };
        check(some, "Of 5 replies: 3 cut by the token limit; 1 empty.");
    }
}
