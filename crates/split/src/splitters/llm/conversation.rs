//! The conversation about one text: a question for each window, asked again or cut otherwise where it fails.

use std::ops::Range;

use chat::{CallError, ChatReply, ChatRequest, Dialogue, Message, Next, Question, Replies};
use prompt::Value;

use super::align::{Found, align};
use super::pieces::Pieces;
use super::{LlmSplitter, question, reply};
use crate::{Cut, spans};

/// Of so many pieces and more not nearly all can begin a step: who names them all has copied the text.
const MANY: usize = 8;

/// How the question about a window stands.
enum State {
    /// To be asked with these messages.
    Open(Vec<Message>),
    /// These places were named.
    Read(Found),
    /// It is cut by the fallback.
    FellBack(String),
}

struct Window {
    pieces: Range<usize>,
    reasked: u32,
    state: State,
}

pub(super) struct Conversation<'a> {
    splitter: &'a LlmSplitter,
    pieces: Pieces<'a>,
    windows: Vec<Window>,
    /// A call failed that may succeed another time.
    lost: bool,
}

impl<'a> Conversation<'a> {
    pub(super) fn new(splitter: &'a LlmSplitter, text: &'a str) -> Self {
        let pieces = Pieces::new(text, splitter.sentences.spans(text));
        let ranges = match pieces.len() {
            // A single piece is a single step.
            0 | 1 => Vec::new(),
            _ => pieces.windows(splitter.window_tokens, splitter.context_pieces),
        };
        let mut conversation = Self { splitter, pieces, windows: Vec::new(), lost: false };
        conversation.windows = ranges.into_iter().map(|pieces| conversation.window(pieces)).collect();
        conversation
    }

    /// A window that has not been asked about.
    fn window(&self, pieces: Range<usize>) -> Window {
        let state = match self.splitter.prompts.ask(&self.values(&pieces)) {
            Ok(question) => State::Open(question),
            Err(problem) => State::FellBack(problem),
        };
        Window { pieces, reasked: 0, state }
    }

    /// What is shown of a window.
    fn values(&self, window: &Range<usize>) -> Value {
        question::values(&self.pieces, window.start.saturating_sub(self.splitter.context_pieces), window)
    }

    /// Takes the reply about a window; where the context overflows, two windows of half the size take its place.
    fn take(&mut self, window: Window, reply: &Result<ChatReply, CallError>) -> Vec<Window> {
        match reply {
            Ok(reply) => vec![self.heard(window, reply)],
            Err(CallError::ContextTooLong { .. }) if window.pieces.len() > 1 => {
                let Range { start, end } = window.pieces;
                let middle = start + (end - start) / 2;
                vec![self.window(start..middle), self.window(middle..end)]
            }
            Err(error) => {
                self.lost |= !error.is_final();
                vec![Window { state: State::FellBack(error.reason()), ..window }]
            }
        }
    }

    fn heard(&self, window: Window, reply: &ChatReply) -> Window {
        let state = match self.read(&window.pieces, reply) {
            Ok(found) => State::Read(found),
            Err(reason) if window.reasked < self.splitter.reasks => {
                let values = self.values(&window.pieces);
                match self.splitter.prompts.ask_again(&values, &reply.content, &reason) {
                    Ok(messages) => State::Open(messages),
                    Err(problem) => State::FellBack(problem),
                }
            }
            Err(reason) => State::FellBack(reason),
        };
        Window { reasked: window.reasked + 1, state, ..window }
    }

    fn read(&self, window: &Range<usize>, reply: &ChatReply) -> Result<Found, String> {
        let named = reply::read(&reply.content)?;
        if reply.finish == tables::Finish::Length {
            return Err("the token limit cut the reply".to_owned());
        }
        if named.is_empty() && window.start == 0 {
            return Err("the reply names no piece".to_owned());
        }
        let found = align(&self.pieces, window, &named);
        if found.missed > found.cuts.len() {
            let all = named.len();
            return Err(format!("{} of the {all} places that it names are not in the text", found.missed));
        }
        if window.len() >= MANY && found.cuts.len() * 10 > window.len() * 9 {
            return Err(format!("it names {} of {} pieces", found.cuts.len(), window.len()));
        }
        Ok(found)
    }

    fn questions(&self) -> Vec<Question> {
        let open = self.windows.iter().filter_map(|window| match &window.state {
            State::Open(messages) => Some(messages.clone()),
            _ => None,
        });
        let sampling = &self.splitter.sampling;
        open.map(|messages| Question::new(ChatRequest::new(messages, sampling.clone(), 0))).collect()
    }

    fn cut(&self) -> Cut {
        let text = self.pieces.text;
        let mut cuts = Vec::new();
        let mut otherwise: Option<Vec<Range<usize>>> = None;
        for window in &self.windows {
            match &window.state {
                State::Read(found) => cuts.extend(found.cuts.iter().copied()),
                State::FellBack(_) | State::Open(_) => {
                    let spans = otherwise.get_or_insert_with(|| self.splitter.fallback.spans(text));
                    let bytes = self.pieces.bytes(&window.pieces);
                    cuts.extend(spans.iter().map(|span| span.start).filter(|start| bytes.contains(start)));
                }
            }
        }
        cuts.sort_unstable();
        cuts.dedup();
        Cut { spans: spans::cut_at(text, cuts), note: self.note(), lost: self.lost }
    }

    /// Where the model was of no use.
    fn note(&self) -> Option<String> {
        let kind = self.splitter.fallback_kind;
        let mut notes = Vec::new();
        let mut missed = 0;
        for Window { pieces, state, .. } in &self.windows {
            match state {
                State::FellBack(reason) => {
                    notes.push(format!(
                        "pieces {} to {} by `{kind}`: {reason}",
                        pieces.start,
                        pieces.end - 1
                    ));
                }
                State::Read(found) => missed += found.missed,
                State::Open(_) => {}
            }
        }
        if missed > 0 {
            notes.push(format!("{missed} of the places that the model names are not in the text"));
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

impl Dialogue<Cut> for Conversation<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Cut> {
        let mut replies = replies.iter();
        for window in std::mem::take(&mut self.windows) {
            let reply = if matches!(window.state, State::Open(_)) { replies.next() } else { None };
            let windows = match reply {
                Some(reply) => self.take(window, reply),
                None => vec![window],
            };
            self.windows.extend(windows);
        }
        let questions = self.questions();
        if questions.is_empty() { Next::Done(self.cut()) } else { Next::Ask(questions) }
    }
}
