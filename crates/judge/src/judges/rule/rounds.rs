//! Rounds of solution: the steps at which one ends with an explicit answer, and the answers that steps claim.

use std::sync::LazyLock;

use regex::Regex;

use super::Search;

/// Where none of these stands, no answer is given; one pass over the text instead of a rule after the other.
static CUES: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by every test run")]
    Regex::new("box|nswer|NSWER|答|结果").expect("a valid pattern")
});

/// The value that a step explicitly gives as the answer.
pub(super) fn claim(step: &str) -> Option<String> {
    if !CUES.is_match(step) {
        return None;
    }
    let found = answer::extract(step)?;
    let explicit = matches!(found.rule, "boxed" | "final_answer" | "answer_is");
    // A claim that is a whole clause is no value that could be compared.
    (explicit && found.raw.split_whitespace().count() <= 6).then_some(found.raw)
}

/// The steps at which a round ends: those that assert the known or the model's own answer, and those that claim some
/// other one. Of neighbours the first counts, for the next one mostly repeats it.
pub(super) fn ends(known: Option<&Search>, own: Option<&Search>, claims: &[Option<String>]) -> Vec<u32> {
    let asserts = |search: Option<&Search>, index: usize| search.is_some_and(|search| search.asserts(index));
    let mut ends: Vec<u32> = Vec::new();
    let mut before = false;
    for (index, claim) in claims.iter().enumerate() {
        let here = asserts(known, index) || asserts(own, index) || claim.is_some();
        if here && !before {
            ends.extend(u32::try_from(index).ok());
        }
        before = here;
    }
    ends
}
