//! What stands around a value and is no part of it.

/// A text without blanks, emphasis and sentence punctuation around it.
pub(super) fn tidy(text: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || matches!(c, '*' | '`' | '。' | '，' | '：');
    let kept =
        text.trim_matches(blank).trim_end_matches(|c: char| blank(c) || matches!(c, '.' | ',' | ';' | ':'));
    // Quotation marks around all of it.
    let quoted = kept.strip_prefix(['"', '“']).and_then(|rest| rest.strip_suffix(['"', '”']));
    quoted.filter(|inner| !inner.contains('"')).unwrap_or(kept)
}

/// A formula without the delimiters around it.
pub(super) fn undelimited(text: &str) -> &str {
    let mut text = text;
    for (open, close) in [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")] {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains(open) && !inner.trim().is_empty()) {
            text = tidy(inner);
        }
    }
    text.strip_suffix("\\]").filter(|rest| !rest.contains("\\[")).map_or(text, tidy)
}
