//! The strategy of one model, and a list of them made a model each.

use plugin::{ConfigError, ConfigErrors, Content, Value};
use serde_json::{Map, json};
use stage::ModelTable;

use crate::STRATEGIES;
use crate::manner::Manner;
use crate::spread::{named, spread};

/// The key of one strategy, and that of a list.
const ONE: &str = "strategy";
const SEVERAL: &str = "strategies";

/// Keys that say how a problem is asked: a strategy says so itself.
const INSTEAD: [&str; 6] = ["few_shot", "few_shot_file", "prompt", "prompt_file", "system", "system_file"];

/// Builds what a model's `strategy` names, by its kind or as a table; what it is made of goes into the model's content.
pub(crate) fn build(value: &Value, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
    let configured = STRATEGIES.build(&table(value), ONE)?;
    content.note(ONE, configured.fingerprint_input.to_string());
    Ok(configured.built)
}

/// A kind alone is a table with nothing else.
fn table(value: &Value) -> Value {
    if value.is_string() { json!({"kind": value}) } else { value.clone() }
}

/// A table with `strategies` as one table for each, `NAME/KIND`; any other table as it is.
///
/// # Errors
/// Every fault of the list and its strategies.
pub(crate) fn each(model: &ModelTable) -> Result<Vec<ModelTable>, ConfigErrors> {
    let place = format!("{}.{SEVERAL}", model.place);
    let Some(keys) = model.table.as_object() else { return Ok(vec![model.clone()]) };
    let Some(listed) = keys.get(SEVERAL) else {
        return instead(keys, ONE, &model.place).map(|()| vec![model.clone()]);
    };
    let listed = listed.as_array().filter(|listed| !listed.is_empty());
    let listed = listed.ok_or_else(|| {
        ConfigError::new(&place, "expected a list of strategies")
            .hint(format!("one of them is `{ONE}`; `thinkmeter list strategies` names them"))
    })?;
    if keys.contains_key(ONE) {
        let fault = ConfigError::new(format!("{}.{ONE}", model.place), format!("`{SEVERAL}` is there too"));
        return Err(fault.hint("leave it to one of them").into());
    }
    instead(keys, SEVERAL, &model.place)?;
    let entries = listed.iter().enumerate().map(|(at, entry)| (format!("{place}[{at}]"), entry));
    let variants = entries.map(|(at, entry)| variants(entry, &at)).collect::<Result<Vec<_>, _>>()?;
    let mut one = model.clone();
    one.table.as_object_mut().and_then(|keys| keys.remove(SEVERAL));
    Ok(named(&one, ONE, variants.into_iter().flatten()))
}

/// Refuses what a strategy takes the place of.
fn instead(keys: &Map<String, Value>, by: &str, place: &str) -> Result<(), ConfigErrors> {
    if !keys.contains_key(by) {
        return Ok(());
    }
    let beside = INSTEAD.iter().filter(|key| keys.contains_key(**key));
    let fault = |key: &&str| {
        ConfigError::new(format!("{place}.{key}"), format!("`{by}` is there too, which says how to ask"))
            .hint("leave it to one of them")
    };
    let faults: Vec<ConfigError> = beside.map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(ConfigErrors(faults)) }
}

/// The strategies of one entry, each with the name that it gives its model: one for each value where a key holds a list.
fn variants(entry: &Value, place: &str) -> Result<Vec<(String, Value)>, ConfigErrors> {
    let Value::Object(mut keys) = table(entry) else {
        return Err(ConfigError::new(place, "expected the kind of a strategy, or a table with it").into());
    };
    let given = keys.remove("name");
    let kind = keys.get("kind").and_then(Value::as_str).unwrap_or_default();
    let name = given.as_ref().and_then(Value::as_str).unwrap_or(kind).to_owned();
    let checked = |(name, keys): (String, Map<String, Value>)| {
        let table = Value::Object(keys);
        STRATEGIES.build(&table, place).map(|_| (name, table))
    };
    spread(&name, &keys).into_iter().map(checked).collect()
}
