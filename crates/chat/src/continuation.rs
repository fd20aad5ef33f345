//! Going on where a reply left off: what the reply begins with, how a server is told, and how to see whether it does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ChatReply, ChatRequest, Message, Sampling};

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
        let reasoning = reasoning.filter(|text| !text.is_empty());
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

/// A question that costs a few tokens and shows whether a server goes on with a reply. Its beginning ends in the middle of a
/// word: who begins anew says the whole word, and nobody would begin with the same words by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trial {
    /// The reply's text goes on.
    Text,
    /// It goes on behind thinking that is over, and only who saw that knows how.
    BehindThinking,
    /// The same, where the thinking stands between tags in the text.
    BehindTags,
    /// The thinking itself goes on.
    InsideThinking,
}

/// Thinking that chooses two words, and the text that tells them.
const CHOICE: &str = "I take these two words: quartz-banana. That will do.";
const TOLD: &str = "Right, the password is quartz-ban";
/// Tokens of a trial's reply.
const FEW: u64 = 8;

/// What a trial showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The model went on, and the server sent the new text alone.
    GoesOn,
    /// The same, and the server repeated the beginning.
    Echoes,
    /// The model began anew.
    Restarts,
}

impl Trial {
    /// What is asked.
    pub fn request(self) -> ChatRequest {
        let question = match self {
            Self::Text | Self::InsideThinking => "What is the capital of France?",
            Self::BehindThinking | Self::BehindTags => "Make up a password of two words, and tell it to me.",
        };
        let (temperature, max_tokens) = (Some(0.0), Some(FEW));
        let sampling = Sampling { temperature, max_tokens, ..Sampling::default() };
        let request = ChatRequest::new(vec![Message::user(question)], sampling, 0);
        ChatRequest { continues: Some(self.continuation()), ..request }
    }

    fn continuation(self) -> Continuation {
        let sentence = Some("So, to say it in one sentence: the capital of France is Par".to_owned());
        match self {
            Self::Text => Continuation { thinking: None, text: sentence },
            Self::InsideThinking => Continuation { thinking: sentence, text: None },
            Self::BehindThinking => {
                Continuation { thinking: Some(CHOICE.to_owned()), text: Some(TOLD.to_owned()) }
            }
            Self::BehindTags => {
                let text = format!("<think>\n{CHOICE}\n</think>\n\n{TOLD}");
                Continuation { thinking: None, text: Some(text) }
            }
        }
    }

    /// What is missing of the word.
    fn rest(self) -> &'static str {
        if matches!(self, Self::BehindThinking | Self::BehindTags) { "ana" } else { "is" }
    }

    /// What a reply means, its beginning taken off. Servers that parse thinking may file the new text under it, wherever it
    /// went on.
    pub fn tried(self, reply: &ChatReply) -> Tried {
        match reply.joined().starts_with(self.rest()) {
            true if reply.echoed => Tried::Echoes,
            true => Tried::GoesOn,
            false => Tried::Restarts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(reasoning: Option<&str>, content: &str) -> ChatReply {
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
        check((Some("hm"), None), reply(Some("hm, so 5"), "5."), reply(Some(", so 5"), "5."));
        check((Some("hm"), None), reply(Some("so hm"), "5."), reply(Some("so hm"), "5."));
        check((Some("hm"), Some("")), reply(None, "5."), reply(None, "5."));
        check((None, Some("\n")), reply(None, "\n5."), reply(None, "\n5."));
    }

    #[test]
    fn a_trial_tells_going_on_from_beginning_anew() {
        let check = |trial: Trial, came: ChatReply, expect| {
            let stripped = trial.continuation().strip(came.clone());
            assert_eq!(trial.tried(&stripped), expect, "{came:?}");
        };
        let echoed = "So, to say it in one sentence: the capital of France is Paris.";
        check(Trial::Text, reply(None, "is."), Tried::GoesOn);
        check(Trial::Text, reply(Some("is."), ""), Tried::GoesOn);
        check(Trial::Text, reply(None, echoed), Tried::Echoes);
        check(Trial::Text, reply(None, "Paris."), Tried::Restarts);
        check(Trial::Text, reply(Some("The user asks"), "The capital of France is Paris."), Tried::Restarts);
        check(Trial::Text, reply(None, ""), Tried::Restarts);
        check(Trial::BehindThinking, reply(None, "ana."), Tried::GoesOn);
        check(Trial::BehindThinking, reply(None, "d."), Tried::Restarts);
        check(Trial::InsideThinking, reply(Some("is."), "Paris"), Tried::GoesOn);
        check(Trial::InsideThinking, reply(Some(echoed), "Paris"), Tried::Echoes);
        check(Trial::InsideThinking, reply(None, "Paris"), Tried::Restarts);
        check(Trial::InsideThinking, reply(None, "is.</think>Paris"), Tried::GoesOn);
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
