//! A reasoner of whom every figure is known beforehand: it goes step by step, each step is right with the same chance, and what
//! went wrong stays wrong. Whether a step is right stands in a word of it that nobody else can read.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Asked, Said,
    going_on::Beginning,
    solver::{drawn, hashed, solution},
};

/// How it reasons about the sum in a prompt. A step's fate follows from the prompt, the steps before it and the seed alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chain {
    /// Steps of a whole reply.
    pub steps: usize,
    /// The chance that a step behind right ones is right.
    pub p: f64,
    /// The chance that a step mends what went wrong before it.
    pub mends: f64,
    /// How many wrong answers there are, each as likely.
    pub wrong_answers: u64,
    /// Words of a step; [`LEAST_WORDS`] at least.
    pub words: usize,
    /// How many texts a right step may have, and a wrong one as many.
    pub texts: u64,
    /// The steps are its thinking; else they are its answer.
    pub thinks: bool,
}

impl Default for Chain {
    fn default() -> Self {
        Self { steps: 5, p: 0.8, mends: 0.0, wrong_answers: 2, words: 10, texts: 1 << 20, thinks: false }
    }
}

/// Words of a step that say something.
pub const LEAST_WORDS: usize = 5;
/// Between two steps.
const SEPARATOR: &str = "\n\n";
/// Closes the thinking of a reply in whose text it stands.
const CLOSE: &str = "</think>";
/// Between the number of a step and its word.
const LEADS: &str = " leads to ";
/// In front of the answer in the last step.
const SO: &str = "so it is ";

/// Whether a reasoner is on the right way behind each step of a text; what is no step of its is passed over.
pub fn chain_states(text: &str) -> Vec<bool> {
    text.split(SEPARATOR).filter_map(state_of).collect()
}

/// Behind a step: on the right way or not.
fn state_of(step: &str) -> Option<bool> {
    let step = step.trim_start().trim_start_matches("<think>").trim_start();
    step.strip_prefix("Step ")?;
    shown_steps(step).first().map(|(_, right)| *right)
}

/// The steps in a text, wherever they stand: the word of each, and whether it is right.
pub(crate) fn shown_steps(text: &str) -> Vec<(&str, bool)> {
    let pieces: Vec<&str> = text.split(LEADS).collect();
    let told = pieces.windows(2).filter_map(|pair| {
        let number: usize = pair[0].rsplit(' ').next()?.parse().ok()?;
        let word = pair[1].split(|c: char| !c.is_ascii_alphabetic()).next()?;
        let last = word.bytes().last().filter(|letter| (b'a'..=b'p').contains(letter))?;
        Some((word, u64::from(last - b'a') & 1 == mask(number) ^ 1))
    });
    told.collect()
}

/// What hides the last bit of a step's word.
fn mask(number: usize) -> u64 {
    hashed(("mask", number)) & 1
}

/// The word of a step: one of many, and in its last letter whether the step is right.
pub(crate) fn word(number: usize, text: u64, right: bool) -> String {
    let mut left = 2 * text + (u64::from(right) ^ mask(number));
    let mut letters = Vec::new();
    while letters.len() < 6 {
        letters.push(char::from(b'a' + (left % 16) as u8));
        left /= 16;
    }
    letters.iter().rev().collect()
}

/// The way so far.
struct Course<'a> {
    chain: &'a Chain,
    asked: &'a Asked,
    /// Steps, each with the separator behind it; the last one without.
    text: String,
    done: usize,
    right: bool,
}

impl Chain {
    /// A whole reply.
    pub fn reply(&self, asked: &Asked) -> Said {
        let (text, answer) = Course::new(self, asked, "").to_the_end();
        self.told(if self.thinks { Said::thought(text, sentence(answer)) } else { Said::plain(text) })
    }

    /// What it says behind a message that it began.
    pub fn behind(&self, asked: &Asked, message: &Value) -> Said {
        self.go_on(asked, &Beginning::of_message(message))
    }

    /// What it says behind a beginning.
    pub(crate) fn go_on(&self, asked: &Asked, beginning: &Beginning) -> Said {
        let (thought, said) = match (beginning.thinking(), beginning.text()) {
            ("", text) => text.split_once(CLOSE).unwrap_or((text, "")),
            both => both,
        };
        let course = Course::new(self, asked, thought);
        if beginning.text().ends_with("\\boxed{") {
            return self.told(Said::plain(format!("{}}}.", course.to_the_end().1)));
        }
        if self.thinks && !said.is_empty() {
            let whole = sentence(course.to_the_end().1);
            return self.told(Said::plain(whole.strip_prefix(said.trim_start()).unwrap_or(&whole)));
        }
        let (rest, answer) = match course.may_go_on() {
            true => course.to_the_end(),
            false => (String::new(), 0),
        };
        let answer = sentence(answer);
        self.told(match (self.thinks, beginning.is_inside()) {
            (false, _) => Said::plain(rest),
            (true, true) => Said::thought(rest, answer),
            (true, false) => Said::plain(format!("{rest}\n{CLOSE}{SEPARATOR}{answer}")),
        })
    }

    /// With how likely its words were.
    fn told(&self, said: Said) -> Said {
        let words = said.reasoning.split_whitespace().count() + said.content.split_whitespace().count();
        said.with_logprobs(vec![self.p.ln(); words])
    }
}

fn sentence(answer: i64) -> String {
    format!("The answer is \\boxed{{{answer}}}.")
}

impl<'a> Course<'a> {
    fn new(chain: &'a Chain, asked: &'a Asked, begun: &str) -> Self {
        let states = chain_states(begun);
        let right = states.last().copied().unwrap_or(true);
        Self { chain, asked, text: begun.to_owned(), done: states.len(), right }
    }

    /// As real models do, it never begins another step where the separator behind the last one is missing; its answer is 0 then.
    fn may_go_on(&self) -> bool {
        self.done == 0 || self.done == self.chain.steps || self.text.ends_with(SEPARATOR)
    }

    fn seed(&self) -> Option<i64> {
        self.asked.body.get("seed").and_then(Value::as_i64)
    }

    /// Drawn from everything that a step's fate follows from.
    fn hash(&self, what: &str) -> u64 {
        hashed((what, &self.asked.prompt, self.seed(), &self.text))
    }

    /// The steps that are left, and the answer.
    fn to_the_end(mut self) -> (String, i64) {
        let begun = self.text.len();
        let mut answer = self.told().unwrap_or_else(|| self.answer());
        while self.done < self.chain.steps {
            answer = self.step();
        }
        (self.text.split_off(begun), answer)
    }

    /// The answer that a step before has given.
    fn told(&self) -> Option<i64> {
        let (_, behind) = self.text.rsplit_once(SO)?;
        behind.trim_start_matches("\\boxed{").split(['.', '}']).next()?.parse().ok()
    }

    /// The answer, as the way is now.
    fn answer(&self) -> i64 {
        let right = solution(&self.asked.prompt);
        let wrong = 1 + self.hash("wrong") % self.chain.wrong_answers.max(1);
        if self.right { right } else { right + i64::try_from(wrong).unwrap_or(1) }
    }

    fn step(&mut self) -> i64 {
        let chance = if self.right { self.chain.p } else { self.chain.mends };
        self.right = drawn(self.hash("fate")) < chance;
        let text = self.hash("text") % self.chain.texts.max(1);
        let answer = self.answer();
        self.done += 1;
        let last = self.done == self.chain.steps;
        let filler = " and on".repeat(self.chain.words.saturating_sub(LEAST_WORDS) / 2);
        let end = match (last, self.chain.thinks) {
            (false, _) => String::new(),
            (true, true) => format!(", {SO}{answer}"),
            (true, false) => format!(", {SO}\\boxed{{{answer}}}"),
        };
        if self.done > 1 && !self.text.ends_with(SEPARATOR) {
            self.text.push_str(SEPARATOR);
        }
        let word = word(self.done, text, self.right);
        self.text.push_str(&format!("Step {} leads to {word}{filler}{end}.", self.done));
        answer
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Dialect;

    fn asked(seed: i64, begun: Option<Value>) -> Asked {
        let prompt = "What is 12 + 30?".to_owned();
        let mut messages = vec![json!({"role": "user", "content": prompt})];
        messages.extend(begun);
        Asked { model: String::new(), prompt, body: json!({"seed": seed, "messages": messages}), number: 0 }
    }

    fn goes_on(chain: &Chain, seed: i64, thinking: &str, text: &str) -> Said {
        let message = json!({"role": "assistant", "content": text, "reasoning_content": thinking});
        let asked = asked(seed, Some(message));
        let beginning = Dialect::Llamacpp.beginning(&asked.body).unwrap().unwrap();
        chain.go_on(&asked, &beginning)
    }

    #[test]
    fn a_whole_reply_is_right_with_the_chance_of_all_its_steps() {
        let chain = Chain::default();
        let right = |seed: &i64| chain.reply(&asked(*seed, None)).content.contains("{42}");
        let count = (0..4000).filter(right).count() as f64 / 4000.0;
        assert!((count - 0.32768).abs() < 0.0225, "{count}");
    }

    #[test]
    fn the_value_behind_a_right_step_is_the_chance_of_those_that_are_left() {
        let chain = Chain { thinks: true, ..Chain::default() };
        let mut seeds = 0..;
        let whole = seeds.find_map(|seed| {
            let said = chain.reply(&asked(seed, None));
            said.content.contains("{42}").then_some(said.reasoning)
        });
        let whole = whole.unwrap();
        for (done, expect) in [(1, 0.4096), (3, 0.64), (4, 0.8), (5, 1.0)] {
            let steps: Vec<&str> = whole.split(SEPARATOR).take(done).collect();
            let prefix = steps.join(SEPARATOR) + SEPARATOR;
            let right = |seed: &i64| goes_on(&chain, *seed, &prefix, "").content.contains("{42}");
            let share = (0..3000).filter(right).count() as f64 / 3000.0;
            assert!((share - expect).abs() < 0.028, "{done}: {share}");
            let forced = |seed: &i64| goes_on(&chain, *seed, &prefix, "It is \\boxed{").content == "42}.";
            let share = (0..3000).filter(forced).count() as f64 / 3000.0;
            assert!((share - expect).abs() < 0.028, "{done}: {share}");
        }
    }

    #[test]
    fn what_went_wrong_stays_wrong_unless_it_is_mended() {
        let states = |mends| {
            let chain = Chain { mends, ..Chain::default() };
            (0..500).map(|seed| chain_states(&chain.reply(&asked(seed, None)).content)).collect::<Vec<_>>()
        };
        let mended = |states: &Vec<bool>| !states.is_sorted_by(|a, b| *a || !*b);
        assert!(states(0.0).iter().all(|states| states.len() == 5 && !mended(states)));
        assert!(states(0.5).iter().any(mended));
    }

    #[test]
    fn steps_have_their_words_and_few_texts_if_so_wished() {
        let chain = Chain { words: 9, texts: 1, p: 1.0, ..Chain::default() };
        let said = |seed| chain.reply(&asked(seed, None)).content;
        assert_eq!(said(1), said(2));
        assert!(said(1).starts_with("Step 1 leads to aaaaa"), "{}", said(1));
        assert_eq!(said(1).split(SEPARATOR).next().unwrap().split_whitespace().count(), 9);
        assert_eq!(said(1).split(SEPARATOR).count(), 5);
        assert!(said(1).ends_with(", so it is \\boxed{42}."), "{}", said(1));
    }

    #[test]
    fn a_beginning_is_gone_on_with_where_it_stands() {
        let text = Chain::default();
        let whole = text.reply(&asked(3, None)).content;
        let first = format!("{}{SEPARATOR}", whole.split(SEPARATOR).next().unwrap());
        assert!(goes_on(&text, 3, "", &first).content.starts_with("Step 2 leads to "));
        assert_eq!(goes_on(&text, 3, "", &whole).content, "");
        assert_eq!(goes_on(&text, 3, "", first.trim_end()).content, "");
        let thinks = Chain { thinks: true, ..Chain::default() };
        let whole = thinks.reply(&asked(3, None));
        let inside = goes_on(&thinks, 3, &first, "");
        assert!(inside.reasoning.starts_with("Step 2 ") && inside.content.starts_with("The answer is "));
        let over = goes_on(&thinks, 4, &whole.reasoning, "The answer is");
        assert_eq!(format!("The answer is{}", over.content), whole.content);
        let tags = goes_on(&thinks, 3, "", &format!("<think>\n{first}"));
        let (steps, answer) = tags.content.split_once(CLOSE).unwrap();
        assert_eq!((chain_states(steps).len(), answer.trim()), (4, inside.content.as_str()));
        let cut = goes_on(&thinks, 3, first.trim_end(), "");
        assert_eq!((cut.reasoning.as_str(), cut.content.as_str()), ("", "The answer is \\boxed{0}."));
    }
}
