//! Which replies a pipeline asks for: it is run in a folder of its own, offline, and everything that the cache
//! answers is written down.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Parser;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use llm::{Backend, Call, CallError, ChatReply, Execution, Failure, ReplyCache};
use pipeline::{RunFolder, Settings};

use crate::args::{CacheExportArgs, Global, PipelineArgs};
use crate::commands::chosen;
use crate::commands::session::Session;
use crate::exit::{Result, Usage};

/// What a pipeline asks for.
pub(super) struct Asked {
    /// The keys of the replies that are there, and of the requests that a server refused for good.
    pub(super) keys: BTreeSet<[u8; 32]>,
    /// Questions without a reply.
    pub(super) missing: u64,
}

/// The flags of a pipeline alone.
#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    pipeline: PipelineArgs,
}

pub(super) fn keys(
    name: &str,
    args: &CacheExportArgs,
    cache: &Arc<ReplyCache>,
    global: &Global,
) -> Result<Asked> {
    let mut words = vec!["replay", name, "--offline", "--to", "judge"];
    words.extend(args.set.iter().flat_map(|set| ["--set", set]));
    words.extend(args.limit.iter().flat_map(|limit| ["--limit", limit]));
    let flags = Flags::try_parse_from(words).map_err(|error| Usage(error.to_string()))?.pipeline;
    let session = Session::new(global, true)?;
    let pipeline = chosen::open(&flags)?;
    let scratch = tempfile::tempdir()?;
    let witness = Arc::new(Witness::default());
    let settings = Settings {
        execution: Execution {
            cache: Some(Arc::clone(cache)),
            offline: true,
            backend: Some(Arc::clone(&witness) as Arc<dyn Backend>),
            ..Execution::default()
        },
        runtime: session.runtime.handle().clone(),
        tokenizers: session.tokenizers(),
        selection: chosen::selection(&flags)?,
        tolerated: 0.0,
    };
    pipeline::run(&pipeline, &RunFolder::open(scratch.path())?, &settings, &session.progress)?;
    let keys = std::mem::take(&mut *witness.keys.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Asked { keys, missing: witness.missing.load(Ordering::Relaxed) })
}

/// Stands in a server's place and remembers what was asked.
#[derive(Debug, Default)]
struct Witness {
    keys: Mutex<BTreeSet<[u8; 32]>>,
    missing: AtomicU64,
}

impl Backend for Witness {
    fn send<'a>(&'a self, call: &'a Call<'a>) -> BoxFuture<'a, Result<ChatReply, Failure>> {
        self.missing.fetch_add(1, Ordering::Relaxed);
        ready(Err(Failure::Final(CallError::Offline { model: call.model.to_owned() }))).boxed()
    }

    fn cached(&self, call: &Call<'_>, _said: Result<&ChatReply, &CallError>) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(*call.key);
    }
}
