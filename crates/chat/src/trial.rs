//! Whether a server goes on with a reply, seen by a question that costs a few tokens.

use crate::{Ask, CallError, ChatReply, ChatRequest, Continuation, MayFollow, Message, Question, Sampling};

/// A question that costs a few tokens and shows whether a server goes on with a reply. Its beginning ends in the middle of a
/// word: who begins anew says the whole word, and nobody would begin with the same words by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// The reply's text goes on.
    Text,
    /// It goes on behind thinking that is over, and only who saw that knows how.
    BehindThinking,
    /// The same, where the thinking stands between tags in the text.
    BehindTags,
    /// The thinking itself goes on.
    InsideThinking,
}

/// Thinking that chooses a number, and the text that tells half of it: nobody guesses the other half, as one would with a word.
const CHOICE: &str = "I take 4871. That will do.";
const TOLD: &str = "All right, my number is 48";
/// Tokens of a trial's reply.
const FEW: u64 = 8;

/// What a trial showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The model went on, and the server sent the new text alone.
    GoesOn,
    /// The same, and the server repeated the beginning.
    Echoes,
    /// The model began anew.
    Restarts,
}

impl Trial {
    /// Asks the one question of endpoint `to`, and says why its server does not go on, if it does not. Who cannot be asked (a
    /// batch, a forecast, nobody offline) is not refused: what the others come to says why.
    pub fn refused(self, to: usize, ask: &dyn Ask) -> Option<String> {
        let question = Question { to, request: self.request() };
        let mut answer = None;
        ask.block_on(Box::pin(async { answer = ask.ask(&question).await }));
        match answer {
            Some(Ok(reply)) if self.tried(&reply) == Tried::Restarts => {
                Some(format!("it begins a new reply (`{}`)", shown(&reply.joined())))
            }
            Some(Err(error @ (CallError::Rejected { .. } | CallError::CannotContinue { .. }))) => {
                Some(error.reason())
            }
            _ => None,
        }
    }

    /// What is asked.
    pub fn request(self) -> ChatRequest {
        let question = match self {
            Self::Text | Self::InsideThinking => "What is the capital of France?",
            Self::BehindThinking | Self::BehindTags => "Choose a number of four digits, and tell it to me.",
        };
        let (temperature, max_tokens) = (Some(0.0), Some(FEW));
        let sampling = Sampling { temperature, max_tokens, ..Sampling::default() };
        let request = ChatRequest::new(vec![Message::user(question)], sampling, 0);
        ChatRequest { continues: Some(self.continuation()), may_follow: Some(MayFollow::alike(0)), ..request }
    }

    fn continuation(self) -> Continuation {
        let sentence = Some("So, to say it in one sentence: the capital of France is Par".to_owned());
        match self {
            Self::Text => Continuation { thinking: None, text: sentence },
            Self::InsideThinking => Continuation { thinking: sentence, text: None },
            Self::BehindThinking => {
                Continuation { thinking: Some(CHOICE.to_owned()), text: Some(TOLD.to_owned()) }
            }
            Self::BehindTags => {
                let text = format!("<think>\n{CHOICE}\n</think>\n\n{TOLD}");
                Continuation { thinking: None, text: Some(text) }
            }
        }
    }

    /// What is missing of the word.
    fn rest(self) -> &'static str {
        if matches!(self, Self::BehindThinking | Self::BehindTags) { "71" } else { "is" }
    }

    /// What a reply means, its beginning taken off. Servers that parse thinking may file the new text under it, wherever it
    /// went on.
    pub fn tried(self, reply: &ChatReply) -> Tried {
        // Small models end the word in another language: París.
        let said: String = reply.joined().chars().map(|c| if "íìî".contains(c) { 'i' } else { c }).collect();
        match said.starts_with(self.rest()) {
            true if reply.echoed => Tried::Echoes,
            true => Tried::GoesOn,
            false => Tried::Restarts,
        }
    }
}

/// The beginning of what a server said.
fn shown(text: &str) -> String {
    text.trim().chars().take(60).filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::continuation::tests::reply;

    #[test]
    fn a_trial_tells_going_on_from_beginning_anew() {
        let check = |trial: Trial, came: ChatReply, expect| {
            let stripped = trial.continuation().strip(came.clone());
            assert_eq!(trial.tried(&stripped), expect, "{came:?}");
        };
        let echoed = "So, to say it in one sentence: the capital of France is Paris.";
        check(Trial::Text, reply(None, "is."), Tried::GoesOn);
        check(Trial::Text, reply(Some("is."), ""), Tried::GoesOn);
        check(Trial::Text, reply(None, "ís."), Tried::GoesOn);
        check(Trial::Text, reply(None, echoed), Tried::Echoes);
        check(Trial::Text, reply(None, "Paris."), Tried::Restarts);
        check(Trial::Text, reply(Some("The user asks"), "The capital of France is Paris."), Tried::Restarts);
        check(Trial::Text, reply(None, ""), Tried::Restarts);
        check(Trial::BehindThinking, reply(None, "71."), Tried::GoesOn);
        check(Trial::BehindThinking, reply(None, "25."), Tried::Restarts);
        check(Trial::InsideThinking, reply(Some("is."), "Paris"), Tried::GoesOn);
        check(Trial::InsideThinking, reply(Some(echoed), "Paris"), Tried::Echoes);
        check(Trial::InsideThinking, reply(None, "Paris"), Tried::Restarts);
        check(Trial::InsideThinking, reply(None, "is.</think>Paris"), Tried::GoesOn);
    }
}
