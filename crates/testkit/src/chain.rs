//! A simulated reasoner whose every step is right with a known chance, and a simulated verifier with known rates of error:
//! what a search or a vote comes to with them follows from formulas.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::replies::{number_in, solve};
use crate::{Asked, Said};

/// Solves the last sum of a prompt in numbered steps. Each arrives at a number that only [`is_right`] tells to be right; the last
/// one gives the answer, which is right if it is. What it draws follows from the seed of the request and the steps before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chain {
    /// Steps of a reply.
    pub steps: u32,
    /// The chance of a right step behind a right one.
    pub p: f64,
    /// The chance of a right step behind a wrong one.
    pub mends: f64,
    /// Wrong answers, each as likely.
    pub wrong_answers: u64,
    /// Words of a step beside those that say what it arrives at.
    pub words: usize,
    /// Equal steps are rare; else there are two of each number, a right one and a wrong one.
    pub varied: bool,
}

impl Default for Chain {
    fn default() -> Self {
        Self { steps: 5, p: 0.8, mends: 0.0, wrong_answers: 2, words: 0, varied: true }
    }
}

/// What a step says behind its number.
const ARRIVES: &str = "I get ";
const BETWEEN: &str = "\n\n";

impl Chain {
    /// The rest of a reply that begins with what the server was sent, and that beginning.
    pub fn reply(&self, asked: &Asked) -> Said {
        let mut text = asked.begun.clone();
        let seed = asked.body.get("seed").and_then(Value::as_i64);
        let demanded = text.ends_with("\\boxed{");
        let from = arrivals(&text).len() as u32;
        let mut right = arrivals(&text).last().is_none_or(|number| is_right(*number));
        let mut written = String::new();
        for step in from + 1..=self.steps {
            if !(text.is_empty() || text.ends_with(BETWEEN)) {
                written.push_str(BETWEEN);
                text.push_str(BETWEEN);
            }
            let about = (seed, &asked.prompt, &text);
            right = share(&("fate", about)) < if right { self.p } else { self.mends };
            let drawn = if self.varied { hash(&("number", about)) } else { hash(&(&asked.prompt, step)) };
            let said = self.step(step, number(drawn % 1_000_000, right), &asked.prompt, right, drawn);
            written.push_str(&said);
            text.push_str(&said);
        }
        // What is demanded in the middle is the answer that it would come to.
        let rest =
            if demanded { format!("{}}}.", self.answer(&asked.prompt, right, hash(&text))) } else { written };
        Said::plain(format!("{}{rest}", asked.begun))
    }

    fn step(&self, step: u32, number: u64, prompt: &str, right: bool, drawn: u64) -> String {
        let filler = "so ".repeat(self.words);
        let end = match step == self.steps {
            true => format!(" The answer is \\boxed{{{}}}.", self.answer(prompt, right, drawn)),
            false => String::new(),
        };
        format!("Step {step}: {filler}{ARRIVES}{number}.{end}")
    }

    fn answer(&self, prompt: &str, right: bool, drawn: u64) -> i64 {
        let off = 1 + (hash(&("answer", drawn)) % self.wrong_answers.max(1)) as i64;
        number_in(&solve(prompt, None).content) + if right { 0 } else { off }
    }
}

/// Says of a chain whether it is right so far: yes to a right one with one chance, to a wrong one with another. Which follows from
/// what it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Doubter {
    /// The chance of a yes to a right one.
    pub yes_to_right: f64,
    /// The chance of a yes to a wrong one.
    pub yes_to_wrong: f64,
}

impl Default for Doubter {
    fn default() -> Self {
        Self { yes_to_right: 1.0, yes_to_wrong: 0.0 }
    }
}

/// How sure it is of a yes.
const SURE: f64 = 0.875;

impl Doubter {
    /// Its word on the last step that a prompt shows: as a number, a list of marks, or yes or no, whatever is asked for.
    pub fn reply(&self, asked: &Asked) -> Said {
        let seed = asked.body.get("seed").and_then(Value::as_i64);
        let scores = self.steps_of(&asked.prompt, seed);
        let last = scores.last().copied().unwrap_or(1.0 - SURE);
        if asked.prompt.contains("\"steps\"") {
            let marks: Vec<Value> = (1..)
                .zip(&scores)
                .map(|(step, right): (u32, _)| json!({"step": step, "right": right}))
                .collect();
            return Said::plain(json!({"steps": marks}).to_string());
        }
        if asked.prompt.contains("0 to 100") {
            return Said::plain(format!("I looked at it.\nScore: {}", (100.0 * last).round()));
        }
        let (word, other) = if last > 0.5 { ("Yes", "No") } else { ("No", "Yes") };
        let likeliest = vec![(word.to_owned(), SURE.ln()), (other.to_owned(), (1.0 - SURE).ln())];
        Said { likeliest, ..Said::plain(word).with_logprobs([SURE.ln()]) }
    }

    /// What it gives each step of a text.
    pub fn steps_of(&self, text: &str, seed: Option<i64>) -> Vec<f64> {
        let numbers = arrivals(text);
        let score = |at: usize| {
            let yes = if is_right(numbers[at]) { self.yes_to_right } else { self.yes_to_wrong };
            if share(&("doubt", seed, &numbers[..=at])) < yes { SURE } else { 1.0 - SURE }
        };
        (0..numbers.len()).map(score).collect()
    }

    /// What it answers where scores are asked for: of each step that a separator ends, else of the whole text.
    pub fn scores(&self, path: &str, body: &Value) -> Value {
        let text = shown(body);
        let marks = ["<extra_0>", "ки"].iter().map(|mark| text.matches(mark).count()).max().unwrap_or(0);
        let steps = self.steps_of(&text, None);
        let last = steps.last().copied().unwrap_or(1.0 - SURE);
        let row = |score: &f64| json!([1.0 - score, score]);
        let usage = json!({"prompt_tokens": text.split_whitespace().count()});
        if path.ends_with("/score") {
            return json!({"data": [{"index": 0, "score": last}], "usage": usage});
        }
        if path.ends_with("/classify") && body.get("text").is_some() {
            return json!([{"embedding": [last], "meta_info": usage}]);
        }
        if path.ends_with("/classify") {
            return json!({"data": [{"index": 0, "probs": row(&last), "num_classes": 2}], "usage": usage});
        }
        let data = match marks {
            0 => json!([last]),
            _ => Value::Array(steps.iter().take(marks).map(row).collect()),
        };
        json!({"data": [{"index": 0, "data": data}], "usage": usage})
    }
}

/// The texts of a request for scores, whatever its shape.
fn shown(body: &Value) -> String {
    let messages =
        body["messages"].as_array().into_iter().flatten().filter_map(|message| message["content"].as_str());
    let keys =
        ["input", "text", "text_1", "text_2", "prompt"].into_iter().filter_map(|key| body[key].as_str());
    messages.chain(keys).collect::<Vec<_>>().join("\n")
}

/// A number that a right step may arrive at.
pub fn is_right(number: u64) -> bool {
    hash(&("right", number)).is_multiple_of(2)
}

/// The first number from here on that is right, or that is wrong.
fn number(from: u64, right: bool) -> u64 {
    (from..).find(|number| is_right(*number) == right).unwrap_or(from)
}

/// The numbers that the steps of a text arrive at.
fn arrivals(text: &str) -> Vec<u64> {
    let behind = text.split(ARRIVES).skip(1);
    let digits = |rest: &str| rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    behind.filter_map(|rest| rest[..digits(rest)].parse().ok()).collect()
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// A number from 0 to 1 that follows from this.
fn share(of: &impl Hash) -> f64 {
    (hash(of) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(prompt: &str, begun: &str, seed: i64) -> Asked {
        let (prompt, begun) = (prompt.to_owned(), begun.to_owned());
        Asked { prompt, begun, body: json!({"seed": seed}), ..Asked::default() }
    }

    #[test]
    fn a_chain_is_right_as_often_as_its_steps_are() {
        let chain = Chain::default();
        let right = (0..2000)
            .filter(|seed| chain.reply(&asked("12 + 30?", "", *seed)).content.contains("{42}"))
            .count();
        // 0.8^5 of 2,000 are 655; three standard deviations are 63.
        assert!((592..=718).contains(&right), "{right}");
    }

    #[test]
    fn it_goes_on_where_it_was_and_never_mends_what_is_wrong() {
        let chain = Chain::default();
        let whole = chain.reply(&asked("12 + 30?", "", 3)).content;
        let (first, _) = whole.split_once(BETWEEN).unwrap();
        let begun = format!("{first}{BETWEEN}");
        assert_eq!(chain.reply(&asked("12 + 30?", &begun, 3)).content, whole);
        let wrong = format!("Step 1: I get {}.{BETWEEN}", number(1, false));
        for seed in 0..50 {
            let rest = chain.reply(&asked("12 + 30?", &wrong, seed)).content;
            assert!(rest.starts_with(&wrong) && !rest.contains("{42}") && arrivals(&rest).len() == 5);
        }
        let (unended, over) = (wrong.trim_end(), whole.as_str());
        assert!(chain.reply(&asked("12 + 30?", unended, 1)).content[unended.len()..].starts_with(BETWEEN));
        assert_eq!(chain.reply(&asked("12 + 30?", over, 1)).content, over);
    }

    #[test]
    fn a_doubter_errs_as_often_as_it_is_said_to() {
        let doubter = Doubter { yes_to_right: 0.9, yes_to_wrong: 0.1 };
        let yes = |right: bool| {
            let text = |at: u64| format!("Step 1: {ARRIVES}{}.", number(at * 50, right));
            (0..2000).filter(|at| doubter.steps_of(&text(*at), None)[0] > 0.5).count()
        };
        // Three standard deviations of 2,000 draws are 40.
        assert!(
            (1760..=1840).contains(&yes(true)) && (160..=240).contains(&yes(false)),
            "{} {}",
            yes(true),
            yes(false)
        );
    }
}
