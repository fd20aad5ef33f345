//! The replies of a row: one, or a list of samples.

use std::borrow::Cow;

use serde_json::Value;
use tables::{Finish, Reply};

use super::chat::{self, Turn};
use super::view::{Cell, View};
use super::{Mapper, values};
use crate::DatasetError;
use crate::columns::Field;

/// What stands for a reply that its source does not hold.
const NO_REPLY: &str = "the source holds no reply";

/// The replies of a row to the problem `problem_id`, each with its number where the row says one.
pub(super) fn map(
    mapper: &Mapper<'_>,
    view: &mut View<'_>,
    problem_id: &str,
) -> Result<Vec<(Option<u32>, Reply)>, DatasetError> {
    let model = model(mapper, view)?;
    let (turns, listed) = turns(view)?;
    let sample = sample(view, turns.len())?;
    let shape = Shape { count: turns.len(), listed };
    let mut replies = Vec::with_capacity(turns.len());
    for (index, turn) in turns.into_iter().enumerate() {
        let mut reply = Reply { problem_id: problem_id.to_owned(), model: model.clone(), ..Reply::default() };
        reply.content = turn.content;
        reply.reasoning = turn.reasoning;
        reply.reasoning_field = turn.reasoning_field;
        fill(&mut reply, view, shape, index)?;
        replies.push((sample, reply));
    }
    // Only now it is known which columns were of use.
    let rest = view.rest();
    replies.iter_mut().for_each(|(_, reply)| reply.extra.clone_from(&rest));
    Ok(replies)
}

/// The model of a row's replies.
pub(super) fn model(mapper: &Mapper<'_>, view: &mut View<'_>) -> Result<String, DatasetError> {
    if let Some(model) = mapper.model {
        return Ok(model.to_owned());
    }
    let cell = view.find(Field::Model).ok_or_else(|| match view.missing(Field::Model) {
        DatasetError::MissingColumn { at, wanted, looked_for, columns, hint } => {
            let hint = format!("{hint}; or say whose replies these are with `model = \"…\"`");
            DatasetError::MissingColumn { at, wanted, looked_for, columns, hint }
        }
        DatasetError::Value { at, column, reason } => {
            let reason = format!("{reason}, or say whose replies all of these are with `model = \"…\"`");
            DatasetError::Value { at, column, reason }
        }
        other => other,
    })?;
    let name = values::scalar(&cell.value).filter(|name| !name.trim().is_empty());
    name.ok_or_else(|| values::expected("a model's name", &cell.value, view.origin(), &cell.path))
}

/// How many replies a row holds, and whether it holds them as a list.
#[derive(Clone, Copy)]
struct Shape {
    count: usize,
    listed: bool,
}

fn turns(view: &mut View<'_>) -> Result<(Vec<Turn>, bool), DatasetError> {
    let mut turns = Vec::new();
    let mut listed = false;
    if let Some(cell) = view.find(Field::Response) {
        listed = cell.value.is_array() && !chat::is_conversation(&cell.value);
        add_turns(&mut turns, &cell.value, &cell, view)?;
    // No path was named, or it was named as empty to switch the column off.
    } else if view.path(Field::Response).unwrap_or_default().is_empty()
        && let Some(cell) = view.find(Field::Messages)
    {
        turns.extend(chat::reply(&cell.value));
    }
    add_reasoning(&mut turns, &mut listed, view)?;
    if turns.is_empty() {
        let excused = [Field::Response, Field::Messages, Field::Reasoning, Field::Error];
        if !excused.iter().any(|field| view.has(*field)) {
            return Err(view.missing(Field::Response));
        }
        turns.push(Turn::default());
    }
    Ok((turns, listed))
}

fn add_turns(
    turns: &mut Vec<Turn>,
    value: &Value,
    cell: &Cell<'_>,
    view: &View<'_>,
) -> Result<(), DatasetError> {
    match value {
        value if chat::is_conversation(value) => {
            let missing = || values::expected("an assistant's turn", value, view.origin(), &cell.path);
            turns.push(chat::reply(value).ok_or_else(missing)?);
        }
        Value::Array(items) => return items.iter().try_for_each(|item| add_turns(turns, item, cell, view)),
        Value::Object(members) if ["content", "text"].iter().any(|name| members.contains_key(*name)) => {
            turns.push(chat::read(members));
        }
        Value::Object(_) => {
            let what = "text, or a table with `content`; a path such as `responses.*.answer` reaches deeper";
            return Err(values::expected(what, value, view.origin(), &cell.path));
        }
        Value::Null => turns.push(Turn::default()),
        value => {
            let content = values::scalar(value);
            let expected = || values::expected("text", value, view.origin(), &cell.path);
            turns.push(Turn { content: content.ok_or_else(expected)?, ..Turn::default() });
        }
    }
    Ok(())
}

fn add_reasoning(turns: &mut Vec<Turn>, listed: &mut bool, view: &mut View<'_>) -> Result<(), DatasetError> {
    let Some(cell) = view.find(Field::Reasoning) else { return Ok(()) };
    if turns.is_empty() {
        *listed = cell.value.is_array();
        let count = cell.value.as_array().map_or(1, Vec::len);
        turns.resize(count, Turn::default());
    }
    let shape = Shape { count: turns.len(), listed: *listed };
    for (index, turn) in turns.iter_mut().enumerate() {
        let part = part(&cell, shape, index, view)?;
        let Some(text) = part.value.as_str() else {
            if part.value.is_null() {
                continue;
            }
            let what = "the text of a thinking; a path such as `columns.response = \"reasoning.*.text\"` reaches deeper";
            return Err(values::ignorable(what, &part, view.origin()));
        };
        if !text.is_empty() {
            turn.reasoning = Some(text.to_owned());
            turn.reasoning_field = Some(cell.path.clone().into_owned());
        }
    }
    Ok(())
}

/// The value of one reply in a column that may hold a list, one value a reply.
fn part<'c>(
    cell: &'c Cell<'_>,
    shape: Shape,
    index: usize,
    view: &View<'_>,
) -> Result<Cell<'c>, DatasetError> {
    let path = Cow::Borrowed(cell.path.as_ref());
    match &*cell.value {
        Value::Array(items) if shape.listed && items.len() == shape.count => {
            Ok(Cell { path, value: Cow::Borrowed(&items[index]) })
        }
        Value::Array(_) => {
            let what = format!("one value, or one for each of {} replies", shape.count);
            Err(values::ignorable(&what, cell, view.origin()))
        }
        value => Ok(Cell { path, value: Cow::Borrowed(value) }),
    }
}

fn sample(view: &mut View<'_>, replies: usize) -> Result<Option<u32>, DatasetError> {
    let Some(cell) = view.find(Field::Sample) else { return Ok(None) };
    if replies > 1 {
        let reason = format!("numbers one sample, but the row holds {replies}; say `columns.sample = \"\"`");
        return Err(DatasetError::value(view.origin(), &cell.path, reason));
    }
    let number = values::count(&cell, view.origin())?;
    let number = u32::try_from(number);
    number.map(Some).map_err(|_| values::ignorable("the number of a sample", &cell, view.origin()))
}

fn fill(reply: &mut Reply, view: &mut View<'_>, shape: Shape, index: usize) -> Result<(), DatasetError> {
    reply.trace_id = trace_id(view, shape, index)?;
    let count = |view: &mut View<'_>, field| number(view, field, shape, index, values::count);
    reply.prompt_tokens = count(view, Field::PromptTokens)?;
    reply.completion_tokens = count(view, Field::CompletionTokens)?;
    reply.reasoning_tokens = count(view, Field::ReasoningTokens)?;
    reply.seconds = number(view, Field::Seconds, shape, index, values::real)?;
    reply.first_token_seconds = number(view, Field::FirstTokenSeconds, shape, index, values::real)?;
    reply.error = error(view, shape, index)?;
    let empty = reply.content.is_empty() && reply.reasoning.is_none();
    reply.finish = match finish(view, shape, index)? {
        _ if empty => Finish::Error,
        // A recorded complaint beside a full reply does not unmake the reply.
        Finish::Error => Finish::Unknown,
        finish => finish,
    };
    if empty {
        reply.error.get_or_insert_with(|| NO_REPLY.to_owned());
    }
    Ok(())
}

fn trace_id(view: &mut View<'_>, shape: Shape, index: usize) -> Result<Option<String>, DatasetError> {
    let Some(cell) = view.find(Field::TraceId) else { return Ok(None) };
    if shape.count > 1 && !cell.value.is_array() {
        return Ok(values::scalar(&cell.value).map(|id| format!("{id}#{index}")));
    }
    let part = part(&cell, shape, index, view)?;
    values::exact(&part.value, view.origin(), &part.path).map(Some)
}

fn number<N>(
    view: &mut View<'_>,
    field: Field,
    shape: Shape,
    index: usize,
    read: impl Fn(&Cell<'_>, &records::Origin) -> Result<N, DatasetError>,
) -> Result<Option<N>, DatasetError> {
    let Some(cell) = view.find(field) else { return Ok(None) };
    let part = part(&cell, shape, index, view)?;
    if part.value.is_null() { Ok(None) } else { read(&part, view.origin()).map(Some) }
}

fn error(view: &mut View<'_>, shape: Shape, index: usize) -> Result<Option<String>, DatasetError> {
    let Some(cell) = view.find(Field::Error) else { return Ok(None) };
    let part = part(&cell, shape, index, view)?;
    Ok(match &*part.value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    })
}

fn finish(view: &mut View<'_>, shape: Shape, index: usize) -> Result<Finish, DatasetError> {
    if let Some(cell) = view.find(Field::Finish) {
        let part = part(&cell, shape, index, view)?;
        let known = values::scalar(&part.value).and_then(|word| finish_of(&word));
        match known {
            Some(finish) => return Ok(finish),
            // A word that we do not know is kept among the other columns.
            None => view.give_back(&cell),
        }
    }
    let Some(cell) = view.find(Field::Truncated) else { return Ok(Finish::Unknown) };
    let part = part(&cell, shape, index, view)?;
    if part.value.is_null() {
        return Ok(Finish::Unknown);
    }
    Ok(if values::flag(&part, view.origin())? { Finish::Length } else { Finish::Stop })
}

/// The words that servers and tools use for the ends of replies.
pub(crate) fn finish_of(word: &str) -> Option<Finish> {
    match word.trim().to_ascii_lowercase().as_str() {
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "stop_token" | "completed"
        | "finished" => Some(Finish::Stop),
        "length" | "max_tokens" | "max_output_tokens" | "max_length" | "model_length" => Some(Finish::Length),
        "error" => Some(Finish::Error),
        "unknown" => Some(Finish::Unknown),
        _ => None,
    }
}
