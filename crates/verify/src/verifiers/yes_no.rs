//! `yes_no`: one word, and how likely it was.

use chat::{ChatReply, Endpoint};
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asking::{Asker, Asking, Wordy};
use crate::conversation::of_all;
use crate::likelihood::Likelihood;
use crate::reading::{self, word};
use crate::whole::{example, shown, temperature};
use crate::{Case, Conversation, Verdict, Verifier};

pub(super) const QUESTION: &str = include_str!("../../prompts/yes_no.txt");

/// Asks whether it is right: yes or no. The score is the chance of yes against no where the word is asked for alone and the
/// server tells chances, else the share of votes that say yes (arXiv 2408.15240).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct YesNo {
    /// Whom to ask, and how; the temperature is 0 unless set, or 0.7 for several votes.
    #[serde(flatten)]
    wordy: Wordy,
    /// How it is asked.
    #[serde(flatten)]
    asking: Asks,
}

/// How a yes or no is asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Asks {
    /// How often it is asked.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 64))]
    votes: u32,
    /// Have it check first; else it says the word alone.
    #[serde(default)]
    check: bool,
    /// Tokens whose chances are asked for beside the word.
    #[serde(default = "most")]
    #[schemars(range(min = 1, max = 20))]
    logprobs: u8,
}

fn one() -> u32 {
    1
}

/// What servers show at most.
fn most() -> u8 {
    20
}

impl Asks {
    pub(super) fn temperature(self) -> f64 {
        temperature(self.votes)
    }

    /// One word, asked once.
    pub(super) fn plainly() -> Self {
        Self { votes: one(), check: false, logprobs: most() }
    }
}

impl Component for YesNo {
    const KIND: &'static str = "yes_no";
    const ABOUT: &'static str = "asks a model for yes or no, and takes how likely the word was";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Verifier;

    fn build(self, content: &mut Content) -> Result<Box<dyn Verifier>, ConfigErrors> {
        let asker = self.wordy.build(self.asking.temperature(), QUESTION, &example(), content)?;
        Ok(Box::new(Asked { kind: Self::KIND, asker, asks: self.asking }))
    }
}

/// The verifier, whoever it asks.
pub(super) struct Asked {
    pub(super) kind: &'static str,
    pub(super) asker: Asker,
    pub(super) asks: Asks,
}

impl Verifier for Asked {
    fn name(&self) -> String {
        self.asker.named(self.kind)
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        self.asker.endpoint.iter().collect()
    }

    fn asks_own_model(&self) -> bool {
        self.asker.endpoint.is_none()
    }

    fn most_questions(&self, _steps: u64) -> Option<u64> {
        Some(self.asker.tries(self.asks.votes.into()))
    }

    fn open<'a>(&'a self, case: Case) -> Conversation<'a> {
        let votes = (0..self.asks.votes).map(|sample| question(&self.asker, self.asks, &case).sample(sample));
        Box::new(of_all(votes.collect(), |votes| Ok(mean(&votes))))
    }
}

/// A score and what of the chances is neither yes nor no, where there are any.
pub(super) type Vote = (f64, Option<f64>);

/// One question for a yes or no.
pub(super) fn question<'a>(asker: &'a Asker, asks: Asks, case: &Case) -> Asking<'a, Vote> {
    let (case, check) = (case.clone(), asks.check);
    let read = move |reply: &ChatReply| read(reply, check);
    asker.ask(move |room| shown(&case, room, check), read).logprobs((!check).then_some(asks.logprobs))
}

fn read(reply: &ChatReply, check: bool) -> Result<Vote, String> {
    if let (false, Some(found)) = (check, Likelihood::of(reply, word)) {
        return Ok((found.score(), Some(found.unread())));
    }
    Ok((f64::from(u8::from(reading::yes_no(&reply.content)?)), None))
}

/// Of several votes the mean; of what was not read, that of those who tell it.
fn mean(votes: &[Vote]) -> Verdict {
    let of =
        |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let score = of(votes.iter().map(|(score, _)| *score).collect());
    Verdict {
        score,
        unread: of(votes.iter().filter_map(|(_, unread)| *unread).collect()),
        ..Verdict::default()
    }
}
