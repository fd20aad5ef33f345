//! One `[[models]]` table: who replies, how its thinking is marked, what it costs.

use std::ops::RangeInclusive;

use answer::Policy;
use chat::{Endpoint, Price};
use plugin::{ConfigError, ConfigErrors, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};

use crate::think::Think;
use crate::{GENERATORS, Generator, Reading};

/// The keys that every model has, whatever its kind.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Common {
    /// The name in tables, folders and reports.
    name: String,
    /// The tokenizer that counts: a file, a folder, or `builtin`.
    #[serde(default)]
    tokenizer: Option<String>,
    /// How thinking is marked in replies.
    #[serde(default)]
    think: Think,
    /// What tokens cost.
    #[serde(default)]
    price: Option<Price>,
}

const COMMON: &[&str] = &["name", "tokenizer", "think", "price"];

/// A model, ready to run.
pub struct Model {
    common: Common,
    generator: Box<dyn Generator>,
    kind: &'static str,
    fingerprint_input: Value,
}

/// Reads one `[[models]]` table, or says everything that is wrong with it.
pub fn parse(table: &Value, path: &str) -> Result<Model, ConfigErrors> {
    let Some(keys) = table.as_object() else {
        return Err(ConfigError::new(path, "expected a table with the `name` and `kind` of a model").into());
    };
    let (common, own): (Map<String, Value>, Map<String, Value>) =
        keys.clone().into_iter().partition(|(key, _)| COMMON.contains(&key.as_str()));
    let (mut own, mut faults) = without_misspelt(own, path);
    faults.extend(counted_twice(&own, path));
    let priced = own.get("kind").and_then(Value::as_str).and_then(|kind| GENERATORS.get(kind));
    if priced.is_some_and(|kind| kind.takes("price")) {
        // Who asks counts the money while it is spent.
        own.extend(common.get("price").map(|price| ("price".to_owned(), price.clone())));
    }
    let common =
        plugin::parse::<Common>(&Value::Object(common), path).and_then(|common| checked(common, path));
    let generator = GENERATORS.build(&Value::Object(own), path);
    match (common, generator) {
        (Ok(common), Ok(generator)) if faults.is_empty() => {
            let fingerprint_input = json!({
                "name": common.name,
                "think": common.think,
                "generator": generator.fingerprint_input,
            });
            let model = Model { common, generator: generator.built, kind: generator.kind, fingerprint_input };
            Ok(model.graded_by(Policy::default(), false))
        }
        (common, generator) => {
            faults.extend(common.err().into_iter().chain(generator.err()).flat_map(|faults| faults.0));
            // Both were given the price.
            let mut told = Vec::new();
            faults.retain(|fault| {
                !told.contains(fault) && {
                    told.push(fault.clone());
                    true
                }
            });
            Err(ConfigErrors(faults))
        }
    }
}

/// A rule says how many samples are drawn, so a number beside it is a fault.
fn counted_twice(own: &Map<String, Value>, path: &str) -> Option<ConfigError> {
    let both = own.contains_key("samples") && own.contains_key("stopping");
    let fault = || {
        ConfigError::new(format!("{path}.samples"), "`stopping` is there too, which says when it is enough")
    };
    both.then(|| fault().hint("leave it to one of them; `stopping.most` bounds it"))
}

/// Takes out keys that were probably meant to be common ones: the generator, which knows only its own keys,
/// could not give the right hint.
fn without_misspelt(own: Map<String, Value>, path: &str) -> (Map<String, Value>, Vec<ConfigError>) {
    let kind = own.get("kind").and_then(Value::as_str).and_then(|kind| GENERATORS.get(kind));
    let mut known: Vec<String> =
        kind.map(|kind| kind.keys()).into_iter().flatten().map(|key| key.name).collect();
    known.push("kind".to_owned());
    let misspelt = |key: &str| {
        let nearest = plugin::nearest(key, known.iter().map(String::as_str).chain(COMMON.iter().copied()));
        !known.iter().any(|known| known == key) && nearest.is_some_and(|nearest| COMMON.contains(&nearest))
    };
    let (wrong, own): (Map<String, Value>, Map<String, Value>) =
        own.into_iter().partition(|(key, _)| misspelt(key));
    let fault = |key: &String| ConfigError::unknown(format!("{path}.{key}"), "key", key, COMMON);
    (own, wrong.keys().map(fault).collect())
}

fn checked(common: Common, path: &str) -> Result<Common, ConfigErrors> {
    let mut faults = Vec::new();
    if common.name.trim().is_empty() {
        faults.push(ConfigError::new(format!("{path}.name"), "must not be empty"));
    }
    let think = &common.think;
    let pair = format!("{path}.think");
    match (think.open.as_deref(), think.close.as_deref()) {
        (Some(""), _) | (_, Some("")) => faults.push(ConfigError::new(pair, "a tag must not be empty")),
        (Some(_), None) => faults.push(ConfigError::new(format!("{pair}.close"), "missing beside `open`")),
        (None, Some(_)) => faults.push(ConfigError::new(format!("{pair}.open"), "missing beside `close`")),
        (Some(open), Some(close)) if open == close => {
            faults.push(ConfigError::new(pair, "`open` and `close` must differ"));
        }
        _ => {}
    }
    if faults.is_empty() { Ok(common) } else { Err(ConfigErrors(faults)) }
}

impl Model {
    /// Its name in tables, folders and reports.
    pub fn name(&self) -> &str {
        &self.common.name
    }

    /// How its replies come about: `openai`, `recorded`, …
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The tokenizer that counts its tokens, if one is named.
    pub fn tokenizer(&self) -> Option<&str> {
        self.common.tokenizer.as_deref()
    }

    /// What its tokens cost, if that is known.
    pub fn price(&self) -> Option<Price> {
        self.common.price
    }

    /// What its generations depend on; the tokenizer and the price are not among it.
    pub fn fingerprint_input(&self) -> Value {
        self.fingerprint_input.clone()
    }

    /// Replies that it will give per problem, if that is known before it runs.
    pub fn samples(&self) -> Option<RangeInclusive<u32>> {
        self.generator.samples()
    }

    /// Where it is asked; `None` if it is not asked at all.
    pub fn endpoint(&self) -> Option<&Endpoint> {
        self.generator.endpoint()
    }

    /// Whom its generator asks: the model first.
    pub(crate) fn endpoints(&self) -> Vec<&Endpoint> {
        self.generator.endpoint().into_iter().chain(self.generator.further_endpoints()).collect()
    }

    /// With what the stage `grade` counts as the same answer, where anybody looks at answers before.
    pub(crate) fn graded_by(mut self, policy: Policy, grids: bool) -> Self {
        if self.generator.reads_answers() {
            self.fingerprint_input["policy"] = json!(policy);
            if grids {
                self.fingerprint_input["grids"] = json!(grids);
            }
            self.generator.read_by(Reading { think: self.common.think.clone(), policy, grids });
        }
        self
    }

    /// How thinking is marked in its replies.
    pub(crate) fn think(&self) -> &Think {
        &self.common.think
    }

    /// Who gets its replies.
    pub(crate) fn generator(&self) -> &dyn Generator {
        &*self.generator
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(table: Value) -> String {
        parse(&table, "models[0]").map_or_else(|faults| faults.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn every_fault_of_a_model_is_found_at_once() {
        let check = |table, expect| assert_eq!(faults(table), expect);
        check(json!({"name": "m", "kind": "recorded"}), "fine");
        check(
            json!({"name": "m", "kind": "openai", "model": "x", "base_url": "http://h/v1", "temperature": 0.6,
                   "max_tokens": 100, "samples": 3, "system": "Be brief.", "tokenizer": "builtin",
                   "think": {"open": "<a>", "close": "</a>", "open_in_prompt": "yes"},
                   "price": {"prompt": 0.5, "completion": 2, "cached_prompt": 0.1}}),
            "fine",
        );
        check(json!({"name": "m"}), "models[0].kind: missing (known: openai, recorded, search)");
        check(
            json!({"kind": "openai", "tokenzier": "x", "modl": "m", "samples": 0, "think": {"open": "<a>"}}),
            "models[0].tokenzier: unknown key `tokenzier` (did you mean `tokenizer`?)\n\
             models[0].name: missing (The name in tables, folders and reports.)\n\
             models[0].modl: unknown key `modl` (did you mean `model`?)\n\
             models[0].samples: 0 is too small, the least is 1\n\
             models[0].model: missing (The model's name at the server.)",
        );
        check(
            json!({"name": " ", "kind": "recorded", "think": {"open": "<a>"}}),
            "models[0].name: must not be empty\n\
             models[0].think.close: missing beside `open`",
        );
        check(
            json!({"name": "m", "kind": "openai", "model": "x", "price": {"prompt": -1, "input": 1}}),
            "models[0].price.input: unknown key `input` (known: cached_prompt, completion, prompt)\n\
             models[0].price.prompt: -1 is too small, the least is 0",
        );
        check(
            json!({"name": "m", "kind": "openai", "model": "x", "few_shot": 2, "system": "a", "system_file": "b"}),
            "models[0].system_file: give either `system` or `system_file`\n\
             models[0].few_shot_file: missing (the file that the examples stand in)",
        );
        check(
            json!({"name": "m", "kind": "openai", "model": "x", "few_shot_file": "nowhere.jsonl"}),
            "models[0].few_shot_file: cannot read nowhere.jsonl: No such file or directory (os error 2)",
        );
        check(
            json!({"name": "m", "kind": "openai", "model": "x", "prompt": "{{ q }}"}),
            "models[0].prompt: line 1: there is no variable `q` \
             (known: choices, dataset, extra, id, letters, problem, subset)",
        );
        check(
            json!({"name": "m", "kind": "openai", "model": "x", "prompt": "a", "prompt_file": "b"}),
            "models[0].prompt_file: give either `prompt` or `prompt_file`",
        );
    }

    #[test]
    fn the_identity_knows_what_changes_replies_and_nothing_else() {
        let fingerprint_input = |more: Value| {
            let mut table = json!({"name": "m", "kind": "openai", "model": "x"});
            table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            parse(&table, "m").ok().unwrap().fingerprint_input()
        };
        let plain = fingerprint_input(json!({}));
        assert_eq!(
            plain,
            fingerprint_input(json!({"tokenizer": "t", "price": {"completion": 1.0}, "retries": 1}))
        );
        assert_eq!(
            plain,
            fingerprint_input(json!({"api_key_env": "K", "timeouts": {"total": 9.0}, "samples": 1}))
        );
        assert_ne!(plain, fingerprint_input(json!({"temperature": 1.0})));
        assert_ne!(plain, fingerprint_input(json!({"think": {"open_in_prompt": "yes"}})));
        assert_ne!(plain, fingerprint_input(json!({"name": "n"})));
        assert_ne!(plain, fingerprint_input(json!({"prompt": "{{ problem }}"})));
    }
}
