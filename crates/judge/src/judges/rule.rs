//! The rule judge: no model, no network. Every mention of the known answer in a step gets a score from the words and
//! signs around it; the first step whose score reaches the threshold asserts the answer.

mod finders;
#[cfg(test)]
mod forms;
#[cfg(test)]
pub(crate) mod labelled;
#[cfg(test)]
mod looped;
mod parts;
mod rounds;
mod stance;

use std::cmp::Ordering;

use answer::{AssertionFinder, Evidence, Policy, Work, names_option};
use chat::Dialogue;
use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{JudgeState, Judgment, Solution};

use crate::{Item, Judge, absent, failed, found, known};
use finders::Finders;
use parts::{Arrival, Parts};
use rounds::Answers;
use stance::Stance;

/// Scores every mention of the known answer by the words and signs around it, and takes the first step that reaches
/// the threshold. Runs on all cores, costs nothing, and is the same on every machine.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Rule {
    /// The score that makes a mention an assertion.
    threshold: f64,
    /// When no step reaches the threshold, the best one counts from this score on, with little confidence.
    fallback: f64,
    /// The score that makes a mention an assertion in a trace that never gives an answer.
    open: f64,
    /// The same in a trace that gives only other answers.
    contradicted: f64,
    /// In both kinds of traces the mention must be in a box, behind "the answer is", or equated with what is asked.
    telling: bool,
    /// What counts as the same answer.
    policy: Policy,
    #[serde(skip)]
    finders: Finders,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            threshold: 1.75,
            fallback: -0.5,
            open: 2.75,
            contradicted: 3.25,
            telling: true,
            policy: Policy::default(),
            finders: Finders::default(),
        }
    }
}

impl Component for Rule {
    const KIND: &'static str = "rule";
    const ABOUT: &'static str = "finds the first assertion of the answer by rules, without a model";
    /// 2: rounds of solution carry their answers. 3: the step that is chosen for want of a better one ends a round.
    /// 4: options of multiple choice are compared as options. 5: what is said of an option's letter counts, as do numbers
    /// that fit an option and the parts of a compound answer; spent work is told.
    const VERSION: u32 = 5;
    type Built = dyn Judge;

    fn build(self, content: &mut Content) -> Result<Box<dyn Judge>, ConfigErrors> {
        for (language, cues) in answer::CUES {
            content.note(format!("cues.{language}"), *cues);
        }
        if !self.threshold.is_finite() {
            return Err(ConfigError::new("threshold", "must be a number").into());
        }
        if self.fallback > self.threshold {
            return Err(ConfigError::new("fallback", "must not be above the threshold").into());
        }
        Ok(Box::new(self))
    }
}

impl Judge for Rule {
    fn name(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        known(self.judge(item))
    }

    /// Where the model's own answer arrives can be said without a known one.
    fn needs_gold(&self) -> bool {
        false
    }
}

/// The score from which on an answer that is known already and comes out again ends another round.
const AGAIN: f64 = 0.0;

/// Work on one trace: about a second of it, and some ten megabytes of thinking. A trace of fewer takes less however it
/// loops, unless its formulas are dear to compare.
const MOST_WORK: u64 = 200_000_000;

/// A trace on which all work was spent before it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rules gave up: reading this trace takes more work than one trace may take")]
pub(crate) struct TooMuchWork;

impl TooMuchWork {
    /// What was found, if it is all there is.
    fn unless_done<T>(found: T, work: &Work) -> Result<T, Self> {
        if work.is_spent() { Err(Self) } else { Ok(found) }
    }
}

/// What one step holds of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct StepEvidence {
    /// The best score of a mention.
    score: Option<f64>,
    /// The best score of a mention that is neither supposed, doubted nor asked about.
    firm: Option<f64>,
    /// The best score of a mention that is the value of what is asked, and not just of something.
    telling: Option<f64>,
    /// One of the mentions is explicit: boxed, or behind "the answer is".
    explicit: bool,
    /// The step says of what it mentions that it came out again.
    again: bool,
    /// With it the last part of a compound answer has arrived.
    completes: bool,
}

/// From which score on a step asserts an answer.
#[derive(Clone, Copy, Debug)]
struct Bar {
    stance: Stance,
    score: f64,
    fallback: Option<f64>,
    /// A mention must be the value of what is asked.
    telling: bool,
}

impl Bar {
    /// The score of a step as far as it counts.
    fn score(&self, evidence: &StepEvidence) -> Option<f64> {
        if self.telling { evidence.telling } else { evidence.score }
    }

    fn reached(&self, evidence: &StepEvidence) -> bool {
        self.score(evidence).is_some_and(|score| score >= self.score)
            || evidence.completes && self.stance == Stance::Supported
    }

    /// The first step over the bar, else the best one over the fallback.
    fn choose(&self, steps: &[StepEvidence]) -> Option<u32> {
        let first = steps.iter().position(|evidence| self.reached(evidence)).or_else(|| {
            let fallback = self.fallback?;
            let scored = steps.iter().enumerate().filter_map(|(i, evidence)| Some((i, evidence.score?)));
            // The first of equal ones, hence the strict comparison.
            let best = scored.fold(None, |best: Option<(usize, f64)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            });
            best.filter(|(_, score)| *score >= fallback).map(|(index, _)| index)
        });
        first.and_then(|index| u32::try_from(index).ok())
    }
}

/// An answer and what the steps hold of it.
struct Search {
    bar: Bar,
    steps: Vec<StepEvidence>,
    /// The step that first asserts it, if any does.
    chosen: Option<u32>,
}

impl Search {
    fn step(&self) -> Option<u32> {
        self.chosen
    }

    /// A step over the bar, the one that was chosen for want of any, or a later one in which the answer comes out again;
    /// behind the chosen one, checking the answer supposes it and asserts nothing.
    fn asserts(&self, index: usize) -> bool {
        let Some(evidence) = self.steps.get(index) else { return false };
        match self.chosen.map(|chosen| index.cmp(&(chosen as usize))) {
            None | Some(Ordering::Less) => self.bar.reached(evidence),
            Some(Ordering::Equal) => true,
            Some(Ordering::Greater) => {
                let again = evidence.again && evidence.score.is_some_and(|score| score >= AGAIN);
                again || self.bar.reached(&StepEvidence { score: evidence.firm, ..*evidence })
            }
        }
    }
}

/// What the rules see in the steps of a trace.
struct TraceEvidence {
    claims: Vec<Option<String>>,
    /// Where the known answer stands, if there is one.
    known: Option<Search>,
    /// Where the model's own final answer stands, if it is another one.
    other: Option<Search>,
    /// That own answer.
    own_text: Option<String>,
}

impl TraceEvidence {
    fn own(&self) -> Option<&Search> {
        self.own_text.as_ref().and(self.other.as_ref().or(self.known.as_ref()))
    }

    fn answers<'a>(&'a self, item: &'a Item<'a>, policy: &'a Policy, work: &'a Work) -> Answers<'a> {
        let (own, own_text) = (self.own(), self.own_text.as_deref());
        Answers { known: self.known.as_ref(), item, own, own_text, policy, work }
    }
}

impl Rule {
    /// Rules with another idea of what counts as the same answer.
    pub(crate) fn with(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
    }

    /// The rounds of solution.
    pub(crate) fn solutions(&self, item: &Item<'_>) -> Result<Vec<Solution>, TooMuchWork> {
        if nothing_to_judge(item).is_some() {
            return Ok(vec![]);
        }
        let work = Work::within(MOST_WORK);
        let evidence = self.trace_evidence(item, &work);
        let rounds = evidence.answers(item, &self.policy, &work).rounds(&evidence.claims);
        TooMuchWork::unless_done(rounds, &work)
    }

    /// Rounds that somebody else saw, with the answers that their last steps give.
    pub(crate) fn solutions_at(&self, item: &Item<'_>, ends: &[u32]) -> Result<Vec<Solution>, TooMuchWork> {
        let work = Work::within(MOST_WORK);
        let evidence = self.trace_evidence(item, &work);
        let answers = evidence.answers(item, &self.policy, &work);
        let claim = |end: u32| evidence.claims.get(end as usize).and_then(Option::as_deref);
        let at =
            |end: &u32| answers.at(*end as usize, claim(*end)).unwrap_or_else(|| Solution::ending_at(*end));
        TooMuchWork::unless_done(ends.iter().map(at).collect(), &work)
    }

    fn judge(&self, item: &Item<'_>) -> Judgment {
        if let Some(reason) = nothing_to_judge(item) {
            return skipped(reason);
        }
        self.judge_within(item, &Work::within(MOST_WORK))
    }

    fn judge_within(&self, item: &Item<'_>, work: &Work) -> Judgment {
        let judgment = self.read(item, work);
        TooMuchWork::unless_done(judgment, work).unwrap_or_else(|spent| failed(spent.to_string()))
    }

    fn read(&self, item: &Item<'_>, work: &Work) -> Judgment {
        let evidence = self.trace_evidence(item, work);
        let verdict = match &evidence.known {
            Some(known) => self.verdict(item, known, &evidence.claims, work),
            None => skipped("no known answer"),
        };
        let solutions = Some(evidence.answers(item, &self.policy, work).rounds(&evidence.claims));
        Judgment { own_step: evidence.own().and_then(Search::step), solutions, ..verdict }
    }

    fn trace_evidence(&self, item: &Item<'_>, work: &Work) -> TraceEvidence {
        let own_text = item.grade.extracted.clone();
        let choices = &item.problem.choices;
        // "The answer is either A or B" claims nothing.
        let fits = |claim: &String| choices.is_empty() || names_option(claim, choices, &self.policy, work);
        let claims: Vec<Option<String>> =
            item.step_texts().map(|step| rounds::claim(step).filter(fits)).collect();
        let golds = &item.problem.gold;
        let known = (!golds.is_empty()).then(|| {
            let claimed = claims.iter().flatten().map(|claim| item.is_known(claim, &self.policy, work));
            let stance = Stance::of(item.grade, claimed);
            self.search(item, golds, stance, work)
        });
        // An own answer that is the known one need not be looked for again.
        let same = known.as_ref().is_some_and(|known| known.bar.stance == Stance::Supported);
        let other =
            own_text.clone().filter(|_| !same).map(|own| self.search(item, &[own], Stance::Supported, work));
        TraceEvidence { claims, known, other, own_text }
    }

    fn search(&self, item: &Item<'_>, answers: &[String], stance: Stance, work: &Work) -> Search {
        let finder = self.finders.of(item.problem, answers, &self.policy);
        let mut parts = Parts::of(&finder);
        let read = |step| step_evidence(&finder, step, &mut parts, work);
        let steps: Vec<StepEvidence> = item.step_texts().map(read).collect();
        let bar = self.bar(stance);
        let chosen = bar.choose(&steps);
        Search { bar, steps, chosen }
    }

    fn bar(&self, stance: Stance) -> Bar {
        let strict = |score| Bar { stance, score, fallback: None, telling: self.telling };
        match stance {
            Stance::Supported => {
                Bar { stance, score: self.threshold, fallback: Some(self.fallback), telling: false }
            }
            Stance::Open => strict(self.open),
            Stance::Contradicted => strict(self.contradicted),
        }
    }

    fn verdict(&self, item: &Item<'_>, known: &Search, claims: &[Option<String>], work: &Work) -> Judgment {
        let Some(step) = known.step() else { return absent() };
        let (index, steps) = (step as usize, &known.steps);
        let score = known.bar.score(&steps[index]);
        let first = steps.iter().position(|evidence| evidence.score.is_some()).unwrap_or(index).min(index);
        let explicit =
            steps.iter().skip(index).position(|evidence| evidence.explicit).map(|behind| index + behind);
        let last = explicit.unwrap_or(index);
        Judgment {
            band_first: u32::try_from(first).ok(),
            band_last: u32::try_from(last).ok(),
            score,
            confidence: score.map(|score| confidence(score - known.bar.score, last - first, steps.len())),
            later_changed: Some(self.later_changed(item, &claims[index + 1..], work)),
            ..found(step)
        }
    }

    /// One of the claims of later steps is another answer.
    fn later_changed(&self, item: &Item<'_>, later: &[Option<String>], work: &Work) -> bool {
        later.iter().flatten().any(|claim| item.is_known(claim, &self.policy, work) == Some(false))
    }
}

/// The evidence names what is asked and concludes.
fn tells(evidence: &[Evidence]) -> bool {
    let has = |one: Evidence| evidence.contains(&one);
    let named = has(Evidence::AskedWords) && (has(Evidence::Verb) || has(Evidence::ClosesEquation));
    has(Evidence::AskedLeft) || (named && has(Evidence::Conclusion) && has(Evidence::EndsStep))
}

/// The mention is supposed, doubted or asked about.
fn doubts(evidence: &[Evidence]) -> bool {
    evidence.iter().any(|one| matches!(one, Evidence::Hypothesis | Evidence::Hedge | Evidence::Question))
}

fn step_evidence(finder: &AssertionFinder, step: &str, parts: &mut Parts, work: &Work) -> StepEvidence {
    let more = |best: Option<f64>, score: f64| Some(best.map_or(score, |best| best.max(score)));
    let mentions = finder.assertions_within(step, work);
    let arrival = parts.next(&mentions);
    let whole = mentions.iter().filter(|mention| mention.part.is_none());
    let found = whole.fold(StepEvidence::default(), |evidence, mention| {
        let telling = mention.explicit || tells(&mention.evidence);
        StepEvidence {
            score: more(evidence.score, mention.score),
            firm: if doubts(&mention.evidence) { evidence.firm } else { more(evidence.firm, mention.score) },
            telling: if telling { more(evidence.telling, mention.score) } else { evidence.telling },
            explicit: evidence.explicit || mention.explicit,
            ..evidence
        }
    });
    let (score, firm) = match arrival {
        Some(Arrival::Complete(score) | Arrival::Again(score)) => {
            (more(found.score, score), more(found.firm, score))
        }
        None => (found.score, found.firm),
    };
    let again = score.is_some() && rounds::says_again(step);
    StepEvidence { score, firm, again, completes: matches!(arrival, Some(Arrival::Complete(_))), ..found }
}

/// 0 to 1: rises with the score's lead over the threshold, falls with the share of the trace that the band covers.
fn confidence(lead: f64, band: usize, steps: usize) -> f64 {
    let sure = 1.0 / (1.0 + (-(lead + 0.5)).exp());
    let width = band as f64 / steps.max(1) as f64;
    sure * (1.0 - 0.5 * width)
}

fn nothing_to_judge(item: &Item<'_>) -> Option<&'static str> {
    if item.generation.failed() {
        return Some("the call failed, there is no reply");
    }
    item.steps.is_empty().then_some("no thinking")
}

fn skipped(reason: &str) -> Judgment {
    Judgment { state: JudgeState::Skipped, reason: Some(reason.to_owned()), ..Judgment::default() }
}

#[cfg(test)]
mod tests {
    use tables::{Finish, Generation, Problem, Step};

    use super::*;
    use crate::test_support::graded;

    pub(super) fn judged(problem: &Problem, steps: &[&str], answer: &str) -> Judgment {
        let mut reasoning = String::new();
        let mut spans = Vec::new();
        for step in steps {
            let start = u32::try_from(reasoning.len()).unwrap();
            reasoning.push_str(step);
            spans.push(Step { start, end: u32::try_from(reasoning.len()).unwrap(), tokens: 1 });
            reasoning.push_str("\n\n");
        }
        let generation = Generation {
            reasoning,
            answer_text: answer.into(),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            ..Generation::default()
        };
        let grade = graded(problem, &generation);
        Rule::default().judge(&Item { problem, generation: &generation, grade: &grade, steps: &spans })
    }

    pub(super) fn problem(text: &str, gold: &str) -> Problem {
        let gold = if gold.is_empty() { vec![] } else { vec![gold.to_owned()] };
        Problem { problem: text.into(), gold, ..Problem::default() }
    }

    #[test]
    fn the_first_assertion_is_found_and_mentions_are_not() {
        let cubes =
            problem("What is the smallest perfect cube that is a sum of three consecutive integers?", "27");
        let steps = [
            "I need the smallest perfect cube. Cubes are 1, 8, 27, 64.",
            "Let me check if 27 can be written like that.",
            "8 + 9 + 10 = 27, so 27 is the smallest such cube.",
            "Wait, what about 8? No.",
            "So the answer is 27.",
        ];
        let verdict = judged(&cubes, &steps, "\\boxed{27}");
        assert_eq!((verdict.state, verdict.step), (JudgeState::Found, Some(2)));
        assert_eq!((verdict.band_first, verdict.band_last), (Some(0), Some(4)));
        assert_eq!((verdict.own_step, verdict.later_changed), (Some(2), Some(false)));
        assert!(verdict.confidence.is_some_and(|c| c > 0.3 && c < 1.0));
    }

    #[test]
    fn a_wrong_end_is_told_apart_from_the_right_middle() {
        let sum = problem("What is 2 + 3 + 15?", "20");
        let verdict =
            judged(&sum, &["So 2 + 3 + 15 = 20.", "Hmm, so the answer is 21."], "The answer is 21.");
        assert_eq!((verdict.step, verdict.own_step, verdict.later_changed), (Some(0), Some(1), Some(true)));
    }

    #[test]
    fn decoys_and_missing_pieces() {
        let sum = problem("What is the sum of 2 and 3?", "977");
        assert_eq!(judged(&sum, &["So the sum is 5."], "5").state, JudgeState::Absent);
        let unknown =
            judged(&problem("What is the sum of 2 and 3?", ""), &["So the sum is 5."], "\\boxed{5}");
        assert_eq!((unknown.state, unknown.own_step), (JudgeState::Skipped, Some(0)));
        assert_eq!(unknown.reason.as_deref(), Some("no known answer"));
        assert_eq!(judged(&sum, &[], "5").reason.as_deref(), Some("no thinking"));
    }

    #[test]
    fn a_value_on_the_way_is_no_answer() {
        let apples = problem("Ann buys 3 bags of 12 apples and eats 7. How many apples are left?", "36");
        let steps = ["There are 3 * 12 = 36 apples.", "So 36 - 7 = 29 apples are left.", "The answer is 29."];
        assert_eq!(judged(&apples, &steps, "\\boxed{29}").state, JudgeState::Absent);
        // Found and lost again: the step gives it as the answer.
        let lost = ["So the answer is 36.", "Wait, she eats 7, so 29."];
        let verdict = judged(&apples, &lost, "\\boxed{29}");
        assert_eq!((verdict.step, verdict.later_changed), (Some(0), Some(false)));
        assert_eq!(verdict.own_step, Some(1));
    }

    #[test]
    fn rounds_end_where_the_answer_comes_out_once_more() {
        let sum = problem("What is 2 + 3 + 15?", "20");
        let check = |steps: &[&str], expect: &[u32]| {
            let verdict = judged(&sum, steps, "\\boxed{20}");
            let ends: Vec<u32> = verdict.solutions.iter().flatten().map(|round| round.end).collect();
            assert_eq!(ends, expect, "{steps:?}");
        };
        let so = "So 2 + 3 + 15 = 20.";
        check(&[so, "Good."], &[0]);
        // A neighbour repeats, unless it sets out anew.
        check(&[so, "So the answer is 20."], &[0]);
        check(&[so, "Wait, 15 + 5 = 20. So the answer is 20."], &[0, 1]);
        // What comes out again needs no more than a word for it.
        check(&[so, "Now the other way round.", "15 + 5 is 20. The same."], &[0, 2]);
        check(&[so, "Now the other way round.", "15 and 5 are the 20 of the first way?"], &[0]);
        // The last words only write it down.
        check(&[so, "**Final answer**", "The answer is 20."], &[0]);
        check(&[so, "Let me check that.", "15 + 5 = 20, so the answer is 20."], &[0, 2]);
        check(&[so, "Hmm, is there another sum?", "2 + 18 is more, so 20 is still what it is."], &[0, 2]);
        // To suppose the answer, to doubt it, or to announce it ends none.
        check(&[so, "Hmm.", "Let me substitute back: if 2 + 3 + 15 = 20, fine."], &[0]);
        check(&["The final answer should be that second sum.", so], &[1]);
        check(&["Perhaps the answer is 21.", so], &[1]);
        // For want of a better one the best mention ends a round.
        check(&["That makes 20."], &[0]);
    }

    #[test]
    fn any_of_several_acceptable_answers_counts() {
        let half = Problem {
            problem: "What part of the cake is left?".into(),
            gold: vec!["\\frac{1}{2}".into(), "50\\%".into()],
            ..Problem::default()
        };
        let check = |step: &str| assert_eq!(judged(&half, &["Hm.", step], "").step, Some(1), "{step}");
        check("So the part that is left is 1/2 of the cake. The answer is 1/2.");
        check("So the answer is 50%.");
    }

    #[test]
    fn chinese_traces() {
        let apples = problem("小明有12个苹果，吃了5个，还剩多少个苹果？", "7");
        let steps = ["题目说有12个苹果。", "假设吃了7个？", "12 - 5 = 7，所以还剩7个苹果。", "答案是7。"];
        let verdict = judged(&apples, &steps, "所以答案是7。");
        assert_eq!((verdict.state, verdict.step), (JudgeState::Found, Some(2)));
        assert_eq!((verdict.band_last, verdict.own_step), (Some(3), Some(2)));
        let choice = Problem {
            problem: "哪颗行星最大？".into(),
            gold: vec!["B".into()],
            choices: vec!["火星".into(), "木星".into()],
            ..Problem::default()
        };
        assert_eq!(judged(&choice, &["A和B都是行星。", "所以答案是B。"], "答案：B").step, Some(1));
        assert_eq!(judged(&choice, &["A和B都是行星。", "所以最大的行星是木星。"], "答案：B").step, Some(1));
    }

    #[test]
    fn an_option_given_by_its_value_contradicts_nothing() {
        let mut sum = problem("What is 2 + 3?", "B");
        sum.choices = vec!["4".into(), "5".into(), "6".into()];
        let steps = ["Two and three.", "So 2 + 3 = 5, the answer is 5.", "That is one more than 4. Good."];
        let said = |answer: &str| judged(&sum, &steps, answer);
        let letter = said("(B)");
        assert_eq!((letter.step, letter.own_step, letter.later_changed), (Some(1), Some(1), Some(false)));
        for answer in ["The answer is 5.", "**B**", "B) 5"] {
            assert_eq!(said(answer), letter, "{answer}");
        }
    }

    #[test]
    fn choices_need_a_cue_or_their_value() {
        let mut question = problem("Which planet is the largest?", "B");
        question.choices = vec!["Mars".into(), "Jupiter".into()];
        let check =
            |steps: &[&str], expect| assert_eq!(judged(&question, steps, "B").step, expect, "{steps:?}");
        check(&["A planet. B comes after A.", "So the largest planet is Jupiter."], Some(1));
        check(&["B is a letter.", "So the answer is (B)."], Some(1));
        check(&["B B B"], None);
    }
}
