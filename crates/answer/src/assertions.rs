//! Which answers a step of thinking asserts: every mention of a known answer is a candidate, and evidence for and
//! against it adds up to a score. A mention alone is no assertion.

mod context;
mod cues;
mod evidence;
mod gold;
mod letters;
mod mentions;
mod near;
mod parts;
mod polar;
mod question;
mod rough;
mod sentences;
mod sides;
mod text;

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use crate::{Policy, Work, compare, stem};
use context::Context;
use cues::Cue;
use gold::{Gold, Kind, Seen};
use letters::Meant;
use mentions::mentions;
use polar::Polar;
use question::Question;
use sentences::{Segment, segments, sentences};
use sides::Sides;

pub use cues::{CUES, CueSection, cue_sections};
pub use evidence::Evidence;

/// A mention of a known answer in a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Assertion {
    /// Which of the known answers.
    pub gold: usize,
    /// Which part of a compound one, where it is not the whole.
    pub part: Option<usize>,
    /// Where it stands in the step.
    pub span: Range<usize>,
    /// The sum of the evidence; from about 1.75 on it is an assertion.
    pub score: f64,
    /// It stands in a box or behind "the answer is".
    pub explicit: bool,
    /// What the score is made of.
    pub evidence: Vec<Evidence>,
}

/// A problem and its answers, ready to look through the steps of a trace.
#[derive(Clone, Debug)]
pub struct AssertionFinder {
    prepared: Arc<Prepared>,
    /// Of each thing that is looked for, the segments that were compared with it; never changes a result.
    seen: Vec<RefCell<Seen>>,
}

/// What is known before a trace is read.
#[derive(Debug)]
struct Prepared {
    question: Question,
    /// What is asked, where yes or no is the answer.
    polar: Option<Polar>,
    sought: Vec<Sought>,
    /// The coefficients of answers that are formulas, by answer.
    coefficients: Vec<(usize, Vec<i64>)>,
    policy: Policy,
    /// How many options the problem has; 0 where it asks for none.
    options: usize,
}

/// What is looked for.
#[derive(Clone, Debug)]
struct Sought {
    gold: Gold,
    /// Which of the caller's answers it stands for.
    owner: usize,
    /// Which part of it; none for the whole.
    part: Option<usize>,
    /// Other options have the same value.
    shared: bool,
}

/// All that an answer is known by: itself, what its option says, and the parts of that.
fn sought(answer: &str, choices: &[String], owner: usize, policy: &Policy) -> Vec<Sought> {
    let gold = Gold::new(answer, !choices.is_empty());
    let index = if let Kind::Choice(letter) = gold.kind {
        Some((u32::from(letter) - u32::from('A')) as usize)
    } else {
        None
    };
    let option = index.and_then(|index| choices.get(index));
    let written = option.map(|option| Gold::new(option, false));
    let near = index.and_then(|index| Gold::near(choices, index));
    let value = option.map_or(answer, String::as_str);
    let (parts, calculated) = (parts::parts(value), Gold::calculated(value));
    let shared = option.is_some_and(|option| has_equal(choices, option, policy));
    let one = |gold, part, shared| Sought { gold, owner, part, shared };
    let values = written.into_iter().chain(near).chain(calculated).map(|gold| one(gold, None, shared));
    let parts = parts.into_iter().enumerate().map(|(part, gold)| one(gold, Some(part), shared));
    values.chain([one(gold, None, false)]).chain(parts).collect()
}

/// Another option has the value of this one.
fn has_equal(choices: &[String], option: &str, policy: &Policy) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let says = |text: &str| text.contains(|c: char| c.is_ascii_digit() || c == '\\');
    // Most options are plain numbers or plain words, which need no engine.
    let equal = |other: &&String| match (number(other), number(option)) {
        (Some(other), Some(own)) => (other - own).abs() <= f64::EPSILON * own.abs(),
        _ if says(other) && says(option) => compare(other, option, policy).is_equal(),
        _ => other.trim().eq_ignore_ascii_case(option.trim()),
    };
    choices.iter().filter(equal).count() > 1
}

/// Words of doubt stand in front of a place, in its sentence: "perhaps the answer is 5".
pub fn is_hedged(text: &str, place: usize) -> bool {
    let of_place = |sentence: &Range<usize>| sentence.contains(&place);
    let sentence = sentences(text).into_iter().find(of_place);
    sentence.is_some_and(|sentence| cues::hedges(&text[sentence.start..place]))
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
        let all = |(owner, answer): (usize, &String)| sought(answer, choices, owner, policy);
        let sought: Vec<Sought> = answers.iter().enumerate().flat_map(all).collect();
        let coefficients = answers.iter().map(|answer| parts::coefficients(answer)).enumerate();
        let asked = stem(problem, choices);
        let question = Question::of(asked);
        let prepared = Prepared {
            polar: Polar::of(asked, &question)
                .filter(|_| sought.iter().any(|one| one.gold.answered().is_some())),
            question,
            sought,
            coefficients: coefficients.filter(|(_, numbers)| !numbers.is_empty()).collect(),
            policy: policy.clone(),
            options: choices.len(),
        };
        Self { seen: vec![RefCell::default(); prepared.sought.len()], prepared: Arc::new(prepared) }
    }

    /// The same for another trace: what was prepared is shared, and nothing of this one is remembered.
    #[must_use]
    pub fn for_another_trace(&self) -> Self {
        Self { prepared: Arc::clone(&self.prepared), seen: vec![RefCell::default(); self.seen.len()] }
    }

    /// Parts of a compound answer, which are looked for one by one; 0 for an answer that is one value.
    pub fn parts(&self, answer: usize) -> usize {
        self.prepared.sought.iter().filter(|sought| sought.owner == answer && sought.part.is_some()).count()
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
        work.bytes(text.len() * self.prepared.sought.len());
        !self.prepared.coefficients.is_empty() && text.contains('=')
            || self.prepared.polar.is_some()
            || self.prepared.sought.iter().any(|sought| sought.gold.may_stand_in(text))
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
        work.bytes(2 * text.len());
        if letters::walks_through(text, self.prepared.options) {
            return;
        }
        let all = segments(step, sentence.clone());
        self.completed((step, sentence.clone()), &all, work, found);
        self.concluded((step, sentence.clone()), last, work, found);
        for (Sought { gold, owner, part, shared }, seen) in self.prepared.sought.iter().zip(&self.seen) {
            let (policy, seen) = (&self.prepared.policy, &mut *seen.borrow_mut());
            let mut sides = Sides::new(&self.prepared.question, work);
            for (mention, meant) in mentions(gold, (step, sentence.clone()), &all, (policy, seen), work) {
                let context = context.get_or_insert_with(|| {
                    let shared = self.prepared.question.shared(text, work);
                    Context::new(step, sentence.clone(), (last, shared), work)
                });
                if gold.needs_work() && self.prepared.question.states(context.text(&mention)) {
                    continue;
                }
                let mut evidence = self.evidence(context, gold, (&mention, meant), &mut sides);
                // Of a pair each has a letter of its own.
                evidence.retain(|one| part.is_none() || *one != Evidence::OtherLeft);
                evidence.extend(shared.then_some(Evidence::Ambiguous));
                found.push(assertion((*owner, *part), &mention, evidence));
            }
        }
    }

    /// The sentence gives all coefficients of an answer that is a formula, and supposes none of them.
    fn completed(
        &self,
        (step, sentence): (&str, Range<usize>),
        all: &[Segment],
        work: &Work,
        found: &mut Vec<Assertion>,
    ) {
        for (owner, numbers) in &self.prepared.coefficients {
            let Some(last) = parts::completed(step, all, numbers) else { continue };
            let context = Context::new(step, sentence.clone(), (false, 0), work);
            if !context.cue(Cue::Hypothesis, &last) {
                found.push(assertion((*owner, None), &last, vec![Evidence::Completes]));
            }
        }
    }

    /// The sentence says of what is asked that it is so, or not, and that is the answer.
    fn concluded(
        &self,
        (step, sentence): (&str, Range<usize>),
        last: bool,
        work: &Work,
        found: &mut Vec<Assertion>,
    ) {
        let Some(polar) = &self.prepared.polar else { return };
        let answers =
            self.prepared.sought.iter().filter_map(|sought| Some((sought.owner, sought.gold.answered()?)));
        for (owner, answer) in answers {
            let context = Context::new(step, sentence.clone(), (last, 0), work);
            if let Some((said, so)) = polar.concluded(&context, step)
                && so == answer
            {
                found.push(assertion((owner, None), &said, polar::CONCLUDED.to_vec()));
            }
        }
    }

    fn evidence(
        &self,
        context: &Context<'_>,
        gold: &Gold,
        (mention, meant): (&Segment, Meant),
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
        let choice = matches!(gold.kind, Kind::Choice(_));
        let answer = match meant {
            Meant::Answer => true,
            _ if choice => false,
            // Words stand in many a sentence about answers.
            _ if matches!(gold.kind, Kind::Words(_)) => context.answers_near(mention),
            _ => context.cue(Cue::Answer, mention) || context.answers_after(mention),
        };
        add(boxed, Evidence::Boxed);
        add(meant == Meant::Match, Evidence::Matches);
        add(answer && !boxed, Evidence::AnswerCue);
        let (left, other) = sides.of(context, mention);
        add(left, Evidence::AskedLeft);
        add(other, Evidence::OtherLeft);
        let only = self.prepared.question.words.len() == 1 && context.shared == 1;
        add(context.shared == 1 && !only, Evidence::AskedWord);
        add(context.shared > 1 || only, Evidence::AskedWords);
        add(context.cue(Cue::Conclusion, mention), Evidence::Conclusion);
        add(mention.after_equals && !mention.before_equals, Evidence::ClosesEquation);
        add(context.verb_before(mention) || context.shared > 1 && context.named(mention), Evidence::Verb);
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
        add(!gold.several && !choice && context.alternative(mention), Evidence::Alternative);
        add(mention.before_equals || context.after(mention).starts_with(['\'', '’']), Evidence::GoesOn);
        all
    }

    fn in_problem(&self, gold: &Gold) -> bool {
        match &gold.kind {
            Kind::Integer(digits) => self.prepared.question.numbers.contains(digits),
            _ => false,
        }
    }
}

fn assertion((owner, part): (usize, Option<usize>), mention: &Segment, evidence: Vec<Evidence>) -> Assertion {
    let score = evidence.iter().map(|evidence| evidence.weight()).sum();
    let explicit = evidence.iter().any(|e| matches!(e, Evidence::Boxed | Evidence::AnswerCue));
    Assertion { gold: owner, part, span: mention.span.clone(), score, explicit, evidence }
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
        check("So $3^{20} \\equiv 3^4 = 81 \\pmod{100}$.", "What is $3^{20}$ modulo 100?", "81", 2.0, 9.0);
        check("So 3^20 = 81 (mod 100).", "What is $3^{20}$ modulo 100?", "81", 1.75, 9.0);
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
    fn doubt_reaches_from_its_sentence_alone() {
        let check = |text: &str, expect: bool| {
            assert_eq!(is_hedged(text, text.find('5').unwrap()), expect, "{text}");
        };
        check("Perhaps the answer is 5.", true);
        check("也许答案是5。", true);
        check("Perhaps not. The answer is 5.", false);
        check("The answer is 5, perhaps.", false);
        check("5", false);
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
