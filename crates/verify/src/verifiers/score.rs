//! `score`: how likely the answer is to be right, in words.

use chat::{ChatReply, Endpoint};
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::asking::{Asker, Wordy};
use crate::conversation::of_all;
use crate::whole::{example, shown, temperature};
use crate::{Case, Conversation, Verdict, Verifier, reading};

const QUESTION: &str = include_str!("../../prompts/score.txt");

/// Asks for a number from 0 to 100, behind a short check. What is no such number is asked for again, and then fails.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// Whom to ask, and how; the temperature is 0 unless set, or 0.7 for several votes.
    #[serde(flatten)]
    wordy: Wordy,
    /// How often it is asked; the score is the mean.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 64))]
    votes: u32,
}

fn one() -> u32 {
    1
}

impl Component for Score {
    const KIND: &'static str = "score";
    const ABOUT: &'static str = "asks a model for a number from 0 to 100";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Verifier;

    fn build(self, content: &mut Content) -> Result<Box<dyn Verifier>, ConfigErrors> {
        let asker = self.wordy.build(temperature(self.votes), QUESTION, &example(), content)?;
        Ok(Box::new(Scorer { asker, votes: self.votes }))
    }
}

struct Scorer {
    asker: Asker,
    votes: u32,
}

impl Verifier for Scorer {
    fn name(&self) -> String {
        self.asker.named(Score::KIND)
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        self.asker.endpoint.iter().collect()
    }

    fn most_questions(&self, _steps: u64) -> Option<u64> {
        Some(self.asker.tries(self.votes.into()))
    }

    fn open<'a>(&'a self, case: Case) -> Conversation<'a> {
        let read = |reply: &ChatReply| reading::percentage(&reply.content).map(|percent| percent / 100.0);
        let vote = |sample| {
            let case = case.clone();
            self.asker.ask(move |room| shown(&case, room, true), read).sample(sample)
        };
        let votes = (0..self.votes).map(vote).collect();
        Box::new(of_all(votes, |scores: Vec<f64>| {
            let score = scores.iter().sum::<f64>() / scores.len() as f64;
            Ok(Verdict { score: Some(score), ..Verdict::default() })
        }))
    }
}
