//! Whether a reply is right: its final answer against every acceptable one. The only place that decides this.

use crate::extract::choice::{self, CHOICE, Chosen};
use crate::extract::{WHOLE, extract, whole_words};
use crate::options::option_of;
use crate::stated_confidence::before_confidence;
use crate::{Extracted, Outcome, Policy, compare_any};

/// What a model said after its thinking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reply<'a> {
    /// What follows the thinking.
    pub text: &'a str,
    /// It was cut before it ended.
    pub cut: bool,
    /// Its thinking never ended, so nothing follows it.
    pub unclosed: bool,
}

/// Whether a reply is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The final answer equals an acceptable one.
    Right,
    /// It equals none.
    Wrong,
    /// It could not be decided whether it does; never to be read as either.
    Undecided,
    /// The reply gives no final answer.
    NoAnswer,
    /// No answer is known to compare with.
    NoGold,
}

/// A verdict with its grounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// Whether the reply is right.
    pub verdict: Verdict,
    /// How that was decided, or why it was not.
    pub how: Option<String>,
    /// The final answer, found without a look at the acceptable ones.
    pub extracted: Option<Extracted>,
}

/// Grades a reply against every acceptable answer; blank ones are none.
pub fn grade<S: AsRef<str>>(golds: &[S], choices: &[String], reply: Reply<'_>, policy: &Policy) -> Grade {
    let golds: Vec<&str> = golds.iter().map(AsRef::as_ref).filter(|gold| !gold.trim().is_empty()).collect();
    let found = final_answer(reply, choices, policy);
    let (verdict, how) = match &found {
        _ if golds.is_empty() => (Verdict::NoGold, None),
        Err(why) => (Verdict::NoAnswer, Some((*why).to_owned())),
        Ok(found) => {
            let (verdict, how) = compared(&golds, found, choices, policy);
            (verdict, Some(how))
        }
    };
    Grade { verdict, how, extracted: found.ok() }
}

fn compared(golds: &[&str], found: &Extracted, choices: &[String], policy: &Policy) -> (Verdict, String) {
    let comparison = compare_any(golds, &found.raw, choices, policy);
    let verdict = match comparison.outcome {
        Outcome::Equal => Verdict::Right,
        Outcome::Different => Verdict::Wrong,
        // Words that no rule took for an answer are none when they cannot be compared either.
        Outcome::Unknown if found.rule == WHOLE => return (Verdict::NoAnswer, NOTHING_FOUND.to_owned()),
        Outcome::Unknown => Verdict::Undecided,
    };
    (verdict, comparison.how)
}

/// The final answer of a reply, found without a look at the known ones. One that was cut gives only what it states outright:
/// the last number before the cut is a stage of the work, not an answer. Where there are options, one of them is chosen.
///
/// # Errors
/// Why there is none.
pub fn final_answer(
    reply: Reply<'_>,
    choices: &[String],
    policy: &Policy,
) -> Result<Extracted, &'static str> {
    if reply.unclosed {
        return Err("the thinking never ended");
    }
    let reply = Reply { text: before_confidence(reply.text), ..reply };
    let chosen =
        if choices.is_empty() { Chosen::Unsaid } else { choice::chosen(reply.text, choices, policy) };
    let is_chosen = matches!(chosen, Chosen::Option(_));
    let found = match chosen {
        Chosen::Option(found) => Some(found),
        Chosen::Refused(why) => return Err(why),
        Chosen::Unsaid => extract(reply.text).or_else(|| whole_words(reply.text)),
    };
    // Options that are only talked about are not chosen.
    let talked_about = |found: &Extracted| !choices.is_empty() && found.rule == CHOICE && !is_chosen;
    let found = found
        .filter(|found| !(found.weak && reply.cut || talked_about(found)))
        .ok_or_else(|| why_no_answer(reply))?;
    let aside = found.weak && !choices.is_empty() && option_of(&found.raw, choices, policy).is_none();
    if aside { Err("no option is named") } else { Ok(found) }
}

const NOTHING_FOUND: &str = "no answer was found in the reply";

fn why_no_answer(reply: Reply<'_>) -> &'static str {
    if reply.cut {
        "cut at the token limit before an answer"
    } else if reply.text.trim().is_empty() {
        "nothing follows the thinking"
    } else {
        NOTHING_FOUND
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(golds: &[&str], choices: &[&str], reply: Reply<'_>, expect: Verdict) {
        let choices: Vec<String> = choices.iter().map(|choice| (*choice).to_owned()).collect();
        let found = grade(golds, &choices, reply, &Policy::default());
        assert_eq!(found.verdict, expect, "{golds:?} {choices:?} {reply:?}: {:?}", found.how);
    }

    fn said(text: &str) -> Reply<'_> {
        Reply { text, ..Reply::default() }
    }

    #[test]
    fn the_final_answer_decides() {
        check(&["5"], &[], said("The answer is \\boxed{5}."), Verdict::Right);
        check(&["5"], &[], said("The answer is \\boxed{7}."), Verdict::Wrong);
        check(&["5"], &[], said(""), Verdict::NoAnswer);
        check(&["5"], &[], said("I would rather not say."), Verdict::NoAnswer);
        check(&["5"], &[], said("It is \\boxed{9^{9^{9^9}}}."), Verdict::Undecided);
    }

    #[test]
    fn any_acceptable_answer_will_do() {
        check(&["7", "5"], &[], said("\\boxed{5}"), Verdict::Right);
        check(&["9^{9^{9^9}}", "6"], &[], said("\\boxed{5}"), Verdict::Undecided);
        check(&[], &[], said("\\boxed{5}"), Verdict::NoGold);
        check(&[" "], &[], said("\\boxed{5}"), Verdict::NoGold);
        check(&["5", " "], &[], said("\\boxed{5}"), Verdict::Right);
    }

    #[test]
    fn what_is_cut_or_unclosed_gives_only_what_it_states() {
        let cut = |text| Reply { cut: true, ..said(text) };
        check(&["5"], &[], cut("Adding, we first get 5"), Verdict::NoAnswer);
        check(&["5"], &[], cut("The answer is \\boxed{5}. To check"), Verdict::Right);
        check(&["yes"], &[], cut("Yes"), Verdict::NoAnswer);
        check(&["5"], &[], Reply { unclosed: true, ..said("\\boxed{5}") }, Verdict::NoAnswer);
    }

    #[test]
    fn a_word_or_two_are_the_answer_itself() {
        check(&[" Yes"], &[], said("Yes"), Verdict::Right);
        check(&["yes"], &[], said("Yes."), Verdict::Right);
        check(&["New York"], &[], said("new york"), Verdict::Right);
        check(&["Yes"], &[], said("No"), Verdict::Wrong);
        check(&["Yes"], &[], said("Let me think about it"), Verdict::NoAnswer);
    }

    #[test]
    fn an_option_may_be_given_by_letter_or_by_value() {
        for text in ["The answer is 5.", "(B)", "**B**", "B) 5", "So it is option (B).", "b", "\\boxed{5}"] {
            check(&["B"], &["4", "5", "6"], said(text), Verdict::Right);
            check(&["5"], &["4", "5", "6"], said(text), Verdict::Right);
            check(&["A"], &["4", "5", "6"], said(text), Verdict::Wrong);
        }
    }
}
