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
//! - Several messages of thinking (Harmony) are one thinking, each a paragraph: the notation between them is no thinking.
//! - Blank thinking is none: the model was given room to think, and did not.
//! - Thinking that the server counts and does not show, or of which it sends a summary or a sealed text, is hidden.

mod divide;
mod marks;
mod survey;
mod tags;
mod unknown;

pub use chat::Tags;
pub use divide::{Parts, divide};
pub use survey::{Conclusion, Survey};
pub use tags::{OpenInPrompt, Think};
pub use unknown::UnknownTag;

use chat::shape::{OMITTED, is_hidden};
use tables::{Generation, Reply};

/// How the replies of one model are divided: the tags that it uses, and whether its prompt ends in the
/// opening one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// The tags.
    pub tags: Tags,
    /// Other pairs, for replies that have none of those and open with one of these.
    pub others: Vec<Tags>,
    /// Whether a reply may start in the middle of the thinking.
    pub open_in_prompt: OpenInPrompt,
}

impl Format {
    /// These tags and no others.
    pub fn new(tags: Tags, open_in_prompt: OpenInPrompt) -> Self {
        Self { tags, others: Vec::new(), open_in_prompt }
    }
}

/// A raw reply as a generation of `model`, thinking and answer told apart.
pub fn generation(reply: Reply, model: &str, format: &Format) -> Generation {
    let Apart { reasoning, answer: answer_text, source: reasoning_source } = apart(&reply, format);
    let tokens_per_second = speed(&reply);
    let stated_confidence = answer::stated_confidence(&answer_text);
    Generation {
        problem_id: reply.problem_id,
        sample: reply.sample,
        model: model.to_owned(),
        trace_id: reply.trace_id,
        reasoning,
        answer_text,
        reasoning_source,
        finish: reply.finish,
        finish_word: reply.finish_word,
        error: reply.error,
        prompt_tokens: reply.prompt_tokens,
        cached_prompt_tokens: reply.cached_prompt_tokens,
        completion_tokens: reply.completion_tokens,
        reasoning_tokens: reply.reasoning_tokens,
        seconds: reply.seconds,
        first_token_seconds: reply.first_token_seconds,
        tokens_per_second,
        strategy: reply.strategy,
        demand: reply.demand,
        forced_at: reply.forced_at,
        estimate_tokens: reply.estimate_tokens,
        logprob_mean: reply.logprob_mean,
        logprob_tokens: reply.logprob_tokens,
        answer_logprob: reply.answer_logprob,
        confidence_mean: reply.confidence_mean,
        confidence_tail: reply.confidence_tail,
        confidence_lowest: reply.confidence_lowest,
        confidence_bottom: reply.confidence_bottom,
        stated_confidence,
        drawn: reply.drawn,
        stopped: reply.stopped,
        drawn_first: reply.drawn_first,
        drawn_at_once: reply.drawn_at_once,
        // Follows from the problem, which whoever writes the table knows.
        permutation: None,
        extra: reply.extra,
    }
}

/// A raw reply that is looked at before the others are there, and how it was divided: it alone says what marks its thinking.
pub fn alone(reply: Reply, think: &Think) -> (Generation, Format) {
    let mut survey = Survey::new(think);
    survey.add(&reply);
    let format = survey.conclude().format;
    (generation(reply, "", &format), format)
}

/// Tokens a second, where both were counted.
fn speed(reply: &Reply) -> Option<f64> {
    let seconds = reply.seconds.filter(|seconds| *seconds > 0.0)?;
    Some(reply.completion_tokens? as f64 / seconds)
}

/// The thinking that the source keeps in a field of its own, or what it shows in its place; a blank field is none.
fn field(reply: &Reply) -> Option<&str> {
    reply.reasoning.as_deref().filter(|reasoning| !reasoning.trim().is_empty())
}

/// A reply, thinking and answer apart.
struct Apart {
    reasoning: String,
    answer: String,
    source: String,
}

impl Apart {
    /// Without thinking that anybody saw.
    fn unseen(source: &str, answer: String) -> Self {
        Self { reasoning: String::new(), answer, source: source.to_owned() }
    }
}

fn apart(reply: &Reply, format: &Format) -> Apart {
    if reply.finish == tables::Finish::Error && reply.content.is_empty() {
        return Apart::unseen(Generation::NO_REASONING, String::new());
    }
    match field(reply) {
        Some(_) if is_sealed(reply) => Apart::unseen(Generation::HIDDEN, reply.content.clone()),
        Some(reasoning) => by_field(reply, reasoning, format),
        None => by_text(reply, format),
    }
}

/// Something stands in the place of the thinking; an item without anything in it only where no count speaks against it.
fn is_sealed(reply: &Reply) -> bool {
    let unsaid = |field: &str| field.ends_with(OMITTED) && reply.reasoning_tokens == Some(0);
    reply.reasoning_field.as_deref().is_some_and(|field| is_hidden(field) && !unsaid(field))
}

/// The server counts more tokens of thinking than `shown` bytes of it could hold, a byte being the least that a token
/// is: what is shown cannot be all of it.
fn counts_more(reply: &Reply, shown: usize) -> bool {
    reply.reasoning_tokens.is_some_and(|tokens| tokens > shown as u64)
}

fn by_field(reply: &Reply, reasoning: &str, format: &Format) -> Apart {
    let answer = behind_repeated(reasoning, &reply.content, format).to_owned();
    if counts_more(reply, reasoning.len() + NOTATION) {
        return Apart::unseen(Generation::HIDDEN, answer);
    }
    let name = reply.reasoning_field.as_deref().unwrap_or("reasoning");
    Apart { reasoning: reasoning.to_owned(), answer, source: format!("field:{name}") }
}

/// Tokens of tags and the like that servers count into the thinking.
const NOTATION: usize = 32;

fn by_text(reply: &Reply, format: &Format) -> Apart {
    let text = &reply.content;
    let parts = divide(text, format);
    let reasoning = parts.thinking(text);
    let answer = text.get(parts.answer.clone()).unwrap_or_default().to_owned();
    let thinks = parts.source != Generation::NO_REASONING;
    // All that stands before the answer may have been counted.
    let shown = if thinks { parts.answer.start } else { 0 };
    if is_sealed(reply) || counts_more(reply, shown) {
        return Apart::unseen(Generation::HIDDEN, answer);
    }
    let blank = is_blank(&reasoning, &format.tags);
    let omitted = reply.reasoning_field.as_deref().is_some_and(|field| field.ends_with(OMITTED));
    let room = thinks || reply.reasoning.is_some() || omitted;
    if blank && room && parts.source != Generation::UNCLOSED {
        return Apart { reasoning, answer, source: Generation::BLANK.to_owned() };
    }
    Apart { reasoning, answer, source: parts.source.to_owned() }
}

/// Nothing but blanks and, between several blank blocks, tags.
fn is_blank(reasoning: &str, tags: &Tags) -> bool {
    let pair = [tags.open.trim(), tags.close.trim()];
    let mut rest = reasoning.trim_start();
    // It ends at the first word: hardly any thinking is read further.
    while let Some(after) = pair.iter().filter(|tag| !tag.is_empty()).find_map(|tag| rest.strip_prefix(tag)) {
        rest = after.trim_start();
    }
    rest.is_empty()
}

/// Some servers send the thinking twice, in the field and between tags in front of the answer.
fn behind_repeated<'a>(reasoning: &str, content: &'a str, format: &Format) -> &'a str {
    let parts = divide(content, format);
    let inside = parts.thinking(content);
    let repeated = !inside.trim().is_empty() && inside.trim() == reasoning.trim();
    if repeated { content.get(parts.answer).unwrap_or_default() } else { content }
}

#[cfg(test)]
mod tests;
