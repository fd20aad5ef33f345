//! Telling thinking from answer in a raw reply.
//!
//! The thinking is **exactly** the text between the tags and the answer **exactly** what follows the closing
//! one: slices of the reply, byte for byte, blanks at their edges included. (`\n` after `<think>` belongs to
//! the thinking, `\n\n` after `</think>` to the answer.) So offsets into the thinking can be mapped back to
//! the reply, and nothing is counted that the model did not write.
//!
//! - A provider's own reasoning field wins; the tags in the text are then left alone.
//! - Nested tags are text of the thinking. Several blocks, and what stands between them, are one thinking
//!   from the first opening to the last closing tag: an answer is what a model says when it has *stopped*
//!   thinking. A later block counts only if its tag starts a line, for answers do mention tags.
//! - A closing tag that closes nothing, behind the thinking, is text of the answer.
//! - Text before an opening tag is neither thinking nor answer.

mod divide;
mod survey;
mod tags;

pub use divide::{Parts, divide};
pub use survey::{Conclusion, Survey};
pub use tags::{KNOWN_TAGS, OpenInPrompt, Tags, Think};

use std::ops::Range;

use tables::{Generation, Reply};

/// How the replies of one model are divided: the tags that it uses, and whether its prompt ends in the
/// opening one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// The tags.
    pub tags: Tags,
    /// Whether a reply may start in the middle of the thinking.
    pub open_in_prompt: OpenInPrompt,
}

/// A raw reply as a generation of `model`, thinking and answer told apart.
pub fn generation(reply: Reply, model: &str, format: &Format) -> Generation {
    let (reasoning, answer_text, reasoning_source) = apart(&reply, format);
    let tokens_per_second = speed(&reply);
    Generation {
        problem_id: reply.problem_id,
        sample: reply.sample,
        model: model.to_owned(),
        trace_id: reply.trace_id,
        reasoning,
        answer_text,
        reasoning_source,
        finish: reply.finish,
        error: reply.error,
        prompt_tokens: reply.prompt_tokens,
        cached_prompt_tokens: reply.cached_prompt_tokens,
        completion_tokens: reply.completion_tokens,
        reasoning_tokens: reply.reasoning_tokens,
        seconds: reply.seconds,
        first_token_seconds: reply.first_token_seconds,
        tokens_per_second,
        extra: reply.extra,
    }
}

/// Tokens a second, where both were counted.
fn speed(reply: &Reply) -> Option<f64> {
    let seconds = reply.seconds.filter(|seconds| *seconds > 0.0)?;
    Some(reply.completion_tokens? as f64 / seconds)
}

/// The thinking that the source keeps in a field of its own; a blank field is none.
fn field(reply: &Reply) -> Option<&str> {
    reply.reasoning.as_deref().filter(|reasoning| !reasoning.trim().is_empty())
}

fn apart(reply: &Reply, format: &Format) -> (String, String, String) {
    if reply.finish == tables::Finish::Error && reply.content.is_empty() {
        return (String::new(), String::new(), Generation::NO_REASONING.to_owned());
    }
    let Some(reasoning) = field(reply) else {
        let parts = divide(&reply.content, format);
        let slice = |range: Range<usize>| reply.content.get(range).unwrap_or_default().to_owned();
        return (slice(parts.reasoning), slice(parts.answer), parts.source.to_owned());
    };
    let name = reply.reasoning_field.as_deref().unwrap_or("reasoning");
    (
        reasoning.to_owned(),
        behind_repeated(reasoning, &reply.content, format).to_owned(),
        format!("field:{name}"),
    )
}

/// Some servers send the thinking twice, in the field and between tags in front of the answer.
fn behind_repeated<'a>(reasoning: &str, content: &'a str, format: &Format) -> &'a str {
    let parts = divide(content, format);
    let inside = content.get(parts.reasoning).unwrap_or_default().trim();
    let repeated = !inside.is_empty() && inside == reasoning.trim();
    if repeated { content.get(parts.answer).unwrap_or_default() } else { content }
}

#[cfg(test)]
mod tests;
