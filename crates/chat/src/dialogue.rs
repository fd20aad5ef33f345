//! Conversations without IO: what to ask next, given the replies so far.

use crate::{CallError, ChatReply, ChatRequest};

/// One question and whom it goes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Index into the asker's endpoints.
    pub to: usize,
    /// What is asked.
    pub request: ChatRequest,
}

impl Question {
    /// A question to the first (mostly the only) endpoint.
    pub fn new(request: ChatRequest) -> Self {
        Self { to: 0, request }
    }
}

/// How a conversation goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Next<T> {
    /// It is over.
    Done(T),
    /// These are asked at once; their replies come in the same order.
    Ask(Vec<Question>),
}

/// What came back to the questions of one [`Next::Ask`], in their order.
pub type Replies = [Result<ChatReply, CallError>];

/// A conversation that goes on beyond this many rounds of questions has lost its way, unless it says otherwise.
pub const MOST_ROUNDS: usize = 64;

/// A conversation about one row. Whoever drives it calls [`Dialogue::next`] with no replies first, then with
/// the replies to what it asked, until it is [`Next::Done`], and never again.
pub trait Dialogue<T>: Send {
    /// The next step.
    fn next(&mut self, replies: &Replies) -> Next<T>;

    /// Beyond so many rounds of questions it has lost its way.
    fn most_rounds(&self) -> usize {
        MOST_ROUNDS
    }
}

impl<T, D: Dialogue<T> + ?Sized> Dialogue<T> for Box<D> {
    fn next(&mut self, replies: &Replies) -> Next<T> {
        (**self).next(replies)
    }

    fn most_rounds(&self) -> usize {
        (**self).most_rounds()
    }
}

impl<T, D: Dialogue<T> + ?Sized> Dialogue<T> for &mut D {
    fn next(&mut self, replies: &Replies) -> Next<T> {
        (**self).next(replies)
    }

    fn most_rounds(&self) -> usize {
        (**self).most_rounds()
    }
}

/// A conversation that is over before it begins.
pub fn done<T: Send>(value: T) -> impl Dialogue<T> {
    Finished(Some(value))
}

struct Finished<T>(Option<T>);

impl<T: Send> Dialogue<T> for Finished<T> {
    fn next(&mut self, _replies: &Replies) -> Next<T> {
        // Nobody asks twice; who does gets no second value.
        self.0.take().map_or_else(|| Next::Ask(Vec::new()), Next::Done)
    }
}

/// The same conversation with all its questions to endpoints `by` further on: several askers share one list.
pub fn shifted<T, D: Dialogue<T>>(dialogue: D, by: usize) -> impl Dialogue<T> {
    Shifted { dialogue, by }
}

struct Shifted<D> {
    dialogue: D,
    by: usize,
}

impl<T, D: Dialogue<T>> Dialogue<T> for Shifted<D> {
    fn next(&mut self, replies: &Replies) -> Next<T> {
        match self.dialogue.next(replies) {
            Next::Done(value) => Next::Done(value),
            Next::Ask(questions) => {
                let moved = questions.into_iter();
                Next::Ask(moved.map(|question| Question { to: question.to + self.by, ..question }).collect())
            }
        }
    }

    fn most_rounds(&self) -> usize {
        self.dialogue.most_rounds()
    }
}

/// A second conversation behind a first one: `open` gets what the first came to.
pub fn then<A, B, First, Second>(first: First, open: impl FnOnce(A) -> Second + Send) -> impl Dialogue<B>
where
    First: Dialogue<A>,
    Second: Dialogue<B>,
{
    Then { first, open: Some(open), second: None, result: std::marker::PhantomData::<fn(A)> }
}

struct Then<A, First, Open, Second> {
    first: First,
    open: Option<Open>,
    second: Option<Second>,
    result: std::marker::PhantomData<fn(A)>,
}

impl<A, B, First, Open, Second> Dialogue<B> for Then<A, First, Open, Second>
where
    First: Dialogue<A>,
    Second: Dialogue<B>,
    Open: FnOnce(A) -> Second + Send,
{
    fn next(&mut self, replies: &Replies) -> Next<B> {
        if let Some(second) = &mut self.second {
            return second.next(replies);
        }
        let value = match self.first.next(replies) {
            Next::Ask(questions) => return Next::Ask(questions),
            Next::Done(value) => value,
        };
        let Some(open) = self.open.take() else { return Next::Ask(Vec::new()) };
        self.second.insert(open(value)).next(&[])
    }

    /// What the second takes is not known before it is opened.
    fn most_rounds(&self) -> usize {
        self.first.most_rounds().max(MOST_ROUNDS)
    }
}

/// Plays a conversation through with the replies of `answer`, which a test makes up; `None` if it is not over
/// after so many rounds of questions. The second value is every question in the order in which it was asked.
pub fn rehearse<T>(
    mut dialogue: impl Dialogue<T>,
    rounds: usize,
    mut answer: impl FnMut(&Question) -> Result<ChatReply, CallError>,
) -> (Option<T>, Vec<Question>) {
    let (mut asked, mut replies) = (Vec::new(), Vec::new());
    for _ in 0..=rounds {
        match dialogue.next(&replies) {
            Next::Done(value) => return (Some(value), asked),
            Next::Ask(questions) => {
                replies = questions.iter().map(&mut answer).collect();
                asked.extend(questions);
            }
        }
    }
    (None, asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, Sampling};

    fn question(text: &str) -> Question {
        let messages = vec![Message::user(text)];
        Question::new(ChatRequest::new(messages, Sampling::default(), 0))
    }

    /// Asks `text` so often, then says how many replies it got.
    struct Counts {
        text: &'static str,
        left: usize,
        got: usize,
    }

    impl Dialogue<usize> for Counts {
        fn next(&mut self, replies: &Replies) -> Next<usize> {
            self.got += replies.len();
            if self.left == 0 {
                return Next::Done(self.got);
            }
            self.left -= 1;
            Next::Ask(vec![question(self.text)])
        }
    }

    fn texts(asked: &[Question]) -> Vec<(usize, &str)> {
        asked.iter().map(|question| (question.to, question.request.messages[0].content.as_str())).collect()
    }

    fn yes(_: &Question) -> Result<ChatReply, CallError> {
        Ok(ChatReply::default())
    }

    #[test]
    fn a_conversation_can_be_over_at_once() {
        let (value, asked) = rehearse(done(5), 0, yes);
        assert_eq!((value, asked.len()), (Some(5), 0));
    }

    #[test]
    fn conversations_follow_each_other_and_ask_their_own_endpoints() {
        let first = Counts { text: "a", left: 2, got: 0 };
        let chain = then(first, |got| shifted(Counts { text: "b", left: 1, got: 10 * got }, 3));
        let (value, asked) = rehearse(chain, 9, yes);
        assert_eq!(value, Some(21));
        assert_eq!(texts(&asked), [(0, "a"), (0, "a"), (3, "b")]);
    }

    #[test]
    fn one_that_does_not_end_is_left() {
        let (value, asked) = rehearse(Counts { text: "a", left: 99, got: 0 }, 3, yes);
        assert_eq!((value, asked.len()), (None, 4));
    }
}
