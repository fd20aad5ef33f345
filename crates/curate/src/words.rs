//! Words of a text as hashes with their places: what overlaps and similarities are counted in.

use std::ops::Range;

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// A hash of its lower-case letters and digits.
    pub(crate) hash: u64,
    /// Where it stands.
    pub(crate) place: Range<usize>,
}

/// Runs of letters and digits, in lower case; a Chinese, Japanese or Korean character is a word of its own. With
/// `signs`, so is every sign that is no blank: `x+2` and `x-2` differ.
pub(crate) fn words(text: &str, signs: bool) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(text.len() / 5);
    let mut open = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let letter = c.is_alphanumeric();
        if letter && !stands_alone(c) {
            match words.last_mut() {
                Some(word) if open => {
                    word.hash = c.to_lowercase().fold(word.hash, step);
                    word.place.end = end;
                }
                _ => words.push(Word { hash: c.to_lowercase().fold(START, step), place: at..end }),
            }
            open = true;
            continue;
        }
        open = false;
        if letter || (signs && !c.is_whitespace() && c != '$') {
            words.push(Word { hash: c.to_lowercase().fold(START, step), place: at..end });
        }
    }
    for word in &mut words {
        word.hash = mixed(word.hash);
    }
    words
}

fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, a character at a time.
fn step(hash: u64, c: char) -> u64 {
    (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
}

/// Spreads a number over all 64 bits (the finaliser of SplitMix64).
pub(crate) fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// A hash of a text in which neither letter case nor the amount of blank space counts.
pub(crate) fn plain_hash(text: &str) -> u64 {
    let mut hash = START;
    for (index, part) in text.split_whitespace().enumerate() {
        if index > 0 {
            hash = step(hash, ' ');
        }
        hash = part.chars().flat_map(char::to_lowercase).fold(hash, step);
    }
    mixed(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_stand() {
        let check = |text: &str, signs, expect: &[&str]| {
            let found: Vec<&str> = words(text, signs).iter().map(|word| &text[word.place.clone()]).collect();
            assert_eq!(found, expect);
        };
        check("What is $2+3$?", false, &["What", "is", "2", "3"]);
        check("What is $2+3$?", true, &["What", "is", "2", "+", "3", "?"]);
        check("求x的值", false, &["求", "x", "的", "值"]);
        check(" \n", true, &[]);
        let hashes = |text| words(text, false).iter().map(|word| word.hash).collect::<Vec<_>>();
        assert_eq!(hashes("ÄB c"), hashes("äb, C!"));
        assert_ne!(hashes("ab c"), hashes("a bc"));
    }

    #[test]
    fn blanks_and_case_do_not_make_another_text() {
        assert_eq!(plain_hash("What  is\n2?"), plain_hash(" what is 2? "));
        assert_ne!(plain_hash("What is 2?"), plain_hash("What is 3?"));
        assert_ne!(plain_hash("ab"), plain_hash("a b"));
    }
}
