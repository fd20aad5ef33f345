//! The cue words, a file a language in `cues/`.

use std::ops::{Range, RangeInclusive};
use std::sync::LazyLock;

use crate::phrases::{Found, Phrases};

/// The files themselves by language, sorted, so that whoever depends on their content can name it.
pub const CUES: &[(&str, &str)] = &[
    ("chinese", include_str!("../../cues/chinese.txt")),
    ("english", include_str!("../../cues/english.txt")),
    ("french", include_str!("../../cues/french.txt")),
    ("german", include_str!("../../cues/german.txt")),
    ("japanese", include_str!("../../cues/japanese.txt")),
    ("russian", include_str!("../../cues/russian.txt")),
    ("spanish", include_str!("../../cues/spanish.txt")),
];

/// The phrases of one kind in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CueSection<'a> {
    /// What they speak for: `answer`, `conclusion`, `hypothesis`, `hedge`, `negation`, `restatement`, `verb`.
    pub kind: &'a str,
    /// A sentence that holds one of them.
    pub example: &'a str,
    /// The phrases.
    pub phrases: Vec<&'a str>,
}

/// The sections of a file of cues.
pub fn cue_sections(text: &str) -> Vec<CueSection<'_>> {
    let mut sections: Vec<CueSection<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            Some((kind, example)) => {
                sections.push(CueSection { kind, example: example.trim(), phrases: vec![] });
            }
            None => sections.iter_mut().next_back().into_iter().for_each(|last| last.phrases.push(line)),
        }
    }
    sections
}

/// What a cue speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    Answer,
    Conclusion,
    Hypothesis,
    Hedge,
    Negation,
    Restatement,
    Verb,
}

/// A cue in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) cue: Cue,
    pub(super) start: usize,
    pub(super) end: usize,
}

struct Cues {
    finder: Phrases,
    kinds: Vec<Cue>,
}

static FOUND: LazyLock<Cues> = LazyLock::new(|| {
    let (mut words, mut kinds) = (Vec::new(), Vec::new());
    for section in CUES.iter().flat_map(|(_, text)| cue_sections(text)) {
        let Some(cue) = kind(section.kind) else { continue };
        for spelling in section.phrases.iter().flat_map(|phrase| spellings(phrase)) {
            words.push(spelling);
            kinds.push(cue);
        }
    }
    #[expect(clippy::expect_used, reason = "a constant list, compiled by every test run")]
    let finder = Phrases::new(&words).expect("a list of words");
    Cues { finder, kinds }
});

/// The search folds ASCII case alone: other scripts begin a sentence with a capital of their own.
fn spellings(phrase: &str) -> Vec<String> {
    let mut letters = phrase.chars();
    let capital = letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>());
    let other = capital.filter(|capital| !phrase.is_ascii() && capital != phrase);
    [phrase.to_owned()].into_iter().chain(other).collect()
}

fn kind(section: &str) -> Option<Cue> {
    Some(match section {
        "answer" => Cue::Answer,
        "conclusion" => Cue::Conclusion,
        "hypothesis" => Cue::Hypothesis,
        "hedge" => Cue::Hedge,
        "negation" => Cue::Negation,
        "restatement" => Cue::Restatement,
        "verb" => Cue::Verb,
        _ => return None,
    })
}

/// The cues of a text, so kept that each question about a place in it takes no longer in a long text.
pub(super) struct Hits {
    /// In the order of their ends.
    all: Vec<Hit>,
    /// Where the first one of each kind ends.
    first: [Option<usize>; Cue::Verb as usize + 1],
    /// Of each hit, the last start of a conclusion or answer up to it.
    conclusions: Vec<Option<usize>>,
    /// Where answers start, in order.
    answers: Vec<usize>,
}

impl Hits {
    /// Looks for them.
    pub(super) fn of(text: &str) -> Self {
        let mut hits =
            Self { all: hits(text), first: Default::default(), conclusions: vec![], answers: vec![] };
        let mut conclusion = None;
        for hit in &hits.all {
            hits.first[hit.cue as usize].get_or_insert(hit.end);
            if matches!(hit.cue, Cue::Conclusion | Cue::Answer) {
                conclusion = conclusion.max(Some(hit.start));
            }
            hits.conclusions.push(conclusion);
            hits.answers.extend((hit.cue == Cue::Answer).then_some(hit.start));
        }
        hits.answers.sort_unstable();
        hits
    }

    /// One of this kind ends before a place, or there.
    pub(super) fn before(&self, cue: Cue, at: usize) -> bool {
        self.first[cue as usize].is_some_and(|end| end <= at)
    }

    /// Those that end in a range.
    pub(super) fn ending_in(&self, ends: RangeInclusive<usize>) -> &[Hit] {
        let from = self.all.partition_point(|hit| hit.end < *ends.start());
        let to = self.all.partition_point(|hit| hit.end <= *ends.end());
        self.all.get(from..to).unwrap_or_default()
    }

    /// Where the last conclusion or answer starts of those that end before a place.
    pub(super) fn last_conclusion(&self, at: usize) -> Option<usize> {
        let behind = self.all.partition_point(|hit| hit.end <= at);
        self.conclusions.get(behind.checked_sub(1)?).copied().flatten()
    }

    /// An answer cue starts in a range.
    pub(super) fn answer_starts_in(&self, starts: Range<usize>) -> bool {
        let first = self.answers.partition_point(|start| *start < starts.start);
        self.answers.get(first).is_some_and(|start| *start < starts.end)
    }
}

/// A text holds words of doubt.
pub(super) fn hedges(text: &str) -> bool {
    hits(text).iter().any(|hit| hit.cue == Cue::Hedge)
}

/// The cues in a text, in the order of their ends.
fn hits(text: &str) -> Vec<Hit> {
    let bytes = text.as_bytes();
    let letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
    let within = |at: usize| letter(Some(at)) && letter(at.checked_sub(1));
    let mut found: Vec<Found> =
        FOUND.finder.openings(text).flat_map(|at| FOUND.finder.at(text, at)).collect();
    found.retain(|found| !within(found.end));
    found.sort_unstable();
    let hit =
        |found: Found| Some(Hit { cue: *FOUND.kinds.get(found.phrase)?, start: found.start, end: found.end });
    found.into_iter().filter_map(hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_stand_on_word_boundaries() {
        let check = |text: &str, expect: &[Cue]| {
            let found: Vec<Cue> = hits(text).into_iter().map(|hit| hit.cue).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("So the answer is 5", &[Cue::Conclusion, Cue::Answer, Cue::Verb]);
        check("sofa, stiff", &[]);
        check("答案是5", &[Cue::Answer, Cue::Verb]);
    }

    #[test]
    fn every_section_has_a_sentence_that_holds_one_of_its_phrases() {
        assert!(CUES.is_sorted_by_key(|(name, _)| *name));
        for (language, text) in CUES {
            let sections = cue_sections(text);
            for CueSection { kind: name, example, phrases } in &sections {
                let cue = kind(name).unwrap_or_else(|| panic!("{language}: unknown section {name}"));
                assert!(!phrases.is_empty(), "{language} {name} is empty");
                assert!(hits(example).iter().any(|hit| hit.cue == cue), "{language} {name}: {example}");
            }
            for needed in ["answer", "conclusion", "hedge"] {
                assert!(sections.iter().any(|section| section.kind == needed), "{language} has no {needed}");
            }
            assert!(
                crate::switches::SETS.iter().any(|(name, _)| name == language),
                "{language} never switches"
            );
        }
    }
}
