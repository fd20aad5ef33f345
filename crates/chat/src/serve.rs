//! A server that the program starts itself: which engine, and how.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The program that serves a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The first of the others that is on the PATH; of a `.gguf` file, `llama-server` before all.
    #[default]
    Auto,
    /// Any command.
    Command,
    /// `llama-server` of llama.cpp.
    LlamaServer,
    /// Ollama.
    Ollama,
    /// SGLang.
    Sglang,
    /// vLLM.
    Vllm,
}

/// A server that is started on this machine when the first question comes, and ended with the program. In a pipeline file
/// it is a word (`serve = "vllm"`) or a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written")]
#[schemars(with = "Written")]
pub struct Serve {
    /// The program.
    pub engine: Engine,
    /// Its further arguments.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub args: Map<String, Value>,
    /// The command, for the engine `command`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Tokens that one request may take, prompt and reply together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<u32>,
    /// Environment variables of the server.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// The path that answers with success once the model is loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready: Option<String>,
    /// How long loading may take, in seconds.
    pub start_seconds: f64,
}

/// What a pipeline file may say.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Written {
    /// The engine alone.
    Engine(Engine),
    /// Everything.
    Table(Table),
}

/// A server that is started on this machine.
#[derive(Deserialize, JsonSchema)]
struct Table {
    /// The program: `vllm`, `sglang`, `llama-server`, `ollama`, any `command`, or `auto`: what is on the PATH. Without it a
    /// table that holds `command` means that.
    engine: Option<Engine>,
    /// Further arguments of the program: `max_num_seqs = 64` is `--max-num-seqs 64`, `true` a flag alone, a list one
    /// argument after the other.
    #[serde(default)]
    args: Map<String, Value>,
    /// The command with its arguments, in which `{model}` and `{port}` are filled in.
    #[serde(default)]
    command: Vec<String>,
    /// Tokens that one request may take, prompt and reply together; else what the program takes.
    #[schemars(range(min = 1))]
    context: Option<u32>,
    /// Environment variables of the server, such as `CUDA_VISIBLE_DEVICES`.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// The path that answers with success once the model is loaded; else the program's own.
    ready: Option<String>,
    /// How long loading may take, in seconds: half an hour unless set.
    #[schemars(range(min = 1))]
    start_seconds: Option<f64>,
}

/// Half an hour: large models come over a network.
const START_SECONDS: f64 = 1800.0;

impl From<Written> for Serve {
    fn from(written: Written) -> Self {
        let table = match written {
            Written::Engine(engine) => {
                return Self { engine, start_seconds: START_SECONDS, ..Self::default() };
            }
            Written::Table(table) => table,
        };
        let usual = if table.command.is_empty() { Engine::Auto } else { Engine::Command };
        Self {
            engine: table.engine.unwrap_or(usual),
            args: table.args,
            command: table.command,
            context: table.context,
            env: table.env,
            ready: table.ready,
            start_seconds: table.start_seconds.unwrap_or(START_SECONDS),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_word_and_a_table_say_the_same() {
        let check = |written: Value, expect: Value| {
            let serve: Serve = serde_json::from_value(written).unwrap();
            let shown = serde_json::to_value(&serve).unwrap();
            assert_eq!(shown, expect);
            assert_eq!(serde_json::from_value::<Serve>(shown).unwrap(), serve);
        };
        let vllm = json!({"engine": "vllm", "start_seconds": 1800.0});
        check(json!("vllm"), vllm.clone());
        check(json!({"engine": "vllm"}), vllm);
        check(json!({}), json!({"engine": "auto", "start_seconds": 1800.0}));
        check(
            json!({"command": ["serve", "{port}"], "start_seconds": 5}),
            json!({"engine": "command", "command": ["serve", "{port}"], "start_seconds": 5.0}),
        );
    }

    #[test]
    fn faults_are_found_in_the_word_and_in_the_table() {
        let check = |written: Value, expect: &str| {
            let found = plugin::parse::<Serve>(&written, "models.0.serve");
            assert_eq!(found.map_or_else(|faults| faults.to_string(), |_| "fine".to_owned()), expect);
        };
        check(json!("vllm"), "fine");
        check(json!({"engine": "sglang", "args": {"tp": 2}}), "fine");
        check(json!("vlm"), "models.0.serve: unknown value `vlm` (did you mean `vllm`?)");
        check(
            json!({"engin": "vllm", "context": 0}),
            "models.0.serve.context: 0 is too small, the least is 1\n\
             models.0.serve.engin: unknown key `engin` (did you mean `engine`?)",
        );
    }
}
