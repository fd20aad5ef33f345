//! One look at a server: is it there, does it know the key and the model, where does its thinking come, what does it
//! count, how fast is it; and what to write into the pipeline.
//!
//! Two questions are asked, one streamed and one not, and a dozen short ones more to see whether it goes on with replies; nothing
//! is cached, and nothing is retried for long.

mod advice;
mod continuing;
mod error;
mod findings;
mod probe;
mod survey;

pub use error::DoctorError;
pub use findings::{Finding, Mark};
pub use survey::{Found, Survey, models, server, survey};

use std::sync::Arc;

use llm::serve::Servers;
use llm::{CallError, Client, Endpoint, Execution};
use serde::Serialize;
use tokens::Tokenizer;

use crate::continuing::Continuing;
use crate::probe::Probe;

/// What was found out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnosis {
    /// The server's address.
    pub address: String,
    /// The model that was asked.
    pub model: String,
    /// What is well, what is to be known, what is wrong.
    pub findings: Vec<Finding>,
    /// What to write into a pipeline, as TOML.
    pub advice: String,
}

impl Diagnosis {
    /// Something stands in the way of measuring this model.
    pub fn is_ill(&self) -> bool {
        self.findings.iter().any(|finding| finding.mark == Mark::Bad)
    }
}

/// How a server is looked at.
#[derive(Clone, Debug)]
pub struct Examination {
    /// Where to ask, and as whom.
    pub endpoint: Endpoint,
    /// The most tokens of each of the two replies.
    pub max_tokens: u64,
    /// Whether the server goes on with a reply is tried too, with a dozen short questions.
    pub continues: bool,
    /// The model's tokenizer, to see whether it fits.
    pub tokenizer: Option<Tokenizer>,
    /// The tokenizer as it is named in a pipeline.
    pub tokenizer_name: Option<String>,
    /// Who starts a server for it, if it wants one of its own.
    pub servers: Option<Arc<Servers>>,
}

impl Examination {
    /// Asks and looks. Fails if the server cannot be asked at all; a server that answers oddly is a finding.
    pub async fn run(&self) -> Result<Diagnosis, DoctorError> {
        let endpoint = Endpoint { retries: self.endpoint.retries.min(1), ..self.endpoint.clone() };
        let servers = self.servers.clone();
        let execution = Execution { concurrency: 1, servers, ..Execution::default() };
        let streaming = Client::new(&Endpoint { stream: true, ..endpoint.clone() }, &execution)?;
        let whole = Client::new(&Endpoint { stream: false, ..endpoint.clone() }, &execution)?;
        let listed = streaming.models().await;
        let streamed = Probe::of(streaming.chat(&probe::question(self.max_tokens)).await);
        let whole = match &streamed.reply {
            // What would fail alike need not be asked again.
            Err(error) if error.is_fatal() => streamed.clone(),
            _ => Probe::of(whole.chat(&probe::question(self.max_tokens)).await),
        };
        if let (Err(error), Err(_)) = (&streamed.reply, &whole.reply) {
            return Err(self.refused(error.clone(), listed.ok()));
        }
        let mut findings = findings::all(self, &streaming, listed.as_deref(), &streamed, &whole);
        let best = if streamed.reply.is_ok() { &streamed } else { &whole };
        let continuing = match self.continues {
            true => continuing::look(&endpoint, &execution, best).await,
            false => Continuing::default(),
        };
        let advice = advice::toml(self, best, streamed.reply.is_ok(), &continuing);
        findings.extend(continuing.findings);
        let (address, model) = (streaming.address().to_owned(), streaming.model().to_owned());
        Ok(Diagnosis { address, model, findings, advice })
    }

    fn refused(&self, error: CallError, listed: Option<Vec<String>>) -> DoctorError {
        match (&error, listed) {
            (CallError::UnknownModel { .. }, Some(models)) if !models.is_empty() => {
                DoctorError::UnknownModel { error, models }
            }
            _ => DoctorError::Call(error),
        }
    }
}

#[cfg(test)]
mod tests;
