//! Whether a reply obeyed the strategy by which it was asked, and what it spent against a budget.

use tables::{Demand, Generation, Split};

/// What is measured of a reply that a strategy asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Adherence {
    /// 1 or 0, or the share of lines that obeyed; none where nothing can be checked.
    pub(crate) obeyed: Option<f64>,
    /// The tokens that are allowed.
    pub(crate) budget: Option<u64>,
    /// Those that count against them.
    pub(crate) budgeted: Option<u64>,
    /// Mean words of a line of notes.
    pub(crate) words: Option<f64>,
    /// Share of lines with more words than asked.
    pub(crate) long_lines: Option<f64>,
}

/// Tokens of a reply; those of hidden thinking are the server's count, if it gave one.
#[derive(Clone, Copy, Debug)]
struct Lengths {
    thinking: Option<u64>,
    answer: u64,
}

impl Lengths {
    /// What a model says that does not think is answer.
    fn of(generation: &Generation, split: &Split, thought: Option<u32>) -> Self {
        let answer = u64::from(split.answer_tokens);
        match generation.thinks() {
            true => Self { thinking: thought.map(u64::from), answer },
            false => Self { thinking: Some(0), answer: answer + u64::from(split.tokens) },
        }
    }

    fn whole(self) -> Option<u64> {
        Some(self.thinking? + self.answer)
    }
}

impl Adherence {
    /// Of a reply whose thinking has `thought` tokens, if anybody knows how many.
    pub(crate) fn of(generation: &Generation, split: &Split, thought: Option<u32>) -> Self {
        let Some(demand) = generation.demand.filter(|_| !generation.failed()) else { return Self::default() };
        let lengths = Lengths::of(generation, split, thought);
        let budgeted = if demand.of_thinking { lengths.thinking } else { lengths.whole() };
        let notes = demand.line_words.and_then(|most| Notes::of(generation, most));
        Self {
            obeyed: obeyed(demand, generation, lengths, budgeted, notes),
            budget: demand.budget,
            budgeted: budgeted.filter(|_| demand.budget.is_some()),
            words: notes.map(Notes::mean),
            long_lines: notes.map(|notes| notes.long / notes.lines),
        }
    }
}

/// Everything that is demanded at once; unknown where a part of it is.
fn obeyed(
    demand: Demand,
    generation: &Generation,
    lengths: Lengths,
    budgeted: Option<u64>,
    notes: Option<Notes>,
) -> Option<f64> {
    let is = |holds: bool| if holds { 1.0 } else { 0.0 };
    let parts = [
        demand.thinking.map(|thinking| Some(is(generation.thinks() == thinking))),
        demand.answer_tokens.map(|most| Some(is(lengths.answer <= most))),
        demand.budget.map(|budget| Some(is(budgeted? <= budget + demand.slack))),
        demand.line_words.map(|_| notes.map(|notes| 1.0 - notes.long / notes.lines)),
    ];
    parts.into_iter().flatten().reduce(|least, part| Some(least?.min(part?))).flatten()
}

/// The lines of a reply that is asked for notes: all that hold something, but those with the box of the answer.
#[derive(Clone, Copy, Debug)]
struct Notes {
    lines: f64,
    words: f64,
    long: f64,
}

/// Opens the final answer.
const BOX: &str = "\\boxed";

impl Notes {
    /// None where there is no line, or nobody saw the thinking.
    fn of(generation: &Generation, most: u64) -> Option<Self> {
        let mut notes = Self { lines: 0.0, words: 0.0, long: 0.0 };
        if generation.hidden() {
            return None;
        }
        let lines = generation.reasoning.lines().chain(generation.answer_text.lines());
        for line in lines.filter(|line| !line.trim().is_empty() && !line.contains(BOX)) {
            let words = line.split_whitespace().count();
            notes.lines += 1.0;
            notes.words += words as f64;
            notes.long += if words as u64 > most { 1.0 } else { 0.0 };
        }
        (notes.lines > 0.0).then_some(notes)
    }

    fn mean(self) -> f64 {
        self.words / self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(thinking: &str, answer: &str, demand: Demand) -> Generation {
        let source = if thinking.is_empty() { Generation::NO_REASONING } else { "tags" };
        Generation {
            reasoning: thinking.into(),
            answer_text: answer.into(),
            reasoning_source: source.into(),
            demand: Some(demand),
            ..Generation::default()
        }
    }

    /// A reply of `thinking` and `answer` tokens; the split holds a reply without thinking as its thought.
    fn of(generation: &Generation, thinking: u32, answer: u32) -> Adherence {
        let (tokens, answer_tokens) =
            if generation.thinks() { (thinking, answer) } else { (thinking + answer, 0) };
        Adherence::of(generation, &Split { tokens, answer_tokens, ..Split::default() }, Some(tokens))
    }

    #[test]
    fn a_direct_answer_is_short_and_without_thinking() {
        let demand = Demand { thinking: Some(false), answer_tokens: Some(32), ..Demand::default() };
        let check = |thinking: &str, tokens: (u32, u32), expect| {
            let found = of(&reply(thinking, "\\boxed{5}", demand), tokens.0, tokens.1);
            assert_eq!(found, Adherence { obeyed: expect, ..Adherence::default() }, "{thinking} {tokens:?}");
        };
        check("", (0, 32), Some(1.0));
        check("", (0, 33), Some(0.0));
        check("so", (1, 3), Some(0.0));
        check("", (0, 0), Some(1.0));
        let long = Demand { thinking: Some(true), ..Demand::default() };
        assert_eq!(of(&reply("so", "5", long), 1, 1).obeyed, Some(1.0));
        assert_eq!(of(&reply("", "5", long), 0, 1).obeyed, Some(0.0));
        assert_eq!(of(&reply("", "5", Demand::default()), 0, 1), Adherence::default());
    }

    #[test]
    fn a_budget_is_kept_up_to_its_last_token() {
        let budget = Demand { budget: Some(100), ..Demand::default() };
        let kept = |demand, thinking, answer| of(&reply("so", "5", demand), thinking, answer);
        let found = kept(budget, 60, 40);
        assert_eq!((found.obeyed, found.budget, found.budgeted), (Some(1.0), Some(100), Some(100)));
        assert_eq!(kept(budget, 61, 40).obeyed, Some(0.0));
        // A server's cap is one on the thinking, and does not cut to the token.
        let cap = Demand { of_thinking: true, slack: 32, ..budget };
        assert_eq!((kept(cap, 132, 900).obeyed, kept(cap, 132, 900).budgeted), (Some(1.0), Some(132)));
        assert_eq!(kept(cap, 133, 0).obeyed, Some(0.0));
        let hidden = Generation { reasoning_source: Generation::HIDDEN.into(), ..reply("", "5", budget) };
        let found = Adherence::of(&hidden, &Split::default(), None);
        assert_eq!((found.obeyed, found.budgeted), (None, None), "unknown is not kept");
    }

    /// The example of Chain-of-Draft's own paper, arXiv 2502.18600: words are separated by blanks, so 5, 7 and 7 of them.
    #[test]
    fn notes_are_counted_line_by_line_and_the_answer_is_none_of_them() {
        let demand = Demand { line_words: Some(5), ..Demand::default() };
        let seven = "one two three four five six seven";
        let text = format!("20 - x = 12\n\nx = 20 - 12 = 8\n{seven}\nThe answer, in a box, is \\boxed{{8}}.");
        let found = of(&reply("", &text, demand), 0, 30);
        assert_eq!(found.words, Some(19.0 / 3.0));
        assert_eq!(found.long_lines, Some(2.0 / 3.0));
        assert!((found.obeyed.unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(of(&reply("", "\\boxed{8}", demand), 0, 3).obeyed, None, "no notes, no share of them");
        let thought = of(&reply("a b c\n1 2 3 4 5 6", "\\boxed{8}", demand), 9, 3);
        assert_eq!((thought.words, thought.obeyed), (Some(4.5), Some(0.5)));
    }

    #[test]
    fn no_reply_obeys_nothing() {
        let demand = Demand { budget: Some(1), ..Demand::default() };
        let failed = Generation { finish: tables::Finish::Error, ..reply("", "", demand) };
        assert_eq!(of(&failed, 0, 0), Adherence::default());
    }
}
