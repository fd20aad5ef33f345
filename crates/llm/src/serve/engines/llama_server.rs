//! llama.cpp: a `.gguf` file on a CPU or any GPU.

use chat::Engine as Word;

use super::super::engine::{Engine, Launch};

/// `llama-server`.
pub(super) struct LlamaServer;

/// It keeps a part of its context for each request; on a CPU more at once only take memory.
const MOST_AT_ONCE: usize = 16;

impl Engine for LlamaServer {
    fn word(&self) -> Word {
        Word::LlamaServer
    }

    fn program(&self) -> &'static str {
        "llama-server"
    }

    fn install(&self) -> &'static str {
        "it comes with llama.cpp"
    }

    fn arguments(&self, launch: &Launch<'_>) -> Vec<String> {
        let from = if is_file(launch.model) { "--model" } else { "-hf" };
        let port = launch.port.to_string();
        let line = [from, launch.model, "--alias", launch.model, "--host", "127.0.0.1", "--port", &port];
        let mut line: Vec<String> = line.map(str::to_owned).to_vec();
        let slots = launch.at_once.clamp(1, MOST_AT_ONCE);
        line.extend(["--parallel".to_owned(), slots.to_string()]);
        if let Some(context) = launch.context {
            // The size is that of all requests together.
            line.extend(["--ctx-size".to_owned(), (context as usize * slots).to_string()]);
        }
        line
    }

    fn own(&self) -> &'static [&'static str] {
        &["alias", "ctx_size", "host", "model", "parallel", "port"]
    }
}

/// Whether the model is a file, and not a name at the hub.
fn is_file(model: &str) -> bool {
    model.to_lowercase().ends_with(".gguf")
}
