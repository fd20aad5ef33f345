//! Reading where steps begin out of a model's words: numbers of pieces, first words, or both.

use chat::said::after_thinking;

/// A place that a model names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// The number of the piece.
    pub(super) number: Option<usize>,
    /// How it begins.
    pub(super) words: String,
    /// The whole line, for words that begin with a number of their own.
    pub(super) line: String,
}

impl Named {
    fn number(number: usize) -> Self {
        Self { number: Some(number), ..Self::default() }
    }
}

/// All places that a reply names, in its order; nothing at all for a plain "none". An error says why there are no
/// places.
pub(super) fn read(reply: &str) -> Result<Vec<Named>, String> {
    let words = after_thinking(reply)?.trim();
    if words.is_empty() {
        return Err("the reply is empty".to_owned());
    }
    if words.trim_matches(['"', '.', '*', '`', '(', ')', '[', ']']).eq_ignore_ascii_case("none") {
        return Ok(Vec::new());
    }
    if let Some(numbers) = list_of_numbers(words) {
        return Ok(numbers.into_iter().map(Named::number).collect());
    }
    let named: Vec<Named> = words.lines().filter_map(line).collect();
    if named.is_empty() { Err("the reply names no piece".to_owned()) } else { Ok(named) }
}

/// `0, 3, 7`, `[0, 3, 7]`, `\boxed{0, 3, 7}`: a reply of nothing but numbers on one line.
fn list_of_numbers(words: &str) -> Option<Vec<usize>> {
    let words = words.trim_matches(|c| matches!(c, '`' | '$' | '*' | '.')).trim();
    let inside = words.strip_prefix("\\boxed").unwrap_or(words);
    let inside = inside.trim_matches(|c: char| "[]{}()".contains(c) || c.is_whitespace());
    if inside.contains('\n') || !inside.contains([',', ';']) {
        return None;
    }
    let numbers = inside.split([',', ';']).map(|part| part.trim().trim_matches(['[', ']']).parse().ok());
    numbers.collect()
}

/// What a line names; nothing for lines that only introduce others.
fn line(line: &str) -> Option<Named> {
    let bare = line.trim().trim_start_matches(|c: char| "-*•+>".contains(c) || c.is_whitespace());
    if bare.is_empty() || bare.starts_with("```") {
        return None;
    }
    let whole = unquoted(bare).to_owned();
    match number(bare) {
        Some((number, rest)) => {
            Some(Named { number: Some(number), words: unquoted(rest).to_owned(), line: whole })
        }
        // "Here are the steps:" names nothing.
        None if bare.ends_with(':') => None,
        None => Some(Named { number: None, words: whole.clone(), line: whole }),
    }
}

/// The number at the start of a line, in some dress, and what stands behind it.
fn number(line: &str) -> Option<(usize, &str)> {
    let dress: &[char] = &['[', '(', '<', '#', '*', '`', '"', ' '];
    let undressed = line.trim_start_matches(dress);
    let lower = undressed.to_ascii_lowercase();
    let word = ["piece", "sentence", "line", "step"].into_iter().find(|word| lower.starts_with(word));
    let undressed = undressed.get(word.map_or(0, str::len)..)?.trim_start_matches(dress);
    let digits = undressed.find(|c: char| !c.is_ascii_digit()).unwrap_or(undressed.len());
    let number = undressed.get(..digits)?.parse().ok()?;
    let rest = undressed.get(digits..)?;
    let behind = rest.trim_start_matches(['*', '`', '"', ']', ')', '>']).trim_start();
    let behind = behind.trim_start_matches([':', '.', '-', '–', '—', '|', '=']);
    Some((number, behind.trim_start_matches('*').trim()))
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '“', '”', '`', '\'']).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reply: &str, expect: &[(Option<usize>, &str)]) {
        let named = read(reply).unwrap_or_else(|reason| panic!("{reply}: {reason}"));
        let found: Vec<_> = named.iter().map(|named| (named.number, named.words.as_str())).collect();
        assert_eq!(found, expect, "{reply}");
    }

    #[test]
    fn places_are_read_in_every_dress() {
        check("0: Okay, so\n4: But wait", &[(Some(0), "Okay, so"), (Some(4), "But wait")]);
        check("[0]: Okay\n[4] But wait", &[(Some(0), "Okay"), (Some(4), "But wait")]);
        check("- **0**: \"Okay\"\n- Piece 4: `But wait`", &[(Some(0), "Okay"), (Some(4), "But wait")]);
        check("0. Okay\n12", &[(Some(0), "Okay"), (Some(12), "")]);
        check("Here they are:\n\n```\n3: So\n```", &[(Some(3), "So")]);
        check("<think>1: no</think>\n2: yes", &[(Some(2), "yes")]);
        check("\"Okay, so\"\n\"But wait\"", &[(None, "Okay, so"), (None, "But wait")]);
        check("0, 3, 7", &[(Some(0), ""), (Some(3), ""), (Some(7), "")]);
        check("[0, 3]", &[(Some(0), ""), (Some(3), "")]);
        check("\\boxed{0, 3}", &[(Some(0), ""), (Some(3), "")]);
        check("None.", &[]);
    }

    #[test]
    fn what_names_nothing_says_why() {
        let check = |reply: &str, expect: &str| assert_eq!(read(reply), Err(expect.to_owned()), "{reply}");
        check(" \n", "the reply is empty");
        check("The steps are as follows:", "the reply names no piece");
        check("<think>0: a", "the reply ends in the middle of its thinking");
    }
}
