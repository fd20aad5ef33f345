//! Conversations: turns with a role, whose content is text or a list of blocks.

use serde_json::{Map, Value};

/// A reply within a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turn {
    /// The text.
    pub(crate) content: String,
    /// The thinking, where it is kept apart.
    pub(crate) reasoning: Option<String>,
    /// The member that held it.
    pub(crate) reasoning_field: Option<String>,
}

/// Members of a turn that hold its thinking.
const THINKING: &[&str] = &["reasoning_content", "reasoning", "thinking"];

/// The value is a list of turns.
pub(crate) fn is_conversation(value: &Value) -> bool {
    let turns = value.as_array();
    turns.is_some_and(|turns| !turns.is_empty() && turns.iter().all(|turn| role(turn).is_some()))
}

/// The last turn of the user.
pub(crate) fn question(conversation: &Value) -> Option<String> {
    last(conversation, "user").map(|turn| read(turn).content)
}

/// The last turn of the assistant.
pub(crate) fn reply(conversation: &Value) -> Option<Turn> {
    last(conversation, "assistant").map(read)
}

/// How many turns of a role there are.
pub(crate) fn count(turns: &[Value], wanted: &str) -> usize {
    turns.iter().filter(|turn| role(turn) == Some(wanted)).count()
}

fn last<'a>(conversation: &'a Value, wanted: &str) -> Option<&'a Map<String, Value>> {
    let turns = conversation.as_array()?.iter().rev();
    turns.filter(|turn| role(turn) == Some(wanted)).find_map(Value::as_object)
}

fn role(turn: &Value) -> Option<&str> {
    let turn = turn.as_object()?;
    let role = turn.get("role").or_else(|| turn.get("from"))?.as_str()?;
    Some(match role {
        "human" => "user",
        "gpt" | "model" => "assistant",
        other => other,
    })
}

/// A turn: its text, and its thinking from a member of its own or from blocks.
pub(crate) fn read(turn: &Map<String, Value>) -> Turn {
    let mut result = Turn::default();
    match turn.get("content").or_else(|| turn.get("value")).or_else(|| turn.get("text")) {
        Some(Value::String(text)) => result.content.clone_from(text),
        Some(Value::Array(blocks)) => blocks.iter().for_each(|block| add_block(&mut result, block)),
        _ => {}
    }
    let own = THINKING.iter().find_map(|name| Some((name, turn.get(*name)?.as_str()?)));
    if let Some((name, text)) = own.filter(|(_, text)| !text.is_empty() && result.reasoning.is_none()) {
        result.reasoning = Some(text.to_owned());
        result.reasoning_field = Some((*name).to_owned());
    }
    result
}

fn add_block(turn: &mut Turn, block: &Value) {
    let text = |name: &str| block.get(name).and_then(Value::as_str);
    match text("type") {
        // A block that the provider encrypted or summarised holds no thinking.
        Some("reasoning" | "thinking") if block.get("redacted").is_some_and(|flag| flag == true) => {}
        Some(kind @ ("reasoning" | "thinking")) => {
            // A block without text adds nothing.
            let thought = text(kind).or_else(|| text("text")).unwrap_or_default();
            append(turn.reasoning.get_or_insert_default(), thought);
            turn.reasoning_field.get_or_insert_with(|| kind.to_owned());
        }
        // Images and calls of tools hold no text.
        _ => append(&mut turn.content, block.as_str().or_else(|| text("text")).unwrap_or_default()),
    }
}

/// Blocks are paragraphs of their own.
fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(more);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_turns_count_whatever_they_are_called() {
        let conversation = json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "1?"},
            {"role": "assistant", "content": "1."},
            {"role": "user", "content": [{"type": "text", "text": "2?"}]},
            {"role": "assistant", "content": "2.", "reasoning_content": "two"},
        ]);
        assert!(is_conversation(&conversation));
        assert_eq!(question(&conversation).as_deref(), Some("2?"));
        let turn = reply(&conversation).unwrap();
        assert_eq!((turn.content.as_str(), turn.reasoning.as_deref()), ("2.", Some("two")));
        assert_eq!(turn.reasoning_field.as_deref(), Some("reasoning_content"));

        let sharegpt = json!([{"from": "human", "value": "1?"}, {"from": "gpt", "value": "1."}]);
        assert_eq!(question(&sharegpt).as_deref(), Some("1?"));
        assert_eq!(reply(&sharegpt).unwrap().content, "1.");
        assert_eq!(reply(&json!([{"role": "user", "content": "1?"}])), None);
        assert!(!is_conversation(&json!(["text"])));
        assert!(!is_conversation(&json!([])));
    }

    #[test]
    fn blocks_are_thinking_or_text() {
        let conversation = json!([{"role": "assistant", "content": [
            {"type": "reasoning", "reasoning": "first"}, {"type": "reasoning", "reasoning": "second"},
            {"type": "text", "text": "4"},
        ]}]);
        let turn = reply(&conversation).unwrap();
        assert_eq!(turn.reasoning.as_deref(), Some("first\n\nsecond"));
        assert_eq!((turn.content.as_str(), turn.reasoning_field.as_deref()), ("4", Some("reasoning")));
    }
}
