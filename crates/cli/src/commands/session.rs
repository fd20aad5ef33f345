//! What every command that does work needs: a runtime, an ear for Ctrl-C, the reply cache.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use pipeline::TokenizerSource;
use tokio::runtime::{Builder, Runtime};

use crate::args::{CallArgs, Global};
use crate::environment;
use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// The surroundings of one command.
pub(crate) struct Session {
    pub(crate) runtime: Runtime,
    pub(crate) progress: Progress,
    cache: Option<PathBuf>,
    offline: bool,
}

impl Session {
    pub(crate) fn new(global: &Global, offline: bool) -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
        let interrupt = Interrupt::listen(&runtime);
        let progress = Progress::new(global.quiet, interrupt);
        Ok(Self { runtime, progress, cache: environment::cache_folder(), offline })
    }

    /// How models are called. The reply cache is opened only for pipelines that call one.
    pub(crate) fn execution(&self, calls: &CallArgs, calls_models: bool) -> anyhow::Result<llm::Execution> {
        let mut execution = llm::Execution::default();
        execution.concurrency = calls.concurrency.max(1);
        execution.offline = self.offline;
        if let (Some(folder), true) = (&self.cache, calls_models) {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the cache folder {}", folder.display()))?;
            execution.cache = Some(Arc::new(llm::ReplyCache::open(&folder.join("replies.sqlite"))?));
        }
        Ok(execution)
    }

    pub(crate) fn tokenizers(&self) -> TokenizerSource {
        TokenizerSource { cache: self.cache.clone(), offline: self.offline }
    }
}
