//! Where a known answer stands in a sentence.

use std::ops::Range;

use super::gold::{Gold, Kind, Seen, contains, folded};
use super::letters::{Meant, letters_at};
use super::polar;
use super::sentences::Segment;
use super::text::joins_word;
use crate::{Policy, Work};

/// Where a gold answer stands in a sentence, the values of which are `all`.
pub(super) fn mentions(
    gold: &Gold,
    (step, sentence): (&str, Range<usize>),
    all: &[Segment],
    (policy, seen): (&Policy, &mut Seen),
    work: &Work,
) -> Vec<(Segment, Meant)> {
    work.bytes(sentence.len());
    if let Kind::Choice(letter) = gold.kind {
        return letters_at(step, sentence, letter, work);
    }
    let found = match &gold.kind {
        Kind::Words(words) => {
            let mut found = words_at(step, sentence.clone(), words);
            if gold.answered().is_some() {
                found.retain(|mention| polar::said_alone(step, &sentence, &mention.span));
            }
            found
        }
        Kind::Near(near) => all.iter().filter(|s| near.is(&step[s.span.clone()])).cloned().collect(),
        _ if gold.several => {
            let whole = joined(all);
            all.iter()
                .chain(&whole)
                .filter(|s| gold.is(&step[s.span.clone()], policy, (work, seen)))
                .cloned()
                .collect()
        }
        _ => {
            let written =
                all.iter().filter(|s| gold.is(&step[s.span.clone()], policy, (work, seen))).cloned();
            let named = gold.name.map_or_else(Vec::new, |name| words_at(step, sentence, name));
            written.chain(named).collect()
        }
    };
    found.into_iter().map(|mention| (mention, Meant::Named)).collect()
}

/// Neighbouring segments with commas between them as one: `x = 1, 2`.
fn joined(all: &[Segment]) -> Vec<Segment> {
    let goes_on = |next: &Segment| next.listed && !next.after_equals;
    let mut whole = Vec::new();
    // From behind, so that nobody walks to the end of his list.
    let mut end = 0;
    for (index, first) in all.iter().enumerate().rev() {
        if all.get(index + 1).is_some_and(goes_on) {
            whole.push(Segment { span: first.span.start..end, listed: false, ..first.clone() });
        } else {
            end = first.span.end;
        }
    }
    whole.reverse();
    whole
}

fn plain(span: Range<usize>, chain: usize) -> Segment {
    Segment { span, after_equals: false, before_equals: false, listed: false, chain }
}

fn words_at(step: &str, sentence: Range<usize>, words: &str) -> Vec<Segment> {
    if words.is_ascii() && !contains(step[sentence.clone()].as_bytes(), words.as_bytes()) {
        return vec![];
    }
    let lower = folded(&step[sentence.clone()]);
    let letter = |c: Option<char>| c.is_some_and(joins_word);
    let whole = |at: usize| {
        !letter(lower[..at].chars().next_back()) && !letter(lower[at + words.len()..].chars().next())
    };
    let found = lower.match_indices(words).filter(|(at, _)| whole(*at));
    let placed = |(at, _)| {
        let listed = is_listed(&lower[..at], &lower[at + words.len()..]);
        let span = sentence.start + at..sentence.start + at + words.len();
        Segment { listed, ..plain(span, sentence.start) }
    };
    found.map(placed).collect()
}

/// A word between the commas of a list: "Monday, Tuesday, Wednesday and so on".
fn is_listed(before: &str, after: &str) -> bool {
    let goes_on = after.starts_with(',') || after.starts_with(" and ") || after.starts_with(" or ");
    goes_on && before.trim_end().ends_with(',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assertions::sentences::segments;

    #[test]
    fn words_of_a_list_are_listed() {
        let check = |step: &str, expect: bool| {
            let found = words_at(step, 0..step.len(), "red");
            assert_eq!(found.iter().map(|word| word.listed).collect::<Vec<_>>(), [expect], "{step}");
        };
        check("Blue, red, green.", true);
        check("Blue, red and green.", true);
        check("So, red it is.", false);
        check("It is red, and so on.", false);
    }

    #[test]
    fn neighbours_with_commas_between_them_are_one() {
        let check = |step: &str, expect: &[&str]| {
            let whole = joined(&segments(step, 0..step.len()));
            let texts: Vec<&str> = whole.into_iter().map(|one| &step[one.span]).collect();
            assert_eq!(texts, expect, "{step}");
        };
        check("x = 1, 2, 3", &["1, 2, 3", "2, 3"]);
        check("x = 1, y = 2", &["1, y"]);
        check("x = 1", &[]);
    }
}
