//! Questions from synchronous code.

use chat::{Ask, CallError, ChatReply, Endpoint, Question};
use futures::TryStreamExt;
use tables::stage::Observer;
use tokio::runtime::Handle;

use crate::{Asked, Desk, Execution, LlmError, Stopped};

/// A [`Desk`] for code that knows no runtime: every call waits for its replies.
pub struct Asker<'a> {
    desk: Desk<'a>,
    runtime: Handle,
}

impl<'a> Asker<'a> {
    /// Makes the clients; nothing is sent yet. The calls run on `runtime`, but never call this from one of its
    /// own threads: they would wait for themselves.
    pub fn new<'e>(
        endpoints: impl IntoIterator<Item = &'e Endpoint>,
        execution: &Execution,
        observer: &'a dyn Observer,
        runtime: Handle,
    ) -> Result<Self, LlmError> {
        Ok(Self { desk: Desk::new(endpoints, execution, observer)?, runtime })
    }

    /// The replies in the order of the questions, of which there may be many: a bounded number is under way.
    pub fn ask_all(&self, questions: &[Question]) -> Result<Vec<Result<ChatReply, CallError>>, Stopped> {
        let ask = |question| async move {
            match self.desk.ask(question).await {
                Asked::Answered(reply) => Ok(Some(reply)),
                Asked::Stopped => Ok(None),
            }
        };
        let replies = self.desk.in_order(questions.iter(), ask);
        let replies: Result<Vec<_>, std::convert::Infallible> = self.runtime.block_on(replies.try_collect());
        self.desk.finish()?;
        // An error of nothing cannot be.
        Ok(replies.unwrap_or_default())
    }

    /// Why no more questions are asked, if so.
    pub fn stopped(&self) -> Option<Stopped> {
        self.desk.finish().err()
    }
}

impl Ask for Asker<'_> {
    fn ask_all(&self, questions: &[Question]) -> Option<Vec<Result<ChatReply, CallError>>> {
        Asker::ask_all(self, questions).ok()
    }
}
