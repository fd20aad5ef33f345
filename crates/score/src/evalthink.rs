//! The figures of EvalScope's EvalThink (thinkbench, 1.14.1) for one sample, by its own rules, so that old
//! results can be continued. Its rules differ from ours: the step that holds the answer does not count,
//! accuracy is what the judge found, and wrong samples enter the mean efficiency with 0. The figures come out
//! to the last digit for thinking and steps that are cut as it cuts them (its separator keeps empty pieces,
//! its keywords strip them).
//!
//! T = tokens(thinking); prefix = the steps *before* the judged one joined with blank lines; first-correct =
//! tokens(prefix); reflection = T − first-correct; efficiency = first-correct / T; thoughts = how often its
//! seven phrases occur; accuracy = 1 when first-correct > 0. Its figures of a level are plain means over all
//! samples.

use tables::{EvalThink, JudgeState, Judgment};
use tokens::Tokenizer;

use crate::switches::SETS;

/// What it takes for "the answer never occurs", and also for every judge call that failed.
pub const ABSENT: i64 = -1;

/// The six figures. `steps` are the pieces as that tool cuts them, `judged` is the 0-based index that its
/// judge reported, which it takes as it is, even beyond the last step.
pub fn figures(tokenizer: &Tokenizer, thinking: &str, steps: &[&str], judged: i64) -> EvalThink {
    let before = usize::try_from(judged).unwrap_or(0).min(steps.len());
    let total = tokenizer.count(thinking);
    let first_correct = tokenizer.count(&steps[..before].join("\n\n"));
    let efficiency = if total == 0 { 0.0 } else { f64::from(first_correct) / f64::from(total) };
    EvalThink {
        reasoning_tokens: total,
        first_correct_tokens: first_correct,
        reflection_tokens: f64::from(total) - f64::from(first_correct),
        token_efficiency: efficiency,
        thought_num: thoughts(thinking),
        accuracy: if first_correct > 0 { 1.0 } else { 0.0 },
    }
}

/// How often its seven phrases occur in the lower-cased text, within words too.
fn thoughts(thinking: &str) -> u32 {
    let text = thinking.to_lowercase();
    let found: usize = phrases().map(|phrase| text.matches(phrase).count()).sum();
    u32::try_from(found).unwrap_or(u32::MAX)
}

fn phrases() -> impl Iterator<Item = &'static str> {
    let lists = SETS.iter().filter(|(name, _)| *name == "evalthink");
    lists.flat_map(|(_, text)| crate::switches::phrases(text))
}

/// The index that it would have used for one of our judgments: a failed judge is "absent" to it, and an index
/// out of range, which we do not accept, is read from the judge's words.
pub fn reported(judgment: &Judgment) -> i64 {
    match (judgment.state, judgment.step) {
        (JudgeState::Found, Some(step)) => i64::from(step),
        (JudgeState::Failed, _) => judgment.raw.as_deref().and_then(last_boxed_number).unwrap_or(ABSENT),
        _ => ABSENT,
    }
}

/// The last number in the last box: `{2, 5}` reads as 5 there, and `{1.5}` as 5 too.
fn last_boxed_number(words: &str) -> Option<i64> {
    let inside = &words[words.rfind("\\boxed{")? + "\\boxed{".len()..];
    let inside = &inside[..inside.find('}')?];
    let digits_end = inside.rfind(|c: char| c.is_ascii_digit())? + 1;
    let head = &inside[..digits_end];
    let digits_start = head
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
    let number: i64 = head[digits_start..].parse().ok()?;
    Some(if head[..digits_start].ends_with('-') { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_that_holds_the_answer_is_left_out() {
        let tokenizer = Tokenizer::approximate();
        let text = "2 + 3 = 5\n\nBut wait, check it";
        let steps: Vec<&str> = text.split("\n\n").collect();
        let first = figures(&tokenizer, text, &steps, 0);
        assert_eq!((first.first_correct_tokens, first.accuracy, first.token_efficiency), (0, 0.0, 0.0));
        assert_eq!(first.reflection_tokens, f64::from(first.reasoning_tokens));
        let second = figures(&tokenizer, text, &steps, 1);
        assert_eq!(second.first_correct_tokens, tokenizer.count(steps[0]));
        assert_eq!((second.accuracy, second.thought_num), (1.0, 1));
        let beyond = figures(&tokenizer, text, &steps, 9);
        assert_eq!(beyond.first_correct_tokens, tokenizer.count(text));
        assert_eq!(figures(&tokenizer, text, &steps, ABSENT).accuracy, 0.0);
        assert_eq!(figures(&tokenizer, "", &[], 0).token_efficiency, 0.0);
    }

    #[test]
    fn phrases_count_within_words_too() {
        assert_eq!(thoughts("ALTERNATIVELY, in another ways; but waiting. Let me reconsider"), 4);
    }

    #[test]
    fn the_index_is_read_as_it_does() {
        let check = |state, step, raw: &str, expect| {
            let raw = Some(raw.to_owned());
            assert_eq!(reported(&Judgment { state, step, raw, ..Judgment::default() }), expect);
        };
        check(JudgeState::Found, Some(3), "", 3);
        check(JudgeState::Absent, None, "\\boxed{-1}", -1);
        check(JudgeState::Failed, None, "HTTP 429", -1);
        check(JudgeState::Failed, None, "so \\boxed{1} or rather \\boxed{99}", 99);
        check(JudgeState::Failed, None, "\\boxed{2, 5}", 5);
        check(JudgeState::Failed, None, "\\boxed{1.5}", 5);
        check(JudgeState::Failed, None, "\\boxed{−7é8}", 8);
        check(JudgeState::Failed, None, "\\boxed{-2}", -2);
        check(JudgeState::Failed, None, "\\boxed{3", -1);
        check(JudgeState::Failed, None, "\\boxed{none}", -1);
        check(JudgeState::Skipped, None, "", -1);
    }
}
