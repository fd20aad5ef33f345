//! Answers between tags (`<answer>5</answer>`, `<final>5</final>`) and as a value of JSON (`{"answer": 5}`).

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::source::Source;
use super::{Extracted, delimiters, pattern, stated};

static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)<\|?(?:begin_of_|start_of_)?(?:final|final[ _-]?answer|answer|ans|result|solution)\|?>|\[(?:final[ _-]?)?answer\]",
    )
});
static CLOSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)</(?:final|final[ _-]?answer|answer|ans|result|solution)>|<\|(?:/|end_of_)?(?:final|answer|final_answer)\|>|\[/(?:final[ _-]?)?answer\]",
    )
});
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)["'](?:(?:the[ _-]?)?(?:(?:final|correct)[ _-]?)?(?:answer|ans|choice)(?:[ _-]?(?:choice|letter))?|final[ _-]?result)["']\s*:"#,
    )
});

/// The last answer between tags, or of the last JSON object that gives one, whichever comes last.
pub(super) fn tag_or_json(source: &Source<'_>) -> Option<Extracted> {
    [last_tag(source), last_json(source)].into_iter().flatten().max_by_key(|found| found.span.end)
}

/// What the last tag that holds something holds; one that never closes reaches to the end.
fn last_tag(source: &Source<'_>) -> Option<Extracted> {
    tags(source).into_iter().rev().find_map(|span| {
        let inside = source.within(&span);
        let found = super::marked(&inside).or_else(|| stated::whole(&inside, &span, "tag"));
        source.charge(inside.read());
        found.map(|found| Extracted { rule: "tag", ..found })
    })
}

/// The insides of the tags; each ends where it closes, or where the next one opens.
pub(super) fn tags(source: &Source<'_>) -> Vec<Range<usize>> {
    let (text, from) = (source.all(), source.span().start);
    if !text.contains(['<', '[']) {
        return vec![];
    }
    source.charge(2 * text.len());
    let opens: Vec<Range<usize>> = OPEN.find_iter(text).map(|found| found.range()).collect();
    if opens.is_empty() {
        return vec![];
    }
    let closes: Vec<usize> = CLOSE.find_iter(text).map(|found| found.start()).collect();
    let ends = opens.iter().enumerate().map(|(index, open)| {
        let next = opens.get(index + 1).map_or(text.len(), |next| next.start);
        let close = closes.get(closes.partition_point(|close| *close < open.end));
        from + open.end..from + close.map_or(next, |close| next.min(*close))
    });
    ends.collect()
}

fn last_json(source: &Source<'_>) -> Option<Extracted> {
    let (text, from) = (source.all(), source.span().start);
    if !text.contains(['"', '\'']) {
        return None;
    }
    let ends: Vec<usize> = KEY.find_iter(text).map(|found| from + found.end()).collect();
    ends.iter().enumerate().rev().find_map(|(index, start)| {
        let end = KEY_AHEAD.min(ends.get(index + 1).map_or(source.span().end, |next| *next) - start);
        value(source.head(*start, start + end), *start)
    })
}

/// Longest value of JSON that is read, in bytes.
const KEY_AHEAD: usize = super::source::MAX_VALUE;

/// The value that follows a key.
fn value(text: &str, at: usize) -> Option<Extracted> {
    let lead = text.len() - text.trim_start().len();
    let rest = &text[lead..];
    let length = match rest.chars().next()? {
        quote @ ('"' | '\'') => string_end(rest, quote)?,
        '[' => list_end(rest)?,
        '{' => return None,
        _ => rest.find([',', '}', '\n', ']']).unwrap_or(rest.len()),
    };
    let text = rest[..length].trim_end();
    let raw = plain(text);
    let empty = raw.is_empty() || raw == "null" || raw == "None";
    let quote = usize::from(text.starts_with(['"', '\'']));
    let span = at + lead + quote..at + lead + text.len() - quote;
    (!empty).then(|| Extracted { raw: delimiters::tidy(&raw).to_owned(), span, rule: "json", weak: false })
}

fn string_end(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at + 1),
            '\n' => return None,
            _ => {}
        }
    }
    None
}

fn list_end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth == 1 => return Some(at + 1),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A JSON string without its quotes and escapes; of a list its members. `\frac` stays what its writer meant.
fn plain(text: &str) -> String {
    let text = text.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(text);
    let (mut out, mut chars) = (String::new(), text.chars().peekable());
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('\\' | '"' | '\'' | '/')) => out.extend(chars.next()),
            ('"', _) => {}
            ('\'', next) if out.is_empty() || next.is_none() => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reply: &str, expect: Option<&str>) {
        let found = tag_or_json(&Source::after_thinking(reply)).map(|found| found.raw);
        assert_eq!(found.as_deref(), expect, "{reply:?}");
    }

    #[test]
    fn tags_hold_values_boxes_and_sentences() {
        check("<answer>\\frac{3}{4}</answer>", Some("\\frac{3}{4}"));
        check("<answer>x^2+1</answer>", Some("x^2+1"));
        check("Root two.\n<answer>\n$\\sqrt{2}$\n</answer>", Some("\\sqrt{2}"));
        check("<answer> (1, 2) </answer> in 3 rows", Some("(1, 2)"));
        check("<ANSWER>\\boxed{5}</ANSWER>", Some("5"));
        check("<answer>The answer is 5.</answer>", Some("5"));
        check("<final>yes</final>", Some("yes"));
        check("<final_answer>B</final_answer>", Some("B"));
        check("<answer>3</answer> no, <answer>4</answer>", Some("4"));
        check("<answer>3</answer> or <answer></answer>", Some("3"));
        check("<answer>12", Some("12"));
        check("[ANSWER]12[/ANSWER]", Some("12"));
        check("<|begin_of_answer|>12", Some("12"));
        check("no <b>answer</b>", None);
    }

    #[test]
    fn json_gives_its_answer() {
        check("{\"answer\": \"C\"}", Some("C"));
        check("```json\n{\"reasoning\": \"1 + 2 = 3\", \"answer\": 3}\n```", Some("3"));
        check("{\"answer\": 12, \"steps\": 4}", Some("12"));
        check("{'answer': 'C'}", Some("C"));
        check("{\"Final Answer\": \"\\\\frac{3}{4}\"}", Some("\\frac{3}{4}"));
        check("{\"final_answer\": \"\\frac{3}{4}\"}", Some("\\frac{3}{4}"));
        check("{\"answer\": [1, 2]}", Some("1, 2"));
        check("{\"answer\": null}", None);
        check("{\"answers\": 3}", None);
        check("{\"answer\": {\"value\": 3}}", None);
        check("{\"answer\": true}", Some("true"));
    }
}
