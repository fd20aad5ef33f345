//! Conversations of a splitter with its models, a chunk of texts at a time.

use chat::{Ask, CallError, ChatReply, Dialogue, Next};
use rayon::prelude::*;
use tables::stage::Blame;

use crate::{Cut, SplitError, Splitter};

/// More rounds of questions than any conversation needs.
const MOST_ROUNDS: usize = 64;

/// Whom a splitter's questions are put to.
#[derive(Clone, Copy)]
pub struct Models<'a> {
    /// Asks.
    pub ask: &'a dyn Ask,
    /// Why no more can be asked, if so; heard when [`Ask::ask_all`] gives nothing, and before a table is published.
    pub stop: &'a (dyn Fn() -> Result<(), SplitError> + Sync),
}

/// The conversation about one text.
struct Talk<'a> {
    dialogue: Box<dyn Dialogue<Cut> + 'a>,
    replies: Vec<Result<ChatReply, CallError>>,
    next: Option<Next<Cut>>,
}

impl<'a> Talk<'a> {
    fn new(dialogue: Box<dyn Dialogue<Cut> + 'a>) -> Self {
        Self { dialogue, replies: Vec::new(), next: None }
    }

    fn is_over(&self) -> bool {
        matches!(self.next, Some(Next::Done(_)))
    }

    fn go_on(&mut self) {
        if !self.is_over() {
            self.next = Some(self.dialogue.next(&std::mem::take(&mut self.replies)));
        }
    }

    fn cut(self) -> Option<Cut> {
        match self.next {
            Some(Next::Done(cut)) => Some(cut),
            _ => None,
        }
    }
}

/// Holds the conversations about all texts at once, in rounds; `None` where they did not end.
pub(crate) fn cut_all<'a>(
    splitter: &'a dyn Splitter,
    texts: &[&'a str],
    models: Option<Models<'_>>,
) -> Result<Vec<Option<Cut>>, SplitError> {
    let mut talks: Vec<Talk<'a>> = texts.par_iter().map(|text| Talk::new(splitter.open(text))).collect();
    for _ in 0..MOST_ROUNDS {
        talks.par_iter_mut().for_each(Talk::go_on);
        if talks.iter().all(Talk::is_over) {
            break;
        }
        ask(&mut talks, models)?;
    }
    Ok(talks.into_iter().map(Talk::cut).collect())
}

/// Puts the questions of all conversations and hands out the replies.
fn ask(talks: &mut [Talk<'_>], models: Option<Models<'_>>) -> Result<(), SplitError> {
    let Some(Models { ask, stop }) = models else {
        let reason = "nobody was named to ask".to_owned();
        return Err(SplitError::Unanswered { reason, blame: Blame::Other });
    };
    let (mut questions, mut counts) = (Vec::new(), Vec::new());
    for talk in talks.iter_mut() {
        let asked = match &mut talk.next {
            Some(Next::Ask(asked)) => std::mem::take(asked),
            _ => Vec::new(),
        };
        counts.push(asked.len());
        questions.extend(asked);
    }
    let Some(replies) = ask.ask_all(&questions) else {
        stop()?;
        let reason = "its questions were not answered".to_owned();
        return Err(SplitError::Unanswered { reason, blame: Blame::Other });
    };
    let mut replies = replies.into_iter();
    for (talk, count) in talks.iter_mut().zip(counts) {
        talk.replies = replies.by_ref().take(count).collect();
    }
    Ok(())
}
