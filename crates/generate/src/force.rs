//! The answer that is demanded behind thinking that was ended, be it the model's own of a moment ago or recorded.

use std::sync::Arc;

use chat::{
    CallError, ChatReply, ChatRequest, Continuation, Dialogue, Message, Next, Place, Question, Replies,
    Sampling, Style,
};
use tables::{Finish, Generation, Reply};
use tokens::Tokenizer;

use crate::manner::{Force, Manner};
use crate::reply::{failed, row};
use crate::think::{self, Format, Think};

/// A reply that goes on.
pub(crate) struct Begun {
    /// What it took so far.
    reply: Reply,
    /// Tokens of the prompt behind which it goes on; of a recorded reply, which may have had another one, 0.
    before: Option<u64>,
    beginning: Continuation,
    /// The most tokens of what is still to come.
    most: Option<u64>,
}

/// What becomes of a reply at the budget.
pub(crate) enum AtBudget {
    /// It is over by then, or cannot go on.
    Stays(Box<Reply>),
    /// It goes on.
    GoesOn(Box<Begun>),
}

/// Asks for thinking unless there is some, then for the answer.
pub(crate) struct Forced<'a> {
    pub(crate) messages: Arc<Vec<Message>>,
    pub(crate) manner: &'a Manner,
    pub(crate) force: &'a Force,
    pub(crate) sampling: &'a Sampling,
    pub(crate) think: &'a Think,
    pub(crate) sample: u32,
    pub(crate) begun: Option<Box<Begun>>,
}

impl Dialogue<Vec<Reply>> for Forced<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Reply>> {
        match (replies.first(), self.begun.take()) {
            (None, None) => self.ask(Some(self.force.tokens), None),
            (None, Some(begun)) => self.go_on(begun),
            (Some(Err(error)), None) => Next::Done(vec![failed(error.reason(), self.sample, self.manner)]),
            (Some(Ok(reply)), None) => match self.at_budget(reply) {
                AtBudget::Stays(reply) => Next::Done(vec![*reply]),
                AtBudget::GoesOn(begun) => self.go_on(begun),
            },
            (Some(answer), Some(begun)) => Next::Done(vec![begun.ended(answer.clone(), self.manner)]),
        }
    }
}

impl Forced<'_> {
    fn ask(&self, most: Option<u64>, continues: Option<Continuation>) -> Next<Vec<Reply>> {
        let sampling = Sampling { max_tokens: most, ..self.sampling.clone() };
        let request = ChatRequest::new(self.messages.to_vec(), sampling, self.sample);
        let followed_by = u32::from(continues.is_none());
        Next::Ask(vec![Question::new(ChatRequest { continues, followed_by, ..request })])
    }

    fn go_on(&mut self, begun: Box<Begun>) -> Next<Vec<Reply>> {
        let asked = self.ask(begun.most, Some(begun.beginning.clone()));
        self.begun = Some(begun);
        asked
    }

    /// A reply that was asked for no more tokens than may be thought.
    fn at_budget(&self, reply: &ChatReply) -> AtBudget {
        let Force { tokens, cue, answer_tokens, .. } = self.force;
        let shorter = reply.completion_tokens.is_some_and(|count| count < *tokens);
        let whole = reply.finish == Finish::Stop || (reply.finish == Finish::Unknown && shorter);
        let reply = row(Ok(reply.clone()), self.sample, Some(self.manner));
        if whole {
            return AtBudget::Stays(Box::new(reply));
        }
        let (generation, format) = think::alone(reply.clone(), self.think);
        let place = match place_of(&reply, &generation, &format) {
            Ok(place) => place,
            Err(why) => return fails(reply, why, self.manner),
        };
        let closed = !generation.unclosed() && !generation.answer_text.trim().is_empty();
        let (beginning, most) = match place {
            // The thinking kept to the budget, and the limit cut the answer behind it: that goes on as the model likes.
            Place::Field | Place::Between { .. } if closed => {
                let left = self.sampling.max_tokens.map(|most| most.saturating_sub(*tokens).max(1));
                (Continuation { thinking: reply.reasoning.clone(), text: Some(reply.content.clone()) }, left)
            }
            Place::Text => (place.closing(&reply.content, cue), Some(*answer_tokens)),
            _ => (place.closing(&generation.reasoning, cue), Some(*answer_tokens)),
        };
        let before = reply.prompt_tokens;
        AtBudget::GoesOn(Box::new(Begun { reply, before, beginning, most }))
    }
}

impl Force {
    /// A recorded reply, whose thinking is cut where the budget ends.
    ///
    /// # Errors
    /// The tokenizer gives up.
    pub(crate) fn at_recorded(
        &self,
        recorded: Reply,
        format: &Format,
        manner: &Manner,
        tokenizer: &Tokenizer,
    ) -> Result<AtBudget, String> {
        let (strategy, demand) = (Some(manner.label.clone()), Some(manner.demand));
        let reply = Reply { strategy, demand, forced_at: manner.forced_at(), ..recorded };
        let generation = think::generation(reply.clone(), "", format);
        let place = match place_of(&reply, &generation, format) {
            _ if generation.failed() => return Ok(AtBudget::Stays(Box::new(reply))),
            Ok(place) => place,
            Err(why) => return Ok(fails(reply, why, manner)),
        };
        let Some(thought) = cut(generation.thought(), self.tokens, tokenizer)? else {
            return Ok(AtBudget::Stays(Box::new(reply)));
        };
        let beginning = place.closing(thought, &self.cue);
        // What asking for all of it would take: the thinking by the tokenizer, the rest by the server; its prompt where that was
        // recorded, else unknown.
        let reply = Reply {
            completion_tokens: Some(self.tokens),
            cached_prompt_tokens: None,
            reasoning_tokens: None,
            seconds: None,
            first_token_seconds: None,
            ..reply
        };
        Ok(AtBudget::GoesOn(Box::new(Begun {
            reply,
            before: Some(0),
            beginning,
            most: Some(self.answer_tokens),
        })))
    }
}

impl Begun {
    /// The row of the whole reply. What the answer cost counts, and what was paid before it.
    fn ended(self, answer: Result<ChatReply, CallError>, manner: &Manner) -> Reply {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return unanswered(&self.reply, error.reason(), manner),
        };
        if let Some(why) = self.dropped(&answer) {
            return unanswered(&self.reply, why, manner);
        }
        let Self { reply, beginning, .. } = self;
        let both = |a: Option<u64>, b: Option<u64>| Some(a? + b?);
        let text = beginning.text.unwrap_or_default();
        let seconds = reply.seconds.map(|seconds| seconds + answer.seconds);
        Reply {
            content: text + &answer.joined(),
            reasoning: beginning.thinking,
            finish: answer.finish,
            finish_word: answer.finish_word,
            prompt_tokens: both(reply.prompt_tokens, answer.prompt_tokens),
            cached_prompt_tokens: both(reply.cached_prompt_tokens, answer.cached_prompt_tokens),
            completion_tokens: both(reply.completion_tokens, answer.completion_tokens),
            seconds,
            ..reply
        }
    }
}

impl Begun {
    /// Some templates pass over the thinking that they are sent, without a word: the prompt is then much shorter than the
    /// thinking and what came before it.
    fn dropped(&self, answer: &ChatReply) -> Option<String> {
        let (thought, before) = (self.reply.completion_tokens?, self.before?);
        let (found, least) = (answer.prompt_tokens?, before + thought / 2);
        (found < least).then(|| {
            format!(
                "the server passes over the thinking that it is to go on with: its prompt has {found} tokens, where {} are \
                 expected; `thinkmeter doctor --continue` looks for another way",
                before + thought
            )
        })
    }
}

/// A row without an answer, with what was paid for.
fn unanswered(reply: &Reply, why: String, manner: &Manner) -> Reply {
    let (prompt_tokens, completion_tokens) = (reply.prompt_tokens, reply.completion_tokens);
    Reply { prompt_tokens, completion_tokens, ..failed(why, reply.sample, manner) }
}

fn fails(reply: Reply, why: &str, manner: &Manner) -> AtBudget {
    AtBudget::Stays(Box::new(unanswered(&reply, why.to_owned(), manner)))
}

/// Where the thinking of a reply stands.
///
/// # Errors
/// Nobody can close it, and why.
fn place_of(reply: &Reply, generation: &Generation, format: &Format) -> Result<Place, &'static str> {
    if generation.hidden() {
        return Err("its thinking is hidden, so nobody can go on with it");
    }
    if generation.reasoning_source.starts_with("field:") {
        return Ok(Place::Field);
    }
    if !generation.thinks() {
        return Ok(Place::Text);
    }
    let begins = |open: &str| reply.content.trim_start().starts_with(open);
    let tags = format.others.iter().find(|tags| begins(&tags.open)).unwrap_or(&format.tags);
    match tags.style {
        Style::Around | Style::Opened => {
            let open = if begins(&tags.open) { tags.open.clone() } else { String::new() };
            Ok(Place::Between { open, close: tags.close.clone() })
        }
        Style::Messages | Style::Words => {
            Err("its thinking stands in messages of its own, which a text cannot close")
        }
    }
}

/// The text up to the token where the budget ends; none where it ends before.
fn cut<'a>(text: &'a str, tokens: u64, tokenizer: &Tokenizer) -> Result<Option<&'a str>, String> {
    let starts = tokenizer.try_starts(text).map_err(|error| error.to_string())?;
    let end = usize::try_from(tokens).ok().and_then(|tokens| starts.get(tokens));
    let whole = |end: usize| (0..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Ok(end.map(|end| &text[..whole(*end as usize)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinking_is_cut_at_a_token_and_inside_no_character() {
        let tokenizer = Tokenizer::builtin().unwrap();
        let text = "Two and three 🦀 give five, so it is five.";
        for tokens in 1..40_u64 {
            let prefix = cut(text, tokens, &tokenizer).unwrap();
            let all = u64::from(tokenizer.count(text));
            assert_eq!(prefix.is_none(), all <= tokens, "{tokens} of {all}");
            if let Some(prefix) = prefix {
                assert!(text.starts_with(prefix));
                assert!(u64::from(tokenizer.count(prefix)) <= tokens, "{prefix}");
            }
        }
    }
}
