//! A step cut into sentences, and a sentence into the values that stand in it.

use std::ops::Range;

/// A stretch of formula between two separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Where it stands in the step.
    pub(super) span: Range<usize>,
    /// An equals sign (or the like) stands in front of it.
    pub(super) after_equals: bool,
    /// An equals sign follows.
    pub(super) before_equals: bool,
    /// It is one of several values with commas between them.
    pub(super) listed: bool,
    /// Where the chain of equations that it belongs to begins.
    pub(super) chain: usize,
}

/// The sentences of a step: cut at line ends and at full stops that end a word.
pub(super) fn sentences(step: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, byte) in step.bytes().enumerate() {
        // Bytes, for most are letters and none of these can stand inside a character.
        let end = match byte {
            b'\n' => at + 1,
            b'.' | b'?' | b'!' | b';' if ends_word(&step[at + 1..]) => at + 1,
            0xE3 | 0xEF if step[at..].starts_with(['。', '？', '！', '；']) => at + 3,
            _ => continue,
        };
        push(step, start..end, &mut found);
        start = end;
    }
    push(step, start..step.len(), &mut found);
    found
}

/// What follows a full stop that ends a sentence.
fn ends_word(rest: &str) -> bool {
    rest.chars().next().is_none_or(|next| next.is_whitespace() || matches!(next, '*' | '"' | ')'))
}

fn push(step: &str, span: Range<usize>, found: &mut Vec<Range<usize>>) {
    if step[span.clone()].bytes().any(|c| c.is_ascii_alphanumeric() || c >= 0x80) {
        found.push(span);
    }
}

/// The values of a sentence, in order.
pub(super) fn segments(step: &str, sentence: Range<usize>) -> Vec<Segment> {
    // Room for what most sentences hold: there are as many of these lists as there are sentences.
    let mut all = Vec::with_capacity(8);
    each_run(step, sentence, |run| split(step, run, &mut all));
    all
}

/// Stretches of formula: what stands between words of the language.
fn each_run(step: &str, sentence: Range<usize>, mut each: impl FnMut(Range<usize>)) {
    let text = &step[sentence.clone()];
    let bytes = text.as_bytes();
    let mut run = |from: usize, to: usize| {
        if bytes[from..to].iter().any(|c| c.is_ascii_alphanumeric() || *c >= 0x80) {
            each(sentence.start + from..sentence.start + to);
        }
    };
    let (mut at, mut start) = (0, 0);
    let last_brace = text.rfind('}');
    while let Some(&c) = bytes.get(at) {
        if c == b'\\' {
            // A command is formula, and so is what stands in its braces.
            at = command_end(text, at, last_brace);
            continue;
        }
        let length = match c {
            _ if c.is_ascii_alphabetic() => {
                bytes[at..].iter().take_while(|c| c.is_ascii_alphabetic() || **c == b'\'').count()
            }
            0..0x80 => 0,
            _ => text[at..].chars().take_while(|c| is_cjk(*c)).map(char::len_utf8).sum(),
        };
        if length == 0 {
            at += if c < 0x80 { 1 } else { text[at..].chars().next().map_or(1, char::len_utf8) };
            continue;
        }
        if is_word(text, at, length) {
            run(start, at);
            start = at + length;
        }
        at += length;
    }
    run(start, text.len());
}

/// The end of the command that starts with a backslash here; words in its braces belong to it.
fn command_end(text: &str, at: usize, last_brace: Option<usize>) -> usize {
    let rest = &text[at + 1..];
    let name = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    if name == 0 {
        return at + 1 + rest.chars().next().map_or(0, char::len_utf8);
    }
    let end = at + 1 + name;
    // Looked for only where there is one, so that braces that never close are not looked for again and again.
    let closes = last_brace.is_some_and(|brace| brace >= end);
    let holds = closes && matches!(&rest[..name], "text" | "boxed" | "textbf" | "mathrm");
    let braces = holds.then(|| text[end..].find('}'));
    braces.flatten().map_or(end, |close| end + close)
}

fn is_cjk(c: char) -> bool {
    ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c)
}

/// A word of the language and not a name or function of a formula.
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let word = &text[at..at + length];
    if length == 1 {
        // "a" and "I" before a word.
        let rest = text[at + 1..].trim_start();
        let article = matches!(word, "a" | "I" | "A") && rest.len() < text[at + 1..].len();
        return article && rest.starts_with(|c: char| c.is_ascii_alphabetic()) && word_length(rest) > 1;
    }
    const FORMULA: &[&str] =
        &["sqrt", "pi", "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp", "frac"];
    // Two capitals are points of a figure.
    let points = length == 2 && word.bytes().all(|c| c.is_ascii_uppercase());
    !points && !FORMULA.contains(&word)
}

fn word_length(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_alphabetic).count()
}

/// Cuts a run at relations and at commas that stand outside brackets.
fn split(step: &str, run: Range<usize>, all: &mut Vec<Segment>) {
    let text = &step[run.clone()];
    let first = all.len();
    let (mut start, mut chain, mut depth, mut equals, mut comma) = (0, 0, 0_i32, false, false);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        let separates = match c {
            '=' | '≈' | '≡' => true,
            ',' => depth <= 0 && !thousands(text, at),
            ':' | '→' => depth <= 0,
            _ => false,
        };
        if !separates {
            continue;
        }
        let relation = matches!(c, '=' | '≡');
        add(
            step,
            run.start + start..run.start + at,
            (equals, relation, comma || c == ','),
            run.start + chain,
            all,
        );
        start = at + c.len_utf8();
        equals = relation || (c == '≈' && equals);
        if !matches!(c, '=' | '≈' | '≡') {
            chain = start;
        }
        comma = c == ',';
    }
    add(step, run.start + start..run.end, (equals, false, comma), run.start + chain, all);
    // A comma that ends a clause makes no list: "so it is 5, which".
    if all.len() == first + 1
        && let Some(only) = all.last_mut()
    {
        only.listed = false;
    }
}

fn add(
    step: &str,
    span: Range<usize>,
    (after, before, listed): (bool, bool, bool),
    chain: usize,
    all: &mut Vec<Segment>,
) {
    let text = &step[span.clone()];
    let blank = |c: char| {
        c.is_whitespace() || matches!(c, '$' | '*' | '.' | '?' | '!' | ';' | '"' | '、' | '，' | '。' | '：')
    };
    let left = text.len() - text.trim_start_matches(blank).len();
    let kept = text.trim_matches(blank);
    if kept.is_empty() {
        return;
    }
    let start = span.start + left;
    let span = start..start + kept.len();
    all.push(Segment { span, after_equals: after, before_equals: before, listed, chain });
}

/// A comma between thousands.
pub(super) fn thousands(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    at > 0 && digit(at - 1) && (1..=3).all(|ahead| digit(at + ahead)) && !digit(at + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_their_values() {
        let check = |step: &str, expect: &[&str]| {
            let all: Vec<&str> = sentences(step)
                .into_iter()
                .flat_map(|sentence| segments(step, sentence))
                .map(|segment| &step[segment.span])
                .collect();
            assert_eq!(all, expect, "{step}");
        };
        check("So, 174 + 110 = 284. Good.", &["174 + 110", "284"]);
        check("The total is 88,572!", &["88,572"]);
        check("Thus the point is (3, π/2).", &["(3, π/2)"]);
        check("so w = 6 - 5i", &["w", "6 - 5i"]);
        check("6 times 7 is 42", &["6", "7", "42"]);
        check("所以答案是12。", &["12"]);
    }
}
