//! Going on where a reply left off: what the reply begins with, and how a server is told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ChatReply;

/// How a reply begins that the model is asked to go on with. Where nothing stands behind the thinking, it is the thinking that
/// goes on; else the thinking is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continuation {
    /// The thinking, of a server that keeps it in a field of its own.
    pub thinking: Option<String>,
    /// The text behind it; of a model that thinks between tags, these and the thinking too.
    pub text: Option<String>,
}

impl Continuation {
    /// It is the thinking that goes on.
    pub fn inside_thinking(&self) -> bool {
        self.text.is_none()
    }

    /// A reply without this beginning: some servers repeat what they were sent, others send the new text alone. A text loses it
    /// if and only if it starts with it; blanks at the edges, which templates trim, do not count.
    pub fn strip(&self, reply: ChatReply) -> ChatReply {
        let (content, text) = without(reply.content, self.text.as_deref());
        let (reasoning, thinking) =
            reply.reasoning.map(|text| without(text, self.thinking.as_deref())).unzip();
        // A template may have put a line break behind thinking that is over.
        let over = thinking == Some(true) && !self.inside_thinking();
        let reasoning =
            reasoning.filter(|text| if over { !text.trim().is_empty() } else { !text.is_empty() });
        let echoed = reply.echoed || text || thinking.unwrap_or(false);
        ChatReply { content, reasoning, echoed, ..reply }
    }
}

/// The server repeats the beginning.
fn starts(text: &str, with: &str) -> bool {
    !with.trim().is_empty() && text.trim_start().starts_with(with.trim())
}

/// The text without its beginning, and whether it was there.
fn without(text: String, beginning: Option<&str>) -> (String, bool) {
    let Some(beginning) = beginning.filter(|beginning| starts(&text, beginning)) else {
        return (text, false);
    };
    // As it was sent, it goes as a whole; trimmed, what was trimmed off is not there to go.
    match text.strip_prefix(beginning) {
        Some(rest) => (rest.to_owned(), true),
        None => (text.trim_start()[beginning.trim().len()..].to_owned(), true),
    }
}

/// How a server is asked to go on with a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// By the address: as providers are known to want it, else as `vllm`, which SGLang and llama.cpp take as well.
    #[default]
    Auto,
    /// The reply's beginning as the last message, with `continue_final_message` and without `add_generation_prompt`.
    Vllm,
    /// The same with `prefix` at that message: DeepSeek's beta, Mistral.
    Prefix,
    /// The beginning as the last message, without any key: llama.cpp.
    Plain,
    /// By `/completions`, behind a prompt that the server renders at `/apply-template`: llama.cpp.
    Completions,
    /// Not at all.
    Never,
}

/// Hosts whose way is known.
const KNOWN: &[(&str, Dialect)] = &[
    ("api.openai.com", Dialect::Never),
    ("api.deepseek.com", Dialect::Prefix),
    ("api.mistral.ai", Dialect::Prefix),
];

impl Dialect {
    /// The dialect of a server at this address; never `auto`.
    pub fn at(self, address: &str) -> Self {
        let known = || KNOWN.iter().find(|(host, _)| address.contains(&format!("//{host}")));
        match self {
            Self::Auto => known().map_or(Self::Vllm, |(_, dialect)| *dialect),
            given => given,
        }
    }

    /// It is what nobody has to write down.
    pub fn is_auto(&self) -> bool {
        *self == Self::Auto
    }

    /// Its word in a pipeline file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Vllm => "vllm",
            Self::Prefix => "prefix",
            Self::Plain => "plain",
            Self::Completions => "completions",
            Self::Never => "never",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn reply(reasoning: Option<&str>, content: &str) -> ChatReply {
        let reasoning = reasoning.map(str::to_owned);
        ChatReply { content: content.to_owned(), reasoning, ..ChatReply::default() }
    }

    #[test]
    fn what_was_sent_is_taken_off_if_and_only_if_the_text_starts_with_it() {
        let check = |(thinking, text): (Option<&str>, Option<&str>), came: ChatReply, expect: ChatReply| {
            let (thinking, text) = (thinking.map(str::to_owned), text.map(str::to_owned));
            let stripped = Continuation { thinking, text }.strip(came.clone());
            assert_eq!(stripped.echoed, stripped.joined() != came.joined());
            assert_eq!(ChatReply { echoed: false, ..stripped }, expect);
        };
        check((None, Some("It is ")), reply(None, "It is 5."), reply(None, "5."));
        check((None, Some("It is ")), reply(None, "5. It is so."), reply(None, "5. It is so."));
        check((None, Some("It is\n")), reply(None, " It is 5."), reply(None, " 5."));
        check((Some("hm"), Some("It is ")), reply(Some("hm"), "It is 5."), reply(None, "5."));
        check((Some("hm"), Some("It is ")), reply(Some("hm\n"), "It is 5."), reply(None, "5."));
        check((Some("hm"), None), reply(Some("hm\n"), "5."), reply(Some("\n"), "5."));
        check((Some("hm"), None), reply(Some("hm, so 5"), "5."), reply(Some(", so 5"), "5."));
        check((Some("hm"), None), reply(Some("so hm"), "5."), reply(Some("so hm"), "5."));
        check((Some("hm"), Some("")), reply(None, "5."), reply(None, "5."));
        check((None, Some("\n")), reply(None, "\n5."), reply(None, "\n5."));
    }

    #[test]
    fn an_address_may_say_how_to_go_on() {
        let check = |dialect: Dialect, address, expect| assert_eq!(dialect.at(address), expect, "{address}");
        check(Dialect::Auto, "http://localhost:8000/v1", Dialect::Vllm);
        check(Dialect::Auto, "https://api.openai.com/v1", Dialect::Never);
        check(Dialect::Auto, "https://api.deepseek.com/beta", Dialect::Prefix);
        check(Dialect::Plain, "https://api.openai.com/v1", Dialect::Plain);
    }

    #[test]
    fn words_are_those_of_a_pipeline_file() {
        use Dialect::{Auto, Completions, Never, Plain, Prefix, Vllm};
        for dialect in [Auto, Completions, Never, Plain, Prefix, Vllm] {
            assert_eq!(serde_json::to_value(dialect).unwrap(), dialect.word());
        }
    }
}
