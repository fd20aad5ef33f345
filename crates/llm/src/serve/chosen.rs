//! What an endpoint's `serve` means on this machine.

use std::path::PathBuf;

use chat::{Endpoint, Engine as Word, Serve};

use super::ServeError;
use super::engine::{Engine, Launch, further};
use super::engines::ENGINES;
use crate::env;

/// What `auto` looks for, in this order; a `.gguf` file is what `llama-server` is best at.
const AUTO: [Word; 4] = [Word::Vllm, Word::Sglang, Word::LlamaServer, Word::Ollama];

/// The path that a command of one's own answers once it is ready: what every OpenAI-compatible server has.
const MODELS: &str = "/v1/models";

/// Which of them this machine has: its word in a pipeline file and the program.
pub fn installed() -> Vec<(&'static str, PathBuf)> {
    let found = ENGINES.iter().filter_map(|engine| Some((engine.program(), env::program(engine.program())?)));
    found.collect()
}

/// What is started for an endpoint: one of the programs, or a command of the user's own.
#[derive(Clone)]
pub(crate) struct Chosen {
    engine: Option<&'static dyn Engine>,
    model: String,
    serve: Serve,
}

/// What an endpoint's `serve` means on this machine.
///
/// # Errors
/// There is no such program, or the table says what cannot be.
pub(crate) fn choose(endpoint: &Endpoint, serve: &Serve) -> Result<Chosen, ServeError> {
    if endpoint.base_url.is_some() {
        return Err(ServeError::Twice { model: endpoint.model.clone() });
    }
    let engine = match serve.engine {
        Word::Command => None,
        Word::Auto => Some(first_found(&endpoint.model)?),
        word => ENGINES.iter().copied().find(|engine| engine.word() == word),
    };
    let chosen = Chosen { engine, model: endpoint.model.clone(), serve: serve.clone() };
    chosen.check()?;
    Ok(chosen)
}

fn first_found(model: &str) -> Result<&'static dyn Engine, ServeError> {
    let mut order = AUTO;
    if model.to_lowercase().ends_with(".gguf") {
        order.sort_by_key(|word| *word != Word::LlamaServer);
    }
    let engines = order.iter().filter_map(|word| ENGINES.iter().find(|engine| engine.word() == *word));
    let found = engines.copied().find(|engine| env::program(engine.program()).is_some());
    found.ok_or(ServeError::NoneInstalled)
}

impl Chosen {
    fn check(&self) -> Result<(), ServeError> {
        let wrong = |what: String| Err(ServeError::Table { model: self.model.clone(), what });
        match (self.engine, self.serve.command.first()) {
            (None, None) => return wrong("the engine `command` needs a `command`".to_owned()),
            (None, Some(_)) if !self.serve.args.is_empty() => {
                return wrong("`args` belong into the `command` itself".to_owned());
            }
            (Some(engine), Some(_)) => {
                return wrong(format!("a `command` stands next to the engine `{}`", engine.program()));
            }
            (None, Some(_)) | (Some(_), None) => {}
        }
        let own = self.engine.map_or(&[][..], Engine::own);
        if let Some(key) = self.serve.args.keys().find(|key| own.contains(&key.replace('-', "_").as_str())) {
            return wrong(format!("`args.{key}` is written by the program itself{}", instead(key)));
        }
        match further(&self.serve.args) {
            Ok(_) => Ok(()),
            Err(key) => wrong(format!("`args.{key}` is no word, number, flag or list of these")),
        }
    }

    /// The program's name, for people.
    pub(crate) fn name(&self) -> &str {
        match (self.engine, self.serve.command.first()) {
            (Some(engine), _) => engine.program(),
            (None, Some(program)) => program,
            (None, None) => "command",
        }
    }

    /// Where it is, for people.
    pub(crate) fn shown(&self) -> String {
        format!("{} on this machine", self.name())
    }

    /// What decides the replies, for their key: engine, model, and everything that says how it serves; no port, no device.
    pub(crate) fn identity(&self) -> String {
        let serve = &self.serve;
        let how = serde_json::json!([serve.args, serve.command, serve.context]).to_string();
        format!("serve:{}/{}#{}", self.name(), self.model, blake3::hash(how.as_bytes()).to_hex())
    }

    /// Two endpoints with the same key share one server: the identity, and where and how it runs.
    pub(crate) fn server_key(&self) -> String {
        format!("{} {:?}", self.identity(), self.serve.env)
    }

    /// Program and arguments.
    ///
    /// # Errors
    /// The program is not on the PATH.
    pub(crate) fn command(&self, launch: &Launch<'_>) -> Result<Vec<String>, ServeError> {
        let Some(engine) = self.engine else { return Ok(filled(&self.serve.command, launch)) };
        let program = env::program(engine.program()).ok_or_else(|| ServeError::NotInstalled {
            program: engine.program(),
            install: engine.install(),
        })?;
        let mut line = vec![program.display().to_string()];
        line.extend(engine.arguments(launch));
        // Checked when it was chosen.
        line.extend(further(&self.serve.args).into_iter().flatten());
        Ok(line)
    }

    /// The environment that is set for it: its own, then the user's.
    pub(crate) fn environment(&self, launch: &Launch<'_>) -> Vec<(String, String)> {
        let own = self.engine.map_or_else(Vec::new, |engine| engine.environment(launch));
        let own = own.into_iter().map(|(key, value)| (key.to_owned(), value));
        own.chain(self.serve.env.clone()).collect()
    }

    /// The path that answers once the model is loaded.
    pub(crate) fn ready(&self) -> &str {
        self.serve.ready.as_deref().unwrap_or_else(|| self.engine.map_or(MODELS, Engine::ready))
    }

    /// The model, as the server calls it.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// Tokens of one request.
    pub(crate) fn context(&self) -> Option<u32> {
        self.serve.context
    }

    /// How long loading may take, in seconds.
    pub(crate) fn start_seconds(&self) -> f64 {
        self.serve.start_seconds
    }
}

impl std::fmt::Debug for Chosen {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.identity())
    }
}

fn instead(key: &str) -> &'static str {
    match key.replace('-', "_").as_str() {
        "max_model_len" | "context_length" | "ctx_size" => "; use `serve.context`",
        _ => "",
    }
}

/// The user's command with the places filled in.
fn filled(command: &[String], launch: &Launch<'_>) -> Vec<String> {
    let port = launch.port.to_string();
    let fill = |word: &String| word.replace("{port}", &port).replace("{model}", launch.model);
    command.iter().map(fill).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn chosen(model: &str, serve: Value) -> Result<Chosen, ServeError> {
        let endpoint = Endpoint { model: model.to_owned(), ..Endpoint::default() };
        choose(&endpoint, &serde_json::from_value(serve).unwrap())
    }

    fn line(engine: &str, context: Option<u32>) -> String {
        let engine = ENGINES.iter().find(|known| known.program() == engine).unwrap();
        let launch = Launch { model: "a/b", port: 7, at_once: 4, context };
        let environment = engine.environment(&launch);
        let environment = environment.iter().map(|(key, value)| format!("{key}={value} "));
        environment.collect::<String>() + &engine.arguments(&launch).join(" ")
    }

    #[test]
    fn every_engine_listens_on_loopback_and_knows_the_model_by_its_name() {
        let check = |engine, context, expect| assert_eq!(line(engine, context), expect);
        check("vllm", None, "serve a/b --served-model-name a/b --host 127.0.0.1 --port 7");
        check(
            "vllm",
            Some(9),
            "serve a/b --served-model-name a/b --host 127.0.0.1 --port 7 --max-model-len 9",
        );
        check(
            "sglang",
            Some(9),
            "serve --model-path a/b --served-model-name a/b --host 127.0.0.1 --port 7 --context-length 9",
        );
        check(
            "llama-server",
            Some(9),
            "-hf a/b --alias a/b --host 127.0.0.1 --port 7 --parallel 4 --ctx-size 36",
        );
        check(
            "ollama",
            Some(9),
            "OLLAMA_HOST=127.0.0.1:7 OLLAMA_NUM_PARALLEL=4 OLLAMA_CONTEXT_LENGTH=9 serve",
        );
        assert!(ENGINES.is_sorted_by_key(|engine| engine.program()));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let check = |serve: Value, part: &str| {
            let error = chosen("m", serve).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        };
        check(json!({"engine": "command"}), "the engine `command` needs a `command`");
        check(json!({"engine": "vllm", "command": ["x"]}), "a `command` stands next to the engine `vllm`");
        check(json!({"command": ["x"], "args": {"a": 1}}), "`args` belong into the `command` itself");
        check(json!({"engine": "vllm", "args": {"port": 1}}), "`args.port` is written by the program itself");
        check(json!({"engine": "vllm", "args": {"max-model-len": 1}}), "use `serve.context`");
        check(json!({"engine": "vllm", "args": {"rope": {}}}), "`args.rope` is no word");
        let endpoint =
            Endpoint { model: "m".into(), base_url: Some("http://a".into()), ..Endpoint::default() };
        let error = choose(&endpoint, &Serve::default()).unwrap_err().to_string();
        assert!(error.contains("both `base_url` and `serve`"), "{error}");
    }

    #[test]
    fn replies_belong_to_engine_model_and_arguments_alone() {
        let identity = |model: &str, serve: Value| chosen(model, serve).unwrap().identity();
        let plain = identity("m", json!("vllm"));
        assert!(plain.starts_with("serve:vllm/m#"), "{plain}");
        let same = json!({"engine": "vllm", "env": {"CUDA_VISIBLE_DEVICES": "1"}, "start_seconds": 5});
        assert_eq!(identity("m", same), plain);
        for (model, other) in [
            ("n", json!("vllm")),
            ("m", json!("sglang")),
            ("m", json!({"engine": "vllm", "args": {"dtype": "half"}})),
            ("m", json!({"engine": "vllm", "context": 9})),
        ] {
            assert_ne!(identity(model, other), plain);
        }
    }

    #[test]
    fn a_command_is_filled_in() {
        let chosen = chosen("a.gguf", json!({"command": ["s", "--m={model}", "{port}"]})).unwrap();
        let launch = Launch { model: "a.gguf", port: 7, at_once: 4, context: None };
        assert_eq!(chosen.command(&launch).unwrap(), ["s", "--m=a.gguf", "7"]);
        assert_eq!((chosen.name(), chosen.ready()), ("s", "/v1/models"));
    }
}
