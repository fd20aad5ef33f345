//! `thinkmeter doctor`.

use clap::Args;

use super::Format;

#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Address of the server, up to and including /v1; else OPENAI_BASE_URL
    #[arg(long, value_name = "URL", alias = "api-url")]
    pub(crate) base_url: Option<String>,
    /// Start a server for it on this machine: vllm, sglang, llama-server, ollama, or auto
    #[arg(long, value_name = "ENGINE", conflicts_with = "base_url")]
    pub(crate) serve: Option<String>,
    /// The model's name at the server; without it, what there is to ask is printed
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// The model's tokenizer, to see whether it counts as the server does: a path, or a model on the hub
    #[arg(long, value_name = "TOKENIZER")]
    pub(crate) tokenizer: Option<String>,
    /// The most tokens of each of the two replies
    #[arg(long, value_name = "N", default_value_t = 2048)]
    pub(crate) max_tokens: u64,
    /// Try whether the server goes on with a reply, inside its thinking too, and which budgets of thinking it keeps to
    #[arg(long = "continue", requires = "model")]
    pub(crate) continues: bool,
    /// Look whether programs that a model wrote can be run on this machine: a program attacks it, and must fail
    #[arg(long, conflicts_with_all = ["base_url", "serve", "model"])]
    pub(crate) sandbox: bool,
    /// A key of the model's table: api_key_env=…, extra_body.reasoning_effort=low (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// How the findings are printed: table or json
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}
