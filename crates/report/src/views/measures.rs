//! The six measures that every table and chart shows, and what the report knows about other figures.

use super::numbers::Unit;
use crate::model::About;

/// A headline measure.
#[derive(Debug)]
pub(crate) struct Measure {
    /// Its name in the metrics table.
    pub(crate) name: &'static str,
    /// Its name for people.
    pub(crate) title: &'static str,
    /// The header of a column on a wide terminal; may break.
    pub(crate) header: &'static str,
    /// The header of a column on a narrow one.
    pub(crate) short: &'static str,
    /// How it is printed.
    pub(crate) unit: Unit,
    /// It depends on the tokenizer.
    pub(crate) tokens: bool,
    /// The peer's figure for the same thing.
    pub(crate) peer: &'static str,
}

/// The headline measures in the order of the columns.
pub(crate) static MEASURES: [Measure; 6] = [
    measure("accuracy", ["accuracy", "accuracy", "right"], Unit::Share, false, "evalthink.accuracy"),
    measure(
        "reasoning_tokens",
        ["reasoning tokens", "reasoning\ntokens", "think"],
        Unit::Tokens,
        true,
        "evalthink.reasoning_tokens",
    ),
    measure(
        "first_correct_tokens",
        ["first-correct tokens", "first-correct\ntokens", "to answer"],
        Unit::Tokens,
        true,
        "evalthink.first_correct_tokens",
    ),
    measure(
        "reflection_tokens",
        ["reflection tokens", "reflection\ntokens", "after it"],
        Unit::Tokens,
        true,
        "evalthink.reflection_tokens",
    ),
    measure(
        "token_efficiency",
        ["token efficiency", "token\nefficiency", "effic."],
        Unit::Share,
        true,
        "evalthink.token_efficiency",
    ),
    measure(
        "thought_switches",
        ["thought switches", "thought\nswitches", "switch"],
        Unit::Number,
        false,
        "evalthink.thought_num",
    ),
];

const fn measure(
    name: &'static str,
    [title, header, short]: [&'static str; 3],
    unit: Unit,
    tokens: bool,
    peer: &'static str,
) -> Measure {
    Measure { name, title, header, short, unit, tokens, peer }
}

/// Figures of the peer system stand under this prefix.
pub(crate) const PEER_PREFIX: &str = "evalthink.";

/// Figures that only say how many replies went wrong; the ledger says it in words.
pub(crate) const LEDGER_FIGURES: [&str; 10] = [
    "truncated",
    "unclosed",
    "empty",
    "undecided",
    "unlocated",
    "judge_failed",
    "no_answer",
    "no_gold",
    "errors",
    "found_then_lost",
];

/// The headline measure of this name.
pub(crate) fn headline(metric: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|measure| measure.name == metric)
}

fn peer_of(metric: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|measure| measure.peer == metric)
}

/// How any figure is printed.
pub(crate) fn unit_of(about: &About, metric: &str) -> Unit {
    let known = headline(metric).or_else(|| peer_of(metric)).map(|measure| measure.unit);
    known.or_else(|| about.term(metric).map(|term| Unit::named(&term.unit))).unwrap_or(Unit::Number)
}

/// What any figure is called. A figure with a parameter keeps its own name, or its parameter would be lost.
pub(crate) fn title_of(about: &About, metric: &str) -> String {
    if let Some(measure) = headline(metric) {
        return measure.title.to_owned();
    }
    if let Some(measure) = peer_of(metric) {
        return format!("{}, by EvalThink's rules", measure.title);
    }
    let exact = about.term(metric).filter(|term| term.name == metric && !term.title.is_empty());
    exact.map_or_else(|| metric.replace('_', " "), |term| term.title.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Term;

    #[test]
    fn units_and_titles_come_from_the_measures_first_and_the_glossary_then() {
        let term = |name: &str, title: &str, unit: &str| Term {
            name: name.into(),
            title: title.into(),
            unit: unit.into(),
            about: String::new(),
        };
        let glossary = vec![term("pass@k", "pass at k", "share"), term("waste_tokens", "waste", "tokens")];
        let about = About { glossary, ..About::default() };
        let check = |metric: &str, title: &str, unit: Unit| {
            assert_eq!(title_of(&about, metric), title);
            assert_eq!(unit_of(&about, metric), unit, "{metric}");
        };
        check("first_correct_tokens", "first-correct tokens", Unit::Tokens);
        check("evalthink.thought_num", "thought switches, by EvalThink's rules", Unit::Number);
        check("pass@4", "pass@4", Unit::Share);
        check("waste_tokens", "waste", Unit::Tokens);
        check("some_thing", "some thing", Unit::Number);
    }
}
