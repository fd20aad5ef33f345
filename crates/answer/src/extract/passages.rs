//! A reply cut into sentences and displayed formulas.

use std::ops::Range;

use super::source::Source;

/// A stretch that is read by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Passage {
    /// The inside of a displayed formula.
    Display(Range<usize>),
    /// A sentence.
    Sentence(Range<usize>),
}

const DISPLAYS: [(&str, &str); 6] = [
    ("\\[", "\\]"),
    ("$$", "$$"),
    ("\\begin{align", "\\end{align"),
    ("\\begin{equation", "\\end{equation"),
    ("\\begin{gather", "\\end{gather"),
    ("\\begin{eqnarray", "\\end{eqnarray"),
];

/// All passages of a reply, in their order.
pub(super) fn passages(source: &Source<'_>) -> Vec<Passage> {
    let (text, from) = (source.all(), source.span().start);
    let (mut found, mut at) = (Vec::new(), 0);
    for display in displays(source, text) {
        lines(text, at..display.0, from, &mut found);
        found.push(Passage::Display(from + display.1.start..from + display.1.end));
        at = display.2;
    }
    lines(text, at..text.len(), from, &mut found);
    found
}

/// Displayed formulas as their beginning, inside and end. One pass: an opening that is never closed is looked for once.
fn displays(source: &Source<'_>, text: &str) -> Vec<(usize, Range<usize>, usize)> {
    let (mut found, mut at, mut unclosed) = (Vec::new(), 0, [false; DISPLAYS.len()]);
    while let Some(ahead) = text[at..].find(['\\', '$']) {
        at += ahead;
        let kind = DISPLAYS.iter().position(|(open, _)| text[at..].starts_with(open));
        let escaped = text[at..].starts_with("\\\\");
        let Some(kind) = kind.filter(|kind| !unclosed[*kind]) else {
            at += if escaped { 2 } else { 1 };
            continue;
        };
        let (open, close) = DISPLAYS[kind];
        let start = at + open.len();
        let closed = text[start..].find(close);
        source.charge(closed.unwrap_or(text.len() - start));
        match closed {
            Some(length) => {
                let environment = open.starts_with("\\b");
                // The rest of the environment's name: `*}`.
                let name = text[start + length + close.len()..].bytes().take(3).position(|c| c == b'}');
                let end = start + length + close.len() + name.filter(|_| environment).map_or(0, |at| at + 1);
                found.push((at, if environment { at..end } else { start..start + length }, end));
                at = end;
            }
            None => {
                unclosed[kind] = true;
                at += 1;
            }
        }
    }
    found
}

fn lines(text: &str, span: Range<usize>, from: usize, found: &mut Vec<Passage>) {
    let mut start = span.start;
    for line in text[span].split_inclusive('\n') {
        let lead = marker(line);
        sentences(text, start + lead..start + line.len(), from, found);
        start += line.len();
    }
}

/// The length of what marks a line of a list, a heading, a quotation.
fn marker(line: &str) -> usize {
    let rest = line.trim_start();
    let body = rest.trim_start_matches(['#', '>', '-', '*', '•', '+']);
    let marked =
        if body.len() < rest.len() && body.starts_with([' ', '\t']) { body.trim_start() } else { rest };
    let digits = marked.bytes().take_while(u8::is_ascii_digit).count();
    let tail = &marked[digits..];
    let numbered =
        (1..=3).contains(&digits) && tail.starts_with(['.', ')']) && tail[1..].starts_with([' ', '\t']);
    let more = numbered && !tail[1..].trim().is_empty();
    line.len() - marked.len() + if more { digits + 1 } else { 0 }
}

fn sentences(text: &str, span: Range<usize>, from: usize, found: &mut Vec<Passage>) {
    let mut start = span.start;
    let mut push = |start: usize, end: usize| {
        if !text[start..end].trim().is_empty() {
            found.push(Passage::Sentence(from + start..from + end));
        }
    };
    let mut dollar = false;
    for (at, c) in text[span.clone()].char_indices().map(|(at, c)| (span.start + at, c)) {
        dollar ^= c == '$';
        if !dollar && ends(text, at, c) {
            push(start, at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    push(start, span.end);
}

/// A sentence ends with this character.
pub(super) fn ends(text: &str, at: usize, c: char) -> bool {
    match c {
        '。' | '！' | '？' => true,
        '.' | '!' | '?' => {
            let next = text[at + 1..].chars().next();
            let closed =
                next.is_none_or(|next| next.is_whitespace() || matches!(next, '*' | '"' | '”' | '\'' | '_'));
            closed && !(c == '.' && abbreviated(&text[..at]))
        }
        _ => false,
    }
}

/// The word before a full stop is one that is cut short.
fn abbreviated(before: &str) -> bool {
    let length: usize =
        before.chars().rev().take(7).take_while(|c| c.is_alphabetic() || *c == '.').map(char::len_utf8).sum();
    let word = before[before.len() - length..].to_lowercase();
    matches!(
        word.as_str(),
        "eq" | "eqn"
            | "fig"
            | "no"
            | "nr"
            | "e.g"
            | "i.e"
            | "approx"
            | "vs"
            | "dr"
            | "mr"
            | "mrs"
            | "st"
            | "cf"
            | "sec"
            | "resp"
            | "ca"
            | "ref"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_are_sentences_and_displays() {
        let check = |text: &str, expect: &[&str]| {
            let found: Vec<&str> = passages(&Source::after_thinking(text))
                .into_iter()
                .map(|passage| match passage {
                    Passage::Display(span) | Passage::Sentence(span) => text[span].trim(),
                })
                .collect();
            assert_eq!(found, expect, "{text:?}");
        };
        check("One. Two is 2.5, see eq. 1.\n3. Three", &["One.", "Two is 2.5, see eq. 1.", "Three"]);
        check("So\n\\[ x = 1.\n\\]\nDone", &["So", "x = 1.", "Done"]);
        check("A $x. y$ b. $$5$$", &["A $x. y$ b.", "5"]);
        check("\\[\n\\boxed", &["\\[", "\\boxed"]);
        check("- 12 eggs\n## 4", &["12 eggs", "4"]);
        check("共有 9 个。完", &["共有 9 个。", "完"]);
    }
}
