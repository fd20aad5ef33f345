//! A grade by the answer engine, which every grader begins with.

use answer::{Policy, Reply, option_of};
use tables::{ChoiceFacts, Generation, Grade, Problem, Verdict};

use crate::{Item, number};

/// The name of the answer engine as a grader.
pub(crate) const NAME: &str = "answer";

/// Of what the engine takes for an answer. 2: how sure a model says it is stands behind its answer and is none. 3: more ways to
/// choose an option, and the text of equal options names none of them.
pub(crate) const VERSION: u32 = 3;

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
    let said = found.extracted.as_ref().map(|found| found.raw.as_str());
    Grade {
        verdict: verdict(found.verdict),
        how: found.how,
        choice: choice(item, said, policy),
        rule: found.extracted.as_ref().map(|found| found.rule.to_owned()),
        extracted: found.extracted.map(|found| found.raw),
        ..grade
    }
}

/// Where the options stood when they were asked, and which of them is chosen.
fn choice(item: Item<'_>, said: Option<&str>, policy: &Policy) -> Option<ChoiceFacts> {
    let Item { problem: Problem { choices, gold, .. }, generation, .. } = item;
    let place = |text: &str| option_of(text, choices, policy).and_then(|place| u32::try_from(place).ok());
    let chosen = said.and_then(place);
    let right = match gold.as_slice() {
        [gold] => place(gold),
        _ => None,
    };
    let own = |place: u32| match &generation.permutation {
        Some(order) => order.get(place as usize).copied(),
        None => Some(place),
    };
    let options = u32::try_from(choices.len()).unwrap_or(u32::MAX);
    let own_order = generation.permutation.is_some();
    (options > 0).then(|| ChoiceFacts { options, right, chosen, option: chosen.and_then(own), own_order })
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
    fn where_options_stood_and_which_is_chosen_is_told() {
        let problem = Problem {
            gold: vec!["A".into()],
            choices: ["four", "five", "six"].map(str::to_owned).to_vec(),
            ..Problem::default()
        };
        let check = |order: Option<Vec<u32>>, answer: &str, verdict: Verdict, expect: [Option<u32>; 3]| {
            let asked = problem.asked(order.as_deref());
            let generation = Generation { permutation: order.clone(), ..reply("hm", answer) };
            let grade = by_engine(Item::new(&asked, &generation), &Policy::default());
            let [right, chosen, option] = expect;
            assert_eq!(
                grade.choice,
                Some(ChoiceFacts { options: 3, right, chosen, option, own_order: order.is_some() }),
                "{answer}"
            );
            assert_eq!(grade.verdict, verdict, "{order:?} {answer}");
        };
        check(None, "Answer: A", Verdict::Right, [Some(0), Some(0), Some(0)]);
        check(None, "Answer: C", Verdict::Wrong, [Some(0), Some(2), Some(2)]);
        // Asked as six, four, five.
        let turned = || Some(vec![2, 0, 1]);
        check(turned(), "Answer: B", Verdict::Right, [Some(1), Some(1), Some(0)]);
        check(turned(), "Answer: A", Verdict::Wrong, [Some(1), Some(0), Some(2)]);
        check(turned(), "The answer is five.", Verdict::Wrong, [Some(1), Some(2), Some(1)]);
        check(turned(), "I cannot say.", Verdict::NoAnswer, [Some(1), None, None]);
        let open = Problem { gold: vec!["5".into()], ..Problem::default() };
        assert_eq!(by_engine(Item::new(&open, &reply("", "5")), &Policy::default()).choice, None);
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
