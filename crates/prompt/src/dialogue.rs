//! The turns of a question and of the request to say it again.

use std::path::Path;

use chat::{ChatReply, Message};
use minijinja::{Value, context};
use plugin::{ConfigError, Content};
use tables::Finish;

use crate::{Prompt, Text};

/// What is sent back in place of a reply without any text: some servers refuse such a turn.
const NOTHING: &str = "(no reply)";

/// A question, and what is said to a reply that cannot be used.
pub struct Prompts {
    question: Prompt,
    again: Prompt,
}

impl Prompts {
    /// A question under this name, built in or in the file that `prompt_file` names; `again` may show whatever the
    /// question shows, and `reason`.
    pub fn load(
        (name, question): (&str, &str),
        again: &str,
        file: Option<&Path>,
        content: &mut Content,
    ) -> Result<Self, ConfigError> {
        let question = Prompt::new(name, Text::file_or(file, question)?, content)?;
        let again = Prompt::new("again.txt", Text::built_in("again", again), content)?;
        Ok(Self { question, again })
    }

    /// Refuses what cannot be shown of an example; it holds every variable that there is.
    pub fn try_out(&self, example: &Value) -> Result<(), ConfigError> {
        self.question.try_out(example)?;
        self.again.try_out(&with_reason(example, "why"))
    }

    /// The question.
    pub fn ask(&self, values: &Value) -> Result<Vec<Message>, String> {
        Ok(vec![Message::user(self.question.render(values)?)])
    }

    /// The question, what was said to it, and the request to say it again.
    pub fn ask_again(&self, values: &Value, said: &str, reason: &str) -> Result<Vec<Message>, String> {
        let said = if said.trim().is_empty() { NOTHING } else { said };
        let mut turns = self.ask(values)?;
        turns.push(Message::assistant(said));
        turns.push(Message::user(self.again.render(&with_reason(values, reason))?));
        Ok(turns)
    }
}

fn with_reason(values: &Value, reason: &str) -> Value {
    context! { reason, ..values.clone() }
}

/// Why a reply could not be read, with what the reply itself has to do with it.
pub fn unreadable(reason: String, reply: &ChatReply) -> String {
    if reply.is_empty() {
        "the reply is empty".to_owned()
    } else if reply.finish == Finish::Length {
        format!("{reason}; the token limit cut the reply")
    } else {
        reason
    }
}
