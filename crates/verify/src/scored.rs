//! Asking a reward model for numbers, and which of them is the score.

use chat::{
    CallError, ChatReply, ChatRequest, Dialogue, Message, Next, Question, Replies, Sampling, Scoring,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Unverified;
use crate::asking::Answered;

/// How a raw number becomes a score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scale {
    /// As it is.
    #[default]
    None,
    /// 1 / (1 + e^-x): of a logit the chance.
    Sigmoid,
}

impl Scale {
    pub(crate) fn of(self, raw: f64) -> f64 {
        match self {
            Self::None => raw,
            Self::Sigmoid => 1.0 / (1.0 + (-raw).exp()),
        }
    }
}

/// The numbers of a row of which one is the score.
pub(crate) type Rows = Vec<Vec<Option<f64>>>;

/// One question to a reward model; its numbers are not to be misread, so nothing is asked again.
pub(crate) struct AskScores {
    question: Option<(Vec<Message>, Scoring)>,
}

impl AskScores {
    pub(crate) fn new(messages: Vec<Message>, scoring: Scoring) -> Self {
        Self { question: Some((messages, scoring)) }
    }
}

impl Dialogue<Answered<Rows>> for AskScores {
    fn next(&mut self, replies: &Replies) -> Next<Answered<Rows>> {
        if let Some((messages, scoring)) = self.question.take() {
            let request = ChatRequest::new(messages, Sampling::default(), 0);
            return Next::Ask(vec![Question::new(ChatRequest { scoring: Some(scoring), ..request })]);
        }
        Next::Done(match replies.first() {
            Some(Ok(reply)) => rows(reply),
            Some(Err(error)) => Err(Unverified::new(why(error), None)),
            None => Err(Unverified::new("the question was left without a reply", None)),
        })
    }
}

fn why(error: &CallError) -> String {
    error.reason()
}

fn rows(reply: &ChatReply) -> Answered<Rows> {
    let rows: Rows = reply.scores.iter().flat_map(|scores| scores.rows()).collect();
    let raw = serde_json::to_string(&rows).unwrap_or_else(|_| "not to be shown".to_owned());
    Ok((rows, raw))
}

/// The score among the numbers of a place. With several numbers somebody has to say which; one that a server made a chance of is 1
/// whatever the reply, which is no score.
///
/// # Errors
/// It is none, or nobody knows which.
pub(crate) fn score_in(row: &[Option<f64>], class: Option<usize>, softmaxed: bool) -> Result<f64, String> {
    let value = match (row, class) {
        ([_], _) if softmaxed => {
            return Err(
                "the server makes a chance of a single number, and that is always 1; ask where it gives raw \
                        numbers (`scores = \"pooling\"` or `\"sglang\"`)"
                    .to_owned(),
            );
        }
        ([], _) => return Err("the server gives no number".to_owned()),
        ([one], None | Some(0)) => *one,
        (many, None) => {
            return Err(format!(
                "the server gives {} numbers; `class` says which is the score, from 0",
                many.len()
            ));
        }
        (many, Some(class)) => *many.get(class).ok_or_else(|| {
            format!("the server gives {} numbers, so there is no class {class}", many.len())
        })?,
    };
    value.ok_or_else(|| "the server's score is no number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_the_score_and_of_several_the_one_that_is_named() {
        let check = |row: &[Option<f64>], class, softmaxed, expect: Result<f64, &str>| {
            let found = score_in(row, class, softmaxed);
            match expect {
                Ok(expect) => assert_eq!(found, Ok(expect)),
                Err(words) => assert!(found.unwrap_err().contains(words)),
            }
        };
        check(&[Some(-3.5)], None, false, Ok(-3.5));
        check(&[Some(0.25), Some(0.75)], Some(1), true, Ok(0.75));
        check(&[Some(1.0)], None, true, Err("always 1"));
        check(&[Some(0.25), Some(0.75)], None, false, Err("2 numbers; `class` says"));
        check(&[Some(0.25), Some(0.75)], Some(2), false, Err("no class 2"));
        check(&[None], None, false, Err("is no number"));
        check(&[], None, false, Err("gives no number"));
        assert_eq!((Scale::Sigmoid.of(0.0), Scale::None.of(-2.0)), (0.5, -2.0));
    }
}
