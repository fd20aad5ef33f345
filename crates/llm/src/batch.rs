//! OpenAI Batch files: the requests of a run written down, and their replies taken in.
//!
//! A request's `custom_id` is the key of its reply in the cache, as 64 hexadecimal digits: it follows from the
//! endpoint, the body and the sample, so the same run gives the same ids, and a result of another prompt or
//! model fits nowhere. Two questions that are equal word for word (two problems with the same text) are one
//! request, as they are one reply in the cache.

mod error;
mod line;
mod report;
mod requests;
mod results;
#[cfg(test)]
mod tests;

use std::path::Path;

use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};

use crate::{Backend, Call, CallError, ChatReply, Failure, continuing};
pub use error::BatchError;
pub use report::{BatchReport, Named, Written};
use requests::Requests;
use results::Results;
use secrets::Names;

/// A run by batch files: replies come from `results`, what is missing there goes to `requests`.
#[derive(Debug)]
pub struct Batch {
    results: Option<Results>,
    requests: Option<Requests>,
}

impl Batch {
    /// Answers from result files, which are read here once to learn what they hold.
    pub fn from_results(paths: &[impl AsRef<Path>]) -> Result<Self, BatchError> {
        Ok(Self { results: Some(Results::open(paths)?), requests: None })
    }

    /// Writes every request into one file, in which what is secret in a body is hidden.
    pub fn to_file(path: &Path) -> Self {
        Self { results: None, requests: Some(Requests::to_file(path)) }
    }

    /// Writes requests into a folder, a file for each model: providers take one model a file.
    pub fn to_folder(folder: &Path) -> Self {
        Self { results: None, requests: Some(Requests::to_folder(folder)) }
    }

    /// Takes what stands under these names for secret, in place of those that everybody uses.
    #[must_use]
    pub fn hiding(self, secret: Names) -> Self {
        Self { requests: self.requests.map(|requests| requests.hiding(secret)), ..self }
    }

    /// The results of this one, the requests of the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { results: self.results.or(other.results), requests: self.requests.or(other.requests) }
    }

    /// Publishes the files of requests. Without a call nothing appears under their names.
    pub fn finish(&self) -> Result<Vec<Written>, BatchError> {
        self.requests.as_ref().map_or_else(|| Ok(Vec::new()), Requests::finish)
    }

    /// What became of the results; `None` if there were none to take.
    pub fn report(&self) -> Option<BatchReport> {
        self.results.as_ref().map(Results::report)
    }
}

impl Backend for Batch {
    fn send<'a>(&'a self, call: &'a Call<'a>) -> BoxFuture<'a, Result<ChatReply, Failure>> {
        ready(self.answer(call).map_err(Failure::Final)).boxed()
    }

    fn cached(&self, call: &Call<'_>, _said: Result<&ChatReply, &CallError>) {
        if let Some(results) = &self.results {
            results.known(call);
        }
    }

    fn deferred(&self) -> u64 {
        self.requests.as_ref().map_or(0, Requests::deferred)
    }
}

impl Batch {
    fn answer(&self, call: &Call<'_>) -> Result<ChatReply, CallError> {
        if let Some(result) = self.results.as_ref().and_then(|results| results.take(call)) {
            return result;
        }
        let completes = call.body.contains_key(continuing::BEGINS);
        let message = match &self.requests {
            Some(_) if call.request.scoring.is_some() => {
                "a batch holds chats alone, and this asks a reward model for scores: run without --batch-out"
                    .to_owned()
            }
            Some(_) if completes => {
                "a batch holds chats alone, so `continuation = \"completions\"` cannot be part of one"
                    .to_owned()
            }
            Some(requests) => requests.add(call)?,
            None => "the batch's results hold no reply to this request; run without --batch-in to ask for it"
                .to_owned(),
        };
        Err(CallError::Batch { message })
    }
}
