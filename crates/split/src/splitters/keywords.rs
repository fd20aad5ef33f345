//! Cuts where a thought turns: before phrases such as "Wait" and "Alternatively".

use std::ops::Range;

use answer::Work;
use plugin::{Component, ConfigError, ConfigErrors, Content};
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spans::trim_end;
use crate::{Splitter, spans};

/// Phrases with which models turn to another thought, by language.
const PHRASES: [&[&str]; 8] = [ENGLISH, CHINESE, JAPANESE, KOREAN, GERMAN, FRENCH, SPANISH, RUSSIAN];

const ENGLISH: &[&str] = &[
    "actually",
    "ah, wait",
    "alternatively",
    "another angle",
    "another approach",
    "another method",
    "another way",
    "but hold on",
    "but wait",
    "hmm",
    "hold on",
    "is there another",
    "just to be sure",
    "let me check",
    "let me double check",
    "let me double-check",
    "let me re-check",
    "let me recheck",
    "let me reconsider",
    "let me rethink",
    "let me start over",
    "let me think again",
    "let me try again",
    "let me try a different",
    "let me try another",
    "let me verify",
    "let's check",
    "let's double-check",
    "let's reconsider",
    "let's try a different",
    "let's try another",
    "let's verify",
    "no, wait",
    "oh wait",
    "oh, wait",
    "on second thought",
    "on the other hand",
    "to double-check",
    "wait",
    "what if",
];
const CHINESE: &[&str] = &[
    "不对",
    "不过等等",
    "但是等等",
    "但等等",
    "其实",
    "再想想",
    "再检查",
    "再验证",
    "另一个角度",
    "另一个方法",
    "另一种",
    "另外一种",
    "另外",
    "嗯",
    "或者",
    "换一个",
    "换一种",
    "换个",
    "检查一下",
    "等一下",
    "等一等",
    "等等",
    "让我再",
    "让我检查",
    "让我重新",
    "让我验证",
    "还有一种",
    "重新思考",
    "重新考虑",
    "验证一下",
];
const JAPANESE: &[&str] = &["あるいは", "いや", "ちょっと待って", "もう一度", "別の方法", "待って"];
const KOREAN: &[&str] = &["다른 방법", "다시 확인", "아니면", "잠깐", "잠시만"];
const GERMAN: &[&str] = &[
    "aber warte",
    "alternativ",
    "ein anderer ansatz",
    "ein anderer weg",
    "eine andere methode",
    "lass mich noch",
    "lass mich prüfen",
    "moment",
    "überprüfen wir",
    "warte",
];
const FRENCH: &[&str] = &[
    "alternativement",
    "attends",
    "attendez",
    "mais attends",
    "un instant",
    "une autre approche",
    "une autre méthode",
    "vérifions",
];
const SPANISH: &[&str] = &[
    "alternativamente",
    "déjame revisar",
    "déjame verificar",
    "espera",
    "otra forma",
    "otra manera",
    "otro enfoque",
    "otro método",
    "pero espera",
    "verifiquemos",
];
const RUSSIAN: &[&str] = &[
    "альтернативно",
    "давайте проверим",
    "другой подход",
    "другой способ",
    "но подожди",
    "подожди",
    "подождите",
    "проверим",
    "с другой стороны",
    "стоп",
];

/// Cuts before phrases that turn to another thought.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Keywords {
    /// The phrases, found as whole words.
    phrases: Vec<String>,
    /// Tell upper from lower case.
    case_sensitive: bool,
    /// Cut before a phrase wherever it stands, not only where it begins a sentence. With `case_sensitive` and
    /// its seven phrases this is what EvalThink does.
    anywhere: bool,
}

impl Default for Keywords {
    fn default() -> Self {
        let phrases = PHRASES.into_iter().flatten().map(|phrase| (*phrase).to_owned()).collect();
        Self { phrases, case_sensitive: false, anywhere: false }
    }
}

impl Component for Keywords {
    const KIND: &'static str = "keywords";
    const ABOUT: &'static str =
        "cuts where a thought turns, before phrases such as \"wait\" and \"alternatively\"";
    type Built = dyn Splitter;

    fn build(self, _: &mut Content) -> Result<Box<dyn Splitter>, ConfigErrors> {
        if self.phrases.is_empty() {
            return Err(ConfigError::new("phrases", "must name at least one phrase").into());
        }
        if let Some(blank) = self.phrases.iter().position(|phrase| phrase.trim().is_empty()) {
            return Err(ConfigError::new(format!("phrases[{blank}]"), "must not be blank").into());
        }
        let case = if self.case_sensitive { "" } else { "(?i)" };
        let words: Vec<String> = self.phrases.iter().map(|phrase| pattern(phrase)).collect();
        let finder = Regex::new(&format!("{case}(?:{})", words.join("|")))
            .map_err(|error| ConfigError::new("phrases", error.to_string()))?;
        let fold = |phrase: &String| phrase.trim().chars().map(|c| folded(c, self.case_sensitive)).collect();
        let phrases = self.phrases.iter().map(fold).collect();
        Ok(Box::new(Phrases {
            finder,
            phrases,
            case_sensitive: self.case_sensitive,
            anywhere: self.anywhere,
        }))
    }
}

/// The phrase with either apostrophe.
fn pattern(phrase: &str) -> String {
    regex::escape(phrase.trim()).replace(['\'', '’'], "['’]")
}

fn folded(c: char, case_sensitive: bool) -> char {
    match c {
        '’' => '\'',
        _ if case_sensitive => c,
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

struct Phrases {
    /// Finds where a phrase may stand. Word boundaries are left to [`Phrases::stand_at`]: those of Unicode
    /// would keep the expression from running fast on any text that is not ASCII.
    finder: Regex,
    phrases: Vec<Vec<char>>,
    case_sensitive: bool,
    anywhere: bool,
}

impl Splitter for Phrases {
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        self.spans_counted(text, &Work::unbounded())
    }

    fn spans_counted(&self, text: &str, work: &Work) -> Vec<Range<usize>> {
        let mut cuts: Vec<usize> = Vec::new();
        let mut from = 0;
        while let Some(found) = self.finder.find_at(text, from) {
            let at = found.start();
            work.bytes(found.end() - from);
            // Phrases may overlap: a "wait" that begins no sentence may stand in a phrase that does.
            from = at + found.as_str().chars().next().map_or(1, char::len_utf8);
            if !self.stand_at(text, at) {
                continue;
            }
            let cut = if self.anywhere { Some(at) } else { sentence_start(text, at, work) };
            cuts.extend(cut.filter(|cut| cuts.last().is_none_or(|last| last < cut)));
        }
        work.bytes(text.len() - from);
        spans::cut_at(text, cuts)
    }
}

impl Phrases {
    /// One of the phrases stands at this place as whole words.
    fn stand_at(&self, text: &str, at: usize) -> bool {
        let (Some(before), Some(rest)) = (text.get(..at), text.get(at..)) else { return false };
        if joined(before.chars().next_back(), rest.chars().next()) {
            return false;
        }
        let stands = |phrase: &Vec<char>| {
            let mut chars = rest.chars();
            let mut last = None;
            for expect in phrase {
                last = chars.next();
                if last.map(|c| folded(c, self.case_sensitive)) != Some(*expect) {
                    return false;
                }
            }
            !joined(last, chars.next())
        };
        self.phrases.iter().any(stands)
    }
}

/// Two characters belong to one word, as far as their scripts part words with blanks.
fn joined(left: Option<char>, right: Option<char>) -> bool {
    let in_word = |c: char| {
        let unspaced = matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
        (c.is_alphanumeric() || c == '_') && !unspaced
    };
    left.is_some_and(in_word) && right.is_some_and(in_word)
}

/// Where the sentence starts whose first word stands at `at`, opening marks included; `None` in mid-sentence.
fn sentence_start(text: &str, at: usize, work: &Work) -> Option<usize> {
    let before = text.get(..at)?;
    let start = trim_end(before, &OPENERS, work).len();
    let gap = before.get(..start)?;
    let sentence = trim_end(gap, &[' ', '\t', '\u{a0}', '\u{3000}'], work);
    // At the start of a line only marks of lists, headings and quotations may precede.
    let line = trim_end(gap, &[' ', '\t', '\u{a0}', '\u{3000}', '#', '>', '-', '•', '*', '+'], work);
    if line.is_empty() || line.ends_with(['\n', '\r']) {
        return Some(line.len());
    }
    let ended = trim_end(sentence, &CLOSERS, work);
    let blank = sentence.len() < gap.len();
    let ends = ended.ends_with(['。', '！', '？', '；', '：', '—', '–'])
        || blank && ended.ends_with(['.', '!', '?', '…', ':', ';']);
    ends.then_some(start)
}

const OPENERS: [char; 11] = ['"', '\'', '“', '‘', '(', '[', '*', '_', '「', '『', '（'];
const CLOSERS: [char; 12] = ['"', '\'', '”', '’', ')', ']', '*', '_', '」', '』', '）', '$'];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::spans::testing::{check, check_only_blanks_between, splitter};

    #[test]
    fn cuts_before_phrases_that_begin_a_sentence() {
        let splitter = splitter(json!({"kind": "keywords"}));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check("", &[]);
        check("Wait", &["Wait"]);
        check("It is 5. Wait, no. But wait! Hmm", &["It is 5.", "Wait, no.", "But wait!", "Hmm"]);
        check("I wait. The waiter. Waiting", &["I wait. The waiter. Waiting"]);
        check("Is 5. 我wait. Wait一下", &["Is 5. 我wait.", "Wait一下"]);
        check("x = 5\nalternatively, 6", &["x = 5", "alternatively, 6"]);
        check("a\r\n\r\n- **Wait**, b", &["a", "- **Wait**, b"]);
        check("(It is 5.) \"Wait.\" Let's verify", &["(It is 5.)", "\"Wait.\"", "Let's verify"]);
        check("So. Let’s verify", &["So.", "Let’s verify"]);
        check("that is 5 — wait, no", &["that is 5 —", "wait, no"]);
        check("see f.wait or 1.wait", &["see f.wait or 1.wait"]);
        check("是5。等等，不是。不对！或者6", &["是5。", "等等，不是。", "不对！", "或者6"]);
        check("我们等等。对", &["我们等等。对"]);
        check("Es ist 5. Überprüfen wir. Warte", &["Es ist 5.", "Überprüfen wir.", "Warte"]);
        check("Это 5. Подожди", &["Это 5.", "Подожди"]);
    }

    #[test]
    fn overlapping_phrases_cut_once() {
        check(
            &*splitter(json!({"kind": "keywords"})),
            "a. No, wait. Oh wait",
            &["a.", "No, wait.", "Oh wait"],
        );
        let anywhere = json!({"kind": "keywords", "phrases": ["but wait", "wait"], "anywhere": true});
        check(&*splitter(anywhere), "a but wait b", &["a", "but", "wait b"]);
        let nested = json!({"kind": "keywords", "phrases": ["wait a", "wait"]});
        check(&*splitter(nested), "a. Wait around", &["a.", "Wait around"]);
    }

    #[test]
    fn the_strategy_of_evalthink() {
        let splitter = splitter(json!({
            "kind": "keywords", "case_sensitive": true, "anywhere": true,
            "phrases": ["alternatively", "but wait", "let me reconsider", "another way", "another approach",
                        "another method", "another angle"],
        }));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check(
            "so 5, but wait, try another way. But wait",
            &["so 5,", "but wait, try", "another way. But wait"],
        );
        check("Alternatively a\n\nalternatively b", &["Alternatively a", "alternatively b"]);
        check("another wayside, xbut wait", &["another wayside, xbut wait"]);
        check(" alternatively", &["alternatively"]);
    }

    #[test]
    fn faults() {
        let check = |table, expect: &str| {
            let Err(faults) = crate::SPLITTERS.build(&table, "split") else { panic!("accepted {table}") };
            assert_eq!(faults.to_string(), expect);
        };
        check(json!({"kind": "keywords", "phrases": []}), "split.phrases: must name at least one phrase");
        check(json!({"kind": "keywords", "phrases": ["a", " "]}), "split.phrases[1]: must not be blank");
    }

    #[test]
    fn the_lists_are_sorted_and_say_nothing_twice() {
        let phrases = Keywords::default().phrases;
        let unique: std::collections::BTreeSet<&String> = phrases.iter().collect();
        assert_eq!(unique.len(), phrases.len());
        assert!(phrases.iter().all(|phrase| phrase.trim() == phrase && *phrase == phrase.to_lowercase()));
    }

    #[test]
    fn spans_are_sound() {
        check_only_blanks_between(&*splitter(json!({"kind": "keywords"})));
        check_only_blanks_between(&*splitter(json!({"kind": "keywords", "anywhere": true})));
    }
}
