//! A key that holds a list where one value is wanted: one table for each value, and of several such keys one for each combination.

use serde_json::{Map, Value, json};
use stage::ModelTable;

/// The tables, each with the name that it gives: what it is called, and its values behind that.
pub(crate) fn spread(name: &str, keys: &Map<String, Value>) -> Vec<(String, Map<String, Value>)> {
    let mut variants = vec![(name.to_owned(), keys.clone())];
    for (key, values) in keys.iter().filter_map(|(key, value)| Some((key, value.as_array()?))) {
        let with = |(name, keys): &(String, Map<String, Value>), value: &Value| {
            let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let mut keys = keys.clone();
            keys.insert(key.clone(), value.clone());
            (format!("{name}-{word}"), keys)
        };
        variants = variants.iter().flat_map(|one| values.iter().map(move |value| with(one, value))).collect();
    }
    variants
}

/// A model of each variant of what stands under `key`, with the variant's name behind its own.
pub(crate) fn named(
    model: &ModelTable,
    key: &str,
    variants: impl Iterator<Item = (String, Value)>,
) -> Vec<ModelTable> {
    let name = model.table.get("name").and_then(Value::as_str).unwrap_or_default();
    let of = |(own, variant): (String, Value)| {
        let mut table = model.table.clone();
        table["name"] = json!(format!("{name}/{own}"));
        table[key] = variant;
        ModelTable { place: model.place.clone(), table }
    };
    variants.map(of).collect()
}
