//! Which answers a step of thinking asserts: every mention of a known answer is a candidate, and evidence for and
//! against it adds up to a score. A mention alone is no assertion.

mod cues;
mod evidence;
mod gold;
mod question;
mod sentences;

use std::ops::Range;

use crate::Policy;
use cues::{Cue, Hit, hits};
use gold::{Gold, Kind};
use question::Question;
use sentences::{Segment, segments, sentences};

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
        if !self.golds.iter().any(|gold| gold.may_stand_in(step)) {
            return vec![];
        }
        let sentences = sentences(step);
        let mut found = Vec::new();
        for (index, sentence) in sentences.iter().enumerate() {
            let last = index + 1 == sentences.len();
            self.sentence(step, sentence.clone(), last, &mut found);
        }
        found.sort_by_key(|assertion: &Assertion| assertion.span.start);
        found
    }

    fn sentence(&self, step: &str, sentence: Range<usize>, last: bool, found: &mut Vec<Assertion>) {
        let text = &step[sentence.clone()];
        if !self.golds.iter().any(|gold| gold.may_stand_in(text)) {
            return;
        }
        let mut context: Option<Context<'_>> = None;
        let all = segments(step, sentence.clone());
        for (index, gold) in self.golds.iter().enumerate() {
            for mention in mentions(gold, step, sentence.clone(), &all, &self.policy) {
                let context = context.get_or_insert_with(|| Context {
                    step,
                    sentence: sentence.clone(),
                    hits: hits(text),
                    last,
                    shared: self.question.shared(text),
                });
                if gold.needs_work() && self.question.states(context.text(&mention)) {
                    continue;
                }
                found.push(self.assertion(context, gold, self.owner[index], &mention));
            }
        }
    }

    fn assertion(&self, context: &Context<'_>, gold: &Gold, owner: usize, mention: &Segment) -> Assertion {
        let evidence = self.evidence(context, gold, mention);
        let score = evidence.iter().map(|evidence| evidence.weight()).sum();
        let explicit = evidence.iter().any(|e| matches!(e, Evidence::Boxed | Evidence::AnswerCue));
        Assertion { gold: owner, span: mention.span.clone(), score, explicit, evidence }
    }

    fn evidence(&self, context: &Context<'_>, gold: &Gold, mention: &Segment) -> Vec<Evidence> {
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
        let (left, other) = self.left_side(context, mention);
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
        add(context.is_question(), Evidence::Question);
        add(context.cue(Cue::Restatement, mention), Evidence::Restatement);
        add(self.in_problem(gold), Evidence::InProblem);
        // A small integer of the problem is suspect once, not twice, where the sentence names what is asked.
        let named = self.in_problem(gold) && (left || context.shared > 0);
        add(gold.small && !boxed && !answer && !named, Evidence::SmallInteger);
        add(mention.listed && !mention.after_equals, Evidence::Listed);
        add(mention.before_equals || context.after(mention).starts_with(['\'', '’']), Evidence::GoesOn);
        all
    }

    /// Whether the asked formula, or another letter, stands on the left of the mention's equation.
    fn left_side(&self, context: &Context<'_>, mention: &Segment) -> (bool, bool) {
        if !mention.after_equals {
            return (context.verb(mention).is_some_and(|verb| self.asked_before(context, verb)), false);
        }
        let chain = &context.step[mention.chain..mention.span.start];
        let first = chain.split('=').next().unwrap_or_default();
        let left =
            self.question.is_formula(first) || chain.split('=').any(|part| self.question.is_formula(part));
        let bare = question::squeezed(first);
        let letter = bare.chars().count() == 1 && bare.chars().all(char::is_alphabetic);
        (left, letter && !left)
    }

    /// The asked formula stands before a verb: "b equals 19".
    fn asked_before(&self, context: &Context<'_>, verb: usize) -> bool {
        let before = context.step[context.sentence.start..context.sentence.start + verb].trim_end();
        let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        self.question.is_formula(before[start..].trim_end_matches("\\)"))
    }

    fn in_problem(&self, gold: &Gold) -> bool {
        match &gold.kind {
            Kind::Integer(digits) => self.question.numbers.contains(digits),
            _ => false,
        }
    }
}

/// Where a gold answer stands in a sentence.
fn mentions(
    gold: &Gold,
    step: &str,
    sentence: Range<usize>,
    all: &[Segment],
    policy: &Policy,
) -> Vec<Segment> {
    match &gold.kind {
        Kind::Words(words) => words_at(step, sentence, words),
        Kind::Choice(letter) => letters_at(step, sentence, *letter),
        _ if gold.several => {
            let whole = joined(all);
            all.iter().chain(&whole).filter(|s| gold.is(&step[s.span.clone()], policy)).cloned().collect()
        }
        _ => {
            let written = all.iter().filter(|s| gold.is(&step[s.span.clone()], policy)).cloned();
            let named = gold.name.map_or_else(Vec::new, |name| words_at(step, sentence, name));
            written.chain(named).collect()
        }
    }
}

/// Neighbouring segments with commas between them as one: `x = 1, 2`.
fn joined(all: &[Segment]) -> Vec<Segment> {
    let mut whole = Vec::new();
    for (index, first) in all.iter().enumerate() {
        let run = all[index..].iter().skip(1).take_while(|next| next.listed && !next.after_equals).last();
        if let Some(last) = run {
            whole.push(Segment { span: first.span.start..last.span.end, listed: false, ..first.clone() });
        }
    }
    whole
}

fn plain(span: Range<usize>, chain: usize) -> Segment {
    Segment { span, after_equals: false, before_equals: false, listed: false, chain }
}

fn words_at(step: &str, sentence: Range<usize>, words: &str) -> Vec<Segment> {
    let lower = gold::folded(&step[sentence.clone()]);
    let letter = |c: Option<char>| c.is_some_and(joins_word);
    let whole = |at: usize| {
        !letter(lower[..at].chars().next_back()) && !letter(lower[at + words.len()..].chars().next())
    };
    let found = lower.match_indices(words).filter(|(at, _)| whole(*at));
    found
        .map(|(at, _)| plain(sentence.start + at..sentence.start + at + words.len(), sentence.start))
        .collect()
}

/// A word goes on with this character; Chinese has no blanks between words.
fn joins_word(c: char) -> bool {
    c.is_alphanumeric() && !question::is_chinese(c)
}

/// A choice letter in brackets or behind "option".
fn letters_at(step: &str, sentence: Range<usize>, letter: char) -> Vec<Segment> {
    let text = &step[sentence.clone()];
    let marked = |at: usize| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let brackets = before.ends_with(['(', '{']) && after.starts_with([')', '}']);
        let lower = before.trim_end_matches([' ', '*', '(', ':', '：']).to_lowercase();
        let cue = ["option", "choice", "answer", "answer is", "选", "选项", "答案是"]
            .iter()
            .any(|cue| lower.ends_with(cue));
        let free = !after.starts_with(joins_word) && !before.ends_with(joins_word);
        free && (brackets || cue)
    };
    let found = text.match_indices(letter).filter(|(at, _)| marked(*at));
    found.map(|(at, _)| plain(sentence.start + at..sentence.start + at + 1, sentence.start)).collect()
}

/// The sentence around a mention.
struct Context<'a> {
    step: &'a str,
    sentence: Range<usize>,
    hits: Vec<Hit>,
    /// It is the step's last sentence.
    last: bool,
    /// Words of the question that it holds.
    shared: usize,
}

impl Context<'_> {
    fn text(&self, mention: &Segment) -> &str {
        &self.step[mention.span.clone()]
    }

    fn before(&self, mention: &Segment) -> &str {
        &self.step[self.sentence.start..mention.span.start]
    }

    fn after(&self, mention: &Segment) -> &str {
        &self.step[mention.span.end..self.sentence.end]
    }

    /// A cue of this kind stands before the mention.
    fn cue(&self, cue: Cue, mention: &Segment) -> bool {
        let at = mention.span.start - self.sentence.start;
        self.hits.iter().any(|hit| hit.cue == cue && hit.end <= at)
    }

    /// "… is the answer".
    fn answers_after(&self, mention: &Segment) -> bool {
        let at = mention.span.end - self.sentence.start;
        self.hits.iter().any(|hit| hit.cue == Cue::Answer && hit.start >= at && hit.start < at + 12)
    }

    fn verb_before(&self, mention: &Segment) -> bool {
        self.verb(mention).is_some()
    }

    /// Where the verb directly before the mention begins in the sentence.
    fn verb(&self, mention: &Segment) -> Option<usize> {
        let before = self.before(mention).trim_end_matches([' ', '$', '*', '\\', '(', ':', '：']).len();
        self.hits.iter().find(|hit| hit.cue == Cue::Verb && hit.end == before).map(|hit| hit.start)
    }

    /// A hypothesis that reaches up to the mention: no conclusion and no comma ends it first.
    fn hypothesis(&self, mention: &Segment) -> bool {
        let at = mention.span.start - self.sentence.start;
        let text = &self.step[self.sentence.clone()];
        let open = |hit: &&Hit| {
            let between = &text[hit.end..at];
            let concluded = self.hits.iter().any(|h| {
                matches!(h.cue, Cue::Conclusion | Cue::Answer) && h.start > hit.start && h.end <= at
            });
            !between.contains([',', '，', ':']) && !concluded && between.len() < 60
        };
        self.hits.iter().filter(|hit| hit.cue == Cue::Hypothesis && hit.end <= at).any(|hit| open(&hit))
    }

    fn negation(&self, mention: &Segment) -> bool {
        let at = mention.span.start - self.sentence.start;
        let near = |hit: &Hit| hit.cue == Cue::Negation && hit.end <= at + 40 && hit.start + 40 >= at;
        self.hits.iter().any(near)
    }

    fn is_question(&self) -> bool {
        self.step[self.sentence.clone()].trim_end().ends_with(['?', '？'])
    }

    /// Nothing but units and punctuation follows in the sentence.
    fn ends_sentence(&self, mention: &Segment) -> bool {
        let after = self.after(mention);
        let words =
            after.split_whitespace().filter(|word| word.contains(|c: char| c.is_alphanumeric())).count();
        words <= 2 && !after.contains(|c: char| c.is_ascii_digit())
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
