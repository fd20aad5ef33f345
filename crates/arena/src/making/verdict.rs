//! What a judge's reply says: one of five words in a box.

use chat::said;

/// The words, and how much of a vote each is for the answer that was shown first.
const WORDS: [(&str, f64); 5] =
    [("A", 1.0), ("slightly A", 1.0), ("tie", 0.5), ("slightly B", 0.0), ("B", 0.0)];

/// The word in the last box and what it is worth, or why there is none. Boxes before it may hold what the answers say.
pub(super) fn read(reply: &str) -> Result<(&'static str, f64), String> {
    let boxes = said::boxes(said::after_thinking(reply)?)?;
    let last = boxes.last().ok_or("the reply holds no box")?;
    let plain = undressed(last).to_lowercase();
    let known = WORDS.iter().find(|(word, _)| word.to_lowercase() == plain);
    known.copied().ok_or_else(|| format!("the box holds `{}`, which is no verdict", last.trim()))
}

/// A word without what it may be dressed in.
fn undressed(inside: &str) -> &str {
    let mut plain = inside.trim();
    for command in ["\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{"] {
        plain = plain.strip_prefix(command).and_then(|rest| rest.strip_suffix('}')).unwrap_or(plain).trim();
    }
    let plain = plain.trim_matches(['*', '"', '\'', '`', '.', ' ']);
    let answer = plain.get(..7).filter(|word| word.eq_ignore_ascii_case("answer "));
    answer.map_or(plain, |word| plain[word.len()..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_box_is_the_verdict() {
        let check = |reply: &str, expect: Result<(&str, f64), &str>| {
            assert_eq!(read(reply), expect.map_err(str::to_owned), "{reply}");
        };
        check("Both are fine. \\boxed{tie}", Ok(("tie", 0.5)));
        check("A says \\boxed{12}, B says \\boxed{13}.\n\\boxed{slightly B}", Ok(("slightly B", 0.0)));
        check("\\boxed{\\text{Slightly A}}", Ok(("slightly A", 1.0)));
        check("\\boxed{**B**}", Ok(("B", 0.0)));
        check("\\boxed{Answer A}", Ok(("A", 1.0)));
        check("<think>\\boxed{B}</think>So \\boxed{A}", Ok(("A", 1.0)));
        check("<think>\\boxed{B}", Err("the reply ends in the middle of its thinking"));
        check("A is better.", Err("the reply holds no box"));
        check("\\boxed{C}", Err("the box holds `C`, which is no verdict"));
        check("\\boxed{A} or rather \\boxed{A or B}", Err("the box holds `A or B`, which is no verdict"));
        check("\\boxed{A", Err("a box is not closed"));
        check("", Err("the reply holds no box"));
    }
}
