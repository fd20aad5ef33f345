//! The sentence around a mention, looked at once: every question about a mention costs no more in a long sentence than
//! in a short one.

use std::ops::Range;

use super::cues::{Cue, Hits};
use super::sentences::Segment;
use super::text::tail;
use crate::Work;

/// Bytes over which a hypothesis reaches.
const HYPOTHESIS: usize = 60;
/// Bytes over which a negation reaches, either way.
const NEGATION: usize = 40;
/// Bytes over which "either" reaches.
const ALTERNATIVE: usize = 120;
/// Bytes over which "between" reaches.
const RANGE: usize = 40;
/// Bytes behind a mention in which "is the answer" begins.
const ANSWERS: usize = 12;

/// The sentence around a mention.
pub(super) struct Context<'a> {
    step: &'a str,
    pub(super) sentence: Range<usize>,
    hits: Hits,
    work: &'a Work,
    /// It is the step's last sentence.
    pub(super) last: bool,
    /// Words of the question that it holds: none, one, or two and more.
    pub(super) shared: usize,
    /// It asks.
    pub(super) question: bool,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        step: &'a str,
        sentence: Range<usize>,
        (last, shared): (bool, usize),
        work: &'a Work,
    ) -> Self {
        let text = &step[sentence.clone()];
        work.bytes(text.len());
        let question = text.trim_end().ends_with(['?', '？']);
        Self { step, hits: Hits::of(text), work, last, shared, question, sentence }
    }

    pub(super) fn text(&self, mention: &Segment) -> &'a str {
        &self.step[mention.span.clone()]
    }

    /// From one place of the step to another.
    pub(super) fn between(&self, from: usize, to: usize) -> &'a str {
        &self.step[from..to]
    }

    pub(super) fn before(&self, mention: &Segment) -> &'a str {
        &self.step[self.sentence.start..mention.span.start]
    }

    pub(super) fn after(&self, mention: &Segment) -> &'a str {
        &self.step[mention.span.end..self.sentence.end]
    }

    fn start(&self, mention: &Segment) -> usize {
        mention.span.start - self.sentence.start
    }

    /// A cue of this kind stands before the mention.
    pub(super) fn cue(&self, cue: Cue, mention: &Segment) -> bool {
        self.hits.before(cue, self.start(mention))
    }

    /// "… is the answer".
    pub(super) fn answers_after(&self, mention: &Segment) -> bool {
        let at = mention.span.end - self.sentence.start;
        self.hits.answer_starts_in(at..at + ANSWERS)
    }

    /// "The answer is …" with a few words between, or "… is the answer".
    pub(super) fn answers_near(&self, mention: &Segment) -> bool {
        let at = self.start(mention);
        let near = self.hits.ending_in(at.saturating_sub(NEGATION)..=at);
        self.work.bytes(near.len());
        near.iter().any(|hit| hit.cue == Cue::Answer) || self.answers_after(mention)
    }

    pub(super) fn verb_before(&self, mention: &Segment) -> bool {
        self.verb(mention).is_some()
    }

    /// Where the verb directly before the mention begins in the sentence.
    pub(super) fn verb(&self, mention: &Segment) -> Option<usize> {
        let before = self.before(mention);
        let end = before.trim_end_matches([' ', '$', '*', '\\', '(', ':', '：']).len();
        self.work.bytes(before.len() - end);
        let verb = self.hits.ending_in(end..=end).iter().find(|hit| hit.cue == Cue::Verb);
        verb.map(|hit| hit.start)
    }

    /// A hypothesis that reaches up to the mention: no conclusion and no comma ends it first.
    pub(super) fn hypothesis(&self, mention: &Segment) -> bool {
        let at = self.start(mention);
        let text = &self.step[self.sentence.clone()];
        let concluded = self.hits.last_conclusion(at);
        let near = self.hits.ending_in(at.saturating_sub(HYPOTHESIS - 1)..=at);
        self.work.bytes(near.len());
        near.iter().filter(|hit| hit.cue == Cue::Hypothesis).any(|hit| {
            let open = concluded.is_none_or(|conclusion| conclusion <= hit.start);
            open && !text[hit.end..at].contains([',', '，', ':'])
        })
    }

    pub(super) fn negation(&self, mention: &Segment) -> bool {
        let at = self.start(mention);
        let near = self.hits.ending_in(at.saturating_sub(NEGATION)..=at + NEGATION);
        self.work.bytes(near.len());
        near.iter().any(|hit| hit.cue == Cue::Negation && hit.start + NEGATION >= at)
    }

    /// A name and a colon stand directly before it, as in a list: "Tens: 4".
    pub(super) fn named(&self, mention: &Segment) -> bool {
        let before = self.before(mention).trim_end_matches([' ', '$', '*', '\\', '(']);
        before.ends_with([':', '：'])
    }

    /// It is one of two that may be it, or the end of a range.
    pub(super) fn alternative(&self, mention: &Segment) -> bool {
        let whole = tail(self.before(mention), ALTERNATIVE).to_lowercase();
        let before = tail(whole.trim_end_matches([' ', '$', '(', '\\']), RANGE);
        let after = self.after(mention).trim_start_matches([' ', '$', ')', '\\']);
        // "The answer is either 1 or 0, but the options say 1.0 and 0.0" tells neither.
        let open = ["is either ", "be either ", "are either "].iter().any(|words| whole.contains(words));
        let either =
            open || before.contains("either ") && (before.ends_with(" or") || after.starts_with("or "));
        let range = before.ends_with(" and") && before.contains("between ")
            || after.starts_with("and ") && before.ends_with("between");
        self.work.bytes(ALTERNATIVE);
        either || range
    }

    /// Nothing but units and punctuation follows in the sentence.
    pub(super) fn ends_sentence(&self, mention: &Segment) -> bool {
        let after = self.after(mention);
        // "The remainder is 3 when …" repeats what the question says.
        if self.shared > 1 && after.trim_start_matches([' ', '$', ',']).starts_with("when ") {
            return true;
        }
        let (mut words, mut counted) = (0, false);
        for c in after.chars() {
            self.work.bytes(1);
            let word = c.is_alphanumeric() && !counted;
            words += usize::from(word);
            counted = (counted || word) && !c.is_whitespace();
            if words > 2 || c.is_ascii_digit() {
                return false;
            }
        }
        true
    }
}
