//! The last `\boxed{…}`; neighbouring boxes are one list. One pass over the reply, however boxes are nested.

use std::ops::Range;

use super::source::Source;
use super::{Extracted, stated};

const COMMANDS: [&str; 3] = ["\\boxed", "\\fbox", "\\framebox"];

/// The last box, or the run of boxes that ends with it.
pub(super) fn last_box(source: &Source<'_>) -> Option<Extracted> {
    let boxes = boxes(source);
    let last = boxes.last()?;
    let between = |pair: &[Box]| neighbours(source.part(pair[0].outer.end..pair[1].outer.start));
    let run = boxes.windows(2).rev().take_while(|pair| between(pair)).count();
    let run = &boxes[boxes.len() - 1 - run..];
    let mut values: Vec<&str> = run.iter().map(|b| source.part(b.inner.clone()).trim()).collect();
    values.dedup();
    if values.len() == 1 {
        return stated::whole(source, &last.inner, "boxed");
    }
    let span = run.first()?.outer.start..last.outer.end;
    Some(Extracted { raw: values.join(", "), span, rule: "boxed", weak: false })
}

struct Box {
    outer: Range<usize>,
    inner: Range<usize>,
}

/// The outermost boxes that hold something.
fn boxes(source: &Source<'_>) -> Vec<Box> {
    let (text, from) = (source.all(), source.span().start);
    let mut starts: Vec<(usize, usize)> = COMMANDS
        .iter()
        .flat_map(|word| text.match_indices(word).map(|(at, _)| (at, at + word.len())))
        .collect();
    starts.sort_unstable();
    source.charge(COMMANDS.len() * text.len());
    if starts.is_empty() {
        return vec![];
    }
    let closes = closing(text);
    let mut found: Vec<Box> = Vec::new();
    let mut reached = 0;
    for (index, (start, end)) in starts.iter().enumerate() {
        let limit = starts.get(index + 1).map_or(text.len(), |next| next.0);
        if *start < reached || text[*end..].starts_with(char::is_alphabetic) {
            continue;
        }
        let Some((inner, end)) = argument(text, *end..limit, &closes) else { continue };
        reached = end;
        if !text[inner.clone()].trim().is_empty() {
            found.push(Box { outer: from + start..from + end, inner: from + inner.start..from + inner.end });
        }
    }
    found
}

/// Opening braces and their closing ones, sorted.
type Pairs = Vec<(usize, usize)>;

fn close(pairs: &Pairs, open: usize) -> Option<usize> {
    pairs.binary_search_by_key(&open, |(open, _)| *open).ok().map(|at| pairs[at].1)
}

fn closing(text: &str) -> Pairs {
    let (mut open, mut pairs, mut escaped) = (Vec::new(), Vec::new(), false);
    for (at, c) in text.bytes().enumerate() {
        match c {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => open.push(at),
            b'}' => pairs.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}

/// The inside of the braces that follow, or what stands in their place, and where the box ends. What has no closing
/// brace is looked for before the next box.
fn argument(text: &str, room: Range<usize>, closes: &Pairs) -> Option<(Range<usize>, usize)> {
    let rest = &text[room.clone()];
    let start = room.end - rest.trim_start_matches([' ', '\n']).len();
    if !text[start..].starts_with('{') {
        return bare(text, start..room.end, closes).map(|span| (span.clone(), span.end));
    }
    if let Some(end) = close(closes, start) {
        return Some((start + 1..end, end + 1));
    }
    // A formula that ends before the box does: the brace was forgotten.
    let inside = &text[start + 1..room.end];
    let end = inside.find(['$', '\n']).or((room.end == text.len()).then_some(inside.len()))?;
    Some((start + 1..start + 1 + end, start + 1 + end))
}

/// What a box without braces holds: a number with its sign, a command with its arguments, a word.
fn bare(text: &str, room: Range<usize>, closes: &Pairs) -> Option<Range<usize>> {
    let rest = &text[room.clone()];
    let sign = usize::from(rest.starts_with(['-', '+']));
    let start = room.start + sign;
    let end = if rest[sign..].starts_with('\\') {
        command(text, start..room.end, closes)?
    } else {
        start + word(&rest[sign..])
    };
    (end > start).then_some(room.start..end)
}

fn word(text: &str) -> usize {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '/' | ',' | '%');
    let word = &text[..text.find(|c: char| !goes_on(c)).unwrap_or(text.len())];
    word.trim_end_matches(['.', '-', ',']).len()
}

/// The end of `\frac{1}{2}`, `\frac12`, `\sqrt2`; commands that begin or end something are none.
fn command(text: &str, room: Range<usize>, closes: &Pairs) -> Option<usize> {
    let letters = text[room.start + 1..room.end].bytes().take_while(u8::is_ascii_alphabetic).count();
    let mut end = room.start + 1 + letters;
    if matches!(&text[room.start + 1..end], "" | "end" | "begin" | "right" | "text") {
        return None;
    }
    while text[end..].starts_with('{') {
        end = close(closes, end)? + 1;
    }
    Some(end + text[end..room.end.max(end)].bytes().take_while(u8::is_ascii_digit).count())
}

/// What stands between two boxes that give one answer together.
fn neighbours(between: &str) -> bool {
    if between.len() > 160 {
        return false;
    }
    let words =
        ["\\text", "\\quad", "\\]", "\\["].iter().fold(between.to_owned(), |t, word| t.replace(word, " "));
    let words = words.replace(['$', ',', ';', '{', '}', '\\', '(', ')'], " ");
    words.len() < 80 && words.split_whitespace().all(|word| matches!(word, "and" | "or" | "和" | "或"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes() {
        let check = |reply: &str, expect: Option<&str>| {
            let found = last_box(&Source::after_thinking(reply)).map(|found| found.raw);
            assert_eq!(found.as_deref(), expect, "{reply:?}");
        };
        check("\\boxed{\\frac{1}{2}}", Some("\\frac{1}{2}"));
        check("\\boxed{3} no, \\boxed{4.}", Some("4"));
        check("\\boxed{1} and $\\boxed{2}$", Some("1, 2"));
        check("\\boxed{7} \\boxed{7}", Some("7"));
        check("\\boxed{ \\{1,2\\} }", Some("\\{1,2\\}"));
        check("\\boxed{\\boxed{3}}", Some("\\boxed{3}"));
        check("\\fbox{9}", Some("9"));
        check("\\boxed{the volume of the cube is 120}", Some("120"));
        check("\\boxed{28 percent$", Some("28 percent"));
        check("\\boxed{5} and then \\boxed{\\boxed{", Some("5"));
        check("\\boxed{}", None);
        check("nothing", None);
    }

    #[test]
    fn boxes_without_braces() {
        let check = |reply: &str, expect: Option<&str>| {
            let found = last_box(&Source::after_thinking(reply)).map(|found| found.raw);
            assert_eq!(found.as_deref(), expect, "{reply:?}");
        };
        check("\\boxed 5 is", Some("5"));
        check("\\boxed5", Some("5"));
        check("$\\boxed 5$.", Some("5"));
        check("\\boxed -3.5.", Some("-3.5"));
        check("\\boxed 1,234.", Some("1,234"));
        check("\\boxed\\frac{1}{2}", Some("\\frac{1}{2}"));
        check("\\boxed \\frac12$", Some("\\frac12"));
        check("\\boxed\\sqrt2", Some("\\sqrt2"));
        check("\\boxed B", Some("B"));
        check("Mark your solution with \\boxed", None);
        check("I will mark it with \\boxed. First", None);
        check("\\[\n\\boxed", None);
        check("\\boxedx{3}", None);
    }
}
