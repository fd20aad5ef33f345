//! The final answer of a reply: rules tried in order, and the rule that fired is kept.

mod boxed;
mod choice;
mod formula;
mod marks;
mod number;
mod phrase;
mod value;

use std::ops::Range;

/// The final answer of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// The answer as it is written, without the delimiters around it.
    pub raw: String,
    /// Where it stands in the reply, in bytes.
    pub span: Range<usize>,
    /// The rule that found it.
    pub rule: &'static str,
    /// Found for want of anything better: it may not be the answer at all.
    pub weak: bool,
}

impl Extracted {
    pub(crate) fn at(reply: &str, span: Range<usize>, rule: &'static str) -> Option<Self> {
        let span = value::predicate(reply, span);
        let (trimmed, span) = value::trimmed(reply, span);
        (!trimmed.is_empty()).then(|| Self { raw: trimmed.to_owned(), span, rule, weak: false })
    }
}

/// A rule: reads the answer part of a reply (a whole string and the byte where that part begins).
type Rule = fn(reply: &str, from: usize) -> Option<Extracted>;

const RULES: &[Rule] = &[
    boxed::last_box,
    phrase::final_answer,
    phrase::answer_is,
    marks::after_hashes,
    marks::bold_on_last_line,
    formula::last_display,
    choice::with_cue,
    formula::last_inline,
    number::last_number,
];

/// The final answer of a reply, by the first rule that finds one.
pub fn extract(reply: &str) -> Option<Extracted> {
    let from = after_thinking(reply);
    RULES.iter().find_map(|rule| rule(reply, from))
}

/// Where the thinking ends; the start of a reply that has none.
fn after_thinking(reply: &str) -> usize {
    const CLOSE: &str = "</think>";
    match reply.rfind(CLOSE).map(|at| at + CLOSE.len()) {
        Some(end) if !reply[end..].trim().is_empty() => end,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_fire_in_order_and_spans_point_at_the_text() {
        let check = |reply: &str, rule: &str, raw: &str| {
            let found = extract(reply).unwrap_or_else(|| panic!("nothing in {reply:?}"));
            assert_eq!((found.rule, found.raw.as_str()), (rule, raw), "{reply:?}");
            assert_eq!(reply[found.span.clone()].trim(), found.raw);
        };
        check("the answer is 4, so \\boxed{5}.", "boxed", "5");
        check("<think>\\boxed{3}</think>The answer is 4.", "answer_is", "4");
        check("So 3 + 4 = 7.\n#### 1,234", "hashes", "1,234");
        check("First.\n**Total: 12**", "bold", "Total: 12");
        check("We get\n\\[x = 3 + 4 = 7\\]", "display", "x = 3 + 4 = 7");
        check("I count 3 and then 12 apples", "number", "12");
        check("I pick option (C) here", "choice", "C");
        assert_eq!(extract(""), None);
        assert_eq!(extract("no idea"), None);
    }
}
