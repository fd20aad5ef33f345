//! Letters of options in a sentence, and how strongly each is meant: an answer, a match, or a mere mention. Only the words
//! next to a letter are looked at, so that a long sentence costs no more a letter than a short one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::sentences::Segment;
use super::text::{joins_word, tail};
use crate::Work;
use crate::pattern::pattern;

/// Bytes next to a letter that are looked at.
const NEAR: usize = 72;

/// Bytes of a step that says nothing but a letter, marks included.
const ALONE: usize = 8;

/// What a letter is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// The answer: "the answer is B", "B is correct", "that leaves B".
    Answer,
    /// What came out: "that matches option B", "so B".
    Match,
    /// Nothing but an option.
    Named,
}

/// Words between a verb and the letter.
const ADVERBS: &str = r"(?:\s*(?:most|very|likely|probably|therefore|thus|indeed|clearly|definitely|still|also|then|just|simply|only|actually|exactly|now|again|answer|the))*";
const BE: &str = r"(?:\bis\b|\bare\b|would be|should be|must be|has to be|to be|will be|\bbeing\b|\bbe\b|[:：=]|是|为|就是|应该是|应为)";

/// In front of a letter that is the answer; the word "option" and marks are off.
static ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    let said = r"(?:answer|choose|chose|choosing|select|selecting|pick|picking|go(?:ing)? with|settle on|leaves(?: us with)?|leaving|left with)";
    let best = r"\b(?:correct|right|best|only|accurate|intended|valid|appropriate|closest|suitable|fitting)\b(?:\s+[\w-]+){0,6}?";
    pattern(&format!(r"(?:{said}|{best}\s*{BE})\s*(?:{BE})?{ADVERBS}\s*$|(?:选|答案)\s*(?:{BE})?\s*$"))
});

/// In front of a letter that something comes out as.
static MATCH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?:match(?:es|ing)?|correspond(?:s|ing)? (?:to|with)|fits|agrees with|(?:consistent|in line) with|points to|favou?rs|one of the options:?){ADVERBS}\s*$"
    ))
});

/// In front of a letter with "option" before it.
static IS_OPTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?:{BE}|that's|it's|which's|\bgives|\byields|\bequals|close(?:st)? to){ADVERBS}\s*$"))
});

/// In front of a letter that concludes.
static CONCLUDES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|[\s,;(])(?:so|thus|hence|therefore|ergo)\s*,?\s*(?:it's|it is)?\s*$|(?:所以|因此|故)\s*$")
});

/// Behind a letter that is the answer.
static IS_ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^[)\]*”"'.]*\s*(?:\([^)]{0,40}\)\s*)?(?:(?:is|seems?|appears?|must be|should be|would be|looks|remains)\s+(?:to be\s+)?(?:[\w-]+\s+){0,4}?(?:correct|right|best|answer|only|intended|closest|winner)\b|(?:选项|项)?(?:是)?(?:正确|对的|最佳))"#,
    )
});

/// Behind a letter that something comes out as.
static MATCHES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"^[)\]*”"'.]*\s*(?:\([^)]{0,40}\)\s*)?(?:matches|fits|agrees|is consistent)\b"#)
});

/// Behind a letter that is but one of several, or doubted, or denied.
static WEAK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^[)\]*”"'.]*\s*(?:\([^)]{0,40}\)\s*)?(?:(?:,|or|and|vs\.?|versus|/|nor|than)\s*(?:option\s+|choice\s+)?[(*]*[a-z]\b(?:[).,*:\s?]|$)|[^.;,:]{0,24}\b(?:plausible|candidate|possible|possibly|could|might|may|contender|tempting|not|isn't|wrong|incorrect|false)\b)|^(?:选项|项)?(?:不|错)"#,
    )
});

/// In front of a letter that is but one of several.
static ONE_OF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\bor|\band|\beither|\bbetween|\bvs\.?|\bnot|\bnor|\bthan|\brather than|\bif|[a-z]\),|\b[a-z],)\s*$",
    )
});

/// In front of a letter that may be the answer, or may not.
static DOUBTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?:maybe|perhaps|could|might|possib\w*|whether|if|suppose|unless|not sure)\b[^.;:]*$")
});

/// Behind a letter that is a word: the article, the pronoun.
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\s*(?:is|seems?|appears?|matches|fits|must|should|would|looks|remains|says|and|or)\b")
});

/// A letter in a sentence, with what it is meant to be.
pub(super) fn letters_at(
    step: &str,
    sentence: Range<usize>,
    letter: char,
    work: &Work,
) -> Vec<(Segment, Meant)> {
    let text = &step[sentence.clone()];
    let found = text.match_indices(letter).filter_map(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + letter.len_utf8()..]);
        if after.starts_with(joins_word) || before.ends_with(joins_word) {
            return None;
        }
        work.bytes(2 * NEAR);
        if is_plain_word(before, after, letter) {
            return None;
        }
        let alone = step.len() <= ALONE && step.chars().filter(|c| c.is_alphanumeric()).count() == 1;
        let meant = Beside::new(before, after, alone).meant(letter)?;
        let span = sentence.start + at..sentence.start + at + letter.len_utf8();
        let chain = sentence.start;
        Some((Segment { span, after_equals: false, before_equals: false, listed: false, chain }, meant))
    });
    found.collect()
}

/// A sentence that names several options as a list of them does, "A: 0, B: 2, C: 3": it asserts none of them.
pub(super) fn walks_through(text: &str, options: usize) -> bool {
    if options < 2 {
        return false;
    }
    let bytes = text.as_bytes();
    let label = |at: usize| {
        let alone = at == 0 || !bytes[at - 1].is_ascii_alphanumeric() && bytes[at - 1] != b'\\';
        bytes[at].is_ascii_uppercase()
            && alone
            && matches!(bytes.get(at + 1), Some(b':' | b')' | b'.' | b'='))
    };
    let named = (0..bytes.len()).filter(|at| label(*at)).fold(0_u32, |set, at| set | 1 << (bytes[at] - b'A'));
    named.count_ones() as usize >= options.min(3)
}

/// The article or the pronoun, as most of them are: a word follows that no letter is followed by, and no mark stands before.
fn is_plain_word(before: &str, after: &str, letter: char) -> bool {
    let word = after.strip_prefix(' ').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    let marked = || {
        let bare = before.trim_end();
        bare.ends_with(['(', '*', '"', '{', ':', '[', '$'])
            || bare.ends_with("ption")
            || bare.ends_with("oice")
    };
    matches!(letter, 'A' | 'I') && word && !marked() && !VERB.is_match(after)
}

/// What stands next to a letter, in lower case.
struct Beside {
    before: String,
    after: String,
    /// Nothing stands before it in its sentence but marks and "option".
    first: bool,
    /// "Option", a bracket or a mark of emphasis stands before it.
    marked: bool,
    /// It is all that its step says.
    alone: bool,
}

impl Beside {
    fn new(before: &str, after: &str, alone: bool) -> Self {
        let marks =
            |c: char| c.is_whitespace() || matches!(c, '*' | '(' | '[' | '"' | '“' | '$' | '{' | '\\' | '：');
        let near = tail(before, NEAR)
            .to_lowercase()
            .replace('’', "'")
            .replace("\\text", "")
            .replace("\\boxed", "answer ");
        let mut bare = near.trim_end_matches(marks);
        let mut marked = bare.len() < near.trim_end().len();
        for word in ["options", "option", "choices", "choice", "letter", "选项"] {
            if let Some(rest) =
                bare.strip_suffix(word).filter(|rest| !rest.ends_with("the ") && !rest.ends_with("answer "))
            {
                (bare, marked) = (rest.trim_end_matches(marks), true);
            }
        }
        let bare = bare.strip_suffix("answer choice").map_or(bare, |rest| {
            marked = true;
            rest.trim_end()
        });
        let before = bare.to_owned();
        let after: String = after.chars().take(NEAR).collect::<String>().to_lowercase().replace('’', "'");
        let first = before.len() < NEAR - 16 && !before.contains(char::is_alphanumeric);
        Self { before, after, first, marked, alone }
    }

    fn meant(&self, letter: char) -> Option<Meant> {
        let word = matches!(letter, 'A' | 'I') && !self.marked && self.is_word();
        if word || self.after.trim_start().starts_with(['=', '_', '^', '+', '<', '>']) {
            return None;
        }
        let doubted = DOUBTED.is_match(&self.before) || self.after.contains('?');
        if doubted || WEAK.is_match(&self.after) || ONE_OF.is_match(&self.before) {
            return self.marked.then_some(Meant::Named);
        }
        if ANSWER.is_match(&self.before) || IS_ANSWER.is_match(&self.after) || self.first && self.alone {
            return Some(Meant::Answer);
        }
        let concludes = CONCLUDES.is_match(&self.before) && self.ends_clause();
        let option = self.marked && IS_OPTION.is_match(&self.before);
        if MATCH.is_match(&self.before) || MATCHES.is_match(&self.after) || option || concludes {
            return Some(Meant::Match);
        }
        (self.marked && !self.first).then_some(Meant::Named)
    }

    /// The article or the pronoun: a word follows, and none that a letter would be followed by.
    fn is_word(&self) -> bool {
        let rest = self.after.trim_start();
        let follows = rest.len() < self.after.len() && rest.starts_with(|c: char| c.is_alphabetic());
        self.after.starts_with('\'') || follows && !VERB.is_match(&self.after)
    }

    fn ends_clause(&self) -> bool {
        let rest = self.after.trim_start_matches([')', '*', ' ', ']', '}', '$']);
        rest.is_empty() || rest.starts_with(['.', ',', ':', ';', '(', '。', '，', '!'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_options_is_a_walk() {
        let check = |sentence: &str, options: usize, expect: bool| {
            assert_eq!(walks_through(sentence, options), expect, "{sentence:?}");
        };
        check("The options are A: 0, B: 2, C: 3, D: 4.", 4, true);
        check("(A) 0 (B) 2 (C) 3", 10, true);
        check("It is A) yes or B) no.", 2, true);
        check("Not A: 0, so D: 4.", 4, false);
        check("A: 0, A: 2, A: 4", 4, false);
        check("A: 0, B: 2, C: 3", 0, false);
    }

    #[test]
    fn what_letters_are_meant_to_be() {
        let check = |sentence: &str, letter: char, expect: Option<Meant>| {
            let found = letters_at(sentence, 0..sentence.len(), letter, &Work::unbounded());
            assert_eq!(found.last().map(|(_, meant)| *meant), expect, "{letter} in {sentence:?}");
        };
        for sentence in [
            "So the answer is B.",
            "Thus answer B.",
            "The answer should be (B).",
            "The correct option is therefore B.",
            "So the best answer is likely B, because it is short.",
            "B is the best answer.",
            "So B seems correct.",
            "Option B is likely the intended answer.",
            "That leaves B.",
            "I would choose B.",
            "The only prime among these options is B.",
            "\\boxed{B}",
            "**B**",
            "答案是B。",
            "所以选B。",
            "B选项正确。",
        ] {
            check(sentence, 'B', Some(Meant::Answer));
        }
        for sentence in [
            "That matches option B: 12 m.",
            "This corresponds to B.",
            "12 is option B.",
            "So B.",
            "Hence, option B: it is small.",
            "Only option B fits.",
        ] {
            check(sentence, 'B', Some(Meant::Match));
        }
        for sentence in [
            "What about option B here?",
            "Either (A) or (B) then.",
            "So option B seems plausible.",
            "Not (B).",
        ] {
            check(sentence, 'B', Some(Meant::Named));
        }
        for sentence in [
            "B. It is a planet.",
            "Option B: it is small.",
            "So B is a strong candidate.",
            "The answer is not B.",
            "B. It is a planet. So it is small.",
            "The magnetic field B grows.",
            "So B = 5.",
            "It is B or C.",
            "B B",
            "Bob.",
        ] {
            check(sentence, 'B', None);
        }
        check("So A planet is not a star.", 'A', None);
        check("A is correct.", 'A', Some(Meant::Answer));
        check("I think so.", 'I', None);
        check("So the answer is I.", 'I', Some(Meant::Answer));
    }
}
