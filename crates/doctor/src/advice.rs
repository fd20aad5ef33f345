//! The table to write into a pipeline.

use llm::{Dialect, Endpoint};
use secrets::Names;
use tables::Generation;
use toml::{Table, Value};

use crate::Examination;
use crate::continuing::Continuing;
use crate::probe::Probe;

/// A `[[models]]` table that says what was found out.
pub(crate) fn toml(
    examination: &Examination,
    best: &Probe,
    streams: bool,
    continuing: &Continuing,
) -> String {
    let endpoint = &examination.endpoint;
    let mut table = Table::new();
    let mut set = |key: &str, value: Value| table.insert(key.to_owned(), value);
    set("name", Value::from(short(&endpoint.model)));
    set("kind", Value::from(generate::GENERATORS.usual));
    set("model", Value::from(endpoint.model.as_str()));
    if let Some(serve) = &endpoint.serve {
        // Shown as a table: what was typed as a word means the same.
        Value::try_from(serve).into_iter().for_each(|serve| drop(set("serve", serve)));
    } else if let Some(address) = llm::address(endpoint) {
        set("base_url", Value::from(secrets::without_secrets(&address, &mut secrets::hidden)));
    }
    if let Some(variable) = &endpoint.api_key_env {
        set("api_key_env", Value::from(variable.as_str()));
    }
    if !streams {
        set("stream", Value::from(false));
    }
    let extra = serde_json::Value::Object(endpoint.extra_body.clone());
    if !endpoint.extra_body.is_empty()
        && let Ok(extra) = Value::try_from(secrets::sealed(&extra, &Names::default(), &secrets::hidden))
    {
        set("extra_body", extra);
    }
    if let Some(tokenizer) = &examination.tokenizer_name {
        set("tokenizer", Value::from(tokenizer.as_str()));
    }
    let auto = Dialect::Auto.at(&llm::address(endpoint).unwrap_or_default());
    if let Some(dialect) = continuing.dialect.filter(|dialect| *dialect != auto) {
        set("continuation", Value::from(dialect.word()));
    }
    if best.source() == "open_tag_in_prompt" {
        let think: Table = std::iter::once(("open_in_prompt".to_owned(), Value::from("yes"))).collect();
        set("think", Value::Table(think));
    }
    let mut document = Table::new();
    document.insert("models".to_owned(), Value::Array(vec![Value::Table(table)]));
    let mut text = toml::to_string(&document)
        .unwrap_or_else(|error| format!("# the table cannot be written as TOML: {error}\n"));
    for remark in remarks(endpoint, examination, best, continuing) {
        text.push_str(&format!("# {remark}\n"));
    }
    text
}

fn remarks(
    endpoint: &Endpoint,
    examination: &Examination,
    probe: &Probe,
    continuing: &Continuing,
) -> Vec<String> {
    let mut remarks = Vec::new();
    if examination.tokenizer_name.is_none() {
        remarks.push(
            "tokenizer = \"…\"   # the model's tokenizer.json or its name on the hub: exact token counts"
                .to_owned(),
        );
    }
    if endpoint.price.is_none() {
        remarks.push(
            "price = { prompt = …, completion = … }   # per million tokens: what a run costs".to_owned(),
        );
    }
    if let Some(key) = continuing.budget_key {
        remarks.push(format!("strategies = [{{ kind = \"cap\", tokens = [256, 1024], key = \"{key}\" }}]"));
    }
    if continuing.keeps_thinking {
        remarks.push("strategies = [{ kind = \"forced\", tokens = [128, 256, 512, 1024] }]".to_owned());
    }
    if probe.source() == Generation::UNCLOSED {
        remarks.push(
            "max_tokens = …   # leave room: the thinking did not end within the probe's limit".to_owned(),
        );
    }
    remarks
}

/// The model's own name behind the owner's.
fn short(model: &str) -> &str {
    model.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(model)
}
