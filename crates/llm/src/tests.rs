//! The client against scripted servers.

mod faults;
mod kept;
mod keys;
mod servers;
mod session;
mod timeouts;

use std::{sync::Arc, time::Duration};

use testkit::{Behaviour, Script, ScriptedServer};

use crate::{
    Backoff, CallError, ChatReply, ChatRequest, Client, Endpoint, Execution, Message, ReplyCache, Sampling,
};

/// Waits that are short enough for tests.
fn quick() -> Execution {
    let base = Duration::from_millis(2);
    let backoff = Backoff { base, most: Duration::from_millis(10), most_asked: Duration::from_secs(2) };
    Execution { backoff, ..Execution::default() }
}

fn kept_in(cache: &Arc<ReplyCache>) -> Execution {
    Execution { cache: Some(Arc::clone(cache)), ..quick() }
}

fn endpoint(server: &ScriptedServer) -> Endpoint {
    Endpoint { base_url: Some(server.base_url()), model: "m".to_owned(), ..Endpoint::default() }
}

fn question(text: &str) -> ChatRequest {
    ChatRequest::new(vec![Message::user(text)], Sampling::default(), 0)
}

/// Asks once over a stream.
async fn ask(script: Script) -> Result<ChatReply, CallError> {
    let server = ScriptedServer::start(script).unwrap();
    Client::new(&endpoint(&server), &quick()).unwrap().chat(&question("What is 12 + 30?")).await
}

/// Asks both ways; apart from its timings, a reply does not depend on how it was received.
async fn ask_both_ways(behaviour: Behaviour) -> ChatReply {
    let server = ScriptedServer::start(Script::of(behaviour)).unwrap();
    let streaming = endpoint(&server);
    let whole = Endpoint { stream: false, ..streaming.clone() };
    let mut replies = Vec::new();
    for endpoint in [streaming, whole] {
        let reply =
            Client::new(&endpoint, &quick()).unwrap().chat(&question("What is 12 + 30?")).await.unwrap();
        replies.push(ChatReply { seconds: 0.0, first_token_seconds: None, ..reply });
    }
    assert_eq!(replies[0], replies[1]);
    assert_eq!(server.requests().iter().map(|request| request.stream).collect::<Vec<_>>(), [true, false]);
    replies.swap_remove(0)
}
