//! The replies of a row: one, or a list of samples.

use std::borrow::Cow;

use chat::Ending;
use chat::shape::Shown;
use serde_json::{Map, Value};
use tables::{Finish, Reply};

use super::view::{Cell, View};
use super::{Mapper, conversation, values};
use crate::DatasetError;
use crate::columns::Field;
use crate::fate::settle;

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
        let (told, said) = (turn.told, turn.shown.text.is_some());
        reply.content = turn.shown.text.unwrap_or_default();
        (reply.reasoning, reply.reasoning_field) = (turn.shown.thinking, turn.shown.field);
        fill(&mut reply, view, shape, index)?;
        told.add_to(&mut reply);
        settle(&mut reply, said);
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

/// A reply within a row.
#[derive(Default)]
struct Turn {
    shown: Shown,
    told: ReplyFacts,
}

/// What the reply's own table says of it.
#[derive(Default)]
struct ReplyFacts {
    ending: Option<Ending>,
    completion_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

/// Where the table of one of several replies says why it ended, and how long it is: vLLM, SGLang, and chat completions.
const ENDS: &[&str] =
    &["finish_reason", "finishReason", "stop_reason", "done_reason", "meta_info.finish_reason"];
const COUNTS: &[&str] = &["completion_tokens", "meta_info.completion_tokens", "usage.completion_tokens"];

impl Turn {
    fn of(shown: Shown) -> Self {
        Self { shown, ..Self::default() }
    }

    /// A table that holds a reply: a message, or a choice with a message in it.
    fn of_table(table: &Map<String, Value>) -> Self {
        let message = table.get("message").and_then(Value::as_object).unwrap_or(table);
        let cells = crate::foreign::Cells(table);
        let end = ENDS.iter().find_map(|path| cells.at(path));
        let token_ids = || cells.list("token_ids").map(|ids| ids.len() as u64);
        let told = ReplyFacts {
            ending: end.map(|end| Ending::of_value(&end)),
            completion_tokens: COUNTS.iter().find_map(|path| cells.count(path)).or_else(token_ids),
            reasoning_tokens: Field::ReasoningTokens.aliases().iter().find_map(|path| cells.count(path)),
        };
        Self { shown: Shown::of_message(message), told }
    }
}

impl ReplyFacts {
    /// It goes before what the row says of all replies.
    fn add_to(self, reply: &mut Reply) {
        if let Some(ending) = self.ending {
            (reply.finish, reply.finish_word) = (ending.finish, ending.word);
        }
        reply.completion_tokens = self.completion_tokens.or(reply.completion_tokens);
        reply.reasoning_tokens = self.reasoning_tokens.or(reply.reasoning_tokens);
    }
}

fn turns(view: &mut View<'_>) -> Result<(Vec<Turn>, bool), DatasetError> {
    let mut turns = Vec::new();
    let mut listed = false;
    if let Some(cell) = view.find(Field::Response) {
        listed = is_list(&cell.value);
        add_turns(&mut turns, &cell.value, &cell, view)?;
    // No path was named, or it was named as empty to switch the column off.
    } else if view.path(Field::Response).unwrap_or_default().is_empty()
        && let Some(cell) = view.find(Field::Messages)
    {
        turns.extend(conversation::reply(&cell.value).map(Turn::of));
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

/// A list of replies, not the turns or the blocks of one.
fn is_list(value: &Value) -> bool {
    value.is_array() && !conversation::is_conversation(value) && !conversation::is_content(value)
}

fn add_turns(
    turns: &mut Vec<Turn>,
    value: &Value,
    cell: &Cell<'_>,
    view: &View<'_>,
) -> Result<(), DatasetError> {
    match value {
        value if conversation::is_conversation(value) => {
            let missing = || values::expected("an assistant's turn", value, view.origin(), &cell.path);
            turns.push(Turn::of(conversation::reply(value).ok_or_else(missing)?));
        }
        value if conversation::is_content(value) => {
            turns.push(Turn::of(Shown::of_content(&conversation::opened(value))));
        }
        Value::Array(items) => return items.iter().try_for_each(|item| add_turns(turns, item, cell, view)),
        Value::Object(members) if is_reply(members) => turns.push(Turn::of_table(members)),
        Value::Object(_) => {
            let what = "text, or a table with `content`; a path such as `responses.*.answer` reaches deeper";
            return Err(values::expected(what, value, view.origin(), &cell.path));
        }
        Value::Null => turns.push(Turn::default()),
        value => {
            let content = values::scalar(value);
            let expected = || values::expected("text", value, view.origin(), &cell.path);
            turns.push(Turn::of(Shown::text(content.ok_or_else(expected)?)));
        }
    }
    Ok(())
}

fn is_reply(members: &Map<String, Value>) -> bool {
    ["content", "text", "message", "parts"].iter().any(|name| members.contains_key(*name))
}

fn add_reasoning(turns: &mut Vec<Turn>, listed: &mut bool, view: &mut View<'_>) -> Result<(), DatasetError> {
    let Some(cell) = view.find(Field::Reasoning) else { return Ok(()) };
    if turns.is_empty() {
        *listed = is_list(&cell.value);
        let count = if *listed { cell.value.as_array().map_or(1, Vec::len) } else { 1 };
        turns.resize_with(count, Turn::default);
    }
    let shape = Shape { count: turns.len(), listed: *listed };
    for (index, turn) in turns.iter_mut().enumerate() {
        // The thinking of a lone reply may be a list of pieces.
        let part = if shape.listed { part(&cell, shape, index, view)? } else { whole(&cell) };
        let value = conversation::opened(&part.value);
        if !(value.is_string() || value.is_null() || value.is_array() || value.is_object()) {
            let what = "the text of a thinking; a path such as `columns.response = \"reasoning.*.text\"` reaches deeper";
            return Err(values::ignorable(what, &part, view.origin()));
        }
        let found = Shown::of_thinking(&value, &cell.path);
        if found.field.is_some() {
            (turn.shown.thinking, turn.shown.field) = (found.thinking, found.field);
        }
    }
    Ok(())
}

fn whole<'c>(cell: &'c Cell<'_>) -> Cell<'c> {
    Cell { path: Cow::Borrowed(cell.path.as_ref()), value: Cow::Borrowed(&*cell.value) }
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
    let ending = ending(view, shape, index, reply.content.is_empty())?;
    (reply.finish, reply.finish_word) = (ending.finish, ending.word);
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

/// The end by its word, else by a flag. That the limit did not cut a reply without text does not say that it came.
fn ending(view: &mut View<'_>, shape: Shape, index: usize, silent: bool) -> Result<Ending, DatasetError> {
    let told = match view.find(Field::Finish) {
        Some(cell) if shape.listed || !cell.value.is_array() => {
            Ending::of_value(&part(&cell, shape, index, view)?.value)
        }
        Some(cell) => Ending::of_value(&cell.value),
        None => Ending::default(),
    };
    if told.finish != Finish::Unknown {
        return Ok(told);
    }
    let Some(cell) = view.find(Field::Truncated) else { return Ok(told) };
    let part = part(&cell, shape, index, view)?;
    let cut = !part.value.is_null() && values::flag(&part, view.origin())?;
    let known = !part.value.is_null() && told.word.is_none() && !silent;
    Ok(match (cut, known) {
        (true, _) => Ending { finish: Finish::Length, word: told.word },
        (false, true) => Ending { finish: Finish::Stop, word: None },
        (false, false) => told,
    })
}
