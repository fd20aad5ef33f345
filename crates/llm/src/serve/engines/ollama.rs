//! Ollama: models that it has pulled, on whatever the machine has.

use chat::Engine as Word;

use super::super::engine::{Engine, Launch};

/// `ollama serve`.
pub(super) struct Ollama;

impl Engine for Ollama {
    fn word(&self) -> Word {
        Word::Ollama
    }

    fn program(&self) -> &'static str {
        "ollama"
    }

    fn install(&self) -> &'static str {
        "from ollama.com, and pull the model"
    }

    fn arguments(&self, _launch: &Launch<'_>) -> Vec<String> {
        vec!["serve".to_owned()]
    }

    fn own(&self) -> &'static [&'static str] {
        &[]
    }

    fn environment(&self, launch: &Launch<'_>) -> Vec<(&'static str, String)> {
        let mut environment = vec![
            ("OLLAMA_HOST", format!("127.0.0.1:{}", launch.port)),
            ("OLLAMA_NUM_PARALLEL", launch.at_once.max(1).to_string()),
        ];
        environment.extend(launch.context.map(|context| ("OLLAMA_CONTEXT_LENGTH", context.to_string())));
        environment
    }

    fn ready(&self) -> &'static str {
        "/api/version"
    }
}
