//! Through which token the first right thought lasts (Wang et al., arXiv 2501.18585).

use tables::{Judgment, Split, Thought};

use crate::row_error::RowError;

/// T̂ through the end of the first thought that reaches the right answer, in whole steps; T when none does. None when nobody
/// looked for thoughts or compared them with a known answer.
///
/// A thought that a judge found to be no genuine change continues the one before it.
pub(crate) fn first_correct_tokens(split: &Split, judgment: &Judgment) -> Result<Option<u32>, RowError> {
    let Some(thoughts) = &judgment.thoughts else { return Ok(None) };
    if let Some(thought) = thoughts.iter().find(|thought| thought.step as usize >= split.steps.len()) {
        return Err(RowError::Step { column: "thoughts", step: thought.step });
    }
    if thoughts.iter().all(|thought| thought.correct.is_none()) {
        return Ok(None);
    }
    let Some(first) = thoughts.iter().position(|thought| thought.correct == Some(true)) else {
        return Ok(Some(split.tokens));
    };
    let mut behind = thoughts.iter().skip(first + 1);
    let next = behind.find(|thought| thought.genuine != Some(false));
    Ok(Some(next.map_or(split.tokens, |next| tokens_before(split, next))))
}

/// Tokens through the last step that holds a part of what stands before a thought.
fn tokens_before(split: &Split, thought: &Thought) -> u32 {
    let opens_step = split.steps.get(thought.step as usize).is_some_and(|step| thought.start <= step.start);
    match (opens_step, thought.step.checked_sub(1)) {
        (true, Some(before)) => split.tokens_through(before),
        (true, None) => 0,
        (false, _) => split.tokens_through(thought.step),
    }
}

#[cfg(test)]
mod tests {
    use tables::Step;

    use super::*;

    /// Steps of ten bytes each.
    fn split(tokens: &[u32]) -> Split {
        let step = |(at, tokens): (usize, &u32)| {
            let start = 10 * at as u32;
            Step { start, end: start + 8, tokens: *tokens }
        };
        Split {
            steps: tokens.iter().enumerate().map(step).collect(),
            tokens: tokens.iter().sum(),
            ..Split::default()
        }
    }

    /// Byte where it starts, right or not.
    fn thought(start: u32, correct: Option<bool>) -> Thought {
        Thought { start, step: start / 10, correct, ..Thought::default() }
    }

    fn check(tokens: &[u32], thoughts: &[Thought], expect: Option<u32>) {
        let judgment = Judgment { thoughts: Some(thoughts.to_vec()), ..Judgment::default() };
        assert_eq!(first_correct_tokens(&split(tokens), &judgment), Ok(expect), "{thoughts:?}");
    }

    #[test]
    fn a_thought_ends_where_the_next_one_starts() {
        let (right, wrong) = (Some(true), Some(false));
        let three = [thought(0, wrong), thought(10, right), thought(30, wrong)];
        check(&[5, 6, 7, 8], &three, Some(18));
        check(&[5, 6, 7, 8], &[thought(0, right), thought(13, wrong)], Some(11));
        check(&[5, 6, 7, 8], &[thought(0, wrong), thought(20, right)], Some(26));
        check(&[5, 6, 7, 8], &[thought(0, wrong)], Some(26));
        check(&[5, 6, 7, 8], &[thought(0, None)], None);
        check(&[], &[], None);
        // The published case: the first right thought ends at 411 of 7,681 tokens.
        check(&[411, 7270], &[thought(0, right), thought(10, wrong)], Some(411));
    }

    #[test]
    fn a_mere_word_does_not_end_a_thought() {
        let word = Thought { genuine: Some(false), ..thought(10, Some(false)) };
        check(&[5, 6, 7], &[thought(0, Some(true)), word, thought(20, Some(false))], Some(11));
    }

    #[test]
    fn thoughts_must_start_at_steps() {
        let judgment = Judgment { thoughts: Some(vec![thought(10, None)]), ..Judgment::default() };
        let refused = first_correct_tokens(&split(&[5]), &judgment);
        assert_eq!(refused, Err(RowError::Step { column: "thoughts", step: 1 }));
        assert_eq!(first_correct_tokens(&split(&[5]), &Judgment::default()), Ok(None));
    }
}
