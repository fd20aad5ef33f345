//! `reward`: an outcome reward model.

use chat::{Dialogue, Endpoint, Message, Scoring, Shape, dialogue};
use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asking::Answered;
use crate::scored::{AskScores, Rows, Scale, score_in};
use crate::{Case, Conversation, Outcome, Unverified, Verdict, Verifier};

/// Asks a reward model for the score of a whole reply.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Reward {
    /// Where to ask.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How the server gives scores: `pooling`, `classify` or `score` (vLLM), `sglang`, `context_logits` (TensorRT-LLM).
    #[serde(default)]
    scores: Shape,
    /// How it is shown: `chat`, problem and reply as a conversation that the server renders, or `joined`, one text.
    #[serde(default)]
    template: Template,
    /// Which of several numbers is the score, from 0.
    #[serde(default)]
    class: Option<usize>,
    /// What is made of it: `none` or `sigmoid`.
    #[serde(default)]
    scale: Scale,
}

/// How a reply is shown to a reward model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Template {
    /// As a conversation.
    #[default]
    Chat,
    /// As one text.
    Joined,
}

impl Component for Reward {
    const KIND: &'static str = "reward";
    const ABOUT: &'static str = "asks a reward model for the score of a reply";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!();
    type Built = dyn Verifier;

    fn build(self, _: &mut Content) -> Result<Box<dyn Verifier>, ConfigErrors> {
        named(&self.endpoint)?;
        Ok(Box::new(self))
    }
}

/// # Errors
/// No model is named.
pub(super) fn named(endpoint: &Endpoint) -> Result<(), ConfigError> {
    match endpoint.model.is_empty() {
        true => Err(ConfigError::new("model", "must name the model that verifies")),
        false => Ok(()),
    }
}

impl Reward {
    fn read(&self, rows: Rows) -> Result<Verdict, String> {
        let row = match (self.scores, &rows[..]) {
            // A row of logits for each token; the last one has seen everything.
            (Shape::ContextLogits, [.., last]) => last,
            (_, [one]) => one,
            (_, []) => return Err("the server gives no number".to_owned()),
            (_, many) => {
                return Err(format!(
                    "the server gives {} scores, one a token or one a step, where one of the whole reply was asked for; the kind `prm` \
                     reads such servers",
                    many.len()
                ));
            }
        };
        let raw = score_in(row, self.class, self.scores == Shape::Classify)?;
        Ok(Verdict { score: Some(self.scale.of(raw)), ..Verdict::default() })
    }
}

impl Verifier for Reward {
    fn name(&self) -> String {
        format!("{}:{}", Self::KIND, self.endpoint.model)
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.endpoint]
    }

    fn most_questions(&self, _steps: u64) -> Option<u64> {
        Some(1)
    }

    fn open<'a>(&'a self, case: Case) -> Conversation<'a> {
        let messages = vec![Message::user(case.problem), Message::assistant(case.reply)];
        let scoring = Scoring { shape: self.scores, joined: self.template == Template::Joined };
        Box::new(read(AskScores::new(messages, scoring), move |rows| self.read(rows)))
    }
}

/// One question for numbers, and what is made of them.
pub(super) fn read<'a>(
    ask: impl Dialogue<Answered<Rows>> + 'a,
    conclude: impl FnOnce(Rows) -> Result<Verdict, String> + Send + 'a,
) -> impl Dialogue<Outcome> + 'a {
    dialogue::then(ask, move |answer: Answered<Rows>| {
        chat::done(answer.and_then(|(rows, raw)| match conclude(rows) {
            Ok(verdict) => Ok(Verdict { raw, ..verdict }),
            Err(reason) => Err(Unverified::new(reason, Some(raw))),
        }))
    })
}
