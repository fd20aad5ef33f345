//! The last balanced `\boxed{…}`; neighbouring boxes are one list.

use std::ops::Range;

use super::Extracted;

/// The last box, or the run of boxes that ends with it.
pub(super) fn last_box(reply: &str, from: usize) -> Option<Extracted> {
    let boxes = boxes(reply, from);
    let last = boxes.last()?;
    let mut first = boxes.len() - 1;
    while first > 0 && neighbours(&reply[boxes[first - 1].outer.end..boxes[first].outer.start]) {
        first -= 1;
    }
    if first + 1 == boxes.len() {
        return Extracted::at(reply, last.inner.clone(), "boxed");
    }
    let run = &boxes[first..];
    let mut values: Vec<&str> = run.iter().map(|b| reply[b.inner.clone()].trim()).collect();
    values.dedup();
    if values.len() == 1 {
        return Extracted::at(reply, last.inner.clone(), "boxed");
    }
    let span = run[0].outer.start..last.outer.end;
    Some(Extracted { raw: values.join(", "), span, rule: "boxed", weak: false })
}

struct Box {
    outer: Range<usize>,
    inner: Range<usize>,
}

fn boxes(reply: &str, from: usize) -> Vec<Box> {
    let mut found: Vec<Box> = Vec::new();
    for command in ["\\boxed", "\\fbox"] {
        for (at, _) in reply[from..].match_indices(command) {
            let start = from + at;
            let Some(inner) = argument(reply, start + command.len()) else { continue };
            let outer = start..(inner.end + 1).min(reply.len());
            found.push(Box { outer, inner });
        }
    }
    found.sort_by_key(|b| b.outer.start);
    // A box inside a box is part of it.
    let mut end = 0;
    found.retain(|b| {
        let keep = b.outer.start >= end;
        end = end.max(b.outer.end);
        keep
    });
    found
}

/// The inside of the braces that follow, or the one word that stands in their place.
fn argument(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = &text[from..];
    let blanks = rest.len() - rest.trim_start().len();
    let start = from + blanks;
    if !text[start..].starts_with('{') {
        let word = text[start..].find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-')))?;
        return (blanks > 0 && word > 0).then(|| start..start + word);
    }
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, c) in text[start..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' if depth == 1 => return Some(start + 1..start + at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    // A formula that ends before the box does: the brace was forgotten.
    let end = text[start..].find(['$', '\n']).map_or(text.len(), |at| start + at);
    (end > start + 1).then_some(start + 1..end)
}

/// What stands between two boxes that give one answer together.
fn neighbours(between: &str) -> bool {
    let words: String = between
        .replace("\\text", " ")
        .replace("\\quad", " ")
        .replace("\\]", " ")
        .replace("\\[", " ")
        .replace(['$', ',', ';', '{', '}', '\\', '(', ')'], " ");
    words.len() < 80 && words.split_whitespace().all(|word| matches!(word, "and" | "or" | "和" | "或"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes() {
        let check = |reply: &str, expect: Option<&str>| {
            assert_eq!(last_box(reply, 0).map(|found| found.raw).as_deref(), expect, "{reply:?}");
        };
        check("\\boxed{\\frac{1}{2}}", Some("\\frac{1}{2}"));
        check("\\boxed{3} no, \\boxed{4.}", Some("4"));
        check("\\boxed{1} and $\\boxed{2}$", Some("1, 2"));
        check("\\boxed{7} \\boxed{7}", Some("7"));
        check("\\boxed{ \\{1,2\\} }", Some("\\{1,2\\}"));
        check("\\fbox{9}", Some("9"));
        check("\\boxed 5 is", Some("5"));
        check("\\boxed{28 percent$", Some("28 percent"));
        check("\\boxed{}", None);
        check("nothing", None);
    }
}
