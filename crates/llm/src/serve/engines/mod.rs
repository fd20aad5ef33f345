//! The programs that can serve a model, one a file.

mod llama_server;
mod ollama;
mod sglang;
mod vllm;

use super::engine::Engine;

/// All of them, sorted.
pub(super) const ENGINES: &[&dyn Engine] =
    &[&llama_server::LlamaServer, &ollama::Ollama, &sglang::Sglang, &vllm::Vllm];
