//! What every command that does work needs: a runtime, an ear for Ctrl-C, the reply cache.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use llm::serve::Servers;
use pipeline::TokenizerSource;
use tokio::runtime::{Builder, Runtime};

use crate::args::{CallArgs, Concurrency, Global};
use crate::environment;
use crate::exit::{About, Result};
use crate::interrupt::Interrupt;
use crate::output;
use crate::progress::Progress;

const REPLIES: &str = "replies.sqlite";

/// The surroundings of one command.
pub(crate) struct Session {
    pub(crate) runtime: Runtime,
    pub(crate) progress: Progress,
    cache: Option<PathBuf>,
    offline: bool,
    /// What this command may spend, all its runs together.
    budget: OnceLock<Arc<llm::Budget>>,
}

impl Session {
    pub(crate) fn new(global: &Global, offline: bool) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .enable_all()
            .build()
            .about(|| "cannot start the runtime".to_owned())?;
        let interrupt = Interrupt::listen(&runtime);
        let progress = Progress::new(global.quiet, interrupt);
        Ok(Self { runtime, progress, cache: environment::cache_folder(), offline, budget: OnceLock::new() })
    }

    /// How models are called. The reply cache is opened only for pipelines that call one.
    pub(crate) fn execution(&self, calls: &CallArgs, calls_models: bool) -> Result<llm::Execution> {
        let cache = match &self.cache {
            Some(folder) if calls_models => Some(Arc::new(open_cache(folder)?)),
            _ => None,
        };
        Ok(llm::Execution {
            servers: Some(self.servers(calls.keep_servers)?),
            concurrency: calls.concurrency.most(),
            adaptive: calls.concurrency == Concurrency::Auto,
            offline: self.offline,
            cache,
            budget: Some(Arc::clone(
                self.budget
                    .get_or_init(|| Arc::new(llm::Budget::new(calls.max_cost.unwrap_or(f64::INFINITY)))),
            )),
            ..llm::Execution::default()
        })
    }

    /// What this command may spend, once something was to be called.
    pub(crate) fn budget(&self) -> Option<&llm::Budget> {
        self.budget.get().map(Arc::as_ref)
    }

    /// The same for who only looks: nothing is made, not even an empty cache.
    pub(crate) fn onlooker(&self, calls: &CallArgs, calls_models: bool) -> Result<llm::Execution> {
        let there = self.cache.as_ref().is_some_and(|folder| folder.join(REPLIES).exists());
        Ok(llm::Execution { offline: true, ..self.execution(calls, calls_models && there)? })
    }

    /// Who starts servers for models; outside a run they write next to the reply cache.
    pub(crate) fn servers(&self, keep: usize) -> Result<Arc<Servers>> {
        let folder = self.cache.clone().unwrap_or_else(std::env::temp_dir);
        servers(folder.join("servers"), keep, output::say)
    }

    pub(crate) fn tokenizers(&self) -> TokenizerSource {
        TokenizerSource::new(self.cache.clone(), self.offline)
    }
}

/// Who starts servers for models that want one of their own, through this very program.
pub(super) fn servers(
    logs: PathBuf,
    keep: usize,
    say: impl Fn(&str) + Send + Sync + 'static,
) -> Result<Arc<Servers>> {
    let guard = std::env::current_exe().about(|| "cannot find this program's own file".to_owned())?;
    Ok(Arc::new(Servers::new(guard, logs, keep, Arc::new(say))))
}

pub(super) fn open_cache(folder: &Path) -> Result<llm::ReplyCache> {
    std::fs::create_dir_all(folder).about(|| format!("cannot make the cache folder {}", folder.display()))?;
    Ok(llm::ReplyCache::open(&folder.join(REPLIES))?)
}
