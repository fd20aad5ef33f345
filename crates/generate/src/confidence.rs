//! What the chances of a reply's tokens tell of it, in a few numbers. The chances themselves stay in the reply cache, so
//! other numbers cost nothing.

use std::sync::Arc;

use chat::{ChatReply, Dialogue, Logprobs, Next, Replies};
use tables::{Problem, Reply};

use crate::generators::Conversation;
use crate::reading::Reading;

/// The tenth of all windows that is surest least (arXiv 2508.15260).
const BOTTOM: f64 = 0.1;

/// What is asked for, and what is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chances {
    /// Tokens beside each that are shown with their chances.
    pub(crate) beside: u8,
    /// Tokens of a window.
    pub(crate) window: usize,
}

/// A conversation that asks for the chances of tokens besides; its row gets those of the last reply.
pub(crate) struct Confident<'a> {
    pub(crate) conversation: Conversation<'a>,
    pub(crate) chances: Chances,
    pub(crate) problem: Arc<Problem>,
    pub(crate) reading: &'a Reading,
    pub(crate) last: Option<ChatReply>,
}

impl Dialogue<Vec<Reply>> for Confident<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Reply>> {
        self.last = replies.last().and_then(|reply| reply.as_ref().ok()).cloned();
        match self.conversation.next(replies) {
            Next::Ask(mut questions) => {
                let beside = Some(self.chances.beside);
                questions.iter_mut().for_each(|question| question.request.logprobs = beside);
                Next::Ask(questions)
            }
            Next::Done(rows) => Next::Done(rows.into_iter().map(|row| self.told(row)).collect()),
        }
    }

    fn most_rounds(&self) -> usize {
        self.conversation.most_rounds()
    }
}

impl Confident<'_> {
    /// The row with what the chances tell.
    fn told(&self, row: Reply) -> Reply {
        let Some((reply, logprobs)) =
            self.last.as_ref().and_then(|last| Some((last, last.logprobs.as_deref()?)))
        else {
            return row;
        };
        let tokens: Vec<f64> = logprobs.chances().filter_map(|chance| chance.logprob).collect();
        let sure = Sureness::of(logprobs, self.chances.window);
        Reply {
            logprob_mean: mean(&tokens),
            logprob_tokens: Some(tokens.len() as u64),
            answer_logprob: self.answer(reply, logprobs),
            confidence_mean: sure.mean,
            confidence_tail: sure.tail,
            confidence_lowest: sure.lowest,
            confidence_bottom: sure.bottom,
            ..row
        }
    }

    /// The mean over the tokens of the final answer.
    fn answer(&self, reply: &ChatReply, logprobs: &Logprobs) -> Option<f64> {
        let text = chat::said::after_thinking(&reply.content).ok()?;
        let before = reply.content.len() - text.len();
        let cut = reply.finish == tables::Finish::Length;
        let said = answer::Reply { text, cut, unclosed: false };
        let found = answer::final_answer(said, &self.problem.choices, &self.reading.policy).ok()?;
        let inside = logprobs.within(before + found.span.start..before + found.span.end)?;
        mean(&inside.iter().filter_map(|chance| chance.logprob).collect::<Vec<_>>())
    }
}

/// How sure a model was of its tokens: at each place minus the mean logprob of the likeliest ones, which is large where one of
/// them is far ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sureness {
    mean: Option<f64>,
    tail: Option<f64>,
    lowest: Option<f64>,
    bottom: Option<f64>,
}

impl Sureness {
    fn of(logprobs: &Logprobs, window: usize) -> Self {
        let places: Vec<f64> = logprobs.chances().filter_map(|chance| Some(-chance.top?)).collect();
        let mut windows = windows(&places, window);
        windows.sort_by(f64::total_cmp);
        let few = ((windows.len() as f64 * BOTTOM) as usize).max(1).min(windows.len());
        Self {
            mean: mean(&places),
            tail: mean(&places[places.len().saturating_sub(window)..]),
            lowest: windows.first().copied(),
            bottom: mean(&windows[..few]),
        }
    }
}

/// The means of all windows of so many places that follow each other; a reply that is shorter is one window.
fn windows(places: &[f64], window: usize) -> Vec<f64> {
    let sums = std::iter::once(0.0).chain(places.iter().scan(0.0, |sum, place| {
        *sum += place;
        Some(*sum)
    }));
    let sums: Vec<f64> = sums.collect();
    let size = window.clamp(1, places.len().max(1));
    sums.windows(size + 1).map(|sums| (sums[size] - sums[0]) / size as f64).collect()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use chat::Chance;

    use super::*;

    fn of(tops: &[f64]) -> Logprobs {
        let mut logprobs = Logprobs::default();
        tops.iter().for_each(|top| logprobs.push(Chance { logprob: None, top: Some(*top), bytes: 1 }));
        logprobs
    }

    /// The mean over three likeliest tokens at each of three places (golden values of arXiv 2508.15260's formula).
    #[test]
    fn sureness_is_reduced_in_four_ways() {
        let check = |tops: &[f64], window, expect: [f64; 4]| {
            let Sureness { mean, tail, lowest, bottom } = Sureness::of(&of(tops), window);
            for (found, expect) in [mean, tail, lowest, bottom].into_iter().zip(expect) {
                assert!((found.unwrap() - expect).abs() < 1e-6, "{tops:?} {window}: {found:?} {expect}");
            }
        };
        let places = [-2.2, -1.5, -3.683_333];
        check(&places, 2, [2.461_111, 2.591_667, 1.85, 1.85]);
        check(&places, 2048, [2.461_111; 4]);
        check(&places, 1, [2.461_111, 3.683_333, 1.5, 1.5]);
        let long: Vec<f64> = (1..=41).map(f64::from).map(|place| -place).collect();
        check(&long, 2, [21.0, 40.5, 1.5, 3.0]);
        assert_eq!(Sureness::of(&Logprobs::default(), 4), Sureness::default());
    }
}
