//! Asks a model behind an OpenAI-compatible server.

use std::ops::RangeInclusive;
use std::sync::Arc;

use chat::{ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling, Trial};
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stopping::STOPPING;
use tables::{Problem, Reply};

use super::{Conversation, Generator, Opened, Recorded, plainly};
use crate::confidence::{Chances, Confident};
use crate::drawing::{Drawing, Until};
use crate::estimate::Estimated;
use crate::force::{AtBudget, Begun, Forced};
use crate::longer::Longer;
use crate::manner::{Force, Manner};
use crate::messages::{Messages, PromptKeys};
use crate::reading::Reading;
use crate::recording::Recording;
use crate::redraw::Redrawn;
use crate::reply::row;
use crate::strategy;

/// What a model is asked for that shall say how sure it is.
const CONFIDENCE: &str = include_str!("../../prompts/confidence.txt");

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
    /// In place of `samples`: a rule that ends the drawing of a problem's samples when it has enough, by its kind or as a
    /// table with its keys, `most` among them.
    #[serde(default)]
    stopping: Option<Value>,
    /// Ask how likely each token was, beside so many that were as likely at its place; selectors among samples need it.
    #[serde(default)]
    #[schemars(range(min = 1, max = 20))]
    logprobs: Option<u8>,
    /// Tokens over which `logprobs` are averaged to find the stretch where the model was surest least.
    #[serde(default = "usual_window", skip_serializing_if = "is_usual_window")]
    #[schemars(range(min = 1))]
    confidence_window: u32,
    /// Ask behind the question how sure the model is of its answer: `Confidence: 85 %`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ask_confidence: bool,
    /// A reply that `max_tokens` cuts goes on for so many tokens more, once; the server must be able to go on with a reply, which
    /// `thinkmeter doctor --continue` finds out. Both parts are counted and paid for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    continue_cut: Option<u64>,
    /// A reply in which no answer can be read (no grid, where grids are graded) is asked for again, so many times at most. What is
    /// thrown away is counted and paid for.
    #[serde(default, skip_serializing_if = "is_none")]
    redraw: u32,
    /// What it is asked.
    #[serde(flatten)]
    asked: PromptKeys,
    /// A manner of asking in place of prompt, system message and examples: a kind, or a table with its keys. A list of them
    /// under `strategies` makes a model of each.
    #[serde(default)]
    strategy: Option<Value>,
}

fn one() -> u32 {
    1
}

fn is_none(times: &u32) -> bool {
    *times == 0
}

/// As in arXiv 2508.15260.
fn usual_window() -> u32 {
    2048
}

fn is_usual_window(window: &u32) -> bool {
    *window == usual_window()
}

impl Component for OpenAi {
    const KIND: &'static str = "openai";
    const ABOUT: &'static str = "asks a model behind an OpenAI-compatible server";
    /// What the files and templates hold is in the content.
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!(
        "few_shot_file",
        "prompt",
        "prompt_file",
        "stopping",
        "strategy",
        "system",
        "system_file"
    );
    type Built = dyn Generator;

    fn build(self, content: &mut Content) -> Result<Box<dyn Generator>, ConfigErrors> {
        let asks = match &self.strategy {
            None => Asks::Plainly(Box::new(Messages::new(&self.asked, content)?)),
            Some(named) => Asks::By(strategy::build(named, content)?),
        };
        let asks = if self.ask_confidence { asks.with_confidence(content) } else { asks };
        let until = self.stopping.as_ref().map(|named| until(named, content)).transpose()?;
        let window = self.confidence_window as usize;
        let chances = self.logprobs.map(|beside| Chances { beside, window });
        self.check_going_on(&asks)?;
        self.check_redraw(&asks)?;
        let Self { mut endpoint, mut sampling, samples, continue_cut, redraw, .. } = self;
        if let Asks::By(manner) = &asks {
            manner.extend(&mut endpoint.extra_body)?;
            sampling.max_tokens = manner.most_tokens(sampling.max_tokens)?;
            manner.check_samples(samples, until.is_some())?;
        }
        let reading = Reading::default();
        Ok(Box::new(Asker {
            endpoint,
            sampling,
            samples,
            until,
            chances,
            continue_cut,
            redraw,
            asks,
            reading,
        }))
    }
}

/// The rule that a table names; what it is made of goes into the model's content.
fn until(named: &Value, content: &mut Content) -> Result<Until, ConfigErrors> {
    let configured = STOPPING.build_named(named, "stopping")?;
    content.note("stopping", configured.fingerprint_input.to_string());
    let (kind, rule) = (configured.kind, *configured.built);
    let fault =
        |problem: String, hint: &str| Err(ConfigError::new("stopping.most", problem).hint(hint).into());
    match rule.most {
        None => fault("missing".to_owned(), "a problem that no rule settles needs an end: `most` samples"),
        Some(most) if most < rule.least => {
            fault(format!("{most} is less than `least` = {}", rule.least), "raise it, or look earlier")
        }
        Some(most) => Ok(Until { kind, rule, most }),
    }
}

impl OpenAi {
    /// # Errors
    /// Something else goes on with replies already, or goes by what only the last part of a reply tells.
    fn check_going_on(&self, asks: &Asks) -> Result<(), ConfigError> {
        let fault =
            |problem: &str| Err(ConfigError::new("continue_cut", problem).hint("leave one of them out"));
        match (self.continue_cut, self.logprobs, asks) {
            (Some(_), _, Asks::By(manner)) if manner.force.is_some() => {
                fault("the strategy ends replies at a budget and goes on with them itself")
            }
            (Some(_), Some(_), _) => {
                fault("`logprobs` are there too, and of a reply that goes on only the last part has them")
            }
            _ => Ok(()),
        }
    }

    /// # Errors
    /// Something else says which replies there are, or what follows them.
    fn check_redraw(&self, asks: &Asks) -> Result<(), ConfigError> {
        let others = [
            (self.stopping.is_some(), "`stopping`"),
            (self.continue_cut.is_some(), "`continue_cut`"),
            (self.logprobs.is_some(), "`logprobs`"),
            (matches!(asks, Asks::By(_)), "`strategy`"),
        ];
        let other = others.into_iter().find(|(there, _)| *there && self.redraw > 0);
        other.map_or(Ok(()), |(_, name)| {
            Err(ConfigError::new("redraw", format!("{name} is there too")).hint("leave one of them out"))
        })
    }
}

/// How the problems are asked.
enum Asks {
    /// As the model's own keys say.
    Plainly(Box<Messages>),
    /// By a strategy.
    By(Box<Manner>),
}

impl Asks {
    /// The question for the model's confidence behind each question for an answer.
    fn with_confidence(self, content: &mut Content) -> Self {
        match self {
            Self::Plainly(messages) => Self::Plainly(Box::new(messages.asking_also(CONFIDENCE, content))),
            Self::By(manner) => {
                let messages = manner.messages.asking_also(CONFIDENCE, content);
                Self::By(Box::new(Manner { messages, ..*manner }))
            }
        }
    }
}

struct Asker {
    endpoint: Endpoint,
    sampling: Sampling,
    samples: u32,
    /// In place of a number.
    until: Option<Until>,
    chances: Option<Chances>,
    /// Tokens more for a reply that is cut.
    continue_cut: Option<u64>,
    /// How often a reply without a readable answer is asked for again.
    redraw: u32,
    asks: Asks,
    reading: Reading,
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

/// A problem as a sample is asked it, and what it is asked first.
type Asked = (Arc<Vec<Message>>, Arc<Problem>);

impl Asker {
    /// What a problem is asked first, and whether a worked example was left out.
    fn messages(&self, problem: &Problem) -> Result<(Arc<Vec<Message>>, bool), String> {
        let (messages, example_left_out) = self.first().asked_about(problem)?;
        Ok((Arc::new(messages), example_left_out))
    }

    /// One for all samples, or one for each where their options have orders of their own.
    fn asked(&self, problem: &Problem) -> Result<(Vec<Asked>, bool), String> {
        let most = self.until.as_ref().map_or(self.samples, |until| until.most);
        let samples = if problem.shuffle.is_some() { most } else { 1 };
        let mut left_out = false;
        let asked = |sample| {
            let problem = problem.asked(problem.order_in(sample).as_deref()).into_owned();
            let (messages, example_left_out) = self.messages(&problem)?;
            left_out |= example_left_out;
            Ok((messages, Arc::new(problem)))
        };
        let asked = (0..samples).map(asked).collect::<Result<_, String>>()?;
        Ok((asked, left_out))
    }

    fn force(&self) -> Option<(&Manner, &Force)> {
        let manner = self.manner()?;
        Some((manner, manner.force.as_ref()?))
    }
}

impl Generator for Asker {
    fn open<'a>(&'a self, problem: &Problem) -> Result<Opened<'a>, String> {
        let (asked, example_left_out) = self.asked(problem)?;
        let sample = move |sample: u32| {
            let place = (sample as usize).min(asked.len().saturating_sub(1));
            let (messages, about) = &asked[place];
            self.sample(messages, about, sample, None)
        };
        let conversations = match &self.until {
            None => (0..self.samples).map(sample).map(plainly).collect(),
            Some(until) => {
                let problem = Arc::new(problem.clone());
                let drawing = Drawing::new(until, problem, &self.reading, Box::new(sample));
                vec![plainly(Box::new(drawing))]
            }
        };
        Ok(Opened { conversations, example_left_out })
    }

    fn goes_on_with(&self) -> Option<&Recording> {
        self.force()?.1.of.as_ref()
    }

    fn go_on<'a>(&'a self, problem: &Problem, recorded: Recorded<'a>) -> Result<Opened<'a>, String> {
        let (messages, example_left_out) = self.messages(problem)?;
        let Some((manner, force)) = self.force() else { return self.open(problem) };
        let Recorded { reply, format, tokenizer } = recorded;
        let sample = reply.sample;
        let conversation = match force.at_recorded(reply, format, manner, tokenizer)? {
            AtBudget::Stays(reply) => Box::new(chat::done(vec![*reply])) as Conversation<'a>,
            AtBudget::GoesOn(begun) => {
                self.sample(&messages, &Arc::new(problem.clone()), sample, Some(begun))
            }
        };
        Ok(Opened { conversations: vec![plainly(conversation)], example_left_out })
    }

    fn trial(&self) -> Option<Trial> {
        (self.force().is_some() || self.continue_cut.is_some()).then_some(Trial::Text)
    }

    fn read_by(&mut self, reading: Reading) {
        self.reading = reading;
    }

    fn reads_answers(&self) -> bool {
        self.until.is_some() || self.chances.is_some() || self.redraw > 0
    }

    fn asks_logprobs(&self) -> bool {
        self.chances.is_some()
    }

    fn samples(&self) -> Option<RangeInclusive<u32>> {
        let fixed = self.samples..=self.samples;
        let drawn = self.until.as_ref().map_or(fixed, |until| until.first()..=until.most);
        Some(drawn).filter(|_| self.goes_on_with().is_none())
    }

    fn draws(&self) -> bool {
        self.until.is_some()
    }

    fn at_once(&self) -> u32 {
        self.until.as_ref().map_or(1, |until| until.rule.batch)
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(&self.endpoint)
    }
}

impl Asker {
    /// The conversation about one sample of a problem, whose reply may have begun.
    fn sample<'a>(
        &'a self,
        first: &Arc<Vec<Message>>,
        problem: &Arc<Problem>,
        sample: u32,
        begun: Option<Box<Begun>>,
    ) -> Conversation<'a> {
        let (first, sampling) = (Arc::clone(first), &self.sampling);
        let conversation: Conversation<'a> = match self.manner() {
            Some(manner) if manner.estimate.is_some() => {
                let problem = Arc::clone(problem);
                Box::new(Estimated { first, manner, problem, sampling, sample, estimate: None })
            }
            Some(manner @ Manner { force: Some(force), .. }) => {
                let (messages, think) = (first, &self.reading.think);
                Box::new(Forced { messages, manner, force, sampling, think, sample, begun })
            }
            None if self.redraw > 0 => Box::new(Redrawn {
                messages: first,
                sampling,
                problem: Arc::clone(problem),
                reading: &self.reading,
                sample,
                samples: self.samples,
                most: self.redraw,
                thrown: Vec::new(),
            }),
            manner => Box::new(OneReply { messages: first, sampling, sample, manner }),
        };
        let conversation: Conversation<'a> = match self.continue_cut {
            Some(most) => Box::new(Longer { conversation, most, asked: None, cut: None }),
            None => conversation,
        };
        let Some(chances) = self.chances else { return conversation };
        let (problem, reading) = (Arc::clone(problem), &self.reading);
        Box::new(Confident { conversation, chances, problem, reading, last: None })
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
