//! How a model's replies are read while it is still being asked.

use answer::Policy;
use tables::{Generation, Problem, Reply};

use crate::think::{self, Format, Survey, Think};

/// What says where the answer of a reply stands, and which answers are the same.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// How thinking is marked.
    pub think: Think,
    /// What counts as the same answer.
    pub policy: Policy,
    /// Answers are grids.
    pub grids: bool,
}

/// The final answers of a problem's samples so far, told apart as the stage `grade` tells them apart, by the same engine. The
/// known answer is not looked at.
pub(crate) struct Answers<'a> {
    reading: &'a Reading,
    survey: Survey,
    /// What the samples so far say of how thinking is marked, and the answers that were read by that.
    format: Option<Format>,
    found: Vec<Option<String>>,
}

impl<'a> Answers<'a> {
    /// None yet.
    pub(crate) fn new(reading: &'a Reading) -> Self {
        Self { reading, survey: Survey::new(&reading.think), format: None, found: Vec::new() }
    }

    /// Numbers of the answers of all samples, of which the first were there before; equal answers share one.
    pub(crate) fn classes(
        &mut self,
        problem: &Problem,
        samples: &[Reply],
        before: usize,
    ) -> Vec<Option<u32>> {
        samples.iter().skip(before).for_each(|sample| self.survey.add(sample));
        let format = self.survey.clone().conclude().format;
        // A later sample may tell that the prompt opens the thinking, and all are read anew.
        if self.format.as_ref() != Some(&format) {
            self.found.clear();
        }
        for sample in &samples[self.found.len()..] {
            self.found.push(self.final_answer(problem, sample, &format));
        }
        self.format = Some(format);
        answer::classes(&self.found, &problem.choices, &self.reading.policy)
    }

    /// In the words of the problem as it stands in its table, whatever the order in which the sample was asked the options.
    fn final_answer(&self, problem: &Problem, sample: &Reply, format: &Format) -> Option<String> {
        let policy = &self.reading.policy;
        let order = problem.order_in(sample.sample);
        let asked = problem.asked(order.as_deref());
        let found = answer_in(&think::generation(sample.clone(), "", format), &asked, policy)?;
        let option =
            order.and_then(|order| order.get(answer::option_of(&found, &asked.choices, policy)?).copied());
        let letter = option.and_then(|place| tables::option_letter(place as usize));
        Some(letter.map_or(found, String::from))
    }
}

fn answer_in(divided: &Generation, problem: &Problem, policy: &Policy) -> Option<String> {
    if divided.failed() {
        return None;
    }
    let (text, cut, unclosed) = (&divided.answer_text, divided.truncated(), divided.unclosed());
    let reply = answer::Reply { text, cut, unclosed };
    answer::final_answer(reply, &problem.choices, policy).ok().map(|found| found.raw)
}

/// The final answer of a reply that stands alone.
pub(crate) fn final_answer_of(reply: &Reply, problem: &Problem, reading: &Reading) -> Option<String> {
    answer_in(&think::alone(reply.clone(), &reading.think).0, problem, &reading.policy)
}

/// An answer can be read in a reply, be it right or wrong.
pub(crate) fn is_readable(reply: &Reply, problem: &Problem, reading: &Reading) -> bool {
    if reading.grids {
        return grid::read(&think::alone(reply.clone(), &reading.think).0.answer_text).is_ok();
    }
    final_answer_of(reply, problem, reading).is_some()
}

/// A text holds a final answer that is meant to be one, and not merely a value at its end.
pub(crate) fn explicit_answer(text: &str, problem: &Problem, policy: &Policy) -> bool {
    let reply = answer::Reply { text, cut: false, unclosed: false };
    answer::final_answer(reply, &problem.choices, policy).is_ok_and(|found| !found.weak)
}

#[cfg(test)]
mod tests {
    use tables::Finish;

    use super::*;

    #[test]
    fn equal_answers_are_one_and_what_is_no_answer_is_silent() {
        let reading = Reading::default();
        let (mut answers, problem) = (Answers::new(&reading), Problem::default());
        let said = |text: &str| Reply { content: text.into(), ..Reply::default() };
        let failed = Reply { finish: Finish::Error, ..Reply::default() };
        let mut samples = vec![said("<think>3 or 4</think>\\boxed{1/2}"), said("It is 0.5."), failed];
        assert_eq!(answers.classes(&problem, &samples, 0), [Some(0), Some(0), None]);
        samples.extend([said("\\boxed{3}"), said("\\boxed{\\frac12}")]);
        assert_eq!(answers.classes(&problem, &samples, 3), [Some(0), Some(0), None, Some(1), Some(0)]);
    }

    #[test]
    fn a_later_sample_may_tell_that_an_earlier_one_never_ended_its_thinking() {
        let reading = Reading::default();
        let (mut answers, problem) = (Answers::new(&reading), Problem::default());
        let said = |text: &str| Reply { content: text.into(), finish: Finish::Stop, ..Reply::default() };
        let mut samples = vec![Reply { finish: Finish::Length, ..said("so the answer is 7") }];
        assert_eq!(answers.classes(&problem, &samples, 0), [Some(0)]);
        samples.push(said("hm</think>\\boxed{7}"));
        assert_eq!(answers.classes(&problem, &samples, 1), [None, Some(0)]);
    }
}
