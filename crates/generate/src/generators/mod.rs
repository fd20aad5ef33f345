//! Where replies come from, one generator a file. A new one is a new file, a `mod` line and a word in the
//! sorted list.

mod openai;
mod recorded;
mod search;

use std::ops::RangeInclusive;

use chat::{Dialogue, Endpoint, Trial};
use plugin::{Component, Registry, Value, entry};
use serde_json::json;
use tables::{Problem, Reply};
use tokens::Tokenizer;

use crate::reading::Reading;
use crate::recording::Recording;
use crate::returned::Gotten;
use crate::think::Format;

pub(crate) use search::searches;

/// All generators, by kind.
pub static GENERATORS: Registry<dyn Generator> = Registry::new(
    "model kind",
    &[entry::<openai::OpenAi>(), entry::<recorded::Recorded>(), entry::<search::Search>()],
)
.usually(openai::OpenAi::KIND);

/// The table of a model whose replies are recorded.
pub fn recorded_model(name: &str) -> Value {
    json!({"name": name, "kind": recorded::Recorded::KIND})
}

/// A conversation that ends in one or more replies of a model. Their samples are set; the stage fills in the problem and
/// the model.
pub type Conversation<'a> = Box<dyn Dialogue<Vec<Reply>> + 'a>;

/// The same, which may end in the tree that its replies are paths of.
pub type Growth<'a> = Box<dyn Dialogue<Gotten> + 'a>;

/// A conversation that grows no tree.
pub(crate) fn plainly<'a>(conversation: Conversation<'a>) -> Growth<'a> {
    Box::new(chat::then(conversation, |replies: Vec<Reply>| chat::done(Gotten::from(replies))))
}

/// What there is to ask about a problem.
pub struct Opened<'a> {
    /// Conversations that know nothing of each other; their replies in this order have ascending samples.
    pub conversations: Vec<Growth<'a>>,
    /// A worked example was left out because it is this very problem.
    pub example_left_out: bool,
}

/// A recorded reply that is gone on with, with what reads and cuts it.
pub struct Recorded<'a> {
    /// As it was.
    pub reply: Reply,
    /// How thinking is marked in it and the others.
    pub format: &'a Format,
    /// Counts the tokens that are kept of it.
    pub tokenizer: &'a Tokenizer,
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

    /// The recorded replies that it goes on with, each by [`Generator::go_on`] in place of [`Generator::open`].
    fn goes_on_with(&self) -> Option<&Recording> {
        None
    }

    /// Opens the conversation that goes on with a recorded reply to a problem.
    ///
    /// # Errors
    /// The prompt cannot be made, or the tokenizer gives up, and why.
    fn go_on<'a>(&'a self, _problem: &Problem, _recorded: Recorded<'a>) -> Result<Opened<'a>, String> {
        Ok(Opened { conversations: Vec::new(), example_left_out: false })
    }

    /// A question that shows before all others whether the server goes on with replies, if it has to.
    fn trial(&self) -> Option<Trial> {
        None
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

    /// Its replies are paths of a tree that it grows.
    fn grows_trees(&self) -> bool {
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

    /// Whom it asks besides; their questions count on from that endpoint.
    fn further_endpoints(&self) -> Vec<&Endpoint> {
        Vec::new()
    }
}
