//! Texts of others on a terminal: what would act there, or turn the reading round, is made visible.

use std::borrow::Cow;

/// The text with `\u{1b}` in the place of what a terminal acts on and of what changes the direction of reading; line ends
/// and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if is_harmless(c) { c.to_string() } else { c.escape_unicode().to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// The same for JSON, in whose texts such characters may be written as escapes and mean the same.
pub fn visible_in_json(json: &str) -> Cow<'_, str> {
    if json.chars().all(is_harmless) {
        return Cow::Borrowed(json);
    }
    let escaped = |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
    Cow::Owned(json.chars().map(|c| if is_harmless(c) { c.to_string() } else { escaped(c) }).collect())
}

/// The same of a text that carries our own colours: what is not one of them is made visible. Whoever paints a text makes the
/// parts of others in it visible first.
pub fn visible_but_painted(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return visible(text);
    }
    let mut parts = text.split('\u{1b}');
    let mut out = parts.next().map(visible).unwrap_or_default().into_owned();
    for part in parts {
        let paint = part
            .strip_prefix('[')
            .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';'));
        out.push_str(if paint.is_some_and(|rest| rest.starts_with('m')) { "\u{1b}" } else { "\\u{1b}" });
        out.push_str(&visible(part));
    }
    Cow::Owned(out)
}

/// The same on one line: line ends are made visible too.
pub fn on_one_line(text: &str) -> String {
    visible(text).replace('\n', "⏎").replace('\t', " ")
}

/// A cell of a table that a spreadsheet may open: a text that it would take for a formula gets an apostrophe in front, as
/// spreadsheets want it. Numbers and mathematics stay as they are.
pub fn in_a_cell(text: &str) -> Cow<'_, str> {
    let calls = || text.contains(['(', '|', '!']);
    let is_formula = match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => calls(),
        _ => false,
    };
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// It only shows itself.
fn is_harmless(c: char) -> bool {
    matches!(c, '\n' | '\t') || !c.is_control() && !changes_direction(c)
}

/// Marks, embeddings, overrides and isolates of direction, invisible separators, and tags.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_texts() {
        let check = |text: &str, expect: &str| assert_eq!(in_a_cell(text), expect);
        check("=1+1", "'=1+1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0");
        check("\t=1", "'\t=1");
        check("-0.5", "-0.5");
        check("-x + 3", "-x + 3");
        check("+5", "+5");
        check("a=b", "a=b");
        check("", "");
    }

    #[test]
    fn what_acts_is_made_visible_and_what_is_text_stays() {
        let check = |text: &str, expect: &str| assert_eq!(visible(text), expect);
        check("plain\n\ttext é 模型 עברית 🦀", "plain\n\ttext é 模型 עברית 🦀");
        check("\u{1b}[2J", "\\u{1b}[2J");
        check("\u{1b}]0;owned\u{7}", "\\u{1b}]0;owned\\u{7}");
        check("a\0b\rc\u{9b}d\u{7f}", "a\\u{0}b\\u{d}c\\u{9b}d\\u{7f}");
        check("user\u{202e}txt.exe", "user\\u{202e}txt.exe");
        check("\u{2066}x\u{2069}\u{200f}\u{2028}", "\\u{2066}x\\u{2069}\\u{200f}\\u{2028}");
        assert_eq!(on_one_line("a\nb\u{1b}"), "a⏎b\\u{1b}");
        assert_eq!(visible_in_json("{\"a\": \"\u{202e}\u{e0001}é\"}"), "{\"a\": \"\\u202e\\udb40\\udc01é\"}");
        let painted = "\u{1b}[1;32mgood\u{1b}[0m \u{1b}[2J \u{1b}]0;x\u{7}";
        assert_eq!(visible_but_painted(painted), "\u{1b}[1;32mgood\u{1b}[0m \\u{1b}[2J \\u{1b}]0;x\\u{7}");
    }
}
