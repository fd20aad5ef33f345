//! Words and sentences of a text, with where they stand.

use std::ops::Range;

/// A word: letters, with hyphens and apostrophes inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) span: Range<usize>,
    /// It begins a sentence, or a quotation.
    pub(crate) starts: bool,
}

impl Word<'_> {
    pub(crate) fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }
}

/// All words of a text. `Anna's` is the word `Anna`.
pub(crate) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::new();
    let mut rest = 0;
    while let Some(from) = text[rest..].find(char::is_alphabetic).map(|at| rest + at) {
        let end =
            text[from..].find(|c: char| !c.is_alphanumeric() && c != '-').map_or(text.len(), |at| from + at);
        let between = &text[rest..from];
        let opens = between.trim_end().ends_with(['.', '!', '?', ':', '"', '“', '\n']);
        let starts = found.is_empty() || opens || between.contains('\n');
        found.push(Word { text: text[from..end].trim_end_matches('-'), span: from..end, starts });
        rest = end;
    }
    found
}

/// Sentences with the blanks behind each; together they are the text.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        let next = text[after..].chars().next();
        let ends = matches!(c, '.' | '!' | '?')
            && next.is_none_or(char::is_whitespace)
            && !is_short(&text[start..at]);
        if ends {
            let blanks = text[after..].len() - text[after..].trim_start().len();
            found.push(&text[start..after + blanks]);
            start = after + blanks;
            while chars.peek().is_some_and(|(at, _)| *at < start) {
                chars.next();
            }
        }
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}

/// A point behind this ends no sentence: a title, an initial, a unit.
fn is_short(text: &str) -> bool {
    let last = text.rsplit(|c: char| c.is_whitespace()).next().unwrap_or(text);
    matches!(
        last,
        "Mr" | "Mrs" | "Ms" | "Dr" | "St" | "Prof" | "vs" | "approx" | "No" | "a.m" | "p.m" | "e.g" | "i.e"
    ) || (last.chars().count() == 1 && last.starts_with(char::is_uppercase))
}

/// The text with these stretches replaced; they do not overlap.
pub(crate) fn replaced(text: &str, mut changes: Vec<(Range<usize>, String)>) -> String {
    changes.sort_by_key(|(span, _)| span.start);
    let (mut out, mut at) = (String::new(), 0);
    for (span, new) in changes {
        out.push_str(&text[at..span.start]);
        out.push_str(&new);
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_whether_they_begin_a_sentence() {
        let found = words("Anna's dog ran. It saw Will, “Now!” and well-known Bo\nEnd");
        let shown: Vec<String> =
            found.iter().map(|word| format!("{}{}", if word.starts { "^" } else { "" }, word.text)).collect();
        let expect =
            ["^Anna", "s", "dog", "ran", "^It", "saw", "Will", "^Now", "and", "well-known", "Bo", "^End"];
        assert_eq!(shown, expect);
    }

    #[test]
    fn sentences_are_the_text() {
        let check = |text: &str, expect: &[&str]| {
            let found = sentences(text);
            assert_eq!(found, expect);
            assert_eq!(found.concat(), text);
        };
        check("One. Two!  Three?", &["One. ", "Two!  ", "Three?"]);
        check("It costs $2.50 each. Mr. Ota pays.", &["It costs $2.50 each. ", "Mr. Ota pays."]);
        check("No end", &["No end"]);
        check("", &[]);
    }
}
