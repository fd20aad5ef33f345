//! The process that is measured: it asks, keeps, and looks that every reply is whole.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::ensure;
use chat::{Ask, InOrder};
use futures::{StreamExt, pin_mut};
use llm::{ChatReply, ChatRequest, Endpoint, Execution, Message, Question, ReplyCache, Sampling, Session};
use stage::Silent;
use tokio::runtime::Handle;

use super::bare;

/// Asks as often as it is told to (`bench client` starts it).
#[derive(Clone, clap::Args)]
pub(crate) struct ClientLoad {
    /// Address of the server
    base_url: String,
    /// Folder of the cache
    cache: PathBuf,
    /// How many requests
    requests: usize,
    /// Calls in flight at once
    concurrency: usize,
    /// By nothing but sockets
    #[arg(long)]
    bare: bool,
}

impl ClientLoad {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        if self.bare {
            runtime.block_on(bare::ask(&self.base_url, self.requests, self.concurrency))
        } else {
            // On a worker: the main thread would be a third on two cores, woken from afar for each reply.
            runtime.block_on(runtime.spawn(self.clone().ask()))?
        }
    }

    async fn ask(self) -> anyhow::Result<()> {
        let cache = Arc::new(ReplyCache::open(&self.cache.join("replies.sqlite"))?);
        let execution =
            Execution { concurrency: self.concurrency, cache: Some(cache), ..Execution::default() };
        let endpoint =
            Endpoint { base_url: Some(self.base_url.clone()), model: "m".to_owned(), ..Endpoint::default() };
        let session = Session::new([&endpoint], &execution, &Handle::current(), &Silent)?;
        let ask = async |number| {
            let messages = vec![Message::user(format!("What is {number} + 1?"))];
            let request = ChatRequest::new(messages, Sampling::default(), 0);
            session.ask(&Question::new(request)).await.transpose()
        };
        let texts = |reply: &ChatReply| {
            reply.content.capacity() + reply.reasoning.as_ref().map_or(0, String::capacity)
        };
        let in_order = InOrder::new(&session, 1);
        let replies = in_order.results(0..self.requests, ask, texts);
        pin_mut!(replies);
        while let Some(reply) = replies.next().await {
            let reply = reply?;
            ensure!(
                reply.content.ends_with("\\boxed{42}") && !reply.cached,
                "not the reply: {}",
                reply.content
            );
        }
        Ok(())
    }
}
