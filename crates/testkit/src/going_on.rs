//! How scripted servers go on with a reply that somebody began, and how they keep to limits.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Asked, Said};

/// What a server does with a last message that is the model's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Takes it for an earlier turn, and begins anew.
    #[default]
    Restarts,
    /// Goes on with it where `continue_final_message` says so, sends the new text alone, and names the stop text.
    Vllm,
    /// Goes on with it without any key; repeats it unless it streams; never names a stop text. Renders prompts, and completes
    /// them.
    Llamacpp,
    /// Goes on with it where its `prefix` says so.
    Deepseek,
    /// Refuses it.
    Refuses,
}

/// What a reply begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beginning {
    thinking: String,
    text: String,
    /// It is the thinking that goes on.
    inside: bool,
}

/// Opens the model's turn in a rendered prompt.
const TURN: &str = "<|assistant|>";

impl Dialect {
    /// What the reply to a request begins with; none where the model begins anew.
    ///
    /// # Errors
    /// The server refuses it, in words.
    pub(crate) fn beginning(self, body: &Value) -> Result<Option<Beginning>, String> {
        if let Some(prompt) = body.get("prompt").and_then(Value::as_str) {
            return Ok(Some(Beginning::of_prompt(prompt)));
        }
        let last = body.pointer("/messages").and_then(Value::as_array).and_then(|messages| messages.last());
        let Some(last) = last.filter(|message| message["role"] == "assistant") else { return Ok(None) };
        let goes_on = match self {
            Self::Restarts => false,
            Self::Vllm => body["continue_final_message"] == true && body["add_generation_prompt"] == false,
            Self::Llamacpp => true,
            Self::Deepseek => last["prefix"] == true,
            Self::Refuses => return Err("the last message must be by the user".to_owned()),
        };
        Ok(goes_on.then(|| Beginning::of_message(last)))
    }

    /// It repeats the beginning of a reply in one piece.
    pub(crate) fn echoes(self) -> bool {
        self == Self::Llamacpp
    }

    /// It names the stop text.
    pub(crate) fn tells_stop(self) -> bool {
        self == Self::Vllm
    }

    /// It renders prompts and completes them.
    pub(crate) fn completes(self) -> bool {
        self == Self::Llamacpp
    }
}

/// A conversation as a prompt.
pub(crate) fn rendered(body: &Value) -> String {
    let messages = body["messages"].as_array().into_iter().flatten();
    let turn = |message: &Value| {
        let text = |key| message[key].as_str().map(str::to_owned).unwrap_or_default();
        format!("<|{}|>{}\n", text("role"), text("content"))
    };
    messages.map(turn).chain([TURN.to_owned()]).collect()
}

/// The last question of a rendered prompt.
pub(crate) fn question_in(prompt: &str) -> Option<&str> {
    let (before, _) = prompt.rsplit_once(TURN)?;
    before.rsplit_once("<|user|>").map(|(_, question)| question.trim())
}

impl Beginning {
    pub(crate) fn of_message(message: &Value) -> Self {
        let text = |key| message[key].as_str().map(str::to_owned).unwrap_or_default();
        let (thinking, text) = (text("reasoning_content"), text("content"));
        let inside = text.is_empty() && !thinking.is_empty();
        Self { thinking, text, inside }
    }

    fn of_prompt(prompt: &str) -> Self {
        let begun = prompt.rsplit_once(TURN).map_or("", |(_, begun)| begun);
        let Some(inside) = begun.strip_prefix("<think>\n") else {
            return Self { text: begun.to_owned(), ..Self::default() };
        };
        match inside.split_once("\n</think>\n\n") {
            Some((thinking, text)) => {
                Self { thinking: thinking.to_owned(), text: text.to_owned(), inside: false }
            }
            None => Self { thinking: inside.to_owned(), text: String::new(), inside: true },
        }
    }

    /// What was thought.
    pub(crate) fn thinking(&self) -> &str {
        &self.thinking
    }

    /// What was said.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// It is the thinking that goes on.
    pub(crate) fn is_inside(&self) -> bool {
        self.inside
    }

    /// Everything in it.
    fn all(&self) -> String {
        format!("{}{}", self.thinking, self.text)
    }

    /// What the model says next, who would have said `whole`. A box that is demanded holds the right answer if the thinking got
    /// as far as that; a word that is cut off is ended.
    pub(crate) fn go_on(&self, whole: Said) -> Said {
        if let Some(said) = self.ended_word() {
            return if self.inside { Said { content: whole.content, ..said } } else { said };
        }
        if self.text.ends_with("\\boxed{") && !whole.content.starts_with(&self.text) {
            let answer = boxed(&whole.content);
            let known = self.all().contains(&format!("= {answer}"));
            return Said::plain(format!("{}}}.", if known { answer } else { "0" }));
        }
        let rest = |text: String, begun: &str| text.strip_prefix(begun).map(str::to_owned).unwrap_or(text);
        match self.inside {
            true => Said { reasoning: rest(whole.reasoning, &self.thinking), ..whole },
            false => Said::plain(rest(whole.content, &self.text)),
        }
    }

    /// The rest of a word that is cut off.
    pub(crate) fn ended_word(&self) -> Option<Said> {
        let end = self.word()?;
        Some(if self.inside { Said::thought(end, "") } else { Said::plain(end) })
    }

    /// The same; of a word that stood in the thinking only where that was seen.
    fn word(&self) -> Option<&'static str> {
        let all = self.all();
        match () {
            () if all.ends_with("Par") => Some("is."),
            () if all.ends_with("number is 48") => Some(if all.contains("4871") { "71." } else { "25." }),
            () => None,
        }
    }

    /// The same of a server whose template passes over thinking that it is sent.
    pub(crate) fn without_thinking(self) -> Self {
        if self.inside { Self::default() } else { Self { thinking: String::new(), ..self } }
    }

    /// The reply behind its beginning.
    pub(crate) fn repeated(&self, (thinking, text): (Option<String>, String)) -> (Option<String>, String) {
        let thinking = thinking.map(|thinking| format!("{}{thinking}", self.thinking));
        let thinking = thinking.or_else(|| Some(self.thinking.clone()).filter(|text| !text.is_empty()));
        (thinking, format!("{}{text}", self.text))
    }
}

fn boxed(answer: &str) -> &str {
    let inside = answer.split_once("\\boxed{").map_or("", |(_, inside)| inside);
    inside.split('}').next().unwrap_or_default()
}

/// A reply within the limits of its request, a token being a word: those of `keys` for the thinking, `max_tokens`, and stop
/// texts of the answer. The second value is the stop text that ended it.
pub(crate) fn limited(mut said: Said, asked: &Asked, keys: &[String]) -> (Said, Option<String>) {
    let at = |path: &String| asked.body.pointer(&format!("/{}", path.replace('.', "/")))?.as_u64();
    if let Some(budget) = keys.iter().find_map(at) {
        said.reasoning = words(&said.reasoning, budget as usize).to_owned();
    }
    let stops = asked.body["stop"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let found = stops.filter_map(|stop| Some((said.content.find(stop)?, stop))).min();
    if let Some((end, _)) = found {
        said.content.truncate(end);
    }
    let Some(most) = asked.body["max_tokens"].as_u64() else {
        return (said, found.map(|(_, stop)| stop.to_owned()));
    };
    let thinking = said.reasoning.split_whitespace().count();
    let answer = said.content.split_whitespace().count();
    if thinking + answer <= most as usize {
        return (said, found.map(|(_, stop)| stop.to_owned()));
    }
    said.reasoning = words(&said.reasoning, most as usize).to_owned();
    said.content = words(&said.content, (most as usize).saturating_sub(thinking)).to_owned();
    said.finish = Some("length".to_owned());
    (said, None)
}

/// The first words of a text.
fn words(text: &str, most: usize) -> &str {
    let (mut count, mut inside) = (0, false);
    for (at, c) in text.char_indices() {
        if !c.is_whitespace() && !inside {
            if count == most {
                return text[..at].trim_end();
            }
            count += 1;
        }
        inside = !c.is_whitespace();
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(body: Value) -> Asked {
        Asked { body, ..Asked::default() }
    }

    #[test]
    fn words_are_counted_and_kept_as_they_stand() {
        let check = |most, expect| assert_eq!(words("a  bc\n\nd ", most), expect, "{most}");
        check(0, "");
        check(1, "a");
        check(2, "a  bc");
        check(3, "a  bc\n\nd ");
    }

    #[test]
    fn limits_cut_the_thinking_first_and_name_what_ended_the_reply() {
        let check =
            |body: Value, reasoning: &str, content: &str, finish: Option<&str>, stop: Option<&str>| {
                let keys = ["a.budget".to_owned()];
                let (said, by) = limited(Said::thought("one two three", "four five"), &asked(body), &keys);
                assert_eq!((said.reasoning.as_str(), said.content.as_str()), (reasoning, content));
                assert_eq!((said.finish.as_deref(), by.as_deref()), (finish, stop));
            };
        check(json!({}), "one two three", "four five", None, None);
        check(json!({"max_tokens": 2}), "one two", "", Some("length"), None);
        check(json!({"max_tokens": 4}), "one two three", "four", Some("length"), None);
        check(json!({"stop": [" five"]}), "one two three", "four", None, Some(" five"));
        check(json!({"a": {"budget": 1}}), "one", "four five", None, None);
    }

    #[test]
    fn a_rendered_prompt_holds_question_and_beginning() {
        let body = json!({"messages": [{"role": "user", "content": "1 + 1?"}]});
        let prompt = rendered(&body) + "<think>\nhm\n</think>\n\nIt is ";
        assert_eq!(question_in(&prompt), Some("1 + 1?"));
        let beginning = Dialect::Llamacpp.beginning(&json!({"prompt": prompt})).unwrap().unwrap();
        assert_eq!((beginning.thinking.as_str(), beginning.text.as_str()), ("hm", "It is "));
    }

    #[test]
    fn a_demanded_answer_is_right_where_the_thinking_got_there() {
        let beginning = |thinking: &str| Beginning {
            thinking: thinking.to_owned(),
            text: "The final answer is \\boxed{".to_owned(),
            inside: false,
        };
        let whole = Said::thought("1 + 1 = 2. Wait.", "It is \\boxed{2}.");
        assert_eq!(beginning("1 + 1 = 2.").go_on(whole.clone()).content, "2}.");
        assert_eq!(beginning("1 + 1").go_on(whole).content, "0}.");
    }
}
