//! `thinkmeter init`.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct InitArgs {
    /// Traces that were recorded (a file, folder or pattern), or the name of a preset or an embedded pipeline; without it, the
    /// server that is found
    #[arg(value_name = "TRACES|PRESET")]
    pub(crate) source: Option<String>,
    /// Address of the server, up to and including /v1; else OPENAI_BASE_URL, else what listens on this machine
    #[arg(long, value_name = "URL", alias = "api-url")]
    pub(crate) base_url: Option<String>,
    /// Start a server for the model on this machine: vllm, sglang, llama-server, ollama, or auto
    #[arg(long, value_name = "ENGINE", conflicts_with = "base_url")]
    pub(crate) serve: Option<String>,
    /// The model's name at the server; else the first that it has
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// The pipeline file to write
    #[arg(long, short, value_name = "FILE", default_value = "thinkmeter.toml")]
    pub(crate) output: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    pub(crate) force: bool,
}
