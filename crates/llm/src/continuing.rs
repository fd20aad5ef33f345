//! A question that goes on with a reply, in the words of each kind of server.

use chat::{Continuation, Dialect};
use serde_json::{Map, Value, json};

/// The key of a question that is asked at `/completions`: what the prompt, once it is rendered, is followed by. It stands in the
/// key of the reply and is never sent.
pub(crate) const BEGINS: &str = "begins_with";

/// The tags of thinking in a prompt; those that nearly all templates use which have any.
const TAGS: [&str; 2] = ["<think>", "</think>"];

/// Adds what the reply begins with to the body of a question. `dialect` is that of the server's address.
pub(crate) fn add(body: &mut Map<String, Value>, dialect: Dialect, beginning: &Continuation) {
    if dialect == Dialect::Completions {
        body.insert(BEGINS.to_owned(), json!(beginning));
        return;
    }
    let mut message = json!({"role": "assistant", "content": beginning.text.as_deref().unwrap_or_default()});
    if let Some(thinking) = &beginning.thinking {
        message["reasoning_content"] = json!(thinking);
    }
    if dialect == Dialect::Prefix {
        message["prefix"] = json!(true);
    }
    if let Some(Value::Array(messages)) = body.get_mut("messages") {
        messages.push(message);
    }
    if dialect == Dialect::Vllm {
        body.insert("add_generation_prompt".to_owned(), json!(false));
        body.insert("continue_final_message".to_owned(), json!(true));
    }
}

/// The prompt of a completion: the conversation as the server's template renders it, and the beginning of the reply.
pub(crate) fn prompt(rendered: &str, beginning: &Continuation) -> String {
    let [open, close] = TAGS;
    let mut prompt = rendered.to_owned();
    if let Some(thinking) = &beginning.thinking {
        // Some templates open the thinking themselves.
        if !rendered.trim_end().ends_with(open) {
            prompt.push_str(open);
            prompt.push('\n');
        }
        prompt.push_str(thinking.trim_start());
        if beginning.text.is_some() {
            prompt.push_str(&format!("\n{close}\n\n"));
        }
    }
    prompt.push_str(beginning.text.as_deref().unwrap_or_default());
    prompt
}

/// The body of a completion: that of the chat with `prompt` in the place of the conversation.
pub(crate) fn completion(question: &Map<String, Value>, prompt: String) -> Map<String, Value> {
    let mut body = question.clone();
    body.remove("messages");
    body.remove(BEGINS);
    body.insert("prompt".to_owned(), Value::String(prompt));
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beginning(thinking: Option<&str>, text: Option<&str>) -> Continuation {
        Continuation { thinking: thinking.map(str::to_owned), text: text.map(str::to_owned) }
    }

    #[test]
    fn each_server_is_told_in_its_own_words() {
        let check = |dialect, expect: Value| {
            let mut body = Map::from_iter([("messages".to_owned(), json!([]))]);
            add(&mut body, dialect, &beginning(Some("hm"), Some("It is ")));
            assert_eq!(Value::Object(body), expect, "{dialect:?}");
        };
        let message = json!({"role": "assistant", "content": "It is ", "reasoning_content": "hm"});
        check(Dialect::Plain, json!({"messages": [message]}));
        check(
            Dialect::Vllm,
            json!({"messages": [message], "continue_final_message": true, "add_generation_prompt": false}),
        );
        let mut marked = message;
        marked["prefix"] = json!(true);
        check(Dialect::Prefix, json!({"messages": [marked]}));
        check(
            Dialect::Completions,
            json!({"messages": [], "begins_with": {"thinking": "hm", "text": "It is "}}),
        );
        let mut body = Map::from_iter([("messages".to_owned(), json!([]))]);
        add(&mut body, Dialect::Plain, &beginning(Some("hm"), None));
        let inside = json!({"role": "assistant", "content": "", "reasoning_content": "hm"});
        assert_eq!(Value::Object(body), json!({"messages": [inside]}));
    }

    #[test]
    fn a_rendered_prompt_goes_on_inside_or_behind_the_thinking() {
        let check = |rendered, thinking, text, expect: &str| {
            assert_eq!(prompt(rendered, &beginning(thinking, text)), expect);
        };
        check("U: 2?\nA:", None, Some("It is "), "U: 2?\nA:It is ");
        check("A:", Some("hm"), Some("It is "), "A:<think>\nhm\n</think>\n\nIt is ");
        check("A:<think>\n", Some("\nhm"), Some("5"), "A:<think>\nhm\n</think>\n\n5");
        check("A:", Some("hm"), None, "A:<think>\nhm");
    }

    #[test]
    fn a_completion_has_a_prompt_in_place_of_the_conversation() {
        let question = json!({"model": "m", "messages": [], "begins_with": {}, "max_tokens": 5});
        let body = completion(question.as_object().unwrap(), "A:".to_owned());
        assert_eq!(Value::Object(body), json!({"model": "m", "prompt": "A:", "max_tokens": 5}));
    }
}
