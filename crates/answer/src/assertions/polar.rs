//! Questions that are answered by yes or no. The word stands in many a sentence ("no, wait"), so it counts where it ends a
//! clause; and a sentence that says of what is asked that it is so, or not, answers as well.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::context::Context;
use super::cues::Cue;
use super::evidence::Evidence;
use super::question::{Question, numbers};
use super::sentences::Segment;

/// Words that open a question of this kind.
#[expect(clippy::expect_used, reason = "a constant pattern, compiled by every test run")]
static OPENS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[.:,]\s)\s*(?:is|are|was|were|does|do|did|can|could|has|have|will|would|should)\s[^?]*\?\s*$")
        .expect("a valid pattern")
});

/// The word at a span is a clause of its own, or ends one: "so yes.", "the statement is true", not "no, wait" or "a true
/// square".
pub(super) fn said_alone(step: &str, sentence: &Range<usize>, span: &Range<usize>) -> bool {
    let before = &step[sentence.start..span.start];
    let mark = |c: char| matches!(c, '*' | ')' | '}' | '"' | '”' | '$' | '_' | '\'');
    let after = step[span.end..sentence.end].trim_start_matches(mark);
    let goes_on = [" because", " since", " as ", " for "].iter().any(|reason| after.starts_with(reason));
    let ends = after.trim().is_empty() || after.starts_with(['.', ';', '!', ':', '。', '；', '！']);
    let opened = before.contains(char::is_alphanumeric);
    ends || goes_on && opened || after.starts_with([',', '，']) && opened
}

/// What such a question asks about.
#[derive(Clone, Debug)]
pub(super) struct Polar {
    words: Vec<String>,
    numbers: Vec<String>,
}

impl Polar {
    /// Of a problem that ends in such a question, with words that tell what it is about.
    pub(super) fn of(problem: &str, question: &Question) -> Option<Self> {
        let problem = problem.trim_end();
        let asks = OPENS.find(problem)?;
        let words = question.words.clone();
        (1..=6).contains(&words.len()).then(|| Self { words, numbers: numbers(asks.as_str()) })
    }

    /// Where a sentence that concludes about all that is asked says so: its last word of the question. True if it says that
    /// it is so, false if it denies it.
    pub(super) fn concluded(&self, context: &Context<'_>, step: &str) -> Option<(Segment, bool)> {
        let text = &step[context.sentence.clone()];
        let lower = super::gold::folded(text);
        let stated = numbers(text);
        let whole = self.words.iter().all(|word| lower.contains(word.as_str()))
            && self.numbers.iter().all(|number| stated.contains(number));
        let (at, word) =
            self.words.iter().filter_map(|word| Some((lower.rfind(word.as_str())?, word))).max()?;
        let start = context.sentence.start + at;
        let span = start..start + word.len();
        let chain = context.sentence.start;
        let said = Segment { span, after_equals: false, before_equals: false, listed: false, chain };
        let doubted = context.question || context.hypothesis(&said) || context.cue(Cue::Hedge, &said);
        let concludes = whole && !doubted && context.cue(Cue::Conclusion, &said);
        concludes.then(|| {
            let denied = context.cue(Cue::Negation, &said);
            (said, !denied)
        })
    }
}

/// What speaks for such a sentence.
pub(super) const CONCLUDED: [Evidence; 2] = [Evidence::AskedWords, Evidence::Conclusion];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Policy, assertions};

    #[test]
    fn a_word_counts_where_it_ends_a_clause() {
        let check = |sentence: &str, word: &str, expect: bool| {
            let at = sentence.to_lowercase().find(word).unwrap();
            let said = said_alone(sentence, &(0..sentence.len()), &(at..at + word.len()));
            assert_eq!(said, expect, "{sentence}");
        };
        check("So the answer is no.", "no", true);
        check("So no, it is not.", "no", true);
        check("Yes.", "yes", true);
        check("**Yes**", "yes", true);
        check("The statement is true because it holds.", "true", true);
        check("No, wait.", "no", false);
        check("Yes, that is right.", "yes", false);
        check("There is no way.", "no", false);
        check("A true square", "true", false);
        check("It is false that it holds.", "false", false);
    }

    #[test]
    fn a_sentence_about_what_is_asked_answers() {
        let check = |step: &str, gold: &str, expect: bool| {
            let found =
                assertions(step, "Is the number 91 prime?", &[], &[gold.to_owned()], &Policy::default());
            assert_eq!(!found.is_empty(), expect, "{gold}: {step}");
        };
        check("So 91 is not prime.", "No", true);
        check("So 91 is not prime.", "Yes", false);
        check("So 91 is prime.", "Yes", true);
        check("So 91 is prime.", "No", false);
        check("So 7 is prime.", "Yes", false);
        check("91 is prime.", "Yes", false);
        check("So maybe 91 is prime.", "Yes", false);
        check("So is 91 prime?", "Yes", false);
        check("If 91 is prime, so what.", "Yes", false);
    }
}
