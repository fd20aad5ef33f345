//! Labels of options: capital and small letters, `①`, `甲`.

/// What labels are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alphabet {
    Capital,
    Small,
    Circled,
    Stem,
}

/// A label in front of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) alphabet: Alphabet,
    /// 0 for `A`.
    pub(crate) index: usize,
    /// What closes it; its opening bracket if it has one.
    pub(crate) closer: char,
}

const STEMS: [char; 10] = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'];

fn letter(c: char) -> Option<(Alphabet, usize)> {
    let behind = |first: char| (u32::from(c) - u32::from(first)) as usize;
    match c {
        'A'..='Z' => Some((Alphabet::Capital, behind('A'))),
        'a'..='z' => Some((Alphabet::Small, behind('a'))),
        '①'..='⑳' => Some((Alphabet::Circled, behind('①'))),
        _ => STEMS.iter().position(|stem| *stem == c).map(|at| (Alphabet::Stem, at)),
    }
}

/// The label that a text begins with, and its length in bytes.
pub(crate) fn label_at(text: &str) -> Option<(Label, usize)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let closed = match first {
        '(' => Some(')'),
        '[' => Some(']'),
        '（' => Some('）'),
        '【' => Some('】'),
        _ => None,
    };
    let (alphabet, index) = letter(if closed.is_some() { chars.next()? } else { first })?;
    if alphabet == Alphabet::Circled && closed.is_none() {
        // It closes itself.
        return Some((Label { alphabet, index, closer: ' ' }, first.len_utf8()));
    }
    let closer = chars.next()?;
    let fits = closed.map_or(closes(closer, chars.as_str()), |expect| expect == closer);
    let closer = closed.map_or(closer, |_| '(');
    fits.then(|| (Label { alphabet, index, closer }, text.len() - chars.as_str().len()))
}

/// Whether a sign behind a bare letter makes a label of it: `A)`, and `A.` or `A:` where no word or number follows at once.
fn closes(closer: char, rest: &str) -> bool {
    match closer {
        ')' | '）' | '、' | '．' | '：' => true,
        '.' | ':' => !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == closer || c == '/'),
        _ => false,
    }
}

/// The index of an answer that is nothing but a label: `B`, `(B)`, `b.`, `②`, `乙`.
pub(crate) fn label_of(answer: &str) -> Option<usize> {
    let answer = answer.trim();
    let mut chars = answer.chars();
    let alone = chars.next().and_then(letter).filter(|_| chars.as_str().is_empty());
    let labelled = || label_at(answer).filter(|(_, length)| *length == answer.len());
    alone.map(|(_, index)| index).or_else(|| labelled().map(|(label, _)| label.index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_with_what_closes_them() {
        let check = |text: &str, expect: Option<(usize, usize)>| {
            let found = label_at(text).map(|(label, length)| (label.index, length));
            assert_eq!(found, expect, "{text}");
        };
        check("B) 5", Some((1, 2)));
        check("(C) 5", Some((2, 3)));
        check("A. 5", Some((0, 2)));
        check("A.5", None);
        check("A: x", Some((0, 2)));
        check("A:x", None);
        check("①火星", Some((0, 3)));
        check("乙、否", Some((1, 6)));
        check("（丙）否", Some((2, 9)));
        check("A 5", None);
        check("e.g. 5", None);
        check("", None);
    }

    #[test]
    fn an_answer_may_be_a_label() {
        let check = |answer: &str, expect: Option<usize>| assert_eq!(label_of(answer), expect, "{answer}");
        check("B", Some(1));
        check(" (b) ", Some(1));
        check("C.", Some(2));
        check("②", Some(1));
        check("乙", Some(1));
        check("12", None);
        check("B) 5", None);
        check("", None);
    }
}
