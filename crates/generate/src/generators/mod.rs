//! Where replies come from, one generator a file. A new one is a new file, a `mod` line and a word in the
//! sorted list.

mod openai;
mod recorded;

use std::ops::RangeInclusive;

use chat::{Dialogue, Endpoint};
use plugin::{Component, Registry, Value, entry};
use serde_json::json;
use tables::{Problem, Reply};

use crate::reading::Reading;

/// All generators, by kind.
pub static GENERATORS: Registry<dyn Generator> =
    Registry::new("model kind", &[entry::<openai::OpenAi>(), entry::<recorded::Recorded>()])
        .usually(openai::OpenAi::KIND);

/// The table of a model whose replies are recorded.
pub fn recorded_model(name: &str) -> Value {
    json!({"name": name, "kind": recorded::Recorded::KIND})
}

/// A conversation that ends in one or more replies of a model. Their samples are set; the stage fills in the problem and
/// the model.
pub type Conversation<'a> = Box<dyn Dialogue<Vec<Reply>> + 'a>;

/// What there is to ask about a problem.
pub struct Opened<'a> {
    /// Conversations that know nothing of each other; their replies in this order have ascending samples.
    pub conversations: Vec<Conversation<'a>>,
    /// A worked example was left out because it is this very problem.
    pub example_left_out: bool,
}

/// Replies that the dataset has recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// The model's name in the recording; its name in the pipeline unless set.
    pub model: Option<String>,
    /// Only so many samples of each problem count.
    pub samples: Option<u32>,
}

/// Gets a model's replies: from a recording, or by asking.
pub trait Generator: Send + Sync {
    /// The replies that it takes from the dataset; one that has none asks.
    fn recording(&self) -> Option<&Recording> {
        None
    }

    /// Opens the conversations about a problem.
    ///
    /// # Errors
    /// The prompt cannot be made for it, and why.
    fn open<'a>(&'a self, _problem: &Problem) -> Result<Opened<'a>, String> {
        Ok(Opened { conversations: Vec::new(), example_left_out: false })
    }

    /// How replies are read by whoever has to look at one before it goes on.
    fn read_by(&mut self, _reading: Reading) {}

    /// It looks at answers, so what is drawn depends on what counts as the same answer.
    fn reads_answers(&self) -> bool {
        false
    }

    /// It asks how likely tokens were.
    fn asks_logprobs(&self) -> bool {
        false
    }

    /// Replies per problem, the least and the most, if that is known before it runs.
    fn samples(&self) -> Option<RangeInclusive<u32>> {
        None
    }

    /// A conversation draws all samples of a problem, until there are enough.
    fn draws(&self) -> bool {
        false
    }

    /// Questions that are asked at once about a problem by one of its conversations.
    fn at_once(&self) -> u32 {
        1
    }

    /// Where it asks, if it does.
    fn endpoint(&self) -> Option<&Endpoint> {
        None
    }
}
