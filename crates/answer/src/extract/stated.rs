//! Reading what is said to be the answer: behind a cue, in a box, between tags. A value is taken whole, a sentence
//! gives the value that it is about, and words stay words.

use std::ops::Range;

use super::delimiters::{tidy, undelimited};
use super::passages::ends;
use super::source::Source;
use super::values::Sentence;
use super::{Extracted, sides, words};
use crate::compare::parse;
use crate::switches::without_spaces;

/// The trimmed text of a span as it stands.
pub(super) fn at(source: &Source<'_>, span: Range<usize>, rule: &'static str) -> Option<Extracted> {
    let text = source.part(span.clone());
    let kept = tidy(text);
    let start = span.start + offset(text, kept);
    (!kept.is_empty()).then(|| Extracted {
        raw: kept.to_owned(),
        span: start..start + kept.len(),
        rule,
        weak: false,
    })
}

/// What a span states that holds nothing but the answer.
pub(super) fn whole(source: &Source<'_>, span: &Range<usize>, rule: &'static str) -> Option<Extracted> {
    let text = source.part(span.clone());
    if text.len() > super::source::MAX_VALUE || !says_something(text) {
        return at(source, span.clone(), rule);
    }
    let (raw, inner) = reading(text);
    (!raw.is_empty()).then(|| Extracted {
        raw,
        span: span.start + inner.start..span.start + inner.end,
        rule,
        weak: false,
    })
}

/// What stands behind a cue. A line that only leads up to the value ("… are:") is passed over.
pub(super) fn after_cue(source: &Source<'_>, room: Range<usize>, rule: &'static str) -> Option<Extracted> {
    let text = source.head(room.start, room.end);
    let mut at = 0;
    while at < text.len() {
        at += lead(&text[at..]);
        let (inside, end) = stretch(&text[at..])?;
        let part = &text[at + inside.start..at + inside.end];
        let leads_on = leads_on(part) && says_something(&text[at + end..]);
        if says_something(part) && !leads_on {
            let (raw, inner) = reading(part);
            let start = room.start + at + inside.start;
            let span = start + inner.start..start + inner.end;
            return (!raw.is_empty()).then_some(Extracted { raw, span, rule, weak: false });
        }
        // A sentence of nothing but its end is passed over with it.
        at += end.max(text[at..].chars().next().map_or(1, char::len_utf8));
    }
    None
}

/// The line is only the first part of a sentence: "The remainder is:".
fn leads_on(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(['*', '_']);
    [":", "：", " is", " are", " equals", " be"].iter().any(|end| line.ends_with(end))
}

/// A displayed formula or a sentence at the beginning of a text: its inside, and where it ends. Nothing, if a formula
/// never ends.
fn stretch(text: &str) -> Option<(Range<usize>, usize)> {
    for (open, close) in [("\\[", "\\]"), ("$$", "$$")] {
        if let Some(rest) = text.strip_prefix(open) {
            let end = open.len() + rest.find(close)?;
            return Some((open.len()..end, end + close.len()));
        }
    }
    let length = sentence(text);
    Some((0..length, length))
}

/// The length of the sentence that the text begins with: to a line's end or a full stop that ends a word, outside
/// brackets and formulas.
fn sentence(text: &str) -> usize {
    let (mut depth, mut dollar) = (0_i32, false);
    for (at, c) in text.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            '$' => dollar = !dollar,
            '\n' if depth <= 0 || text[at..].starts_with("\n\n") => return at,
            _ if !dollar && ends(text, at, c) => return at,
            _ => {}
        }
    }
    text.len()
}

/// Blanks, colons, emphasis and the like in front of a value.
fn lead(text: &str) -> usize {
    let blank = |c: char| {
        c.is_whitespace()
            || matches!(c, ':' | '：' | '*' | '_' | '`' | '是' | '为' | '=' | '#' | '>' | '"' | '“' | '→')
    };
    let rest = text.trim_start_matches(blank);
    let bullet = rest.strip_prefix(['-', '–', '—', '•']).filter(|rest| rest.starts_with(' '));
    text.len() - bullet.map_or(rest, |rest| rest.trim_start_matches(blank)).len()
}

/// More than signs and commands that begin something.
fn says_something(text: &str) -> bool {
    let text = text.trim_start().trim_start_matches("\\boxed").trim_start_matches("\\[");
    text.contains(|c: char| c.is_alphanumeric() || matches!(c, '√' | 'π' | '∞' | '∅' | '½'))
        && text.trim() != "\\boxed"
}

/// The answer that a text of one sentence states, and where it stands.
fn reading(text: &str) -> (String, Range<usize>) {
    let text_only = unlabelled(undelimited(tidy(text)));
    let start = offset(text, text_only);
    let as_it_is = |part: &str| {
        let from = offset(text, part);
        (part.to_owned(), from..from + part.len())
    };
    if let Some(length) = words::verdict(text_only) {
        return as_it_is(&text_only[..length]);
    }
    let sentence = Sentence::of(text_only);
    if is_formula(text_only, &sentence) {
        return as_it_is(tidy(&text_only[sides::conclusion(text_only)]));
    }
    match chosen(&sentence).and_then(|value| sentence.text_of(value)) {
        Some((raw, inner)) => (raw, start + inner.start..start + inner.end),
        None => as_it_is(predicate(text_only)),
    }
}

/// The value that a reply is which holds nothing else.
pub(super) fn only_value(source: &Source<'_>, rule: &'static str) -> Option<Extracted> {
    let span = source.span();
    let text = source.head(span.start, span.end);
    let value = unlabelled(undelimited(tidy(text)));
    let only =
        text.len() == span.len() && !text.trim().contains('\n') && is_formula(value, &Sentence::of(value));
    only.then(|| whole(source, &span, rule)).flatten()
}

/// The whole text is a value: a formula with at most a few words such as units behind it.
fn is_formula(text: &str, sentence: &Sentence<'_>) -> bool {
    let said: Vec<String> = sentence.words().collect();
    let built = said.iter().any(|word| words::is_verb(word) || words::turns_aside(word));
    let led = sentence.values.first().is_some_and(|first| {
        !sentence.begins_with(first) || said.iter().any(|word| word.starts_with(without_spaces))
    });
    said.len() <= 3 && !built && !led && !sentence.has_aside() && parse(text).is_formula()
}

/// The value of a sentence, unless its words are a name ("Apollo 11").
fn chosen<'s>(sentence: &'s Sentence<'_>) -> Option<&'s super::values::Value> {
    let first = sentence.values.first()?;
    if sentence.begins_with(first) {
        let subject = first.next.as_deref().is_some_and(words::is_verb);
        let rest = sentence.values.get(1..).filter(|rest| subject && !rest.is_empty());
        return rest.map_or(Some(first), Sentence::main_of);
    }
    let built = sentence.words().any(|word| words::is_verb(&word));
    (built || sentence.begins_small()).then(|| sentence.main()).flatten()
}

/// Without a label in front ("Total: 12"); a letter is the label of an option.
fn unlabelled(text: &str) -> &str {
    let Some((label, rest)) = text.split_once([':', '：']) else { return text };
    let words = label.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '*') && label.chars().count() > 2;
    if words && !rest.trim().is_empty() { undelimited(tidy(rest)) } else { text }
}

/// A whole sentence ("the colour of the sky is blue") without its subject.
fn predicate(text: &str) -> &str {
    match text.rfind(" is ") {
        Some(at) if text[..at].split_whitespace().count() >= 3 && !text[at..].contains('}') => {
            tidy(&text[at + 4..])
        }
        _ => text,
    }
}

/// Where a part of a text stands in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}
