//! `prm`: a process reward model.

use chat::{
    ChatReply, ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling, Scoring, Shape,
};
use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reward::{named, read};
use super::steps::of_steps;
use crate::asking::Answered;
use crate::conversation::of_all;
use crate::likelihood::Likelihood;
use crate::scored::{AskScores, Rows, Scale, score_in};
use crate::{Aggregate, Case, Conversation, Unverified, Verdict, Verifier};

/// Asks a process reward model for the score of each step.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Prm {
    /// Where to ask.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How the server gives scores: `pooling` or `sglang`.
    #[serde(default)]
    scores: Shape,
    /// How steps are marked: `extra_0` (Qwen's PRMs), `shepherd` (Math-Shepherd), `chat_plus_minus` (RLHFlow's, which are asked
    /// in chat and need `logprobs` of their server), or `own` with a `separator`.
    #[serde(default)]
    joiner: Joiner,
    /// What stands behind each step, for the joiner `own`.
    #[serde(default)]
    separator: Option<String>,
    /// Which of several numbers of a step is its score, from 0; unless set, 1 for `extra_0` and 0 for `shepherd`.
    #[serde(default)]
    class: Option<usize>,
    /// What is made of it: `none` or `sigmoid`.
    #[serde(default)]
    scale: Scale,
    /// How the scores of the steps become one of the reply: `min`, `product`, `last`, `mean` or `geometric`.
    #[serde(default)]
    aggregate: Aggregate,
}

/// How steps are told apart in what is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Joiner {
    /// `<extra_0>` behind each step of an assistant's turn.
    #[default]
    #[serde(rename = "extra_0")]
    Extra0,
    /// `ки` behind each step of one text.
    Shepherd,
    /// Each step is a turn of the user, and the model says + or −.
    ChatPlusMinus,
    /// `separator` behind each step of an assistant's turn.
    Own,
}

/// What Qwen's PRMs were trained behind.
const SYSTEM: &str = "Please reason step by step, and put your final answer within \\boxed{}.";
/// Chances that are asked for beside + or −.
const BESIDE: u8 = 20;

impl Component for Prm {
    const KIND: &'static str = "prm";
    const ABOUT: &'static str = "asks a process reward model for the score of each step";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!();
    type Built = dyn Verifier;

    fn build(self, _: &mut Content) -> Result<Box<dyn Verifier>, ConfigErrors> {
        named(&self.endpoint)?;
        let fault = |key: &str, problem: &str| Err(ConfigError::new(key, problem).into());
        let own = self.joiner == Joiner::Own;
        match (own, self.separator.as_deref()) {
            (true, None | Some("")) => fault("separator", "missing beside `joiner = \"own\"`"),
            (false, Some(_)) => {
                fault("separator", "`joiner` says how steps are marked; leave it out, or take `own`")
            }
            _ if !matches!(self.scores, Shape::Pooling | Shape::Sglang) => fault(
                "scores",
                "gives one score a text or one a token, and nobody here knows which token ends a step; take `pooling` or `sglang`",
            ),
            _ => Ok(Box::new(self)),
        }
    }
}

impl Prm {
    fn mark(&self) -> &str {
        match self.joiner {
            Joiner::Extra0 => "<extra_0>",
            Joiner::Shepherd => "ки",
            Joiner::ChatPlusMinus => "+",
            Joiner::Own => self.separator.as_deref().unwrap_or_default(),
        }
    }

    fn class(&self) -> Option<usize> {
        self.class.or(match self.joiner {
            Joiner::Extra0 => Some(1),
            Joiner::Shepherd => Some(0),
            _ => None,
        })
    }

    /// A mark inside a step would be a step more: it is pulled apart.
    fn harmless(&self, step: &str) -> String {
        let mark = self.mark();
        let middle = mark.char_indices().nth(1).map_or(mark.len(), |(at, _)| at);
        let apart = format!("{} {}", &mark[..middle], &mark[middle..]);
        step.trim().replace(mark, &apart)
    }

    fn messages(&self, case: &Case) -> Vec<Message> {
        let mark = self.mark();
        let steps: Vec<String> = case.steps.iter().map(|step| self.harmless(step)).collect();
        let marked: String = steps.iter().map(|step| format!("{step}{mark}")).collect();
        let problem = case.problem.replace(mark, " ");
        match self.joiner {
            Joiner::Extra0 => {
                vec![Message::system(SYSTEM), Message::user(problem), Message::assistant(marked)]
            }
            Joiner::Shepherd => {
                let lines: Vec<String> = steps.iter().map(|step| format!("{step} {mark}")).collect();
                vec![Message::user(format!("{problem} {}", lines.join("\n")))]
            }
            _ => vec![Message::user(problem), Message::assistant(marked)],
        }
    }

    fn read(&self, rows: Rows, steps: usize) -> Result<Verdict, String> {
        // Of models with one number a step some servers send a plain list.
        let plain = rows.len() == 1 && steps > 1 && self.class().is_none() && rows[0].len() == steps;
        let rows = if plain { rows.concat().into_iter().map(|score| vec![score]).collect() } else { rows };
        if rows.len() != steps {
            return Err(format!(
                "the server gives {} scores for {steps} steps; it may score tokens, or not know `{}` for the end of a step",
                rows.len(),
                self.mark()
            ));
        }
        // A model with one number a step has no class to choose.
        let score = |row: &Vec<Option<f64>>| {
            let class = self.class().filter(|_| row.len() > 1);
            score_in(row, class, false).map(|raw| Some(self.scale.of(raw)))
        };
        Ok(of_steps(rows.iter().map(score).collect::<Result<_, _>>()?, self.aggregate))
    }

    /// The question about a step in chat: those before it were good, and is this one?
    fn plus_minus(&self, case: &Case, step: usize) -> PlusMinus {
        let turn = |at: usize| match at {
            0 => format!("{} {}", case.problem, case.steps[0].trim()),
            _ => case.steps[at].trim().to_owned(),
        };
        let before = (0..step).flat_map(|at| [Message::user(turn(at)), Message::assistant("+")]);
        PlusMinus { messages: Some(before.chain([Message::user(turn(step))]).collect()) }
    }
}

impl Verifier for Prm {
    fn name(&self) -> String {
        format!("{}:{}", Self::KIND, self.endpoint.model)
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.endpoint]
    }

    fn looks_at_steps(&self) -> bool {
        true
    }

    fn most_questions(&self, steps: u64) -> Option<u64> {
        Some(if self.joiner == Joiner::ChatPlusMinus { steps } else { 1 })
    }

    fn open<'a>(&'a self, case: Case) -> Conversation<'a> {
        if self.joiner == Joiner::ChatPlusMinus {
            let steps = (0..case.steps.len()).map(|step| self.plus_minus(&case, step)).collect();
            return Box::new(of_all(steps, |scores: Vec<f64>| {
                Ok(of_steps(scores.into_iter().map(Some).collect(), self.aggregate))
            }));
        }
        let (steps, messages) = (case.steps.len(), self.messages(&case));
        let joined = self.joiner == Joiner::Shepherd;
        let ask = AskScores::new(messages, Scoring { shape: self.scores, joined });
        Box::new(read(ask, move |rows| self.read(rows, steps)))
    }
}

/// Asks for + or −, and takes P(+) / (P(+) + P(−)).
struct PlusMinus {
    messages: Option<Vec<Message>>,
}

impl Dialogue<Answered<f64>> for PlusMinus {
    fn next(&mut self, replies: &Replies) -> Next<Answered<f64>> {
        if let Some(messages) = self.messages.take() {
            let sampling = Sampling { temperature: Some(0.0), max_tokens: Some(1), ..Sampling::default() };
            let request = ChatRequest::new(messages, sampling, 0);
            return Next::Ask(vec![Question::new(ChatRequest { logprobs: Some(BESIDE), ..request })]);
        }
        Next::Done(match replies.first() {
            Some(Ok(reply)) => sign(reply),
            Some(Err(error)) => Err(Unverified::new(error.reason(), None)),
            None => Err(Unverified::new("the question was left without a reply", None)),
        })
    }
}

fn sign(reply: &ChatReply) -> Answered<f64> {
    let says = |token: &str| match token.trim() {
        "+" => Some(true),
        "-" | "−" => Some(false),
        _ => None,
    };
    let raw = reply.content.clone();
    match Likelihood::of(reply, says) {
        Some(found) => Ok((found.score(), raw)),
        None => {
            let reason =
                "the server tells no chances of + and -; `joiner = \"chat_plus_minus\"` lives on them";
            Err(Unverified::new(reason, Some(raw)))
        }
    }
}
