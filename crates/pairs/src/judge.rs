//! One pair: extraction, comparison, and what they took.

use std::time::Instant;

use answer::{Comparison, Extracted, Outcome, Policy, Reply, Verdict, compare, compare_any, extract};
use arrow_schema::{DataType, Field};
use serde::{Deserialize, Serialize};
use tables::Row;

use crate::{Expected, Kind, Mark, Pair};

/// The verdict on one pair: a row of what [`crate::run()`] writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graded {
    /// Where the pair stands: 1-based line; in Parquet the row.
    pub line: u64,
    /// The row's own name.
    pub id: Option<String>,
    /// Its group.
    pub family: Option<String>,
    /// What was done.
    pub kind: Kind,
    /// Whether the answers are equal; for an extraction whether what came out is expected.
    pub verdict: Outcome,
    /// How that was decided, or why it could not be.
    pub how: String,
    /// The rule that found the answer in the reply; null where nothing was extracted.
    pub rule: Option<String>,
    /// The answer that was found in the reply.
    pub extracted: Option<String>,
    /// The verdict against the truth, where that is known.
    pub mark: Option<Mark>,
    /// The row is a question of convention.
    pub policy: bool,
    /// Time of extraction and comparison, parsing included.
    pub microseconds: f64,
}

impl Row for Graded {
    const NAME: &'static str = "graded_pair";
    const VERSION: u32 = 1;

    fn fields() -> Vec<Field> {
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        let maybe = |name: &str| Field::new(name, DataType::Utf8, true);
        vec![
            Field::new("line", DataType::UInt64, false),
            maybe("id"),
            maybe("family"),
            text("kind"),
            text("verdict"),
            text("how"),
            maybe("rule"),
            maybe("extracted"),
            maybe("mark"),
            Field::new("policy", DataType::Boolean, false),
            Field::new("microseconds", DataType::Float64, false),
        ]
    }

    tables::coded!();
}

/// Grades one pair, which stands at `line`.
pub fn grade(pair: Pair, line: u64, policy: &Policy) -> Graded {
    let start = Instant::now();
    let (verdict, found) = match pair.kind {
        Kind::Answer => (compare_any(&pair.golds, &pair.pred, &pair.choices, policy), None),
        Kind::Reply => in_reply(&pair, policy),
        Kind::Extract => {
            let found = extract(&pair.pred);
            (came_out(found.as_ref(), pair.expected.as_ref(), policy), found)
        }
    };
    let microseconds = start.elapsed().as_nanos() as f64 / 1000.0;
    let rule = found.as_ref().map(|found| found.rule.to_owned());
    Graded {
        line,
        mark: mark(&pair, verdict.outcome, found.is_some()),
        id: pair.id,
        family: pair.family,
        kind: pair.kind,
        verdict: verdict.outcome,
        how: verdict.how,
        rule,
        extracted: found.map(|found| found.raw),
        policy: pair.policy,
        microseconds,
    }
}

/// The grade of a reply as a comparison with the golds, which are taken as they are written.
fn in_reply(pair: &Pair, policy: &Policy) -> (Comparison, Option<Extracted>) {
    let reply = Reply { text: &pair.pred, ..Reply::default() };
    let grade = answer::grade(&pair.golds, &pair.choices, reply, policy);
    let outcome = match grade.verdict {
        Verdict::Right => Outcome::Equal,
        Verdict::Wrong | Verdict::NoAnswer => Outcome::Different,
        Verdict::Undecided | Verdict::NoGold => Outcome::Unknown,
    };
    let how = grade.how.as_deref().unwrap_or("nothing to compare with");
    (outcome_of(outcome, how), grade.extracted)
}

fn came_out(found: Option<&Extracted>, expected: Option<&Expected>, policy: &Policy) -> Comparison {
    let Some(Expected::Texts(texts)) = expected else {
        return outcome_of(Outcome::Unknown, "extracted only: the row expects nothing");
    };
    let fits = |found: &Extracted| {
        texts.iter().any(|text| text.trim() == found.raw || compare(text, &found.raw, policy).is_equal())
    };
    match found {
        Some(found) if fits(found) => outcome_of(Outcome::Equal, "extracted as expected"),
        Some(_) => outcome_of(Outcome::Different, "something else was extracted"),
        None if texts.is_empty() => outcome_of(Outcome::Equal, "nothing was extracted, as expected"),
        None => outcome_of(Outcome::Different, "nothing was extracted"),
    }
}

fn mark(pair: &Pair, outcome: Outcome, extracted: bool) -> Option<Mark> {
    let equal = match pair.expected.as_ref()? {
        Expected::Equal(equal) => *equal,
        // What should not have come out is a false positive, what is missing or wrong a false negative.
        Expected::Texts(texts) if outcome == Outcome::Different => !(texts.is_empty() && extracted),
        Expected::Texts(_) => true,
    };
    let extraction = pair.kind == Kind::Extract;
    Some(match (outcome, equal) {
        (Outcome::Unknown, _) => Mark::Unknown,
        (Outcome::Different, false) if extraction => Mark::FalsePositive,
        (Outcome::Equal, true) | (Outcome::Different, false) => Mark::Right,
        (Outcome::Equal, false) => Mark::FalsePositive,
        (Outcome::Different, true) => Mark::FalseNegative,
    })
}

fn outcome_of(outcome: Outcome, how: &str) -> Comparison {
    Comparison { outcome, how: how.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graded(kind: Kind, golds: &[&str], pred: &str, expected: Option<Expected>) -> Graded {
        let golds = golds.iter().map(|gold| (*gold).to_owned()).collect();
        let pair = Pair { golds, pred: pred.into(), kind, expected, ..Pair::default() };
        grade(pair, 1, &Policy::default())
    }

    #[test]
    fn each_kind_compares_what_it_says() {
        let check = |kind, golds: &[&str], pred: &str, verdict, extracted: Option<&str>| {
            let found = graded(kind, golds, pred, None);
            let expect = (verdict, extracted.map(str::to_owned));
            assert_eq!((found.verdict, found.extracted), expect, "{golds:?} {pred}: {}", found.how);
        };
        check(Kind::Answer, &["1/2"], "0.5", Outcome::Equal, None);
        check(Kind::Answer, &["3", "1/2"], "0.5", Outcome::Equal, None);
        check(Kind::Answer, &["3", "4"], "5", Outcome::Different, None);
        check(Kind::Reply, &["4"], "2 + 2 is \\boxed{4}.", Outcome::Equal, Some("4"));
        check(Kind::Reply, &["4"], "The answer is 5.", Outcome::Different, Some("5"));
        check(Kind::Reply, &["maple"], "maple", Outcome::Equal, Some("maple"));
        check(Kind::Reply, &["4"], "I really cannot tell.", Outcome::Different, None);
    }

    #[test]
    fn nothing_is_extracted_from_the_gold() {
        let check = |gold: &str, pred: &str, verdict| {
            assert_eq!(graded(Kind::Reply, &[gold], pred, None).verdict, verdict, "{gold} {pred}");
        };
        check("\\frac{7}{3}", "\\boxed{3}", Outcome::Different);
        check("(1, -2, 5)", "The answer is \\boxed{5}.", Outcome::Different);
        check("y = 3x + 2", "\\boxed{2}", Outcome::Different);
        check("1\\text{ or }4", "\\boxed{4}", Outcome::Different);
        check("\\text{odd}", "\\boxed{odd}", Outcome::Equal);
        check("$\\boxed{4}$", "So it is 4.", Outcome::Equal);
    }

    #[test]
    fn an_option_may_be_given_by_letter_or_by_value() {
        let choices = vec!["4".to_owned(), "5".to_owned()];
        let check = |kind, pred: &str, verdict| {
            let (golds, choices) = (vec!["B".to_owned()], choices.clone());
            let pair = Pair { golds, choices, pred: pred.into(), kind, ..Pair::default() };
            assert_eq!(grade(pair, 1, &Policy::default()).verdict, verdict, "{pred}");
        };
        for pred in ["The answer is 5.", "(B)", "**B**", "B) 5"] {
            check(Kind::Reply, pred, Outcome::Equal);
        }
        check(Kind::Reply, "The answer is 4.", Outcome::Different);
        check(Kind::Answer, "5", Outcome::Equal);
        check(Kind::Answer, "A", Outcome::Different);
    }

    #[test]
    fn the_better_verdict_over_several_golds_counts() {
        let tower = "9".repeat(5000);
        let undecided = graded(Kind::Answer, &["3", &tower], "5", None);
        assert_eq!(undecided.verdict, Outcome::Unknown, "{}", undecided.how);
        assert_eq!(graded(Kind::Answer, &[&tower, "5"], "5", None).verdict, Outcome::Equal);
    }

    #[test]
    fn marks_tell_in_which_direction_a_verdict_is_wrong() {
        let check = |gold: &str, pred: &str, equal, expect| {
            let found = graded(Kind::Answer, &[gold], pred, Some(Expected::Equal(equal)));
            assert_eq!(found.mark, Some(expect), "{gold} {pred}");
        };
        check("5", "5", true, Mark::Right);
        check("5", "6", false, Mark::Right);
        check("5", "5", false, Mark::FalsePositive);
        check("5", "6", true, Mark::FalseNegative);
        check(&"9".repeat(5000), "6", true, Mark::Unknown);
    }

    #[test]
    fn extraction_alone_is_marked_too() {
        let check = |pred: &str, texts: &[&str], verdict, mark| {
            let texts = texts.iter().map(|text| (*text).to_owned()).collect();
            let found = graded(Kind::Extract, &[], pred, Some(Expected::Texts(texts)));
            assert_eq!((found.verdict, found.mark), (verdict, Some(mark)), "{pred}: {}", found.how);
        };
        check("The answer is A.", &["a", "A"], Outcome::Equal, Mark::Right);
        check("The answer is 5.", &["6"], Outcome::Different, Mark::FalseNegative);
        check("no idea", &["6"], Outcome::Different, Mark::FalseNegative);
        check("no idea", &[], Outcome::Equal, Mark::Right);
        check("The answer is 5.", &[], Outcome::Different, Mark::FalsePositive);
        let alone = graded(Kind::Extract, &[], "The answer is 5.", None);
        assert_eq!(
            (alone.verdict, alone.mark, alone.rule.as_deref()),
            (Outcome::Unknown, None, Some("answer_is"))
        );
    }
}
