//! Asking for scores in place of words: a reward model reads a text and gives numbers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parts of one that a score is kept in: whole numbers survive the way through JSON unchanged.
const PARTS: f64 = 1e9;

/// The way in which a server gives scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// vLLM's `/pooling`: a row of numbers, or one for each place that the model scores.
    #[default]
    Pooling,
    /// vLLM's `/classify`: the chance of each class.
    Classify,
    /// vLLM's `/score`: one number for a question and an answer.
    Score,
    /// SGLang's own `/classify`: the raw numbers. Its `/v1/classify` makes a chance of each, which of one number is always 1.
    Sglang,
    /// TensorRT-LLM's `/v1/completions`: a row of logits for each token of the prompt.
    ContextLogits,
}

/// What makes a request one for scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scoring {
    /// How the server is asked.
    pub shape: Shape,
    /// The messages are one text, one behind the other, and not a conversation that the server renders.
    pub joined: bool,
}

/// Numbers that came back: a row for each place that was scored, one where it is the whole text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scores(Vec<Vec<Option<i64>>>);

impl Scores {
    /// Rows of numbers; what is none, such as NaN, is none here.
    pub fn new(rows: Vec<Vec<Option<f64>>>) -> Self {
        let kept = |value: Option<f64>| {
            value.filter(|value| value.is_finite()).map(|value| (value * PARTS).round() as i64)
        };
        Self(rows.into_iter().map(|row| row.into_iter().map(kept).collect()).collect())
    }

    /// The rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Vec<Option<f64>>> + '_ {
        let told = |value: &Option<i64>| value.map(|value| value as f64 / PARTS);
        self.0.iter().map(move |row| row.iter().map(told).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were_kept_and_what_is_none_stays_none() {
        let rows = vec![vec![Some(0.1), Some(-7.25), Some(f64::NAN), None], vec![Some(f64::INFINITY)]];
        let scores = Scores::new(rows);
        let text = serde_json::to_string(&scores).unwrap();
        assert_eq!(text, "[[100000000,-7250000000,null,null],[null]]");
        let again: Scores = serde_json::from_str(&text).unwrap();
        assert_eq!(again, scores);
        let rows: Vec<Vec<Option<f64>>> = again.rows().collect();
        assert_eq!(rows, [vec![Some(0.1), Some(-7.25), None, None], vec![None]]);
    }
}
