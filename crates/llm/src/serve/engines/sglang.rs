//! SGLang: batches on GPUs, shares common beginnings of prompts.

use chat::Engine as Word;

use super::super::engine::{Engine, Launch};

/// `python3 -m sglang.launch_server`, which its package also installs as `sglang serve`.
pub(super) struct Sglang;

impl Engine for Sglang {
    fn word(&self) -> Word {
        Word::Sglang
    }

    fn program(&self) -> &'static str {
        "sglang"
    }

    fn install(&self) -> &'static str {
        "`pip install sglang`; it wants a GPU"
    }

    fn arguments(&self, launch: &Launch<'_>) -> Vec<String> {
        let port = launch.port.to_string();
        let line = ["serve", "--model-path", launch.model, "--served-model-name", launch.model];
        let mut line: Vec<String> = line.map(str::to_owned).to_vec();
        line.extend(["--host", "127.0.0.1", "--port", &port].map(str::to_owned));
        if let Some(context) = launch.context {
            line.extend(["--context-length".to_owned(), context.to_string()]);
        }
        line
    }

    fn own(&self) -> &'static [&'static str] {
        &["context_length", "host", "model_path", "port", "served_model_name"]
    }
}
