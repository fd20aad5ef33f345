//! What a program that serves models is to whoever starts it.

use chat::Engine as Word;
use serde_json::{Map, Value};

/// What a server is started for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Launch<'a> {
    /// The model: its name at the hub, a folder, or a `.gguf` file.
    pub(crate) model: &'a str,
    /// The port on loopback that it is to listen on.
    pub(crate) port: u16,
    /// Requests that will be in flight at once.
    pub(crate) at_once: usize,
    /// Tokens of one request, prompt and reply together; the program's own choice if unset.
    pub(crate) context: Option<u32>,
}

/// A program that serves models.
pub(crate) trait Engine: Sync {
    /// Its word in a pipeline file.
    fn word(&self) -> Word;
    /// The program as it is found on the PATH.
    fn program(&self) -> &'static str;
    /// How to install it.
    fn install(&self) -> &'static str;
    /// Its arguments. The server must listen on loopback alone and call the model by [`Launch::model`].
    fn arguments(&self, launch: &Launch<'_>) -> Vec<String>;
    /// Arguments that [`Engine::arguments`] writes, as they are named in `serve.args`, so that nobody sets them twice.
    fn own(&self) -> &'static [&'static str];
    /// Its environment.
    fn environment(&self, _launch: &Launch<'_>) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// The path that answers with success once the model is loaded.
    fn ready(&self) -> &'static str {
        "/health"
    }
}

/// Further arguments as a command line has them: `--max-model-len 8192`, a flag alone, the same argument twice for a list.
///
/// # Errors
/// A table says nothing on a command line.
pub(crate) fn further(args: &Map<String, Value>) -> Result<Vec<String>, String> {
    let mut line = Vec::new();
    for (key, value) in args {
        let name = format!("--{}", key.replace('_', "-"));
        match value {
            Value::Bool(false) | Value::Null => {}
            Value::Bool(true) => line.push(name),
            Value::Array(items) => {
                line.push(name);
                for item in items {
                    line.push(word(item).ok_or_else(|| key.clone())?);
                }
            }
            value => line.extend([name, word(value).ok_or_else(|| key.clone())?]),
        }
    }
    Ok(line)
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_written_as_a_command_line_has_them() {
        let check = |args: Value, expect: Result<&str, &str>| {
            let found = further(args.as_object().unwrap()).map(|line| line.join(" "));
            assert_eq!(found.as_deref().map_err(String::as_str), expect);
        };
        check(json!({}), Ok(""));
        check(json!({"max_num_seqs": 64, "dtype": "half"}), Ok("--dtype half --max-num-seqs 64"));
        check(json!({"enforce_eager": true, "quiet": false}), Ok("--enforce-eager"));
        check(json!({"lora_modules": ["a=b", "c=d"]}), Ok("--lora-modules a=b c=d"));
        check(json!({"rope": {"a": 1}}), Err("rope"));
    }
}
