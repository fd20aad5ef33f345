//! What a verifier said of a reply and what that took, and what a search spent on it.

use tables::{Generation, Judgment, SearchCost, TaskNote};

use crate::Price;
use crate::selector::Verified;

/// The task that asks a verifier.
const TASK: &str = "verify";

/// A verifier's word, as selectors may see it.
pub(crate) fn verified(judgment: &Judgment) -> Verified<'_> {
    let wanted = judgment.tasks.iter().any(|note| note.task == TASK);
    Verified { score: judgment.verifier, steps: judgment.step_scores.as_deref(), wanted }
}

/// The least that it thinks of a step.
pub(crate) fn least_step(judgment: &Judgment) -> Option<f64> {
    judgment.step_scores.iter().flatten().copied().flatten().reduce(f64::min)
}

/// What asking it took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Asking {
    pub(crate) prompt_tokens: Option<u64>,
    pub(crate) completion_tokens: Option<u64>,
    pub(crate) cost: Option<f64>,
}

impl Asking {
    /// Of a finished reply by the note of the task; of a path of a search by what that says of its verifier.
    pub(crate) fn of(judgment: &Judgment, search: Option<&SearchCost>, price: Option<Price>) -> Self {
        let noted = |note: &&TaskNote| note.task == TASK && note.calls.is_some();
        let counts = match (judgment.tasks.iter().find(noted), search) {
            (Some(note), None) => (note.prompt_tokens, note.completion_tokens),
            (None, Some(search)) => (search.verifier_prompt_tokens, search.verifier_completion_tokens),
            // Asked again about a path that a verifier led to: both were paid for.
            (Some(note), Some(search)) => (
                sum(note.prompt_tokens, search.verifier_prompt_tokens),
                sum(note.completion_tokens, search.verifier_completion_tokens),
            ),
            (None, None) => return Self::default(),
        };
        let (prompt_tokens, completion_tokens) = counts;
        let cost = price.and_then(|price| price.of_usage(prompt_tokens, None, completion_tokens));
        Self { prompt_tokens, completion_tokens, cost }
    }
}

fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    Some(a? + b?)
}

/// What a search took, of a reply that is a path of one.
pub(crate) fn search_cost(generation: &Generation) -> Option<SearchCost> {
    SearchCost::of(generation.extra.as_deref()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_verifier_took_is_told_by_its_note_alone() {
        let note = |task: &str, prompt| TaskNote {
            task: task.to_owned(),
            calls: Some(2),
            prompt_tokens: prompt,
            completion_tokens: Some(2),
            ..TaskNote::default()
        };
        let price = Some(Price { prompt: 1e6, completion: 2e6, cached_prompt: None });
        let of = |notes: Vec<TaskNote>, search: Option<&SearchCost>| {
            Asking::of(&Judgment { tasks: notes, ..Judgment::default() }, search, price)
        };
        assert_eq!(of(vec![note("verbosity", Some(9))], None), Asking::default());
        let asked = of(vec![note("verbosity", Some(9)), note("verify", Some(10))], None);
        assert_eq!(
            (asked.prompt_tokens, asked.completion_tokens, asked.cost),
            (Some(10), Some(2), Some(14.0))
        );
        assert_eq!(of(vec![note("verify", None)], None).cost, None, "unknown is not nothing");
        let search = SearchCost {
            verifier_prompt_tokens: Some(5),
            verifier_completion_tokens: Some(1),
            ..SearchCost::default()
        };
        assert_eq!(of(vec![], Some(&search)).cost, Some(7.0));
        assert_eq!(of(vec![note("verify", Some(10))], Some(&search)).cost, Some(21.0));
    }

    #[test]
    fn the_least_step_is_among_those_that_have_a_score() {
        let least = |steps: Option<Vec<Option<f64>>>| {
            least_step(&Judgment { step_scores: steps, ..Judgment::default() })
        };
        assert_eq!(least(Some(vec![Some(0.5), None, Some(0.25)])), Some(0.25));
        assert_eq!((least(Some(vec![None])), least(None)), (None, None));
    }
}
