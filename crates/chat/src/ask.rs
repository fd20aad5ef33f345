//! Whoever is asked: the seam between those who hold conversations and those who carry questions to models.

use std::future::Future;
use std::pin::Pin;

use futures::future::join_all;

use crate::{CallError, ChatReply, Dialogue, Next, Question, Usage};

/// What comes of a question: a reply, a failed call, or nothing because it was time to stop before it was asked.
pub type Answer = Option<Result<ChatReply, CallError>>;

/// An answer on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Carries questions to models. `llm` does it over HTTP; a test makes the answers up.
pub trait Ask: Sync {
    /// Asks one question, unless it is time to stop.
    fn ask<'a>(&'a self, question: &'a Question) -> Answering<'a>;

    /// Rows that may be under way at this moment: several times as many as calls, for some of them wait for their
    /// reply to be stored, and a queue that is empty for a moment is a server that idles.
    fn rows_at_once(&self) -> usize;

    /// Nothing new may start.
    fn stopping(&self) -> bool;

    /// The call that showed that a model is out of reach, or that the money is spent.
    fn dead(&self) -> Option<CallError> {
        None
    }

    /// Questions that were written down since it was made, to be asked later.
    fn deferred(&self) -> u64 {
        0
    }

    /// Drives work to its end wherever calls can be made.
    fn block_on(&self, work: Pin<Box<dyn Future<Output = ()> + '_>>);
}

/// Asks all these at once and waits for the last; `None` if there was no time left for one of them.
pub async fn ask_all(
    ask: &(impl Ask + ?Sized),
    questions: &[Question],
) -> Option<Vec<Result<ChatReply, CallError>>> {
    join_all(questions.iter().map(|question| ask.ask(question))).await.into_iter().collect()
}

/// What a dialogue came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation<T> {
    /// Its result; `None` if it went on beyond [`Dialogue::most_rounds`].
    pub value: Option<T>,
    /// What it took.
    pub usage: Usage,
}

/// Plays a dialogue to its end; `None` if there was no time left for its questions.
pub async fn run_dialogue<T>(
    ask: &(impl Ask + ?Sized),
    mut dialogue: impl Dialogue<T>,
) -> Option<Conversation<T>> {
    let mut usage = Usage::default();
    let mut replies = Vec::new();
    for _ in 0..=dialogue.most_rounds() {
        match dialogue.next(&replies) {
            Next::Done(value) => return Some(Conversation { value: Some(value), usage }),
            Next::Ask(questions) => {
                replies = ask_all(ask, &questions).await?;
                usage.add(&replies);
            }
        }
    }
    Some(Conversation { value: None, usage })
}
