//! Examples: what a training file holds, before any format is thought of.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;
use tables::Problem;

use crate::{Embedding, Said};

/// What the examples of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A better and a worse reply.
    Pair,
    /// One reply.
    Chain,
    /// One reply in pieces that are right or wrong.
    Steps,
}

/// One reply and whose it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chain {
    /// The reply, or what is kept of it.
    pub said: Said,
    /// The model that replied.
    pub model: String,
    /// Its index among the samples of that model.
    pub sample: u32,
    /// The source's own name of it.
    pub trace_id: Option<String>,
    /// Tokens of the thinking that is kept; null where nobody counted.
    pub tokens: Option<u32>,
    /// Reasoning verbosity, 0 to 9.
    pub verbosity: Option<u32>,
    /// Cognitive difficulty, 0 to 9.
    pub difficulty: Option<u32>,
    /// The final answer is right; null where nobody asks.
    pub right: Option<bool>,
    /// The detours that the reply takes; null where nobody put any in.
    pub journey: Option<Journey>,
}

/// Where a text goes wrong and returns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Journey {
    /// Returns.
    pub detours: u32,
    /// Wrong steps.
    pub wrong_steps: u32,
    /// What each stretch of the response is.
    pub spans: Vec<Span>,
}

/// A stretch of a response, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// What it is.
    pub kind: SpanKind,
}

/// What a stretch of a response is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// Steps of the right path.
    Right,
    /// Steps of a wrong branch.
    Wrong,
    /// What is said at a return.
    Feedback,
}

impl SpanKind {
    /// It is no part of the right path.
    pub(crate) fn is_aside(self) -> bool {
        self != Self::Right
    }
}

/// A piece of a reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// It is right: it arrives at the right answer, or something right was reached from it.
    pub right: bool,
    /// What it is worth, where that was estimated or scored.
    pub value: Option<f64>,
    /// Completions that this is estimated from.
    pub n: Option<u32>,
}

impl Piece {
    /// Right or wrong, and nothing else.
    pub fn hard(text: String, right: bool) -> Self {
        Self { text, right, ..Self::default() }
    }
}

/// What an example teaches.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The first rather than the second.
    Pair(Box<Chain>, Box<Chain>),
    /// This reply.
    Chain(Box<Chain>),
    /// These pieces of a reply.
    Steps(Box<Chain>, Vec<Piece>),
}

/// An example.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// What is asked.
    pub problem: Arc<Problem>,
    /// What is to be learnt.
    pub body: Body,
}

impl Example {
    /// The reply that is to be learnt.
    pub(crate) fn chain(&self) -> &Chain {
        match &self.body {
            Body::Pair(chain, _) | Body::Chain(chain) | Body::Steps(chain, _) => chain,
        }
    }

    /// The reply that is to be avoided.
    pub(crate) fn rejected(&self) -> Option<&Chain> {
        match &self.body {
            Body::Pair(_, rejected) => Some(rejected),
            _ => None,
        }
    }

    /// Bytes of its texts, about.
    pub(crate) fn size(&self) -> usize {
        let of =
            |chain: &Chain| chain.said.answer.len() + chain.said.thinking.as_ref().map_or(0, String::len);
        self.problem.problem.len() + of(self.chain()) + self.rejected().map_or(0, of)
    }

    /// The texts of the example as a trainer will see them.
    pub(crate) fn content(&self, embedding: &Embedding) -> Content<'_> {
        let prompt = Cow::Borrowed(self.problem.problem.as_str());
        let text = |chain: &Chain| Cow::Owned(embedding.text(&chain.said));
        let (texts, labels) = match &self.body {
            Body::Pair(chosen, rejected) => (vec![text(chosen), text(rejected)], vec![]),
            Body::Chain(chain) => (vec![text(chain)], vec![]),
            Body::Steps(_, pieces) => (
                pieces.iter().map(|piece| Cow::Borrowed(piece.text.as_str())).collect(),
                pieces.iter().map(|piece| piece.right).collect(),
            ),
        };
        let wrong = self.chain().journey.iter().flat_map(|journey| &journey.spans);
        let wrong = wrong.filter(|span| span.kind == SpanKind::Wrong);
        let wrong = wrong.map(|span| span.start as usize..span.end as usize).collect();
        Content { prompt, texts, labels, outcome: self.chain().right, wrong }
    }
}

/// The texts of an example: what is written, and what reading it back has to give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content<'a> {
    /// What is asked.
    pub prompt: Cow<'a, str>,
    /// A pair's chosen and rejected reply, one reply, or the pieces of one.
    pub texts: Vec<Cow<'a, str>>,
    /// Whether the pieces are right.
    pub labels: Vec<bool>,
    /// The final answer is right; null where nobody asks. No format but one writes it, so it is not compared.
    pub outcome: Option<bool>,
    /// Where the first text goes wrong, in bytes; compared by the one format that masks it.
    pub wrong: Vec<Range<usize>>,
}

impl Content<'_> {
    /// A hash of all of it.
    pub(crate) fn digest(&self) -> u64 {
        let mut hasher = blake3::Hasher::new();
        for text in std::iter::once(&self.prompt).chain(&self.texts) {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        for label in &self.labels {
            hasher.update(&[u8::from(*label)]);
        }
        for end in self.wrong.iter().flat_map(|range| [range.start, range.end]) {
            hasher.update(&(end as u64).to_le_bytes());
        }
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        u64::from_le_bytes(first)
    }
}

/// Columns beside those that a trainer reads: they say where an example comes from, and let it be imported again.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Origin<'a> {
    pub(crate) problem_id: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    gold: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    choices: &'a [String],
    pub(crate) dataset: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    subset: &'a str,
    pub(crate) model: &'a str,
    sample: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_sample: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difficulty: Option<u32>,
    #[serde(flatten)]
    journey: Option<&'a Journey>,
}

impl<'a> Origin<'a> {
    pub(crate) fn of(example: &'a Example) -> Self {
        let (problem, chain) = (&*example.problem, example.chain());
        Self {
            problem_id: &problem.id,
            gold: &problem.gold,
            choices: &problem.choices,
            dataset: &problem.dataset,
            subset: &problem.subset,
            model: &chain.model,
            sample: chain.sample,
            trace_id: chain.trace_id.as_deref(),
            rejected_sample: example.rejected().map(|chain| chain.sample),
            verbosity: chain.verbosity,
            difficulty: chain.difficulty,
            journey: chain.journey.as_ref(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn chain(thinking: &str, answer: &str, sample: u32) -> Box<Chain> {
        let said = Said { thinking: Some(thinking.into()), answer: answer.into() };
        Box::new(Chain { said, model: "m".into(), sample, tokens: Some(3), ..Chain::default() })
    }

    /// An example of each kind with texts that are hard to write.
    pub(crate) fn examples(kind: Kind) -> Vec<Example> {
        let problem = |id: &str, gold: &[&str]| {
            Arc::new(Problem {
                id: id.into(),
                dataset: "demo".into(),
                problem: format!("What is \"2\" + 3 \\ {id}?\n\u{1f600}"),
                gold: gold.iter().map(|gold| (*gold).to_owned()).collect(),
                ..Problem::default()
            })
        };
        let body = |sample| {
            let first = chain("so\n\n\t\"5\" \\ \u{2028} \u{0}", "\\boxed{5}", sample);
            match kind {
                Kind::Pair => Body::Pair(first, chain("longer and longer", "5", sample + 1)),
                Kind::Chain => Body::Chain(first),
                Kind::Steps => {
                    let piece = |text: &str, right| Piece::hard(text.into(), right);
                    Body::Steps(first, vec![piece("4\n", false), piece("5", true)])
                }
            }
        };
        vec![
            Example { problem: problem("p-1", &["5"]), body: body(0) },
            Example { problem: problem("p-2", &[]), body: body(4) },
        ]
    }

    #[test]
    fn a_digest_tells_everything_apart() {
        let content = |texts: &[&str], labels: &[bool]| {
            let texts = texts.iter().map(|text| Cow::Owned((*text).to_owned())).collect();
            Content { prompt: "p".into(), texts, labels: labels.to_vec(), ..Content::default() }.digest()
        };
        let all = [
            content(&["ab", "c"], &[]),
            content(&["a", "bc"], &[]),
            content(&["abc"], &[]),
            content(&["ab", "c"], &[true, false]),
            content(&["ab", "c"], &[false, true]),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
        }
    }
}
