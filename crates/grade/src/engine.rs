//! A grade by the answer engine, which every grader begins with.

use answer::{Policy, Reply};
use tables::{Generation, Grade, Problem, Verdict};

use crate::{Item, number};

/// The name of the answer engine as a grader.
pub(crate) const NAME: &str = "answer";

/// Of what the engine takes for an answer. 2: how sure a model says it is stands behind its answer and is none.
pub(crate) const VERSION: u32 = 2;

/// The part of a generation that is graded; the thinking never is.
fn reply_of(generation: &Generation) -> Reply<'_> {
    Reply { text: &generation.answer_text, cut: generation.truncated(), unclosed: generation.unclosed() }
}

/// What the answer engine says of a reply.
pub fn by_engine(item: Item<'_>, policy: &Policy) -> Grade {
    let Item { problem, generation, .. } = item;
    let grade = Grade {
        problem_id: generation.problem_id.clone(),
        sample: generation.sample,
        grader: NAME.to_owned(),
        ..Grade::default()
    };
    if generation.failed() {
        return Grade { verdict: Verdict::Failed, how: generation.error.clone(), ..grade };
    }
    let found = answer::grade(&problem.gold, &problem.choices, reply_of(generation), policy);
    Grade {
        verdict: verdict(found.verdict),
        how: found.how,
        rule: found.extracted.as_ref().map(|found| found.rule.to_owned()),
        extracted: found.extracted.map(|found| found.raw),
        ..grade
    }
}

/// The grades of all samples of a problem, the classes of their answers included.
pub fn grade_rows(problem: &Problem, samples: &[Generation], policy: &Policy) -> Vec<Grade> {
    let grade = |generation| by_engine(Item::new(problem, generation), policy);
    let mut grades: Vec<Grade> = samples.iter().map(grade).collect();
    number(problem, policy, &mut grades);
    grades
}

fn verdict(found: answer::Verdict) -> Verdict {
    match found {
        answer::Verdict::Right => Verdict::Right,
        answer::Verdict::Wrong => Verdict::Wrong,
        answer::Verdict::Undecided => Verdict::Undecided,
        answer::Verdict::NoAnswer => Verdict::NoAnswer,
        answer::Verdict::NoGold => Verdict::NoGold,
    }
}

#[cfg(test)]
mod tests {
    use tables::Finish;

    use super::*;

    fn reply(reasoning: &str, answer: &str) -> Generation {
        Generation {
            reasoning: reasoning.into(),
            answer_text: answer.into(),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            ..Generation::default()
        }
    }

    fn check(generation: &Generation, expect: Verdict, how: Option<&str>) {
        let problem = Problem { gold: vec!["5".into()], ..Problem::default() };
        let grade = by_engine(Item::new(&problem, generation), &Policy::default());
        assert_eq!((grade.verdict, grade.how.as_deref()), (expect, how), "{generation:?}");
    }

    #[test]
    fn the_thinking_is_never_read() {
        check(&reply("so it is 7", "\\boxed{5}"), Verdict::Right, Some("integers"));
        check(&reply("so \\boxed{5}", ""), Verdict::NoAnswer, Some("nothing follows the thinking"));
    }

    #[test]
    fn what_has_no_end_has_no_answer_and_what_failed_no_verdict() {
        let cut = Generation { finish: Finish::Length, ..reply("2 + 3 = 5", "Adding, we first get 5") };
        check(&cut, Verdict::NoAnswer, Some("cut at the token limit before an answer"));
        let mut unclosed = reply("so \\boxed{5}", "");
        unclosed.reasoning_source = Generation::UNCLOSED.into();
        check(&unclosed, Verdict::NoAnswer, Some("the thinking never ended"));
        let failed = Generation { finish: Finish::Error, error: Some("HTTP 500".into()), ..reply("", "") };
        check(&failed, Verdict::Failed, Some("HTTP 500"));
    }
}
