//! σ: whether the final answer of a reply is right. The thinking is never read here.

use answer::{Extracted, Policy, Reply, Verdict};
use tables::{Generation, Problem};

/// How a reply was graded, as it stands in `Score::grade`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// The final answer equals a gold answer.
    Equal,
    /// It equals none.
    Different,
    /// It could not be decided whether it does.
    Undecided,
    /// The reply gives no final answer, which is wrong.
    NoAnswer,
    /// No answer is known to compare with.
    NoGold,
    /// There is no reply.
    Error,
}

impl Grade {
    /// The word in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Different => "different",
            Self::Undecided => "undecided",
            Self::NoAnswer => "no_answer",
            Self::NoGold => "no_gold",
            Self::Error => "error",
        }
    }

    /// σ; null where nothing was or could be decided.
    pub const fn correct(self) -> Option<bool> {
        match self {
            Self::Equal => Some(true),
            Self::Different | Self::NoAnswer => Some(false),
            Self::Undecided | Self::NoGold | Self::Error => None,
        }
    }
}

/// A grade with its grounds.
#[derive(Clone, Debug)]
pub(crate) struct Graded {
    pub(crate) grade: Grade,
    pub(crate) how: Option<String>,
    pub(crate) extracted: Option<Extracted>,
}

/// Grades one reply against every acceptable answer.
pub(crate) fn grade(problem: &Problem, generation: &Generation, policy: &Policy) -> Graded {
    if generation.failed() {
        return Graded { grade: Grade::Error, how: generation.error.clone(), extracted: None };
    }
    let (cut, unclosed) = (generation.truncated(), generation.unclosed());
    let reply = Reply { text: &generation.answer_text, cut, unclosed };
    let found = answer::grade(&problem.gold, &problem.choices, reply, policy);
    let grade = match found.verdict {
        Verdict::Right => Grade::Equal,
        Verdict::Wrong => Grade::Different,
        Verdict::Undecided => Grade::Undecided,
        Verdict::NoAnswer => Grade::NoAnswer,
        Verdict::NoGold => Grade::NoGold,
    };
    Graded { grade, how: found.how, extracted: found.extracted }
}

#[cfg(test)]
mod tests {
    use tables::Finish;

    use super::*;

    fn problem(gold: &[&str]) -> Problem {
        Problem { gold: gold.iter().map(|g| (*g).to_owned()).collect(), ..Problem::default() }
    }

    fn reply(reasoning: &str, answer: &str) -> Generation {
        Generation {
            reasoning: reasoning.into(),
            answer_text: answer.into(),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            ..Generation::default()
        }
    }

    fn check(problem: &Problem, generation: &Generation, expect: Grade, correct: Option<bool>) {
        let graded = grade(problem, generation, &Policy::default());
        assert_eq!(graded.grade, expect, "{:?}", graded.how);
        assert_eq!(graded.grade.correct(), correct);
    }

    #[test]
    fn the_final_answer_decides_and_the_thinking_never_does() {
        let gold = problem(&["5"]);
        check(&gold, &reply("so it is 7", "The answer is \\boxed{5}."), Grade::Equal, Some(true));
        check(&gold, &reply("so \\boxed{5}", "The answer is \\boxed{7}."), Grade::Different, Some(false));
        check(&gold, &reply("so \\boxed{5}", ""), Grade::NoAnswer, Some(false));
        check(&gold, &reply("so \\boxed{5}", "I would rather not say."), Grade::NoAnswer, Some(false));
    }

    #[test]
    fn any_gold_will_do() {
        check(&problem(&["7", "5"]), &reply("", "\\boxed{5}"), Grade::Equal, Some(true));
        check(&problem(&[]), &reply("", "\\boxed{5}"), Grade::NoGold, None);
        check(&problem(&[" "]), &reply("", "\\boxed{5}"), Grade::NoGold, None);
    }

    #[test]
    fn replies_without_an_end_have_no_answer() {
        let gold = problem(&["5"]);
        let mut cut = reply("2 + 3 = 5", "Adding, we first get 5");
        cut.finish = Finish::Length;
        check(&gold, &cut, Grade::NoAnswer, Some(false));
        cut.answer_text = "The answer is \\boxed{5}. To check".into();
        check(&gold, &cut, Grade::Equal, Some(true));
        let mut unclosed = reply("so \\boxed{5}", "");
        unclosed.reasoning_source = Generation::UNCLOSED.into();
        check(&gold, &unclosed, Grade::NoAnswer, Some(false));
    }

    #[test]
    fn an_error_is_no_wrong_answer() {
        let failed =
            Generation { finish: Finish::Error, error: Some("HTTP 500".into()), ..Generation::default() };
        check(&problem(&["5"]), &failed, Grade::Error, None);
        let graded = grade(&problem(&["5"]), &failed, &Policy::default());
        assert_eq!(graded.how.as_deref(), Some("HTTP 500"));
    }
}
