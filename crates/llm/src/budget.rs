//! Money: how much may be spent, and when to stop asking.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chat::{CallError, ChatReply, Price};
use tokio::sync::Notify;

/// Bytes of a token, roughly: only for what no server has counted.
const BYTES_OF_A_TOKEN: u64 = 4;

/// So much may be spent. Put one in an `Arc` and share it between everything that asks.
///
/// A call begins when what was spent, what the calls under way will probably cost and what it will probably
/// cost itself stay within the limit. What a call will probably cost is the mean of those before it. Near the
/// limit calls wait for each other, and when it is reached they are [`CallError::OverBudget`].
#[derive(Debug)]
pub struct Budget {
    limit: f64,
    book: Mutex<Book>,
    returned: Notify,
}

#[derive(Debug, Default)]
struct Book {
    spent: f64,
    paid_calls: u64,
    /// What the calls under way will probably cost, and how many they are.
    reserved: f64,
    under_way: u64,
}

impl Book {
    fn mean(&self) -> f64 {
        if self.paid_calls == 0 { 0.0 } else { self.spent / self.paid_calls as f64 }
    }
}

impl Budget {
    /// So much, in the currency of the prices.
    pub fn new(limit: f64) -> Self {
        Self { limit, book: Mutex::default(), returned: Notify::new() }
    }

    /// What may be spent.
    pub fn limit(&self) -> f64 {
        self.limit
    }

    /// What was spent. Replies of unknown usage count by their length; tries that failed are not counted.
    pub fn spent(&self) -> f64 {
        self.book().spent
    }

    /// Waits until there is money for one more call, or there will be none.
    pub(crate) async fn reserve(&self, price: Price) -> Result<Reservation<'_>, CallError> {
        loop {
            // Before the look, so that money that is returned in between is not missed.
            let returned = self.returned.notified();
            match self.try_reserve() {
                Attempt::Granted(amount) => return Ok(Reservation { budget: self, price, amount }),
                Attempt::Refused(error) => return Err(error),
                Attempt::Later => returned.await,
            }
        }
    }

    fn try_reserve(&self) -> Attempt {
        let mut book = self.book();
        if book.spent >= self.limit {
            let (limit, spent) = (money(self.limit), money(book.spent));
            return Attempt::Refused(CallError::OverBudget { limit, spent });
        }
        let amount = book.mean();
        if book.under_way > 0 && book.spent + book.reserved + amount > self.limit {
            return Attempt::Later;
        }
        book.reserved += amount;
        book.under_way += 1;
        Attempt::Granted(amount)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Attempt {
    Granted(f64),
    Refused(CallError),
    Later,
}

/// The right to spend on one call; dropping it returns what was not spent.
#[derive(Debug)]
pub(crate) struct Reservation<'a> {
    budget: &'a Budget,
    price: Price,
    amount: f64,
}

impl Reservation<'_> {
    /// The call gave a reply.
    pub(crate) fn pay(&self, reply: &ChatReply, bytes_of_prompt: usize) {
        let cost = self.price.of_reply(reply).unwrap_or_else(|| {
            let text = reply.content.len() + reply.reasoning.as_deref().map_or(0, str::len);
            let guess = |bytes: usize| bytes as u64 / BYTES_OF_A_TOKEN + 1;
            let prompt = reply.prompt_tokens.unwrap_or_else(|| guess(bytes_of_prompt));
            self.price.cost(prompt, reply.completion_tokens.unwrap_or_else(|| guess(text)))
        });
        let mut book = self.budget.book();
        book.spent += cost;
        book.paid_calls += 1;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut book = self.budget.book();
        book.under_way = book.under_way.saturating_sub(1);
        book.reserved = if book.under_way == 0 { 0.0 } else { (book.reserved - self.amount).max(0.0) };
        drop(book);
        self.budget.returned.notify_waiters();
    }
}

/// Two digits behind the point, more for what is less than a cent.
fn money(amount: f64) -> String {
    if amount != 0.0 && amount.abs() < 0.01 { format!("{amount:.6}") } else { format!("{amount:.2}") }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    /// A million tokens of a reply cost 1.
    const PRICE: Price = Price { prompt: 0.0, completion: 1.0, cached_prompt: None };

    fn reply(tokens: u64) -> ChatReply {
        ChatReply { completion_tokens: Some(tokens), ..ChatReply::default() }
    }

    #[tokio::test]
    async fn money_is_spent_once_and_no_further() {
        let budget = Budget::new(1.0);
        for _ in 0..4 {
            budget.reserve(PRICE).await.unwrap().pay(&reply(250_000), 0);
        }
        let error = budget.reserve(PRICE).await.unwrap_err();
        assert_eq!(error, CallError::OverBudget { limit: "1.00".into(), spent: "1.00".into() });
        assert!(error.is_fatal() && error.to_string().contains("raise --max-cost"), "{error}");
    }

    #[tokio::test]
    async fn calls_under_way_are_counted_before_they_end() {
        let budget = Budget::new(1.0);
        budget.reserve(PRICE).await.unwrap().pay(&reply(400_000), 0);
        let second = budget.reserve(PRICE).await.unwrap();
        let mut third = std::pin::pin!(budget.reserve(PRICE));
        assert!(poll!(third.as_mut()).is_pending(), "0.4 spent, 0.4 under way: no room for 0.4 more");
        // It was cheaper than the mean: there is room.
        second.pay(&reply(200_000), 0);
        drop(second);
        let third = third.await.unwrap();
        let mut fourth = std::pin::pin!(budget.reserve(PRICE));
        assert!(poll!(fourth.as_mut()).is_pending());
        third.pay(&reply(900_000), 0);
        drop(third);
        assert!(matches!(fourth.await, Err(CallError::OverBudget { .. })));
    }

    #[tokio::test]
    async fn a_call_that_fails_returns_its_money() {
        let budget = Budget::new(1.0);
        budget.reserve(PRICE).await.unwrap().pay(&reply(600_000), 0);
        drop(budget.reserve(PRICE).await.unwrap());
        assert_eq!(budget.spent(), 0.6);
        assert!(budget.reserve(PRICE).await.is_ok());
    }

    #[tokio::test]
    async fn what_nobody_counted_is_estimated_and_not_free() {
        let budget = Budget::new(1.0);
        let text = ChatReply { content: "x".repeat(4_000_000), ..ChatReply::default() };
        budget.reserve(PRICE).await.unwrap().pay(&text, 4_000);
        assert!(budget.spent() > 0.99, "{}", budget.spent());
    }

    #[test]
    fn small_amounts_are_not_rounded_away() {
        let check = |amount, expect| assert_eq!(money(amount), expect);
        check(2.0, "2.00");
        check(0.000_5, "0.000500");
        check(0.0, "0.00");
    }
}
