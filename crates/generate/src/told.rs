//! What has to be told of a model's replies that were asked for more than words, or drawn until it was enough.

use std::collections::BTreeMap;

use stage::{Observer, Summary};
use tables::Generation;

/// Counts so far.
#[derive(Default)]
pub(crate) struct Told {
    /// The chances of tokens were asked for.
    asks_logprobs: bool,
    replies: u64,
    /// Replies without the chance of any token, and those with chances of some.
    without: u64,
    withheld: u64,
    /// Problems by what ended the drawing of their samples, and all of these samples.
    ended: BTreeMap<String, u64>,
    drawn: u64,
}

impl Told {
    /// Nothing yet.
    pub(crate) fn new(asks_logprobs: bool) -> Self {
        Self { asks_logprobs, ..Self::default() }
    }

    pub(crate) fn add(&mut self, generation: &Generation) {
        if !generation.failed() {
            self.replies += 1;
            self.without += u64::from(generation.logprob_tokens.is_none());
            self.withheld += u64::from(generation.withholds_logprobs());
        }
        if let Some(drawn) = generation.drawn.filter(|_| generation.sample == 0) {
            let by = generation.stopped.clone().unwrap_or_else(|| "nothing yet".to_owned());
            *self.ended.entry(by).or_default() += 1;
            self.drawn += u64::from(drawn);
        }
    }

    /// Adds the counts, and says what a person should know.
    pub(crate) fn tell(&self, model: &str, summary: &mut Summary, observer: &dyn Observer) {
        if self.asks_logprobs {
            summary.counts.insert("without_logprobs".to_owned(), self.without);
            summary.counts.insert("withheld_logprobs".to_owned(), self.withheld);
        }
        summary.counts.extend(self.ended.iter().map(|(by, problems)| (format!("ended_by_{by}"), *problems)));
        self.notes(model).iter().for_each(|note| observer.note(note));
    }

    fn notes(&self, model: &str) -> Vec<String> {
        let (replies, without, withheld) = (self.replies, self.without, self.withheld);
        let mut notes = Vec::new();
        if self.asks_logprobs && without > 0 {
            notes.push(format!(
                "{without} of {replies} replies of {model} came without `logprobs`: their confidence is unknown, and selectors that go by \
                 it leave them out"
            ));
        }
        if self.asks_logprobs && withheld > 0 {
            notes.push(format!(
                "{withheld} of {replies} replies of {model} came with `logprobs` of fewer tokens than the server counts: it withholds those \
                 of the thinking, so the confidence is that of what was shown"
            ));
        }
        if !self.ended.is_empty() {
            let ended = self.ended.iter().map(|(by, problems)| format!("{problems} by `{by}`"));
            let (drawn, problems) = (self.drawn, self.ended.values().sum::<u64>());
            let ended = ended.collect::<Vec<_>>().join(", ");
            notes.push(format!("{model} drew {drawn} samples of {problems} problems, ended {ended}"));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_chances_are_counted_and_so_is_what_ended_the_drawing() {
        let mut told = Told::new(true);
        let reply = |sample, logprob_tokens, stopped: &str| Generation {
            sample,
            logprob_tokens,
            completion_tokens: Some(10),
            drawn: Some(2),
            stopped: Some(stopped.to_owned()),
            ..Generation::default()
        };
        let replies = [
            reply(0, Some(8), "beta"),
            reply(1, None, "beta"),
            reply(0, Some(7), "most"),
            reply(1, Some(10), "most"),
        ];
        replies.iter().for_each(|reply| told.add(reply));
        let (mut summary, ear) = (Summary::default(), stage::Silent);
        told.tell("m", &mut summary, &ear);
        let expect =
            [("ended_by_beta", 1), ("ended_by_most", 1), ("withheld_logprobs", 1), ("without_logprobs", 1)];
        assert_eq!(summary.counts, expect.map(|(name, count)| (name.to_owned(), count)).into());
        insta::assert_snapshot!(told.notes("m").join("\n"));
    }
}
