//! Asks a model behind an OpenAI-compatible server.

use std::path::PathBuf;
use std::sync::Arc;

use chat::{ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling, Trial};
use plugin::{Component, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Problem, Reply};

use super::{Conversation, Generator, Opened, Recorded};
use crate::estimate::Estimated;
use crate::force::{AtBudget, Forced};
use crate::manner::{Force, Manner};
use crate::messages::{Messages, Parts};
use crate::recording::Recording;
use crate::reply::row;
use crate::strategy;
use crate::think::Think;

/// Asks each problem `samples` times.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct OpenAi {
    /// Where to ask.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How replies are drawn.
    #[serde(flatten)]
    sampling: Sampling,
    /// Replies to each problem.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    samples: u32,
    /// A system message in front of the conversation; a template as `prompt` is.
    #[serde(default)]
    system: Option<String>,
    /// A file that holds the system message.
    #[serde(default)]
    system_file: Option<PathBuf>,
    /// The question, as a minijinja template over `problem`, `choices`, `letters`, `id`, `dataset`, `subset` and
    /// `extra` (the other columns of the source); the default asks for steps and a boxed answer.
    #[serde(default)]
    prompt: Option<String>,
    /// A file that holds the question's template.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// Worked examples in front of the question: rows of `problem` and `solution` or `answer`, which are asked
    /// like every other problem, or chat `messages`, which stay as they are. An example that is the very problem
    /// that is asked is passed over.
    #[serde(default)]
    few_shot_file: Option<PathBuf>,
    /// How many of the file's examples are shown; all of them unless set.
    #[serde(default)]
    few_shot: Option<u32>,
    /// A manner of asking in place of prompt, system message and examples: a kind, or a table with its keys. A list of them
    /// under `strategies` makes a model of each.
    #[serde(default)]
    strategy: Option<Value>,
}

fn one() -> u32 {
    1
}

impl Component for OpenAi {
    const KIND: &'static str = "openai";
    const ABOUT: &'static str = "asks a model behind an OpenAI-compatible server";
    /// What the files and templates hold is in the content.
    const EXECUTION_KEYS: &'static [&'static str] =
        chat::execution_keys!("few_shot_file", "prompt", "prompt_file", "strategy", "system", "system_file");
    type Built = dyn Generator;

    fn build(self, content: &mut Content) -> Result<Box<dyn Generator>, ConfigErrors> {
        let asks = match &self.strategy {
            None => Asks::Plainly(Box::new(Messages::new(self.parts(), content)?)),
            Some(named) => Asks::By(strategy::build(named, content)?),
        };
        let Self { mut endpoint, mut sampling, samples, .. } = self;
        if let Asks::By(manner) = &asks {
            manner.extend(&mut endpoint.extra_body)?;
            sampling.max_tokens = manner.most_tokens(sampling.max_tokens)?;
            manner.check_samples(samples)?;
        }
        Ok(Box::new(Asker { endpoint, sampling, samples, asks }))
    }
}

impl OpenAi {
    fn parts(&self) -> Parts<'_> {
        Parts {
            system: self.system.as_deref(),
            system_file: self.system_file.as_deref(),
            prompt: self.prompt.as_deref(),
            prompt_file: self.prompt_file.as_deref(),
            few_shot: self.few_shot,
            few_shot_file: self.few_shot_file.as_deref(),
        }
    }
}

/// How the problems are asked.
enum Asks {
    /// As the model's own keys say.
    Plainly(Box<Messages>),
    /// By a strategy.
    By(Box<Manner>),
}

struct Asker {
    endpoint: Endpoint,
    sampling: Sampling,
    samples: u32,
    asks: Asks,
}

impl Asker {
    fn manner(&self) -> Option<&Manner> {
        match &self.asks {
            Asks::Plainly(_) => None,
            Asks::By(manner) => Some(manner),
        }
    }

    /// What a problem is asked first.
    fn first(&self) -> &Messages {
        match &self.asks {
            Asks::Plainly(messages) => messages,
            Asks::By(manner) => manner.estimate.as_ref().unwrap_or(&manner.messages),
        }
    }
}

impl Asker {
    /// What a problem is asked first, and whether a worked example was left out.
    fn messages(&self, problem: &Problem) -> Result<(Arc<Vec<Message>>, bool), String> {
        if problem.problem.trim().is_empty() {
            return Err("it has no text, so nobody can be asked about it".to_owned());
        }
        let (messages, example_left_out) = self.first().about(problem)?;
        Ok((Arc::new(messages), example_left_out))
    }

    /// One of the conversations about a problem.
    fn conversation<'a>(
        &'a self,
        sample: u32,
        messages: &Arc<Vec<Message>>,
        problem: &Arc<Problem>,
        think: &'a Think,
    ) -> Conversation<'a> {
        let (manner, sampling, messages) = (self.manner(), &self.sampling, Arc::clone(messages));
        match manner {
            Some(manner) if manner.estimate.is_some() => {
                let (first, problem) = (messages, Arc::clone(problem));
                Box::new(Estimated { first, manner, problem, sampling, sample, estimate: None })
            }
            Some(manner @ Manner { force: Some(force), .. }) => {
                Box::new(Forced { messages, manner, force, sampling, think, sample, begun: None })
            }
            _ => Box::new(OneReply { messages, sampling, sample, manner }),
        }
    }

    fn force(&self) -> Option<(&Manner, &Force)> {
        let manner = self.manner()?;
        Some((manner, manner.force.as_ref()?))
    }
}

impl Generator for Asker {
    fn open<'a>(&'a self, problem: &Problem, think: &'a Think) -> Result<Opened<'a>, String> {
        let (messages, example_left_out) = self.messages(problem)?;
        let problem = Arc::new(problem.clone());
        let ask = |sample| self.conversation(sample, &messages, &problem, think);
        Ok(Opened { conversations: (0..self.samples).map(ask).collect(), example_left_out })
    }

    fn goes_on_with(&self) -> Option<&Recording> {
        self.force()?.1.of.as_ref()
    }

    fn go_on<'a>(&'a self, problem: &Problem, recorded: Recorded<'a>) -> Result<Opened<'a>, String> {
        let (messages, example_left_out) = self.messages(problem)?;
        let Some((manner, force)) = self.force() else { return self.open(problem, recorded.think) };
        let Recorded { reply, format, think, tokenizer } = recorded;
        let (sample, sampling) = (reply.sample, &self.sampling);
        let conversation: Conversation<'a> = match force.at_recorded(reply, format, manner, tokenizer)? {
            AtBudget::Stays(reply) => Box::new(chat::done(vec![*reply])),
            AtBudget::GoesOn(begun) => {
                let begun = Some(begun);
                Box::new(Forced { messages, manner, force, sampling, think, sample, begun })
            }
        };
        Ok(Opened { conversations: vec![conversation], example_left_out })
    }

    fn trial(&self) -> Option<Trial> {
        self.force().map(|_| Trial::Text)
    }

    fn samples(&self) -> Option<u32> {
        Some(self.samples).filter(|_| self.goes_on_with().is_none())
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(&self.endpoint)
    }
}

/// One question, one reply.
struct OneReply<'a> {
    messages: Arc<Vec<Message>>,
    sampling: &'a Sampling,
    sample: u32,
    manner: Option<&'a Manner>,
}

impl Dialogue<Vec<Reply>> for OneReply<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Reply>> {
        if let [answer, ..] = replies {
            return Next::Done(vec![row(answer.clone(), self.sample, self.manner)]);
        }
        let (messages, sampling) = (self.messages.to_vec(), self.sampling.clone());
        Next::Ask(vec![Question::new(ChatRequest::new(messages, sampling, self.sample))])
    }
}
