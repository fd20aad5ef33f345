//! The phrases with which a trace leaves one line of thought for another: where they stand, and how many.
//!
//! All markers are looked for in one pass. A marker counts where it stands as whole words, whatever its case;
//! in scripts that do not separate words (Chinese, Japanese, Korean, Thai) it counts anywhere. Where markers
//! overlap, the leftmost and then the longest counts once.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::Work;
use crate::phrases::Phrases;

/// The marker lists that come with the program, sorted by name.
pub const SETS: &[(&str, &str)] = &[
    ("chinese", include_str!("../switches/chinese.txt")),
    ("english", include_str!("../switches/english.txt")),
    ("evalthink", include_str!("../switches/evalthink.txt")),
    ("french", include_str!("../switches/french.txt")),
    ("german", include_str!("../switches/german.txt")),
    ("gpt_oss", include_str!("../switches/gpt_oss.txt")),
    ("japanese", include_str!("../switches/japanese.txt")),
    ("kimi", include_str!("../switches/kimi.txt")),
    ("qwen3", include_str!("../switches/qwen3.txt")),
    ("r1", include_str!("../switches/r1.txt")),
    ("russian", include_str!("../switches/russian.txt")),
    ("spanish", include_str!("../switches/spanish.txt")),
];

/// The markers of a list, as they stand in its file.
pub fn phrases(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with(['#', '>']))
}

/// A sentence that holds one of the markers of a list.
pub fn example(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix('>')).map(str::trim)
}

/// The markers of some lists, plus `add`, minus `remove`, in lower case.
pub fn markers(sets: &[String], add: &[String], remove: &[String]) -> Vec<String> {
    let listed = SETS.iter().filter(|(name, _)| sets.iter().any(|set| set == name));
    let lines = listed.flat_map(|(_, text)| phrases(text));
    let removed: Vec<String> = remove.iter().map(|marker| plain(marker)).collect();
    let mut markers: Vec<String> = lines.chain(add.iter().map(String::as_str)).map(plain).collect();
    markers.retain(|marker| !marker.is_empty() && !removed.contains(marker));
    markers.sort();
    markers.dedup();
    markers
}

fn plain(marker: &str) -> String {
    marker.trim().to_lowercase()
}

/// Finds a set of markers.
#[derive(Clone, Debug)]
pub struct Matcher {
    phrases: Phrases,
}

impl Matcher {
    /// Prepares the search; fails only for more markers than fit into an automaton.
    pub fn new(markers: &[String]) -> Result<Self, String> {
        // A run asks for the same list several times: to check it, to cut at it, to count it.
        static BUILT: Mutex<Option<(Vec<String>, Matcher)>> = Mutex::new(None);
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, last)) = built.as_ref().filter(|(known, _)| known == markers) {
            return Ok(last.clone());
        }
        let matcher = Self::build(markers)?;
        *built = Some((markers.to_vec(), matcher.clone()));
        Ok(matcher)
    }

    fn build(markers: &[String]) -> Result<Self, String> {
        let spelled: Vec<String> = markers.iter().flat_map(|marker| spellings(marker)).collect();
        Ok(Self { phrases: Phrases::new(&spelled)? })
    }

    /// How often a marker stands in `text`.
    pub fn count(&self, text: &str) -> u32 {
        u32::try_from(self.find(text).len()).unwrap_or(u32::MAX)
    }

    /// The byte spans of the markers in `text`, in order.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        self.find_counted(text, &Work::unbounded())
    }

    /// The same, counting the bytes that are looked at: each of the text, and those of each place where a marker may stand.
    pub fn find_counted(&self, text: &str, work: &Work) -> Vec<Range<usize>> {
        work.bytes(text.len());
        let mut spans: Vec<Range<usize>> = Vec::new();
        for start in self.phrases.openings(text) {
            if spans.last().is_some_and(|span| start < span.end) {
                continue;
            }
            let found = self.phrases.at(text, start).inspect(|found| work.bytes(found.end - start));
            let whole = found.filter(|found| whole_words(text, start, found.end)).last();
            spans.extend(whole.map(|found| start..found.end));
        }
        spans
    }
}

/// The search folds ASCII case alone, and traces write both kinds of apostrophe.
fn spellings(marker: &str) -> Vec<String> {
    let mut spellings = vec![marker.to_owned()];
    if !marker.is_ascii() {
        let mut letters = marker.chars();
        let capital = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
        spellings.extend(capital);
        spellings.push(marker.to_uppercase());
    }
    if marker.contains('\'') {
        spellings.push(marker.replace('\'', "’"));
    }
    spellings.sort();
    spellings.dedup();
    spellings
}

fn whole_words(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
    let (first, last) = (text[start..end].chars().next(), text[start..end].chars().next_back());
    !joined(before, first) && !joined(last, after)
}

/// Two characters within one word.
fn joined(left: Option<char>, right: Option<char>) -> bool {
    left.is_some_and(in_word) && right.is_some_and(in_word)
}

fn in_word(c: char) -> bool {
    (c.is_alphanumeric() || c == '_') && !without_spaces(c)
}

/// Scripts that write words without a space between them, or glue particles to them.
pub(crate) fn without_spaces(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FFDC}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(sets: &[&str], add: &[&str], remove: &[&str]) -> Matcher {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        Matcher::new(&markers(&owned(sets), &owned(add), &owned(remove))).unwrap()
    }

    #[test]
    fn markers_count_as_whole_words_in_any_case() {
        let matcher = matcher(&["english", "chinese"], &[], &[]);
        let check = |text, expect| assert_eq!(matcher.count(text), expect, "{text}");
        check("", 0);
        check("Alternatively, x. ALTERNATIVELY y. alternatively", 3);
        check("But wait, that is odd. but waiting is no switch, nor is rebut wait", 1);
        check("nothing to see: wait, so x = 2", 0);
        check("There is another way. One another ways.", 1);
        check("let’s start over; let's start over", 2);
        check("换个角度想，x=2。不过等等，换一种方法", 3);
        check("所以alternatively也可以", 1);
        check("alternatively_x alternatively2", 0);
    }

    #[test]
    fn markers_are_found_where_they_stand() {
        let text = "So 5. But wait, 换个角度想 ALTERNATIVELY.";
        let found = matcher(&["english", "chinese"], &[], &[]).find(text);
        let words: Vec<&str> = found.into_iter().map(|span| &text[span]).collect();
        assert_eq!(words, ["But wait", "换个角度", "ALTERNATIVELY"]);
    }

    #[test]
    fn overlapping_markers_count_once_and_a_longer_one_that_is_no_word_does_not_hide_a_shorter() {
        let matcher = matcher(&[], &["but wait", "wait", "wait for it"], &[]);
        assert_eq!(matcher.count("but wait"), 1);
        assert_eq!(matcher.count("but wait, wait"), 2);
        assert_eq!(matcher.count("wait for items"), 1);
    }

    #[test]
    fn lists_can_be_edited() {
        assert_eq!(matcher(&["english"], &[], &["Hold on"]).count("hold on"), 0);
        assert_eq!(matcher(&["english"], &["Übrigens"], &[]).count("übrigens ÜBRIGENS Übrigens"), 3);
        assert_eq!(matcher(&["english"], &[], &[]).count("wait, no"), 0);
        assert_eq!(matcher(&["english", "r1"], &[], &[]).count("Wait, no"), 1);
        assert_eq!(matcher(&[], &[], &[]).count("but wait"), 0);
    }

    #[test]
    fn every_list_has_a_sentence_that_holds_one_of_its_markers() {
        for (name, text) in SETS {
            let example = example(text).unwrap_or_else(|| panic!("{name} has no sentence"));
            assert!(matcher(&[name], &[], &[]).count(example) > 0, "{name}: {example}");
        }
    }

    #[test]
    fn the_lists_are_sorted_and_hold_no_marker_twice() {
        assert!(SETS.is_sorted_by_key(|(name, _)| *name));
        for (name, text) in SETS {
            let mut lines: Vec<&str> = phrases(text).collect();
            let total = lines.len();
            lines.sort_unstable();
            lines.dedup();
            assert_eq!(lines.len(), total, "{name} repeats a marker");
            assert!(lines.iter().all(|line| !line.is_empty() && line.trim() == *line), "{name}");
        }
    }
}
