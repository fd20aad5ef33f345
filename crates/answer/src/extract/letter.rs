//! The letter of an option at the beginning of a text, in any dress.

/// What a text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letter {
    /// One letter.
    One {
        /// A is 0.
        index: usize,
        /// Where it stands, without its dress.
        start: usize,
        /// Where it and its dress end.
        end: usize,
    },
    /// Two or more, of which none is preferred.
    Several,
    /// One that is called wrong.
    Denied,
    /// No letter.
    None,
}

const WORDS: [&str; 18] = [
    "option",
    "choice",
    "letter",
    "answer",
    "the",
    "is",
    "it's",
    "it is",
    "definitely",
    "probably",
    "most likely",
    "clearly",
    "either",
    "both",
    "alternative",
    "选项",
    "选",
    "therefore",
];
const DRESS: [&str; 14] = [
    "\\boxed{",
    "\\text{",
    "\\textbf{",
    "\\mathrm{",
    "\\mathbf{",
    "\\mathbf",
    "\\(",
    "\\[",
    "{",
    "(",
    "[",
    "（",
    "【",
    "「",
];
const CLOSES: [&str; 12] = ["\\)", "\\]", ")", "]", "}", "）", "】", "」", "*", "_", "`", "$"];

/// The letter that a text begins with.
pub(super) fn letter(text: &str) -> Letter {
    let (start, bracket) = undressed(text);
    let Some((index, end, sure)) = at(&text[start..], bracket) else { return Letter::None };
    let (end, rest) = (start + end, &text[start + end..]);
    if !sure && is_article(index, rest) {
        return Letter::None;
    }
    if denied(rest) {
        return Letter::Denied;
    }
    match joined(rest) {
        Some(other) if other != index => Letter::Several,
        _ => Letter::One { index, start, end },
    }
}

/// The text is an option: its letter marked as one, or nothing else.
pub(super) fn alone(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['#', '-', '>', ' ', '→', '⇒', '∴']);
    let text = text.strip_prefix("=>").unwrap_or(text).trim_start();
    let Letter::One { start, end, .. } = letter(text) else { return false };
    let spoken = text[..start].contains(char::is_alphabetic) && !text[..start].contains('\\');
    let marked = text[start..end]
        .trim_start_matches(|c: char| c.is_alphabetic())
        .contains([')', ']', '）', '.', ':', '】']);
    let rest =
        text[end..].trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '.' | '_' | '}' | '$'));
    let reasons = [",", " because", " since", " as ", " -", " –", " —"]
        .iter()
        .any(|reason| text[end..].starts_with(reason));
    !spoken && (marked || rest.is_empty() || reasons && text[start..].starts_with(char::is_uppercase))
}

/// Where the dress in front of a letter ends, and whether a bracket is part of it. No letter wears more than a few.
fn undressed(text: &str) -> (usize, bool) {
    const LAYERS: usize = 8;
    let (mut rest, mut bracket) = (text, false);
    for _ in 0..LAYERS {
        let before = rest.len();
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "*_`$\"“':：=-—–<>→⇒∴".contains(c));
        for open in DRESS {
            if let Some(inner) = rest.strip_prefix(open) {
                rest = inner;
                bracket |= matches!(open, "(" | "[" | "（" | "【" | "「");
            }
        }
        if rest.starts_with(char::is_alphabetic) {
            rest = WORDS.iter().fold(rest, |rest, word| spoken(rest, word).unwrap_or(rest));
        }
        if rest.len() == before {
            break;
        }
    }
    (text.len() - rest.len(), bracket)
}

/// What follows a word at the beginning of a text, whatever its case.
fn spoken<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len()).filter(|head| head.to_lowercase() == word)?;
    let rest = &text[head.len()..];
    let ends = !word.is_ascii() || rest.starts_with(|c: char| !c.is_alphanumeric() && c != '\'');
    ends.then_some(rest)
}

/// The letter here as an index, where it and what closes its dress end, and whether it cannot be a word.
fn at(text: &str, bracket: bool) -> Option<(usize, usize, bool)> {
    let first = text.chars().next()?;
    let capital = match first {
        'A'..='Z' | 'a'..='z' => first.to_ascii_uppercase(),
        'Ａ'..='Ｚ' => char::from_u32(u32::from(first) - u32::from('Ａ') + u32::from('A'))?,
        _ => return None,
    };
    let mut rest = &text[first.len_utf8()..];
    let goes_on = |c: char| {
        c.is_alphanumeric() && !crate::switches::without_spaces(c)
            || matches!(c, '\'' | '’' | '_' | '^' | '=' | '+')
    };
    let hyphen = rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    if rest.starts_with(goes_on) && !rest.starts_with("__") || hyphen {
        return None;
    }
    while let Some(close) = CLOSES.iter().find(|close| rest.starts_with(**close)) {
        rest = &rest[close.len()..];
    }
    let mark = rest.starts_with([':', '：'])
        || rest.strip_prefix('.').is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    let rest = if mark { &rest[rest.chars().next().map_or(0, char::len_utf8)..] } else { rest };
    let end = text.len() - rest.len();
    let closed = end > first.len_utf8();
    // A small letter needs a bracket, or has to be all there is.
    let small = first.is_ascii_lowercase()
        && !(bracket || text[1..].starts_with([')', ']']))
        && !rest.trim().is_empty();
    (!small).then_some((u32::from(capital).checked_sub(u32::from('A'))? as usize, end, closed || bracket))
}

/// "A proton", "I think": words of the language.
fn is_article(index: usize, rest: &str) -> bool {
    const REASONS: [&str; 18] = [
        "because", "since", "as", "is", "which", "for", "but", "and", "or", "with", "due", "based", "are",
        "was", "by", "if", "not", "would",
    ];
    let word: String = rest.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    let letters = index == 0 || index == 8;
    letters && rest.starts_with(' ') && word.chars().count() > 0 && !REASONS.contains(&word.as_str())
}

/// The letter is called wrong.
fn denied(rest: &str) -> bool {
    const DENIALS: [&str; 12] = [
        "is not",
        "is wrong",
        "is incorrect",
        "is false",
        "isn't",
        "cannot",
        "can't",
        "are wrong",
        "is eliminated",
        "is ruled",
        "is out",
        "does not",
    ];
    let rest = rest.trim_start();
    DENIALS.iter().any(|denial| rest.starts_with(denial))
}

/// Another letter that is joined to the first one.
fn joined(rest: &str) -> Option<usize> {
    const JOINS: [&str; 12] =
        ["\\text{and}", "\\text{ and }", "\\text{ or }", "and", "or", "&", "/", ",", "+", "、", "和", "或"];
    let rest = rest.trim_start_matches([' ', '$']);
    let after = JOINS.iter().find_map(|join| rest.strip_prefix(join))?;
    let after = after.trim_start();
    let after = ["and ", "or "].iter().find_map(|join| after.strip_prefix(join)).unwrap_or(after);
    let (start, bracket) = undressed(after);
    let (index, end, sure) = at(&after[start..], bracket)?;
    let capital = after[start..].starts_with(|c: char| !c.is_ascii_lowercase());
    let tail = &after[start + end..];
    (capital && (sure || !is_article(index, tail)) && !denied(tail)).then_some(index)
}
