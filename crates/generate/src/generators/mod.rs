//! Where replies come from, one generator a file. A new one is a new file, a `mod` line and a word in the
//! sorted list.

mod openai;
mod recorded;

use std::path::PathBuf;

use futures::future::BoxFuture;
use llm::{Endpoint, Execution};
use plugin::{Registry, entry};
use stage::Observer;

use crate::{GenerateError, GenerateIo};

/// All generators, by kind.
pub static GENERATORS: Registry<dyn Generator> =
    Registry::new("model kind", &[entry::<openai::OpenAi>(), entry::<recorded::Recorded>()]);

/// What a generator has to do.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The model's name in the pipeline.
    pub model: &'a str,
    /// The tables.
    pub io: &'a GenerateIo,
    /// How calls are made.
    pub exec: &'a Execution,
    /// Who listens.
    pub observer: &'a dyn Observer,
}

/// Raw replies in a table: the rows of one model in the order of the problems, samples ascending.
#[derive(Clone, Debug)]
pub struct Source {
    /// The replies table.
    pub path: PathBuf,
    /// The model's name in that table; rows of other models are passed over.
    pub model: String,
    /// Only so many samples of each problem count.
    pub samples: Option<u32>,
    /// The table was made for this run alone, and whoever listens already heard about its rows.
    pub scratch: bool,
}

impl Source {
    /// Removes the table if nobody else needs it.
    pub(crate) fn discard(&self) {
        if self.scratch {
            // A file that stays is overwritten by the next run.
            drop(std::fs::remove_file(&self.path));
        }
    }
}

/// Gets a model's replies.
pub trait Generator: Send + Sync {
    /// Gets all replies, or says where they are.
    fn replies<'a>(&'a self, task: &'a Task<'a>) -> BoxFuture<'a, Result<Source, GenerateError>>;

    /// Replies per problem, if that is known before it runs.
    fn samples(&self) -> Option<u32> {
        None
    }

    /// Where it asks, if it does.
    fn endpoint(&self) -> Option<&Endpoint> {
        None
    }
}
