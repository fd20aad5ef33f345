//! Templates in our own form: TOML, one table a template.

use std::collections::BTreeMap;

use plugin::parse;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Binding, Filling, Source, Template, TemplateError, Text, source};
use crate::expression::Expression;
use crate::lists::{Lists, Member, Written};

/// A template as it is written.
#[derive(Deserialize, JsonSchema)]
struct Raw {
    id: String,
    #[serde(default)]
    subset: String,
    problem: String,
    answer: String,
    #[serde(default)]
    conditions: Vec<String>,
    #[serde(default)]
    solution: Option<String>,
    original: BTreeMap<String, Value>,
    values: BTreeMap<String, Value>,
}

/// What may stand in a gap: one of `from`, `of`, `range` and `sequence`.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct RawSource {
    /// A list by its name.
    from: Option<String>,
    /// Its members, or of `sequence` how many.
    of: Option<Value>,
    /// First and last number.
    range: Option<[Value; 2]>,
    /// From one to the next.
    step: Option<Value>,
    /// Decimals that are shown.
    places: Option<u32>,
    /// A list of which members follow each other; the names are this one with `_1`, `_2` and so on.
    sequence: Option<String>,
}

/// All templates of a file.
///
/// # Errors
/// It is no TOML, or a template in it cannot work; all faults at once.
pub fn native_file(text: &str, lists: &Lists) -> Result<Vec<Template>, Vec<TemplateError>> {
    let (found, faults) = native_templates(text, lists);
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// The templates of a file that can work, and what is wrong with the others.
pub fn native_templates(text: &str, lists: &Lists) -> (Vec<Template>, Vec<TemplateError>) {
    match tables_of(text) {
        Err(fault) => (Vec::new(), vec![fault]),
        Ok(tables) => {
            let (mut found, mut faults) = (Vec::new(), Vec::new());
            for (table, line) in tables {
                match native(&table, lists) {
                    Ok(template) => found.push(template),
                    Err(fault) => faults.push(TemplateError { line, ..fault }),
                }
            }
            (found, faults)
        }
    }
}

/// The tables of a file, each with the line in which it begins.
fn tables_of(text: &str) -> Result<Vec<(Value, Option<usize>)>, TemplateError> {
    let whole = |reason: String, line| TemplateError { id: "–".to_owned(), line, reason };
    let mut read: Value = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        whole(error.message().to_owned(), line)
    })?;
    let tables = match read.get_mut("template").map(Value::take) {
        Some(Value::Array(tables)) if !tables.is_empty() => tables,
        _ => return Err(whole("no [[template]] in the file".to_owned(), None)),
    };
    let starts = text.lines().enumerate().filter(|(_, line)| line.trim().starts_with("[[template]]"));
    let lines = starts.map(|(at, _)| Some(at + 1)).chain(std::iter::repeat(None));
    Ok(tables.into_iter().zip(lines).collect())
}

/// One template.
///
/// # Errors
/// It cannot work.
pub fn native(table: &Value, lists: &Lists) -> Result<Template, TemplateError> {
    let id = table.get("id").and_then(Value::as_str).unwrap_or("–").to_owned();
    let refuse = |reason| TemplateError { id: id.clone(), line: None, reason };
    let raw: Raw = parse(table, "template").map_err(|faults| refuse(faults.to_string()))?;
    raw.template(lists).and_then(Template::checked).map_err(refuse)
}

impl Raw {
    fn template(self, lists: &Lists) -> Result<Template, String> {
        let bindings: Vec<Binding> = self
            .values
            .iter()
            .map(|(name, table)| {
                let source: RawSource =
                    parse(table, &format!("values.{name}")).map_err(|faults| faults.to_string())?;
                source.binding(name, lists).map_err(|why| format!("`{name}`: {why}"))
            })
            .collect::<Result<_, _>>()?;
        let original: Filling = self
            .original
            .iter()
            .map(|(name, value)| (name.clone(), original(name, value, &bindings)))
            .collect();
        let conditions = self.conditions.iter().map(|text| expression(text)).collect::<Result<_, _>>()?;
        Ok(Template {
            id: self.id,
            subset: self.subset,
            problem: Text::parse(&self.problem)?,
            solution: self.solution.as_deref().map(Text::parse).transpose()?,
            answer: expression(&self.answer)?,
            conditions,
            bindings,
            original,
            notes: Vec::new(),
        })
    }
}

fn expression(text: &str) -> Result<Expression, String> {
    Expression::parse(text).map_err(|error| format!("`{text}`: {error}"))
}

/// The original's value: as it is shown, with the number that it is there.
fn original(name: &str, value: &Value, bindings: &[Binding]) -> Member {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let binding = bindings.iter().find(|binding| binding.names().any(|known| known == name));
    binding.map_or_else(|| Member::of(&text), |binding| binding.member(&text))
}

impl RawSource {
    fn binding(&self, name: &str, lists: &Lists) -> Result<Binding, String> {
        let one = vec![name.to_owned()];
        match (&self.from, &self.of, &self.range, &self.sequence) {
            (Some(list), None, None, None) => {
                Ok(Binding { targets: one, source: Source::Members(lists.get(list)?.to_vec()) })
            }
            (None, Some(members), None, None) => {
                Ok(Binding { targets: one, source: Source::Members(written(members)?) })
            }
            (None, None, Some(ends), None) => Ok(Binding { targets: one, source: self.range(ends)? }),
            (None, Some(count), None, Some(list)) => {
                let count = count.as_u64().filter(|count| *count > 0).ok_or("`of` is no count of members")?;
                let targets = (1..=count).map(|place| format!("{name}_{place}")).collect();
                Ok(Binding { targets, source: Source::Sequence(lists.get(list)?.to_vec()) })
            }
            _ => Err("expected `from`, `of`, `range`, or `sequence` with `of`".to_owned()),
        }
    }

    fn range(&self, ends: &[Value; 2]) -> Result<Source, String> {
        let constant = |value: &Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            expression(&text)
        };
        let step = self.step.clone().unwrap_or_else(|| json!(1));
        Ok(Source::Range(source::Range {
            low: constant(&ends[0])?,
            high: constant(&ends[1])?,
            step: constant(&step)?,
            closed: true,
            places: self.places,
        }))
    }
}

fn written(members: &Value) -> Result<Vec<Member>, String> {
    let all: Vec<Written> = serde_json::from_value(members.clone())
        .map_err(|_| "`of` holds something that is no text, no number and no `show` with `is`".to_owned())?;
    all.iter().map(Written::member).collect()
}
