//! Why a server of one's own does not serve.

use std::path::PathBuf;

use tables::{Blame, Blamed};

/// A server could not be started, or ended.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ServeError {
    /// An address and a server of one's own.
    #[error("`{model}` has both `base_url` and `serve`; keep one of them")]
    Twice {
        /// The model.
        model: String,
    },
    /// The table says what cannot be.
    #[error("`serve` of `{model}`: {what}")]
    Table {
        /// The model.
        model: String,
        /// What is wrong.
        what: String,
    },
    /// `auto` finds nothing.
    #[error(
        "no program that serves models is on the PATH: `pip install vllm` or `pip install sglang` (with a GPU), \
         llama.cpp's `llama-server` (without one), or Ollama; or set `base_url` to a server that runs"
    )]
    NoneInstalled,
    /// The engine is not on the PATH.
    #[error("no `{program}` on the PATH; install it ({install}), or set `base_url` to a server that runs")]
    NotInstalled {
        /// The program.
        program: &'static str,
        /// How to get it.
        install: &'static str,
    },
    /// The program around this library said nothing of how to start servers.
    #[error("this program starts no servers; set `base_url`")]
    NotHere,
    /// It cannot be started at all.
    #[error("cannot start `{program}`: {reason}")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        reason: String,
    },
    /// It ended.
    #[error("`{program}` ended while {doing} ({how}); its last words, all of them in {log}:\n{words}", log = log.display())]
    Ended {
        /// The program.
        program: String,
        /// What it was doing.
        doing: &'static str,
        /// Its exit code, or that it was killed.
        how: String,
        /// What it wrote.
        log: PathBuf,
        /// The end of that.
        words: String,
    },
    /// It does not get ready.
    #[error(
        "`{program}` is not ready after {seconds} s (`serve.start_seconds`); its last words, all of them in {log}:\n{words}",
        log = log.display()
    )]
    Slow {
        /// The program.
        program: String,
        /// How long it had.
        seconds: f64,
        /// What it wrote.
        log: PathBuf,
        /// The end of that.
        words: String,
    },
}

impl Blamed for ServeError {
    fn blame(&self) -> Blame {
        match self {
            Self::Twice { .. } | Self::Table { .. } | Self::NoneInstalled | Self::NotInstalled { .. } => {
                Blame::Input
            }
            Self::NotHere => Blame::Other,
            Self::Start { .. } | Self::Ended { .. } | Self::Slow { .. } => Blame::Endpoint,
        }
    }
}
