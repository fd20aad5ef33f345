//! A pipeline file as written: TOML with overrides applied, before anything is built from it.

use std::path::Path;

use plugin::{ConfigError, Value};
use secrets::Names;
use serde_json::Map;

use crate::embedded::{PIPELINES, embedded};
use crate::error::PipelineError;

/// A pipeline file, read but not yet understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The file, or the embedded pipeline.
    pub origin: String,
    /// A short name for its run folder.
    pub name: String,
    /// Its tables.
    pub value: Value,
}

/// One key that is set from outside: `judge.model=qwen3`.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// The key's path; a list's member is chosen by index, by name, or `*` for all.
    pub path: String,
    /// Its new value.
    pub value: Value,
}

impl Override {
    /// Reads `key=value`; the value is TOML where it parses as such, and a plain string otherwise.
    pub fn parse(text: &str) -> Result<Self, PipelineError> {
        let Some((path, value)) = text.split_once('=') else {
            return Err(PipelineError::Selection(format!("`--set {text}`: expected key=value")));
        };
        Ok(Self { path: path.trim().to_owned(), value: toml_or_text(value.trim()) })
    }

    /// An override from a flag of its own.
    pub fn new(path: &str, value: impl Into<Value>) -> Self {
        Self { path: path.to_owned(), value: value.into() }
    }
}

fn toml_or_text(text: &str) -> Value {
    let parsed = toml::from_str::<Map<String, Value>>(&format!("value = {text}")).ok();
    let value = parsed.and_then(|mut table| (table.len() == 1).then(|| table.remove("value")).flatten());
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

impl Document {
    /// Reads a pipeline file, or the embedded pipeline of that name.
    pub fn open(name_or_path: &str) -> Result<Self, PipelineError> {
        let path = Path::new(name_or_path);
        if path.extension().is_some_and(|extension| extension == "toml") || path.is_file() {
            let text = std::fs::read_to_string(path)
                .map_err(|source| PipelineError::Unreadable { path: path.to_owned(), source })?;
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            return Self::from_toml(name_or_path, &stem, &text);
        }
        match embedded(name_or_path) {
            Some(text) => Self::from_toml(&format!("pipeline `{name_or_path}`"), name_or_path, text),
            None => {
                let known: Vec<&str> = PIPELINES.iter().map(|(name, _)| *name).collect();
                Err(PipelineError::Unknown { name: name_or_path.to_owned(), known: known.join(", ") })
            }
        }
    }

    /// Reads the text of a pipeline file.
    pub fn from_toml(origin: &str, name: &str, text: &str) -> Result<Self, PipelineError> {
        let value: Value = toml::from_str(text).map_err(|error| PipelineError::NotToml {
            origin: origin.to_owned(),
            message: secrets::without_secret_lines(&error.to_string()),
        })?;
        Ok(Self { origin: origin.to_owned(), name: name.to_owned(), value })
    }

    /// Sets keys. A new `kind` drops those keys of its table that the new kind does not know; `known`
    /// tells the keys of a kind of one of the pipeline's tables, and what was dropped comes back.
    pub fn apply(
        &mut self,
        overrides: &[Override],
        known: impl Fn(&str, &str) -> Option<Vec<String>>,
    ) -> Result<Vec<String>, PipelineError> {
        let mut dropped = Vec::new();
        for change in overrides {
            let parts: Vec<&str> = change.path.split('.').collect();
            set(&mut self.value, &parts, &change.value)
                .map_err(|reason| PipelineError::Selection(format!("`--set {}`: {reason}", change.path)))?;
            if let ([table @ .., "kind"], Some(kind)) = (parts.as_slice(), change.value.as_str()) {
                dropped.extend(self.forget_foreign_keys(&table.join("."), kind, &known));
            }
        }
        Ok(dropped)
    }

    fn forget_foreign_keys(
        &mut self,
        table: &str,
        kind: &str,
        known: impl Fn(&str, &str) -> Option<Vec<String>>,
    ) -> Vec<String> {
        let place = format!("/{}", table.replace('.', "/"));
        let (Some(keys), Some(own)) =
            (self.value.pointer_mut(&place).and_then(Value::as_object_mut), known(table, kind))
        else {
            return Vec::new();
        };
        let foreign: Vec<String> =
            keys.keys().filter(|key| *key != "kind" && !own.contains(key)).cloned().collect();
        for key in &foreign {
            keys.remove(key);
        }
        foreign.into_iter().map(|key| format!("{table}.{key}")).collect()
    }

    /// The document as TOML text, keys sorted, without its secrets.
    pub fn to_toml(&self) -> String {
        let shown = secrets::sealed(&self.value, &Names::of(&self.value), &secrets::hidden);
        toml::to_string_pretty(&shown).unwrap_or_else(|error| format!("# no TOML: {error}\n"))
    }

    /// What in it is secret.
    pub fn secrets(&self) -> Vec<String> {
        secrets::found(&self.value, &Names::of(&self.value))
    }
}

fn set(target: &mut Value, parts: &[&str], value: &Value) -> Result<(), String> {
    let Some((first, rest)) = parts.split_first() else {
        *target = value.clone();
        return Ok(());
    };
    match target {
        Value::Array(items) => {
            let chosen = members(items, first)?;
            chosen.into_iter().try_for_each(|index| set(&mut items[index], rest, value))
        }
        Value::Object(table) => {
            set(table.entry((*first).to_owned()).or_insert_with(empty_table), rest, value)
        }
        _ => {
            *target = empty_table();
            set(target, parts, value)
        }
    }
}

fn empty_table() -> Value {
    Value::Object(Map::new())
}

/// The members of a list that an index, a name or `*` chooses.
fn members(items: &[Value], word: &str) -> Result<Vec<usize>, String> {
    if word == "*" {
        return Ok((0..items.len()).collect());
    }
    if let Ok(index) = word.parse::<usize>() {
        return if index < items.len() {
            Ok(vec![index])
        } else {
            Err(format!("there is no member {index}, the list has {}", items.len()))
        };
    }
    let names: Vec<&str> = items.iter().filter_map(|item| item.get("name")?.as_str()).collect();
    match items.iter().position(|item| item.get("name").and_then(Value::as_str) == Some(word)) {
        Some(index) => Ok(vec![index]),
        None => Err(ConfigError::unknown("member", "name", word, &names).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "[tasks.thoughts]\nkind = \"rule\"\nadd = [\"x\"]\n[split]\nkind = \"separator\"\nseparator = \"x\"\n[[models]]\nname = \"a\"\n[[models]]\nname = \"b\"\n";

    fn after(overrides: &[&str]) -> Result<Value, String> {
        let mut document = Document::from_toml("test", "test", TEXT).unwrap();
        let overrides: Vec<Override> = overrides.iter().map(|text| Override::parse(text).unwrap()).collect();
        let known = |table: &str, kind: &str| match (table, kind) {
            ("split", "keywords") => Some(vec!["phrases".to_owned()]),
            ("tasks.thoughts", "llm") => Some(vec!["model".to_owned()]),
            _ => None,
        };
        document.apply(&overrides, known).map_err(|error| error.to_string())?;
        Ok(document.value)
    }

    #[test]
    fn overrides_reach_tables_lists_and_new_places() {
        let check = |set: &str, pointer: &str, expect: Value| {
            assert_eq!(after(&[set]).unwrap().pointer(pointer), Some(&expect), "{set}");
        };
        check("split.separator=---", "/split/separator", json!("---"));
        check("split.separator=\"=\"", "/split/separator", json!("="));
        check("judge.votes=3", "/judge/votes", json!(3));
        check("models.1.samples=4", "/models/1/samples", json!(4));
        check("models.b.think.open=<t>", "/models/1/think/open", json!("<t>"));
        check("models.*.samples=[1, 2]", "/models/0/samples", json!([1, 2]));
        check("tasks.thoughts.kind=llm", "/tasks/thoughts", json!({"kind": "llm"}));
        check("tasks.thoughts.kind=off", "/tasks/thoughts", json!({"kind": "off", "add": ["x"]}));
        check("split.kind=keywords", "/split", json!({"kind": "keywords"}));
    }

    #[test]
    fn overrides_that_miss_say_so() {
        let check = |set: &str, expect: &str| assert_eq!(after(&[set]).unwrap_err(), expect);
        check("models.7.x=1", "`--set models.7.x`: there is no member 7, the list has 2");
        check("models.c.x=1", "`--set models.c.x`: member: unknown name `c` (did you mean `a`?)");
    }

    #[test]
    fn a_missing_pipeline_names_the_known_ones() {
        let error = Document::open("full-evil").unwrap_err().to_string();
        assert!(error.contains("full-eval"), "{error}");
        let error = Document::open("nowhere.toml").unwrap_err().to_string();
        assert!(error.starts_with("cannot read nowhere.toml"), "{error}");
    }
}
