//! The replies of all models, problem by problem, as meetings of two.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::sync::Arc;

use stage::{Files, StageError, Walk, Walked, table};
use tables::{Aligned, Generation, Problem, Score, TableError, TableReader};

use super::meeting::{Meeting, Show, Side};
use super::pairing::Pairing;
use crate::error::ArenaError;

/// All meetings of a run, in the order of its problems. Holds the replies to one problem at a time.
pub(super) struct Meetings<'p> {
    problems: TableReader<Problem>,
    /// By name.
    models: Vec<(String, Rows)>,
    pairing: &'p Pairing,
    show: Show,
    ready: VecDeque<Meeting>,
    /// Models without a reply, over all problems so far that another one replied to.
    pub(super) without: u64,
    /// Pairs whose models were asked with the options in other orders: a letter of one is another option of the other.
    pub(super) ordered_apart: u64,
}

/// A reply, and the problem as it was asked.
struct Reply {
    side: Arc<Side>,
    problem: Arc<Problem>,
    order: Option<Vec<u32>>,
}

/// Replies of a model with their measures.
type Rows = Peekable<Walk<Aligned<Score>>>;

impl<'p> Meetings<'p> {
    /// # Errors
    /// A table cannot be read, or nobody can meet.
    pub(super) fn open(files: &Files, pairing: &'p Pairing, show: Show) -> Result<Self, StageError> {
        let problems = files.input(table::PROBLEMS)?;
        let mut models = Vec::new();
        for (generations, scores) in files.all(table::GENERATIONS).iter().zip(files.all(table::SCORES)) {
            let scores = Aligned::new(TableReader::open(scores)?);
            let mut rows = Walk::open(problems, generations, scores)?.peekable();
            if let Some(Err(error)) = rows.next_if(Result::is_err) {
                return Err(error.into());
            }
            // A table without a row names no model.
            let name = rows.peek().and_then(|row| row.as_ref().ok()).map(|row| row.generation.model.clone());
            models.extend(name.map(|name| (name, rows)));
        }
        models.sort_by(|(one, _), (other, _)| one.cmp(other));
        let names: Vec<String> = models.iter().map(|(name, _)| name.clone()).collect();
        pairing.check(&names).map_err(StageError::own)?;
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let what = format!("two tables hold replies of {}: a model cannot meet itself", twice[0]);
            return Err(StageError::own(ArenaError::Setting(what)));
        }
        let problems = TableReader::open(problems)?;
        Ok(Self { problems, models, pairing, show, ready: VecDeque::new(), without: 0, ordered_apart: 0 })
    }

    /// Puts the meetings over the next problem in line; false at the end.
    fn more(&mut self) -> Result<bool, StageError> {
        let Some(problem) = self.problems.next().transpose()? else { return Ok(false) };
        let mut replies = Vec::new();
        for (_, rows) in &mut self.models {
            replies.extend(first_reply(rows, &problem.id, self.show)?);
        }
        // A problem that nobody was asked is nobody's to have replied to.
        if !replies.is_empty() {
            self.without += (self.models.len() - replies.len()) as u64;
        }
        for (at, first) in replies.iter().enumerate() {
            let meets = |other: &&Reply| self.pairing.meet(&first.side.model, &other.side.model);
            let (alike, apart): (Vec<&Reply>, Vec<&Reply>) =
                replies[at + 1..].iter().filter(meets).partition(|other| other.order == first.order);
            self.ordered_apart += apart.len() as u64;
            let meeting = |other: &Reply| Meeting {
                problem: Arc::clone(&first.problem),
                sides: [Arc::clone(&first.side), Arc::clone(&other.side)],
            };
            self.ready.extend(alike.into_iter().map(meeting));
        }
        Ok(true)
    }
}

impl Iterator for Meetings<'_> {
    type Item = Result<Meeting, StageError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(meeting) = self.ready.pop_front() {
                return Some(Ok(meeting));
            }
            match self.more() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The first sample that is a reply, of those to a problem; all of them are passed.
fn first_reply(rows: &mut Rows, problem: &str, show: Show) -> Result<Option<Reply>, TableError> {
    let mut found = None;
    let own =
        |row: &Result<Walked<Score>, TableError>| row.as_ref().map_or(true, |row| row.problem.id == problem);
    while let Some(row) = rows.next_if(own) {
        let row = row?;
        if found.is_none() && !row.generation.failed() {
            let order = row.generation.permutation.clone();
            let side = Arc::new(side(row.generation, &row.rows, show));
            found = Some(Reply { side, problem: row.problem, order });
        }
    }
    Ok(found)
}

/// A reply as a judge is shown it.
fn side(generation: Generation, score: &Score, show: Show) -> Side {
    // What a model says that does not think was measured as its thinking.
    let (thinking_tokens, answer_tokens) = match generation.thinks() {
        true => (score.reasoning_tokens, score.answer_tokens),
        false => (Some(0), score.reasoning_tokens.unwrap_or(0) + score.answer_tokens),
    };
    let truncated = generation.truncated();
    let answer = match (show, generation.thinks()) {
        (Show::Thinking, true) => format!("{}\n\n{}", generation.reasoning.trim(), generation.answer_text),
        _ => generation.answer_text,
    };
    Side {
        truncated,
        model: generation.model,
        sample: generation.sample,
        answer,
        right: score.correct,
        answer_tokens,
        thinking_tokens,
        seconds: score.seconds,
        cost: score.cost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_is_shown_the_thinking_only_where_it_is_to_be() {
        let check = |show, source: &str, expect: &str| {
            let generation = Generation {
                reasoning: " Two and three. ".into(),
                answer_text: "5".into(),
                reasoning_source: source.into(),
                ..Generation::default()
            };
            assert_eq!(side(generation, &Score::default(), show).answer, expect);
        };
        check(Show::Answer, "tags", "5");
        check(Show::Thinking, "tags", "Two and three.\n\n5");
        check(Show::Thinking, Generation::NO_REASONING, "5");
    }
}
