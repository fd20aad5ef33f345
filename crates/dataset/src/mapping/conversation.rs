//! Conversations: turns with a role; who asks, who answers, and which turns are thinking.

use std::borrow::Cow;

use chat::shape::{Shown, is_thinking};
use serde_json::{Map, Value};

/// Who speaks in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    User,
    Assistant,
    /// The assistant, thinking: a turn of a kind of its own, a role, or Harmony's channel.
    Thinking,
    Other,
}

/// The value is a list of turns, or text that holds one.
pub(crate) fn is_conversation(value: &Value) -> bool {
    let value = opened(value);
    let turns = value.as_array();
    turns.is_some_and(|turns| !turns.is_empty() && turns.iter().all(|turn| role(turn).is_some()))
}

/// The value is the content of one message: a list of blocks, each of a kind. (Items of the Responses API may have a
/// role; they are no turns all the same.)
pub(crate) fn is_content(value: &Value) -> bool {
    let value = opened(value);
    let of_a_kind = |block: &Value| block.get("type").is_some_and(Value::is_string);
    value.as_array().is_some_and(|blocks| !blocks.is_empty() && blocks.iter().all(of_a_kind))
        && !is_conversation(&value)
}

/// The value, or the list of tables that its text holds: some files keep lists as JSON in text.
pub(crate) fn opened(value: &Value) -> Cow<'_, Value> {
    let inside = value.as_str().filter(|text| text.trim_start().starts_with('['));
    let read = inside.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let tables = read.filter(|list| list.as_array().is_some_and(|items| items.iter().all(Value::is_object)));
    tables.map_or(Cow::Borrowed(value), Cow::Owned)
}

/// The last turn of the user; one that says nothing asks nothing.
pub(crate) fn question(conversation: &Value) -> Option<String> {
    let conversation = opened(conversation);
    let asked = conversation.as_array()?.iter().rev().find(|turn| role(turn) == Some(Role::User))?;
    Shown::of_message(asked.as_object()?).text.filter(|text| !text.trim().is_empty())
}

/// The last turn of the assistant, with the turns of thinking that lead to it.
pub(crate) fn reply(conversation: &Value) -> Option<Shown> {
    let conversation = opened(conversation);
    let turns = conversation.as_array()?;
    let asked = turns.iter().rposition(|turn| role(turn) == Some(Role::User));
    let since = &turns[asked.map_or(0, |at| at + 1)..];
    let last = since.iter().rfind(|turn| matches!(role(turn), Some(Role::Assistant | Role::Thinking)));
    // Some conversations go on after the reply: the last one counts wherever it stands.
    let Some(last) = last else { return said_before(turns) };
    let own = Shown::of_message(last.as_object()?);
    let thoughts: Vec<&Value> = since.iter().filter(|turn| role(turn) == Some(Role::Thinking)).collect();
    let Some(first) = thoughts.first() else { return Some(own) };
    let own = if role(last) == Some(Role::Thinking) { Shown::text("") } else { own };
    Some(joined(own, first, &thoughts))
}

fn said_before(turns: &[Value]) -> Option<Shown> {
    let last = turns.iter().rfind(|turn| role(turn) == Some(Role::Assistant))?;
    last.as_object().map(Shown::of_message)
}

/// A reply whose thinking stood in turns of its own.
fn joined(own: Shown, first: &Value, thoughts: &[&Value]) -> Shown {
    let text = |turn: &&Value| {
        let shown = Shown::of_message(turn.as_object()?);
        shown.thinking.or(shown.text).filter(|text| !text.trim().is_empty())
    };
    let texts = thoughts.iter().filter_map(text).chain(own.thinking.clone());
    let texts: Vec<String> = texts.collect();
    let name = ["type", "channel", "role", "from"]
        .iter()
        .find_map(|name| first.get(*name)?.as_str().filter(|kind| is_thinking(kind)));
    let field = own.field.filter(|_| own.thinking.is_some()).or_else(|| name.map(str::to_owned));
    Shown { text: own.text, thinking: Some(texts.join("\n\n")), field }
}

/// How many turns are replies.
pub(crate) fn replies(conversation: &Value) -> usize {
    let conversation = opened(conversation);
    let turns = conversation.as_array().map(Vec::as_slice).unwrap_or_default();
    turns.iter().filter(|turn| role(turn) == Some(Role::Assistant)).count()
}

fn role(turn: &Value) -> Option<Role> {
    let turn: &Map<String, Value> = turn.as_object()?;
    let word = |name: &str| turn.get(name).and_then(Value::as_str);
    let thinks = ["type", "channel"].iter().any(|name| word(name).is_some_and(is_thinking));
    Some(match word("role").or_else(|| word("from")) {
        Some("user" | "human") => Role::User,
        Some("assistant" | "gpt" | "model" | "bot" | "ai") if thinks => Role::Thinking,
        Some("assistant" | "gpt" | "model" | "bot" | "ai") => Role::Assistant,
        Some(role) if is_thinking(role) => Role::Thinking,
        Some(_) => Role::Other,
        None => return None,
    })
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
        assert!(is_conversation(&Value::String(conversation.to_string())));
        assert_eq!(question(&conversation).as_deref(), Some("2?"));
        let turn = reply(&conversation).unwrap();
        assert_eq!((turn.text.as_deref(), turn.thinking.as_deref()), (Some("2."), Some("two")));
        assert_eq!(turn.field.as_deref(), Some("reasoning_content"));
        assert_eq!(replies(&conversation), 2);

        let sharegpt = json!([{"from": "human", "value": "1?"}, {"from": "gpt", "value": "1."}]);
        assert_eq!(question(&sharegpt).as_deref(), Some("1?"));
        assert_eq!(reply(&sharegpt).unwrap().text.as_deref(), Some("1."));
        assert_eq!(reply(&json!([{"role": "user", "content": "1?"}])), None);
        assert!(!is_conversation(&json!(["text"])));
        assert!(!is_conversation(&json!([])));
        assert!(!is_conversation(&json!("[1] and more")));
    }

    #[test]
    fn turns_of_thinking_belong_to_the_reply() {
        let check = |turns: Value, text: &str, thinking: &str, field: &str| {
            let turn = reply(&turns).unwrap();
            let found = (turn.text.as_deref(), turn.thinking.as_deref(), turn.field.as_deref());
            assert_eq!(found, (Some(text), Some(thinking), Some(field)), "{turns}");
        };
        let asked = json!({"role": "user", "content": "1?"});
        let says = json!({"role": "assistant", "type": "response", "content": "1."});
        let cot = |text: &str| json!({"role": "assistant", "type": "cot", "content": text});
        check(json!([asked, cot("a"), says]), "1.", "a", "cot");
        check(
            json!([asked, cot("a"), {"role": "tool", "content": "x"}, cot("b"), says]),
            "1.",
            "a\n\nb",
            "cot",
        );
        check(json!([asked, cot("old"), says, asked, cot("a"), says]), "1.", "a", "cot");
        check(json!([asked, cot("a")]), "", "a", "cot");
        check(json!([asked, {"role": "thinking", "content": "a"}, says]), "1.", "a", "thinking");
        let harmony = json!({"role": "assistant", "channel": "analysis", "content": "a"});
        check(
            json!([asked, harmony, {"role": "assistant", "channel": "final", "content": "1."}]),
            "1.",
            "a",
            "analysis",
        );
        assert_eq!(replies(&json!([asked, cot("a"), says])), 1);
    }

    #[test]
    fn blocks_are_no_turns() {
        let blocks = json!([{"type": "thinking", "thinking": "a"}, {"type": "text", "text": "1"}]);
        assert!(is_content(&blocks) && is_content(&Value::String(blocks.to_string())));
        assert!(!is_content(&json!([{"type": "cot", "role": "assistant", "content": "a"}])));
        assert!(!is_content(&json!(["a"])) && !is_content(&json!([{"text": "a"}])));
    }
}
