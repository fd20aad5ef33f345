//! Rounds of solution: the steps at which one ends with an explicit answer, and the answers that steps claim.

use super::Look;
use crate::Item;

/// The values that a step explicitly gives as the answer.
pub(super) fn claims(step: &str) -> Vec<String> {
    let explicit = |found: &answer::Extracted| matches!(found.rule, "boxed" | "final_answer" | "answer_is");
    // A claim that is a whole clause is no value that could be compared.
    let value = |found: answer::Extracted| (found.raw.split_whitespace().count() <= 6).then_some(found.raw);
    answer::extract(step).filter(explicit).and_then(value).into_iter().collect()
}

/// The steps at which a round ends: those that assert the known or the model's own answer, and those that claim some
/// other one. Of neighbours the first counts, for the next one mostly repeats it.
pub(super) fn ends(item: &Item<'_>, known: &[Look], own: &[Look], threshold: f64) -> Vec<u32> {
    let asserts = |looks: &[Look], index: usize| {
        looks.get(index).is_some_and(|look| look.score.is_some_and(|score| score >= threshold))
    };
    let mut ends: Vec<u32> = Vec::new();
    let mut before = false;
    for (index, step) in item.step_texts().enumerate() {
        let here = asserts(known, index) || asserts(own, index) || !claims(step).is_empty();
        if here && !before {
            ends.extend(u32::try_from(index).ok());
        }
        before = here;
    }
    ends
}
