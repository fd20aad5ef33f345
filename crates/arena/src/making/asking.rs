//! The conversation about two replies: the same question twice, once in each order.

use chat::{Dialogue, Next, Question, Replies};

use super::heard::{Heard, ORDERS};
use super::judge::Judge;
use super::meeting::Meeting;

/// Both orders as two questions that are asked at once.
pub(super) struct BothWays<'a> {
    pub(super) judge: &'a Judge,
    pub(super) meeting: &'a Meeting,
}

impl Dialogue<Vec<Heard>> for BothWays<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Heard>> {
        if !replies.is_empty() {
            let heard = ORDERS.iter().zip(replies).map(|((order, _), reply)| Heard::of(order, reply));
            return Next::Done(heard.collect());
        }
        let questions: Result<Vec<Question>, String> =
            ORDERS.iter().map(|(_, order)| self.judge.question(self.meeting, *order)).collect();
        questions.map_or_else(|reason| Next::Done(Heard::failed(&reason)), Next::Ask)
    }
}
