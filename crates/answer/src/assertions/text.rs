//! Places in a text: where words go on, and what stands last.

use super::question::is_chinese;

/// The last bytes of a text, so many at most.
pub(super) fn tail(text: &str, most: usize) -> &str {
    let from = text.len().saturating_sub(most);
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    &text[from..]
}

/// A word goes on with this character; Chinese has no blanks between words.
pub(super) fn joins_word(c: char) -> bool {
    c.is_alphanumeric() && !is_chinese(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_text_is_cut_between_characters() {
        let check = |text: &str, most: usize, expect: &str| assert_eq!(tail(text, most), expect);
        check("abc", 9, "abc");
        check("abc", 2, "bc");
        check("a答", 2, "");
    }
}
