//! Which answers a step of thinking asserts: every mention of a known answer is a candidate, and evidence for and
//! against it adds up to a score. A mention alone is no assertion.

mod context;
mod cues;
mod evidence;
mod gold;
mod mentions;
mod question;
mod sentences;
mod sides;

use std::ops::Range;

use crate::{Policy, Work};
use context::Context;
use cues::Cue;
use gold::{Gold, Kind};
use mentions::mentions;
use question::Question;
use sentences::{Segment, segments, sentences};
use sides::Sides;

pub use cues::CUES;
pub use evidence::Evidence;

/// A mention of a known answer in a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// Which of the known answers.
    pub gold: usize,
    /// Where it stands in the step.
    pub span: Range<usize>,
    /// The sum of the evidence; from about 1.75 on it is an assertion.
    pub score: f64,
    /// It stands in a box or behind "the answer is".
    pub explicit: bool,
    /// What the score is made of.
    pub evidence: Vec<Evidence>,
}

/// A problem and its answers, ready to look through many steps.
#[derive(Clone, Debug)]
pub struct AssertionFinder {
    question: Question,
    golds: Vec<Gold>,
    /// Which of the caller's answers each of `golds` stands for.
    owner: Vec<usize>,
    policy: Policy,
}

/// The mentions of known answers in one step; use a [`AssertionFinder`] for several steps of one problem.
pub fn assertions(
    step: &str,
    problem: &str,
    choices: &[String],
    golds: &[String],
    policy: &Policy,
) -> Vec<Assertion> {
    AssertionFinder::new(problem, choices, golds, policy).assertions(step)
}

impl AssertionFinder {
    /// Prepares a problem. A choice is known by its letter and by its option's value.
    pub fn new(problem: &str, choices: &[String], answers: &[String], policy: &Policy) -> Self {
        let (mut golds, mut owner) = (Vec::new(), Vec::new());
        for (index, answer) in answers.iter().enumerate() {
            let gold = Gold::new(answer, !choices.is_empty());
            if let Kind::Choice(letter) = gold.kind {
                let option = choices.get((u32::from(letter) - u32::from('A')) as usize);
                golds.extend(option.map(|option| Gold::new(option, false)));
                owner.extend(option.map(|_| index));
            }
            golds.push(gold);
            owner.push(index);
        }
        Self { question: Question::of(problem), golds, owner, policy: policy.clone() }
    }

    /// The mentions of the answers in a step, in the order in which they stand.
    pub fn assertions(&self, step: &str) -> Vec<Assertion> {
        self.assertions_within(step, &Work::unbounded())
    }

    /// The same, and what it took is counted; the rest is left unread when the work is spent.
    pub fn assertions_within(&self, step: &str, work: &Work) -> Vec<Assertion> {
        if !self.may_stand_in(step, work) {
            return vec![];
        }
        let sentences = sentences(step);
        let mut found = Vec::new();
        for (index, sentence) in sentences.iter().enumerate() {
            if work.is_spent() {
                break;
            }
            let last = index + 1 == sentences.len();
            self.sentence(step, sentence.clone(), (last, work), &mut found);
        }
        found.sort_by_key(|assertion: &Assertion| assertion.span.start);
        found
    }

    fn may_stand_in(&self, text: &str, work: &Work) -> bool {
        work.bytes(text.len() * self.golds.len());
        self.golds.iter().any(|gold| gold.may_stand_in(text))
    }

    fn sentence(
        &self,
        step: &str,
        sentence: Range<usize>,
        (last, work): (bool, &Work),
        found: &mut Vec<Assertion>,
    ) {
        let text = &step[sentence.clone()];
        if !self.may_stand_in(text, work) {
            return;
        }
        let mut context: Option<Context<'_>> = None;
        work.bytes(text.len());
        let all = segments(step, sentence.clone());
        for (index, gold) in self.golds.iter().enumerate() {
            let mut sides = Sides::new(&self.question, work);
            for mention in mentions(gold, (step, sentence.clone()), &all, &self.policy, work) {
                let context = context.get_or_insert_with(|| {
                    let shared = self.question.shared(text, work);
                    Context::new(step, sentence.clone(), (last, shared), work)
                });
                if gold.needs_work() && self.question.states(context.text(&mention)) {
                    continue;
                }
                found.push(self.assertion(context, gold, (self.owner[index], &mention), &mut sides));
            }
        }
    }

    fn assertion(
        &self,
        context: &Context<'_>,
        gold: &Gold,
        (owner, mention): (usize, &Segment),
        sides: &mut Sides<'_>,
    ) -> Assertion {
        let evidence = self.evidence(context, gold, mention, sides);
        let score = evidence.iter().map(|evidence| evidence.weight()).sum();
        let explicit = evidence.iter().any(|e| matches!(e, Evidence::Boxed | Evidence::AnswerCue));
        Assertion { gold: owner, span: mention.span.clone(), score, explicit, evidence }
    }

    fn evidence(
        &self,
        context: &Context<'_>,
        gold: &Gold,
        mention: &Segment,
        sides: &mut Sides<'_>,
    ) -> Vec<Evidence> {
        let mut all = Vec::new();
        let mut add = |holds: bool, evidence: Evidence| {
            if holds {
                all.push(evidence);
            }
        };
        let before = context.before(mention);
        let boxed = before.trim_end().ends_with("boxed{") || context.text(mention).contains("\\boxed");
        let answer = context.cue(Cue::Answer, mention) || (context.answers_after(mention));
        add(boxed, Evidence::Boxed);
        add(answer && !boxed, Evidence::AnswerCue);
        let (left, other) = sides.of(context, mention);
        add(left, Evidence::AskedLeft);
        add(other, Evidence::OtherLeft);
        let only = self.question.words.len() == 1 && context.shared == 1;
        add(context.shared == 1 && !only, Evidence::AskedWord);
        add(context.shared > 1 || only, Evidence::AskedWords);
        add(context.cue(Cue::Conclusion, mention), Evidence::Conclusion);
        add(mention.after_equals && !mention.before_equals, Evidence::ClosesEquation);
        add(context.verb_before(mention), Evidence::Verb);
        let ends = context.ends_sentence(mention);
        add(ends, Evidence::EndsSentence);
        add(ends && context.last, Evidence::EndsStep);
        add(before.trim_end().ends_with("**"), Evidence::Bold);
        add(context.hypothesis(mention), Evidence::Hypothesis);
        add(context.cue(Cue::Hedge, mention), Evidence::Hedge);
        add(context.negation(mention), Evidence::Negation);
        add(context.question, Evidence::Question);
        add(context.cue(Cue::Restatement, mention), Evidence::Restatement);
        add(self.in_problem(gold), Evidence::InProblem);
        // A small integer of the problem is suspect once, not twice, where the sentence names what is asked.
        let named = self.in_problem(gold) && (left || context.shared > 0);
        add(gold.small && !boxed && !answer && !named, Evidence::SmallInteger);
        add(mention.listed && !mention.after_equals, Evidence::Listed);
        add(mention.before_equals || context.after(mention).starts_with(['\'', '’']), Evidence::GoesOn);
        all
    }

    fn in_problem(&self, gold: &Gold) -> bool {
        match &gold.kind {
            Kind::Integer(digits) => self.question.numbers.contains(digits),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(step: &str, problem: &str, gold: &str) -> Option<f64> {
        let all = assertions(step, problem, &[], &[gold.to_owned()], &Policy::default());
        all.into_iter()
            .map(|found| found.score)
            .fold(None, |best: Option<f64>, score| Some(best.map_or(score, |b| b.max(score))))
    }

    #[test]
    fn mentions_are_found_and_weighed() {
        let check = |step: &str, problem: &str, gold: &str, low: f64, high: f64| {
            let score = best(step, problem, gold).unwrap_or_else(|| panic!("{gold} not found in {step:?}"));
            assert!((low..=high).contains(&score), "{score} for {gold} in {step:?}");
        };
        let remainder = "Find the remainder when $3^{1999}$ is divided by $13$.";
        check("So, the remainder is 3 when 3^1999 is divided by13.", remainder, "3", 0.0, 9.0);
        check("So the answer is 42.", "How many?", "42", 4.0, 9.0);
        check("\\boxed{42}", "How many?", "42", 5.0, 9.0);
        check("Let me check if 42 works.", "How many?", "42", -9.0, 0.5);
        check("Is it 42?", "How many?", "42", -9.0, 0.5);
        check("If x = 42, then", "Find $y$.", "42", -9.0, 0.5);
        check("So f(x) = x + 3.", "Find $f(x).$", "x + 3", 3.0, 9.0);
        check("So the probability is 364/455.", "What is the probability of that?", "\\frac{4}{5}", 1.8, 9.0);
    }

    #[test]
    fn words_are_found_behind_letters_whose_lower_case_has_another_length() {
        let check = |step: &str| {
            let found = assertions(step, "What color?", &[], &["blue".to_owned()], &Policy::default());
            let said: Vec<&str> = found.into_iter().map(|found| &step[found.span]).collect();
            assert_eq!(said, ["Blue"], "{step}");
        };
        check("So the answer is Blue.");
        check("In İstanbul the answer is Blue.");
        // Two letters that grow by a byte and one that shrinks by two.
        check("By ȺȺ and 3 \u{212a} the answer is Blue, − or so.");
    }

    #[test]
    fn other_numbers_are_no_mentions() {
        let check =
            |step: &str, gold: &str| assert_eq!(best(step, "How many?", gold), None, "{gold} in {step:?}");
        check("So the answer is 420.", "42");
        check("So it is 4.2 or 142", "42");
        check("174 + 110", "284");
        check("x + 4", "x + 3");
    }
}
