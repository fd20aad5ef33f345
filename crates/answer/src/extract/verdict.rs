//! Yes, no, true and false as a final answer.

use std::ops::Range;

use super::source::Source;
use super::{Extracted, marks, stated, words};

/// A reply that begins with yes, no, true or false, or whose last sentence ends with it.
pub(super) fn verdict(source: &Source<'_>) -> Option<Extracted> {
    let span = source.span();
    let text = source.head(span.start, span.end);
    let lead = text.len()
        - text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '"' | '`')).len();
    let first = words::verdict(&text[lead..]).map(|length| span.start + lead..span.start + lead + length);
    let found = first.or_else(|| closing_verdict(source))?;
    Some(Extracted { weak: true, ..stated::at(source, found, "verdict")? })
}

/// "… so the statement is true."
fn closing_verdict(source: &Source<'_>) -> Option<Range<usize>> {
    let line = source.tail(&marks::last_line(source));
    let text = source.part(line.clone());
    let end = text.trim_end_matches(|c: char| !c.is_alphanumeric()).len();
    let start = text[..end]
        .rfind(|c: char| !c.is_alphabetic())
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let before = text[..start.min(end)].trim_end_matches([' ', '*', '"']);
    let states = before.ends_with(" is") || before.ends_with(" are");
    let said = matches!(
        text.get(start..end)?.to_lowercase().as_str(),
        "true" | "false" | "yes" | "no" | "correct" | "incorrect"
    );
    (states && said).then_some(line.start + start..line.start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_in_a_word() {
        let check = |reply: &str, expect: Option<&str>| {
            let found = verdict(&Source::after_thinking(reply)).map(|found| found.raw);
            assert_eq!(found.as_deref(), expect, "{reply:?}");
        };
        check("Yes, because 9 is divisible by 3.", Some("Yes"));
        check("**No**. It is not.", Some("No"));
        check("False", Some("False"));
        check("We see it holds, so the statement is true.", Some("true"));
        check("No solution exists", None);
        check("Yes we can find 5 of them", None);
        check("True believers have 3", None);
    }
}
