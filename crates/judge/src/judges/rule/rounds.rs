//! Rounds of solution: the steps at which one ends with an explicit answer, and the answers that steps claim.

use std::sync::LazyLock;

use answer::{Policy, Work};
use regex::Regex;
use tables::Solution;

use super::Search;
use crate::Item;

/// Where none of these stands, no answer is given; one pass over the text instead of a rule after the other.
static CUES: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by every test run")]
    Regex::new("box|nswer|NSWER|答|结果").expect("a valid pattern")
});

/// Words with which a step says that something came out as it had before.
static AGAIN: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "again|same|also|agrees?|matches|confirm(?:s|ed|ation)|checks? out|consistent|good|great|yes|correct|right\
         |still|indeed|that's (?:our|the) (?:final )?answer|confident(?:ly)?|as before\
         |as (?:we|i) (?:thought|found|saw|expected|did|computed|calculated)",
        "一致|一样|相同|正确|没错|仍然|依然|确实",
    )
});

/// Words with which a step doubts, checks, or sets out on another way.
static ANEW: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "wait|hmm|alternatively|another way|another approach|also|let me|let's|check|verify|confirm|however|but what|is there\
         |hold on|actually|careful",
        "等等|换个|换一|检查|验证|检验",
    )
});

/// Words about how the answer has to be handed over.
static HANDS_OVER: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "final answer|output|instructions?|scratchpad|format|boxed|answer line|write (?:it|the answer)",
        "最终答案|格式",
    )
});

/// Signs that something is worked out.
const WORKS: [char; 3] = ['=', '≡', '≈'];

fn works_something_out(text: &str) -> bool {
    WORKS.iter().any(|sign| text.contains(*sign))
}

/// Any of these words. Word boundaries by bytes: the others are slow, and
/// no letter beyond ASCII stands beside these words.
#[expect(clippy::expect_used, reason = "constant patterns, compiled by every test run")]
fn words(english: &str, chinese: &str) -> Regex {
    Regex::new(&format!(r"(?i)(?-u:\b)(?:{english})(?-u:\b)|{chinese}")).expect("a valid pattern")
}

/// A step says that something came out as it had before.
pub(super) fn says_again(step: &str) -> bool {
    AGAIN.is_match(step)
}

/// The value that a step explicitly gives as the answer.
pub(super) fn claim(step: &str) -> Option<String> {
    if !CUES.is_match(step) {
        return None;
    }
    let found = answer::extract_stated(step)?;
    let explicit = matches!(found.rule, "boxed" | "final_answer" | "answer_is");
    let given = explicit && is_value(&found.raw) && !answer::is_hedged(step, found.span.start);
    given.then_some(found.raw)
}

/// A claim that is a whole clause, or that points at a value, is none that could be compared.
fn is_value(claim: &str) -> bool {
    const POINTS: [&str; 7] = ["that", "this", "it", "these", "those", "what", "which"];
    let mut words = claim.split_whitespace();
    let points = words.next().is_some_and(|first| POINTS.contains(&first.to_lowercase().as_str()));
    !points && words.count() < 6
}

fn same_answer(before: Option<&Solution>, round: &Solution) -> bool {
    before.is_some_and(|before| before.answer == round.answer)
}

/// Whose answer a step may give, besides claiming one of its own.
pub(super) struct Answers<'a> {
    /// The search for the known answer.
    pub(super) known: Option<&'a Search>,
    /// The trace, and with it the known answers.
    pub(super) item: &'a Item<'a>,
    /// The search for the model's own final answer.
    pub(super) own: Option<&'a Search>,
    /// That answer.
    pub(super) own_text: Option<&'a str>,
    /// What counts as the same answer.
    pub(super) policy: &'a Policy,
    /// What comparing may take.
    pub(super) work: &'a Work,
}

impl Answers<'_> {
    /// The rounds: each ends with a step that asserts the known or the model's own answer, or claims some other one. Of
    /// neighbours the first counts, for the next one mostly repeats it, unless it says that it sets out anew. One that
    /// only hands over the answer of the round before, with nothing worked out since, is none; nor is a last one that
    /// only writes it down again.
    pub(super) fn rounds(&self, claims: &[Option<String>]) -> Vec<Solution> {
        let mut rounds: Vec<Solution> = Vec::new();
        let (mut before, mut works) = (false, false);
        for (index, claim) in claims.iter().enumerate() {
            let text = self.item.step_text(index);
            works = works || works_something_out(text);
            let here = self.at(index, claim.as_deref());
            let repeats =
                |round: &&Solution| !works && same_answer(rounds.last(), round) && HANDS_OVER.is_match(text);
            let counts = !before || here.is_some() && ANEW.is_match(text);
            if let Some(round) = here.as_ref().filter(|round| counts && !repeats(round)) {
                rounds.push(round.clone());
                works = false;
            }
            before = here.is_some();
        }
        if let [.., before, last] = rounds.as_slice()
            && self.only_repeats(before, last)
        {
            rounds.pop();
        }
        rounds
    }

    /// Nothing is worked out between two rounds with the same answer.
    fn only_repeats(&self, before: &Solution, last: &Solution) -> bool {
        let works = |text: &str| {
            works_something_out(text) || text.contains('?') || says_again(text) || ANEW.is_match(text)
        };
        let mut between = (before.end + 1..=last.end).map(|step| self.item.step_text(step as usize));
        before.answer == last.answer && !between.any(works)
    }

    /// The answer that a step gives, if any.
    pub(super) fn at(&self, index: usize, claim: Option<&str>) -> Option<Solution> {
        let asserts = |search: Option<&Search>| search.is_some_and(|search| search.asserts(index));
        let (answer, correct) = if asserts(self.known) {
            (self.item.problem.gold.first().map(String::as_str), Some(true))
        } else {
            let answer = claim.or_else(|| self.own_text.filter(|_| asserts(self.own)))?;
            (Some(answer), self.item.is_known(answer, self.policy, self.work))
        };
        let end = u32::try_from(index).ok()?;
        Some(Solution { answer: answer.map(str::to_owned), correct, ..Solution::ending_at(end) })
    }
}
