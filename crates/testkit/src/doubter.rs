//! A simulated verifier with known rates of error: what a search or a choice comes to with it follows from formulas.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::chain::shown_steps;
use crate::solver::{drawn, hashed};
use crate::{Asked, Said};

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
        if asked.prompt.contains("\"Best: N\"") {
            return Said::plain(format!("I compared them.\nBest: {}", self.best(&asked.prompt, seed)));
        }
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

    /// The number of the first reply that it says yes to, of those that a prompt shows; else of the first.
    fn best(&self, prompt: &str, seed: Option<i64>) -> usize {
        let mut replies = prompt.split("\nNumber ").skip(1);
        let likes = |reply: &str| self.steps_of(reply, seed).last().is_some_and(|score| *score > 0.5);
        1 + replies.position(likes).unwrap_or(0)
    }

    /// What it gives each step of a text.
    pub fn steps_of(&self, text: &str, seed: Option<i64>) -> Vec<f64> {
        let steps = shown_steps(text);
        let score = |at: usize| {
            let yes = if steps[at].1 { self.yes_to_right } else { self.yes_to_wrong };
            if drawn(hashed(("doubt", seed, &steps[..=at]))) < yes { SURE } else { 1.0 - SURE }
        };
        (0..steps.len()).map(score).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::word;

    #[test]
    fn a_doubter_errs_as_often_as_it_is_said_to() {
        let doubter = Doubter { yes_to_right: 0.9, yes_to_wrong: 0.1 };
        let yes = |right: bool| {
            let text =
                |at: u64| format!("Look at this: Step 1 leads to {}. Is it right?", word(1, at, right));
            (0..2000).filter(|at| doubter.steps_of(&text(*at), None)[0] > 0.5).count()
        };
        // Three standard deviations of 2,000 draws are 40.
        let (right, wrong) = (yes(true), yes(false));
        assert!((1760..=1840).contains(&right) && (160..=240).contains(&wrong), "{right} {wrong}");
    }
}
