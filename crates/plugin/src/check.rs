//! Checking a configuration against the schema of its struct, before serde sees it.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{ConfigError, ConfigErrors};

/// Reads a table into its struct, or says everything that is wrong with it.
pub fn parse<T: JsonSchema + DeserializeOwned>(value: &Value, path: &str) -> Result<T, ConfigErrors> {
    let faults = check(&schema::<T>(), value, path);
    if !faults.is_empty() {
        return Err(ConfigErrors(faults));
    }
    serde_json::from_value(value.clone()).map_err(|error| ConfigError::new(path, error.to_string()).into())
}

/// The JSON schema of a configuration struct, everything inlined.
pub(crate) fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// Every fault of `value` against a schema made by schemars: unknown keys, missing keys, wrong types and
/// words outside an enumeration. What it lets through serde still checks.
pub fn check(schema: &Value, value: &Value, path: &str) -> Vec<ConfigError> {
    let schema = without_null(schema);
    let words = words_of(schema);
    if let (false, Value::String(word)) = (words.is_empty(), value) {
        let known = words.contains(&word.as_str());
        return if known { vec![] } else { vec![ConfigError::unknown(path, "value", word, &words)] };
    }
    if let Some(options) = alternatives(schema) {
        return check_alternatives(options, value, path);
    }
    if let Some(fault) = wrong_type(schema, value, path) {
        return vec![fault];
    }
    match value {
        Value::Object(table) => check_table(schema, table, path),
        Value::Array(items) => {
            let Some(of) = schema.get("items") else { return vec![] };
            let numbered = items.iter().enumerate();
            numbered.flat_map(|(index, item)| check(of, item, &format!("{path}[{index}]"))).collect()
        }
        _ => vec![],
    }
}

/// Of a word or a table only the one counts that the value is; where several could be meant, serde decides.
fn check_alternatives(options: &[Value], value: &Value, path: &str) -> Vec<ConfigError> {
    let fits = |option: &&Value| is_of(option, value);
    match options.iter().filter(fits).collect::<Vec<_>>().as_slice() {
        [only] => check(only, value, path),
        _ => vec![],
    }
}

/// A value may be of a schema, by its type alone.
fn is_of(schema: &Value, value: &Value) -> bool {
    let kind = schema.get("type").and_then(Value::as_str);
    match value {
        Value::Object(_) => kind == Some("object"),
        Value::String(_) => kind == Some("string") || !words_of(schema).is_empty(),
        _ => false,
    }
}

fn check_table(schema: &Value, table: &Map<String, Value>, path: &str) -> Vec<ConfigError> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return vec![] };
    let known: Vec<&str> = properties.keys().map(String::as_str).collect();
    let open = schema.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
    let mut faults = Vec::new();
    for (key, value) in table {
        let at = join(path, key);
        match properties.get(key) {
            Some(property) => faults.extend(check(property, value, &at)),
            None if open => {}
            None => faults.push(ConfigError::unknown(at, "key", key, &known)),
        }
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    for key in required.filter_map(Value::as_str).filter(|key| !table.contains_key(*key)) {
        let about =
            properties.get(key).and_then(|property| property.get("description")).and_then(Value::as_str);
        let fault = ConfigError::new(join(path, key), "missing");
        faults.push(match about {
            Some(about) => fault.hint(about.lines().next().unwrap_or_default()),
            None => fault,
        });
    }
    faults
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// `Option<T>` is "T or null"; a configuration has no null, so only T matters.
fn without_null(schema: &Value) -> &Value {
    let Some(options) = alternatives(schema) else { return schema };
    let is_null = |option: &&Value| option.get("type") == Some(&Value::from("null"));
    let real: Vec<&Value> = options.iter().filter(|option| !is_null(option)).collect();
    match real.as_slice() {
        [only] if real.len() < options.len() => without_null(only),
        _ => schema,
    }
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()
}

/// The words of an enumeration of unit variants (with doc comments these are `oneOf` constants).
fn words_of(schema: &Value) -> Vec<&str> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(Value::as_str).collect();
    }
    let Some(options) = alternatives(schema) else { return vec![] };
    let mut words = Vec::new();
    for option in options {
        match (option.get("const").and_then(Value::as_str), option.get("enum").and_then(Value::as_array)) {
            (Some(word), _) => words.push(word),
            (None, Some(more)) => words.extend(more.iter().filter_map(Value::as_str)),
            (None, None) => return vec![],
        }
    }
    words
}

fn wrong_type(schema: &Value, value: &Value, path: &str) -> Option<ConfigError> {
    let allowed: Vec<&str> = match schema.get("type")? {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        _ => return None,
    };
    let fits = |kind: &&str| match *kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    if allowed.iter().any(fits) {
        return check_range(schema, value, path);
    }
    Some(ConfigError::new(path, format!("expected {}, found {}", allowed.join(" or "), describe(value))))
}

fn check_range(schema: &Value, value: &Value, path: &str) -> Option<ConfigError> {
    let number = value.as_f64()?;
    let least = schema.get("minimum").and_then(Value::as_f64).filter(|least| number < *least);
    if let Some(least) = least {
        return Some(ConfigError::new(path, format!("{number} is too small, the least is {least}")));
    }
    let most = schema.get("maximum").and_then(Value::as_f64).filter(|most| number > *most)?;
    Some(ConfigError::new(path, format!("{number} is too large, the most is {most}")))
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => format!("the boolean {value}"),
        Value::Number(_) => format!("the number {value}"),
        Value::String(_) => format!("the string {value}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a table".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Mode {
        /// One.
        Plain,
        /// Two.
        Fancy,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Lonely {
        /// The only word.
        Only,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema matters")]
    struct Inner {
        depth: Option<u32>,
        #[serde(default)]
        mode: Option<Mode>,
        #[serde(default)]
        lonely: Option<Lonely>,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema matters")]
    struct Outer {
        /// The name of the thing.
        name: String,
        #[serde(default)]
        inner: Option<Inner>,
        #[serde(default)]
        list: Vec<Inner>,
        #[serde(default)]
        extra: BTreeMap<String, f64>,
    }

    fn faults(value: Value) -> String {
        parse::<Outer>(&value, "top").map_or_else(|faults| faults.to_string(), |_| "fine".to_owned())
    }

    #[test]
    fn every_fault_is_found_and_placed() {
        let check = |value, expect| assert_eq!(faults(value), expect);
        check(json!({"name": "x", "extra": {"any": 1.0}, "inner": {"depth": 3, "mode": "plain"}}), "fine");
        check(json!({}), "top.name: missing (The name of the thing.)");
        check(
            json!({"nam": "x", "inner": {"dept": 1, "mode": "fnacy"}, "list": [{"depth": "a"}]}),
            "top.inner.dept: unknown key `dept` (did you mean `depth`?)\n\
             top.inner.mode: unknown value `fnacy` (did you mean `fancy`?)\n\
             top.list[0].depth: expected integer, found the string \"a\"\n\
             top.nam: unknown key `nam` (did you mean `name`?)\n\
             top.name: missing (The name of the thing.)",
        );
        check(
            json!({"name": "x", "inner": {"depth": -1}}),
            "top.inner.depth: -1 is too small, the least is 0",
        );
        check(
            json!({"name": "x", "inner": {"lonely": "onyl"}}),
            "top.inner.lonely: unknown value `onyl` (did you mean `only`?)",
        );
        check(json!({"name": 5}), "top.name: expected string, found the number 5");
        check(json!([]), "top: expected object, found a list");
    }
}
