//! How sure a reply says it is.

/// What may stand between the word and its number, in bytes: `: **`, ` level is about `.
const BETWEEN: usize = 24;

const WORD: &str = "confidence";

/// In so many bytes at the end stands a confidence that nothing follows.
const TAIL: usize = 128;

/// The last confidence that a text states, from 0 to 1.
pub fn stated_confidence(text: &str) -> Option<f64> {
    let lower = text.to_ascii_lowercase();
    let places: Vec<usize> = lower.match_indices(WORD).map(|(at, _)| at + WORD.len()).collect();
    places.into_iter().rev().find_map(|from| Some(number_behind(&lower[from..])?.0))
}

/// A text without the confidence that it ends in, which is no answer.
pub(crate) fn before_confidence(text: &str) -> &str {
    let from =
        (text.len().saturating_sub(TAIL)..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let tail = text[from..].to_ascii_lowercase();
    let Some(at) = tail.rfind(WORD) else { return text };
    let behind = &tail[at + WORD.len()..];
    let at_once =
        behind.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(|c: char| c.is_ascii_digit());
    let ends = |(_, rest): (f64, &str)| !rest.contains(char::is_alphanumeric);
    let is_last = at_once && number_behind(behind).is_some_and(ends);
    // The letters of the word are ASCII, so places in both texts are the same.
    if is_last { &text[..from + at] } else { text }
}

/// The share that stands right behind the word, `: 85 %`, `: 0.85`, `: 8/10`, and what is behind it.
fn number_behind(text: &str) -> Option<(f64, &str)> {
    let line = text.lines().next()?;
    let from = line.find(|c: char| c.is_ascii_digit()).filter(|from| *from <= BETWEEN)?;
    // A confidence interval is of something else.
    if line[..from].contains("interval") || line[..from].contains(',') || line[..from].ends_with('-') {
        return None;
    }
    let (number, rest) = leading(&text[from..])?;
    let rest = rest.trim_start_matches([' ', '\\', '*']);
    let (whole, rest) = match (rest.strip_prefix('/'), rest.strip_prefix("percent")) {
        (Some(behind), _) => leading(behind.trim_start())?,
        (None, Some(behind)) => (100.0, behind),
        (None, None) if rest.starts_with('%') || number > 1.0 => (100.0, rest),
        (None, None) => (1.0, rest),
    };
    Some((number / whole, rest)).filter(|(share, _)| (0.0..=1.0).contains(share))
}

/// The number that a text begins with, and what is behind it.
fn leading(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    // The full stop behind a sentence is no part of it.
    let number = text[..end].trim_end_matches('.');
    Some((number.parse().ok()?, &text[number.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confidence_at_the_end_is_no_part_of_the_answer() {
        let check = |text: &str, expect: &str| assert_eq!(before_confidence(text), expect, "{text}");
        check("So it is 42.\nConfidence: 85 %", "So it is 42.\n");
        check("It is 42. **Confidence:** 8/10**", "It is 42. **");
        check("It is 42. confidence: 60 percent.\n", "It is 42. ");
        check("Confidence: 85 %. It is 42.", "Confidence: 85 %. It is 42.");
        check("The confidence interval is 95 %", "The confidence interval is 95 %");
        check("I have every confidence: it is 42", "I have every confidence: it is 42");
        check("42", "42");
    }

    #[test]
    fn the_last_number_behind_the_word_counts() {
        let check = |text: &str, expect: Option<f64>| assert_eq!(stated_confidence(text), expect, "{text}");
        check("\\boxed{4}\nConfidence: 85 %", Some(0.85));
        check("Confidence: 85%.", Some(0.85));
        check("**Confidence:** 0.9.", Some(0.9));
        check("My confidence level is about 70\\%", Some(0.7));
        check("confidence: 8/10", Some(0.8));
        check("confidence = 1", Some(1.0));
        check("confidence: 1%", Some(0.01));
        check("confidence: 60 percent", Some(0.6));
        check("Confidence: 20 %. On a second look, confidence: 95 %", Some(0.95));
        check("Confidence: 20 %. I have every confidence in it.", Some(0.2));
        check("the confidence interval is 95 %", None);
        check("confidence: 850 %", None);
        check("confidence: -3", None);
        check("confidence: high", None);
        check("confidence: high, as there are 3 of 4 checks done", None);
        check("I am 85 % sure", None);
        check("Vertrauen, Confidence： 85％", Some(0.85));
    }
}
