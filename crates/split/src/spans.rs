//! From the places where a text is cut to the spans of its steps.

use std::ops::Range;

use answer::Work;

/// The text without these characters at its end, counting what was looked at.
pub(crate) fn trim_end<'t>(text: &'t str, of: &[char], work: &Work) -> &'t str {
    let trimmed = text.trim_end_matches(of);
    work.bytes(text.len() - trimmed.len() + 1);
    trimmed
}

/// The spans between `gaps` (what separates steps: in order, disjoint; empty for a mere cut), without the
/// blanks around them; blank ones are dropped.
pub(crate) fn between(text: &str, gaps: impl IntoIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    for gap in gaps {
        spans.extend(trimmed(text, at..gap.start));
        at = gap.end;
    }
    spans.extend(trimmed(text, at..text.len()));
    spans
}

/// The spans between places where a text is cut without losing anything.
pub(crate) fn cut_at(text: &str, cuts: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
    between(text, cuts.into_iter().map(|cut| cut..cut))
}

fn trimmed(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let piece = text.get(span.clone())?;
    let start = span.start + (piece.len() - piece.trim_start().len());
    let length = piece.trim().len();
    (length > 0).then_some(start..start + length)
}

/// What the tests of every splitter share.
#[cfg(test)]
pub(crate) mod testing {
    use std::ops::Range;

    use proptest::prelude::*;
    use serde_json::Value;
    use tokens::Tokenizer;

    use crate::{SPLITTERS, Splitter};

    /// The splitter that a table describes.
    pub(crate) fn splitter(table: Value) -> Box<dyn Splitter> {
        SPLITTERS.build(&table, "split").unwrap_or_else(|faults| panic!("{table}: {faults}")).built
    }

    /// The texts of the steps.
    pub(crate) fn check(splitter: &dyn Splitter, text: &str, expect: &[&str]) {
        let pieces: Vec<&str> = splitter.spans(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(pieces, expect, "{text:?}");
    }

    /// Texts of what splitters look for, in any order and combination.
    pub(crate) fn texts() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            "\\PC",
            "[a-zA-Z]{1,6}",
            "[ \t\n\r\u{a0}\u{3000}]{1,3}",
            "[.!?。！？…;:,]{1,3}",
            "(\n\n|\r\n\r\n|\n \n|\r)",
            "(\\$|\\$\\$|`|```|\\\\\\(|\\\\\\)|\\\\\\[|\\\\\\]|\\\\begin\\{x\\}|\\\\end\\{x\\}|\\\\)",
            "(But wait|Alternatively|hmm|Wait|另一种方法|等等|e\\.g\\.|3\\.14|1\\. |- |\\*\\*)",
        ];
        proptest::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
    }

    /// Holds for every splitter: spans are in order, disjoint, at character boundaries, not blank unless it
    /// keeps empty ones, and `is_gap` holds for what stands between them; the steps' tokens add up.
    pub(crate) fn check_spans(text: &str, spans: &[Range<usize>], is_gap: impl Fn(&str) -> bool) {
        let mut at = 0;
        for span in spans {
            assert!(at <= span.start && span.start <= span.end, "{spans:?} of {text:?}");
            let gap = text.get(at..span.start).expect("a character boundary");
            assert!(is_gap(gap), "{gap:?} stands between the steps of {text:?}");
            assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
            at = span.end;
        }
        assert!(is_gap(&text[at..]), "{:?} stands behind the steps of {text:?}", &text[at..]);

        let tokenizer = Tokenizer::builtin().unwrap();
        let (tokens, steps) = crate::run::count(&tokenizer, text, spans).unwrap();
        assert_eq!(tokens, tokenizer.count(text));
        if !spans.is_empty() {
            assert_eq!(steps.iter().map(|step| step.tokens).sum::<u32>(), tokens, "{text:?}");
        }
    }

    /// The same for a splitter that drops nothing but blanks.
    pub(crate) fn check_only_blanks_between(splitter: &dyn Splitter) {
        proptest!(|(text in texts())| {
            let spans = splitter.spans(&text);
            check_spans(&text, &spans, |gap| gap.trim().is_empty());
            for span in &spans {
                let piece = &text[span.clone()];
                prop_assert!(!piece.is_empty() && piece.trim() == piece);
            }
            prop_assert_eq!(spans.is_empty(), text.trim().is_empty());
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_steps_belong_to_none() {
        let check = |text: &str, gaps: &[(usize, usize)], expect: &[&str]| {
            let spans = between(text, gaps.iter().map(|(start, end)| *start..*end));
            let pieces: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
            assert_eq!(pieces, expect, "{text:?}");
        };
        check(" a b ", &[], &["a b"]);
        check(" a|b ", &[(2, 3)], &["a", "b"]);
        check(" | |b", &[(1, 2), (3, 4)], &["b"]);
        check("  ", &[], &[]);
        check("ab", &[(1, 1)], &["a", "b"]);
    }
}
