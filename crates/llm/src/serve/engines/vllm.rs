//! vLLM: batches on GPUs.

use chat::Engine as Word;

use super::super::engine::{Engine, Launch};

/// `vllm serve`.
pub(super) struct Vllm;

impl Engine for Vllm {
    fn word(&self) -> Word {
        Word::Vllm
    }

    fn program(&self) -> &'static str {
        "vllm"
    }

    fn install(&self) -> &'static str {
        "`pip install vllm`; it wants a GPU"
    }

    fn arguments(&self, launch: &Launch<'_>) -> Vec<String> {
        let port = launch.port.to_string();
        let line = ["serve", launch.model, "--served-model-name", launch.model];
        let mut line: Vec<String> = line.map(str::to_owned).to_vec();
        line.extend(["--host", "127.0.0.1", "--port", &port].map(str::to_owned));
        if let Some(context) = launch.context {
            line.extend(["--max-model-len".to_owned(), context.to_string()]);
        }
        line
    }

    fn own(&self) -> &'static [&'static str] {
        &["host", "max_model_len", "model", "port", "served_model_name"]
    }
}
