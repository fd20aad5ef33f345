//! The final answer of a reply: rules tried in order, and the rule that fired is kept. The work grows with a reply's
//! length and no faster.

mod boxed;
pub(crate) mod choice;
mod delimiters;
mod letter;
mod marks;
mod passages;
mod phrase;
mod pieces;
mod prose;
mod sides;
mod source;
mod stated;
mod tagged;
mod values;
mod verdict;
mod words;

use std::ops::Range;

use source::Source;

use crate::pattern::pattern;

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

/// A rule: reads the answer part of a reply.
type Rule = fn(&Source<'_>) -> Option<Extracted>;

const RULES: &[Rule] = &[
    boxed::last_box,
    tagged::tag_or_json,
    phrase::final_answer,
    phrase::answer_is,
    marks::after_hashes,
    marks::bold_on_last_line,
    whole_value,
    choice::with_cue,
    verdict::verdict,
    prose::last_value,
];

/// So many of them go by what the reply says of its answer.
const STATED: usize = 4;

/// The final answer of a reply, by the first rule that finds one.
pub fn extract(reply: &str) -> Option<Extracted> {
    from(&Source::after_thinking(reply))
}

fn from(source: &Source<'_>) -> Option<Extracted> {
    RULES.iter().find_map(|rule| rule(source))
}

/// The same by the rules that need the reply to say that it gives its answer: a box, a tag, "the answer is".
pub fn extract_stated(reply: &str) -> Option<Extracted> {
    let source = Source::after_thinking(reply);
    RULES[..STATED].iter().find_map(|rule| rule(&source))
}

/// What a stretch that holds little but the answer states.
fn marked(source: &Source<'_>) -> Option<Extracted> {
    RULES[..1].iter().chain(&RULES[2..4]).find_map(|rule| rule(source))
}

/// The name of the rules by which a whole reply is the answer.
pub(crate) const WHOLE: &str = "whole";

/// A reply that is nothing but a value.
fn whole_value(source: &Source<'_>) -> Option<Extracted> {
    Some(Extracted { weak: true, ..stated::only_value(source, WHOLE)? })
}

/// A reply of a word or two, or of a name, is the answer itself.
pub(crate) fn whole_words(reply: &str) -> Option<Extracted> {
    let source = Source::after_thinking(reply);
    let text = source.head(source.span().start, source.span().end);
    let words: Vec<&str> = text.split_whitespace().take(6).collect();
    let named =
        |word: &&str| word.starts_with(char::is_uppercase) || matches!(*word, "of" | "the" | "and" | "de");
    let short = words.len() <= 2 || words.len() <= 5 && words.iter().all(named);
    let found = stated::at(&source, source.span(), WHOLE).filter(|_| short)?;
    Some(Extracted { weak: true, ..found })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_beyond_ascii_are_no_place_to_cut() {
        // Found by the fuzzer: an apostrophe or a hyphen of more than one byte behind a single letter.
        let replies =
            ["It i’.\n final answer is K.", "the answer is i’", "the answer is I’m 4", "the answer is 7 x‑a"];
        for reply in replies {
            let whole = |found: Extracted| reply.get(found.span).is_some();
            assert!(extract(reply).is_none_or(whole), "{reply}");
        }
    }

    #[test]
    fn rules_fire_in_order_and_spans_point_at_the_text() {
        let check = |reply: &str, rule: &str, raw: &str| {
            let found = extract(reply).unwrap_or_else(|| panic!("nothing in {reply:?}"));
            assert_eq!((found.rule, found.raw.as_str()), (rule, raw), "{reply:?}");
            assert_eq!(reply[found.span.clone()].trim(), found.raw, "{reply:?}");
        };
        check("the answer is 4, so \\boxed{5}.", "boxed", "5");
        check("The box holds 3 rows. <answer>12</answer> apples in 4 rows.", "tag", "12");
        check("{\"answer\": \"C\"}", "json", "C");
        check("<think>\\boxed{3}</think>The answer is 4.", "answer_is", "4");
        check("So 3 + 4 = 7.\n#### 1,234", "hashes", "1,234");
        check("First.\n**Total: 12**", "bold", "12");
        check("The **total** is 12.", "last_value", "12");
        check("We get\n\\[x = 3 + 4 = 7\\]", "display", "x = 3 + 4 = 7");
        check("I count 3 and then 12 apples", "last_value", "12");
        check("I pick option (C) here", "choice", "C");
        check("x^2+1", "whole", "x^2+1");
        assert_eq!(extract(""), None);
        assert_eq!(extract("there is no idea"), None);
    }

    /// What models repeat when they loop, and what is hostile to a search for the end of something.
    const LOOPS: &[&str] = &[
        "\\boxed{",
        "\\boxed",
        "\\boxed{5}",
        "\\boxed{5",
        "\\boxed\\frac{",
        "\\fbox 3 ",
        "{",
        "}",
        "{}",
        "\\{",
        "(",
        ")",
        "[",
        "((1, ",
        "$",
        "$$",
        "$5 ",
        "\\(",
        "\\[",
        "\\[x",
        "\\] ",
        "\\begin{align",
        "\\begin{align}\\end{align",
        "\\\\",
        "the final answer is ",
        "the answer is ",
        "Answer: ",
        "answer ",
        "Final Answer\n",
        "ANSWER:\n",
        "**Answer**",
        "答案是",
        "答：",
        "<answer>",
        "<answer></answer>",
        "</answer>",
        "<answer>5",
        "<final>",
        "</think>",
        "{\"answer\": ",
        "\"answer\": \"",
        "\"answer\": [",
        "'answer':",
        "```\n",
        "```json\n",
        "#### ",
        "####",
        "** ",
        "**",
        "**a",
        "*",
        "=4",
        "= 4 ",
        "1, ",
        "5 and ",
        "1 or ",
        "2 + ",
        "suppose 4 ",
        "if 4 then ",
        "we get 4 ",
        "check 1, ",
        "so B. ",
        "A, ",
        "A and ",
        "option A ",
        "(A) ",
        "A is correct. ",
        "A is ",
        "I choose ",
        "choose A or ",
        "only ",
        "Yes, ",
        "no. ",
        "9",
        "9,",
        "1.",
        "a",
        "a b ",
        " ",
        "\n",
        "\n\n",
        "|",
        "| 5 |\n",
        "- 5\n",
        "1. x\n",
        "x_",
        "x^",
        "2^",
        "\\frac",
        "\\frac{1}{",
        "\\text{",
        "√",
        "½",
        "é",
        "中",
        "不是 5 ",
        "(see 5) ",
        "eq. ",
        "-",
        "—",
        "\u{1f600}",
        "<",
        ">",
        "<b>",
        "&",
        "~",
        "\"",
        "'",
        "_",
        "`",
    ];

    /// Bytes that are looked at in a reply, with and without options.
    fn read(reply: &str) -> (usize, usize) {
        let source = Source::after_thinking(reply);
        let _ = from(&source);
        (source.read(), choice::read(reply, &["4", "5", "B", "the sky"].map(str::to_owned)))
    }

    fn looped(unit: &str, bytes: usize) -> String {
        unit.repeat(bytes / unit.len() + 1) + " so it is 5."
    }

    /// What is wrong with the work that a loop takes.
    fn fault(unit: &str) -> Option<String> {
        // More than one value may hold, so that none of them is read whole.
        const SMALL: usize = 2 * source::MAX_VALUE;
        const LARGE: usize = 4 * SMALL;
        // Bytes looked at for each byte of a reply: some dozen passes, and what a value behind each cue may take.
        const MOST: usize = 200;
        let (before, after) = (read(&looped(unit, SMALL)), read(&looped(unit, LARGE)));
        let fits = |before: usize, after: usize| after <= 5 * before && after <= MOST * LARGE;
        let fit = fits(before.0, after.0) && fits(before.1, after.1);
        (!fit).then(|| format!("{unit:?}: {before:?} → {after:?}"))
    }

    #[test]
    fn work_grows_with_the_length_and_no_faster() {
        let faults: Vec<String> = LOOPS.iter().filter_map(|unit| fault(unit)).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn work_grows_no_faster_in_any_loop(units in prop::collection::vec(prop::sample::select(LOOPS), 2..5)) {
            prop_assert_eq!(fault(&units.concat()), None);
        }
    }
}
