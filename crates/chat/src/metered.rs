//! A conversation that counts what it takes.

use crate::{Dialogue, Next, Replies, Usage};

/// The same conversation, which ends with what it came to and what it took.
pub fn metered<T, D: Dialogue<T>>(dialogue: D) -> impl Dialogue<(T, Usage)> {
    Metered { dialogue, usage: Usage::default() }
}

struct Metered<D> {
    dialogue: D,
    usage: Usage,
}

impl<T, D: Dialogue<T>> Dialogue<(T, Usage)> for Metered<D> {
    fn next(&mut self, replies: &Replies) -> Next<(T, Usage)> {
        self.usage.add(replies);
        match self.dialogue.next(replies) {
            Next::Done(value) => Next::Done((value, self.usage)),
            Next::Ask(questions) => Next::Ask(questions),
        }
    }

    fn most_rounds(&self) -> usize {
        self.dialogue.most_rounds()
    }
}
