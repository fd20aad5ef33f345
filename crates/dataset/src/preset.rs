//! Ready-made definitions of well-known collections, merged under a user's own keys.

use std::path::Path;

use plugin::{ConfigError, ConfigErrors};
use serde_json::{Map, Value};

use records::FileFormat;

/// The presets that are part of the program: name and TOML.
pub const PRESETS: &[(&str, &str)] = &[
    ("aime-2024", include_str!("../presets/aime-2024.toml")),
    ("aime-2025", include_str!("../presets/aime-2025.toml")),
    ("asdiv", include_str!("../presets/asdiv.toml")),
    ("evalscope", include_str!("../presets/evalscope.toml")),
    ("gpqa-diamond", include_str!("../presets/gpqa-diamond.toml")),
    ("gsm8k", include_str!("../presets/gsm8k.toml")),
    ("livecodebench-v1", include_str!("../presets/livecodebench-v1.toml")),
    ("livecodebench-v2", include_str!("../presets/livecodebench-v2.toml")),
    ("livecodebench-v3", include_str!("../presets/livecodebench-v3.toml")),
    ("livecodebench-v4", include_str!("../presets/livecodebench-v4.toml")),
    ("livecodebench-v5", include_str!("../presets/livecodebench-v5.toml")),
    ("livecodebench-v6", include_str!("../presets/livecodebench-v6.toml")),
    ("math-500", include_str!("../presets/math-500.toml")),
    ("mmlu-pro", include_str!("../presets/mmlu-pro.toml")),
];

/// Name and description of every preset, for `thinkmeter list`.
pub fn presets() -> Vec<(&'static str, String)> {
    let about = |text: &str| {
        // Presets are embedded; a test reads each of them and its description.
        let keys: Map<String, Value> = toml::from_str(text).unwrap_or_default();
        keys.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    PRESETS.iter().map(|(name, text)| (*name, about(text))).collect()
}

/// Keys that say where the rows come from; a user's own `path` or `kind` takes the place of all of them.
const PLACE: &[&str] = &["kind", "path", "repo", "revision", "file"];

/// The table with its preset and its kind filled in.
pub(crate) fn resolve(table: &Value, path: &str) -> Result<Value, ConfigErrors> {
    let Some(own) = table.as_object() else { return Ok(table.clone()) };
    let mut own = own.clone();
    let mut keys = match own.remove("preset") {
        None => Map::new(),
        Some(Value::String(name)) => find(&name, path)?,
        Some(other) => {
            let message = format!("expected a preset's name or file, found {other}");
            return Err(ConfigError::new(format!("{path}.preset"), message).into());
        }
    };
    keys.remove("description");
    let moved =
        own.contains_key("path") || own.get("kind").is_some_and(|kind| keys.get("kind") != Some(kind));
    // Recorded replies stay recorded replies, wherever they are read from.
    let recorded = keys.get("kind").is_some_and(|kind| kind == "recorded");
    if moved {
        keys.retain(|key, _| !PLACE.contains(&key.as_str()));
    }
    merge(&mut keys, own);
    if !keys.contains_key("kind") && recorded {
        keys.insert("kind".to_owned(), "recorded".into());
    }
    if !keys.contains_key("kind")
        && let Some(kind) = keys.get("path").and_then(kind_of)
    {
        keys.insert("kind".to_owned(), kind.into());
    }
    Ok(Value::Object(keys))
}

/// The kind that the ending of a path, or of the first of several, tells.
fn kind_of(path: &Value) -> Option<&'static str> {
    let first = path.as_array().and_then(|paths| paths.first()).unwrap_or(path).as_str()?;
    let format = FileFormat::of(Path::new(first)).ok();
    format
        .map(FileFormat::kind)
        .or_else(|| (first.ends_with(".gz") || first.ends_with(".zst")).then_some("jsonl"))
}

fn find(name: &str, path: &str) -> Result<Map<String, Value>, ConfigErrors> {
    let at = format!("{path}.preset");
    if let Some((_, text)) = PRESETS.iter().find(|(known, _)| *known == name) {
        return read(text, name, &at);
    }
    if name.ends_with(".toml") {
        let text = std::fs::read_to_string(name).map_err(|error| {
            ConfigErrors::from(ConfigError::new(&at, format!("cannot read {name}: {error}")))
        })?;
        return read(&text, name, &at);
    }
    let known: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
    Err(ConfigError::unknown(at, "preset", name, &known).into())
}

fn read(text: &str, name: &str, at: &str) -> Result<Map<String, Value>, ConfigErrors> {
    let mut keys: Map<String, Value> = toml::from_str(text).map_err(|error| {
        ConfigErrors::from(ConfigError::new(at, format!("{name} is no TOML: {}", error.message())))
    })?;
    if keys.remove("preset").is_some() {
        return Err(ConfigError::new(
            at,
            format!("{name} names a preset itself; presets do not build on presets"),
        )
        .into());
    }
    // A preset may be a whole pipeline file's table.
    match keys.remove("dataset") {
        Some(Value::Object(inner)) => Ok(inner),
        Some(other) => {
            Err(ConfigError::new(at, format!("`dataset` in {name} should be a table, found {other}")).into())
        }
        None => Ok(keys),
    }
}

/// Puts `over` over `under`; tables are merged, everything else is replaced.
fn merge(under: &mut Map<String, Value>, over: Map<String, Value>) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(table: Value, expect: Value) {
        let found = match resolve(&table, "dataset") {
            Ok(table) => table,
            Err(faults) => faults.to_string().into(),
        };
        assert_eq!(found, expect, "{table}");
    }

    #[test]
    fn every_preset_is_a_valid_source() {
        for (name, _) in PRESETS {
            let mut table = json!({ "preset": name });
            if resolve(&table, "dataset").unwrap()["kind"] == "recorded" {
                table["path"] = "x.jsonl".into();
            }
            if let Err(faults) = crate::parse(&table, "dataset") {
                panic!("{name}: {faults}");
            }
        }
        assert!(PRESETS.is_sorted());
        assert!(presets().iter().all(|(_, about)| !about.is_empty()));
    }

    #[test]
    fn own_keys_win_and_a_path_takes_the_hubs_place() {
        let gsm = resolve(&json!({"preset": "gsm8k", "limit": 3}), "dataset").unwrap();
        assert_eq!(
            (&gsm["kind"], &gsm["limit"], &gsm["repo"]),
            (&json!("hub"), &json!(3), &json!("openai/gsm8k"))
        );
        let local = resolve(&json!({"preset": "gsm8k", "path": "x/test.parquet"}), "dataset").unwrap();
        assert_eq!((&local["kind"], &local["path"]), (&json!("parquet"), &json!("x/test.parquet")));
        assert_eq!((local.get("repo"), local.get("file")), (None, None));
        assert_eq!(local["answer_pattern"], gsm["answer_pattern"]);
        let tables = json!({"preset": "math-500", "path": "a.jsonl", "columns": {"answer": "gold"}});
        let mixed = resolve(&tables, "dataset").unwrap();
        assert_eq!(mixed["columns"]["answer"], "gold");
        assert_eq!(mixed["subset"], "level");
    }

    #[test]
    fn kinds_follow_from_endings() {
        check(json!({"path": "a.csv"}), json!({"path": "a.csv", "kind": "csv"}));
        check(
            json!({"path": ["a.jsonl", "b.jsonl"]}),
            json!({"path": ["a.jsonl", "b.jsonl"], "kind": "jsonl"}),
        );
        check(json!({"path": "a.txt"}), json!({"path": "a.txt"}));
        check(json!({"kind": "recorded", "path": "a.csv"}), json!({"kind": "recorded", "path": "a.csv"}));
    }

    #[test]
    fn unknown_presets_name_the_nearest() {
        check(
            json!({"preset": "math500"}),
            json!("dataset.preset: unknown preset `math500` (did you mean `math-500`?)"),
        );
        check(json!({"preset": 5}), json!("dataset.preset: expected a preset's name or file, found 5"));
        let missing = resolve(&json!({"preset": "no/such.toml"}), "dataset").unwrap_err().to_string();
        assert!(missing.starts_with("dataset.preset: cannot read no/such.toml: "), "{missing}");
    }
}
