//! The letter of an option that a reply chooses.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::letter::{Letter, alone, letter};
use super::source::Source;
use super::{Extracted, boxed, delimiters, marks, pattern, phrase, stated, tagged};
use crate::Policy;
use crate::options::option_of;

/// What a reply to a question with options chooses.
pub(crate) enum Chosen {
    /// One option, by its letter or by its text.
    Option(Extracted),
    /// No single one of them, and why.
    Refused(&'static str),
    /// It does not say so with a letter or an option's text.
    Unsaid,
}

/// The name of the rule.
pub(crate) const CHOICE: &str = "choice";

/// Words behind which a chosen letter stands.
static CHOOSES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:choos(?:e|ing)|chose|select(?:ed|ing|s)?|pick(?:ed|ing|s)?|go(?:ing)? (?:with|for)|went with|opt(?:ing)? for|settle on|guess(?:ing)?(?: is)?|(?:option|choice|letter|selection|alternative)[*_]*\s*(?:is\b|would be\b|should be\b|must be\b|will be\b|[:：=]))|(?:正确|所选)?选项(?:应该)?[是为:：]|\b(?:best|correct|right)(?: one| option| answer| choice)? is\b|\bsolution is\b|(?:故|应|该|所以)?选择?[:：]?",
    )
});
/// Words behind which a letter that ends its clause is what is concluded.
static CONCLUDES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?:so|thus|therefore|hence|(?:leaving|leaves|left)(?: us)?(?: only)?(?: with)?|it['’]s|it is|it must be|that['’]s|that is|which is|must be|would be|matches|corresponds to|only|think|believe|say)|因此|所以)(?:\s+only)?[,:，]?\s+",
    )
});
/// Letters of which it is said that they are right.
static RIGHT: LazyLock<Regex> = LazyLock::new(|| {
    const LETTER: &str = r"[(\[*]*[A-Z][)\]*]*";
    pattern(&format!(
        r"(?:^|[^\w'’])((?:{LETTER}(?:\s*,\s*(?:and\s+)?|\s+(?:and|or|&)\s+))*{LETTER})\s+(?i:is|are|seems(?: to be)?|appears(?: to be)?|must be|would be|remains)\s+(?i:(?:therefore|thus|clearly|indeed|both|hence|also)\s+)?(?i:the\s+)?(?:(?i:only\s+|most\s+)?(?i:correct|right|best|true|accurate|appropriate|answer)\b|(?i:only\s+(?:option|choice|one|answer|letter)\s+(?:that|which)\s+(?:works|fits|remains|satisfies|matches|holds|meets|agrees|is\s+(?:correct|right|left|consistent|possible))\b))|([A-Z])\s*(?:选项)?(?:是)?正确"
    ))
});
/// "Answer B", without a verb.
static ANSWERS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:answer|ans)\b\.?[*_]*\s*(?:[-–—→>]+\s*)?"));
/// An option that is only mentioned.
static MENTIONS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i:\b(?:option|choice|alternative)|选项)\s*[*_]*|(?:^|[^\w)\]])[(\[（]"));

/// The option that a reply chooses: the last that it states outright; else the one that its last line is about.
pub(crate) fn chosen(reply: &str, choices: &[String], policy: &Policy) -> Chosen {
    chosen_in(&Source::after_thinking(reply), &Options { choices, policy })
}

fn chosen_in(source: &Source<'_>, options: &Options<'_>) -> Chosen {
    let mut claims = claims(source);
    claims.sort_by_key(|claim| claim.start);
    claims.dedup();
    let mut compared = 0;
    for (index, claim) in claims.iter().enumerate().rev() {
        let limit =
            claims.get(index + 1).map_or(claim.end, |next| claim.end.min(next.start.max(claim.start)));
        let room = claim.start..if limit > claim.start { limit } else { claim.end };
        match options.reading(source, room, &mut compared) {
            Chosen::Unsaid => {}
            told => return told,
        }
    }
    options.mentioned(source).map_or(Chosen::Unsaid, Chosen::Option)
}

/// The letter that a reply chooses of options that are not known.
pub(super) fn with_cue(source: &Source<'_>) -> Option<Extracted> {
    let mut spans = behind(&CHOOSES, source);
    spans.extend(behind(&MENTIONS, source).into_iter().filter(|span| !opens_more(source, span)));
    spans.sort_by_key(|span| span.start);
    let last = spans.into_iter().rev().find_map(|span| one_of(source, &span, 26));
    let text = source.head(source.span().start, source.span().end).trim();
    let only = !text.contains('\n') && alone(text);
    last.or_else(|| only.then(|| one_of(source, &source.span(), 26))?)
}

/// A bracket that a letter opens and something else goes on in: `(x, y)` is a pair, not the option X.
fn opens_more(source: &Source<'_>, span: &Range<usize>) -> bool {
    const MARKS: usize = 8;
    let near = source.span().start.max(span.start.saturating_sub(MARKS))..span.start;
    let opened = source.part(source.tail(&near)).trim_end_matches(['*', '_', '`', ' ']);
    let inside = source.part(span.clone());
    let letter = inside.chars().next().map_or(0, char::len_utf8);
    opened.ends_with(['(', '[', '（'])
        && !inside[letter..].trim_start_matches(['*', '_', '`', ' ']).starts_with([')', ']', '）', ':', '.'])
}

/// How much of a claim is read, in bytes.
const CLAIM: usize = 300;

/// Where a reply states its choice: what follows may be a letter or an option's text.
fn claims(source: &Source<'_>) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> =
        last(&phrase::cues(source)).iter().map(|end| rest_of_line(source, *end)).collect();
    spans.extend(behind(&CHOOSES, source));
    spans.extend(behind(&ANSWERS, source));
    spans.extend(behind(&CONCLUDES, source).into_iter().filter(|span| ends_clause(source, span)));
    spans.extend(right(source));
    spans.extend(
        [boxed::last_box(source), tagged::tag_or_json(source)].into_iter().flatten().map(|found| found.span),
    );
    spans.extend(last_line(source));
    spans
}

/// The rest of the line behind each match; where nothing is left of it, the next line that says something.
fn behind(cue: &Regex, source: &Source<'_>) -> Vec<Range<usize>> {
    let from = source.span().start;
    let ends: Vec<usize> = cue.find_iter(source.all()).map(|found| from + found.end()).collect();
    last(&ends).iter().map(|end| rest_of_line(source, *end)).collect()
}

/// The last cues: a reply that holds more of a kind repeats itself.
fn last(ends: &[usize]) -> &[usize] {
    const CUES: usize = 256;
    &ends[ends.len().saturating_sub(CUES)..]
}

fn rest_of_line(source: &Source<'_>, start: usize) -> Range<usize> {
    let text = source.head(start, source.span().end.min(start + CLAIM));
    let lead = text.len()
        - text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`')).len();
    let end = text[lead..].find('\n').map_or(text.len(), |end| lead + end);
    start + lead..start + end
}

/// Verbs behind a letter that nothing is held against.
const STAYS: &[&str] = &[
    "remains",
    "is left",
    "fits",
    "works",
    "it is",
    "satisfies",
    "fulfils",
    "fulfills",
    "meets",
    "holds",
    "matches",
    "agrees",
];

/// The letter that a text begins with is the end of its clause.
fn ends_clause(source: &Source<'_>, span: &Range<usize>) -> bool {
    match letter(source.part(span.clone())) {
        Letter::One { end, .. } => {
            let after = source.part(span.start + end..span.end).trim_start();
            after.is_empty()
                || after.starts_with(['.', ',', ';', '!', '。', '，'])
                || STAYS.iter().any(|end| after.starts_with(end))
        }
        Letter::Several => true,
        Letter::Denied | Letter::None => false,
    }
}

/// Letters that are called right, unless that is only supposed.
fn right(source: &Source<'_>) -> Vec<Range<usize>> {
    const SUPPOSED: [&str; 8] = ["if", "whether", "suppose", "assume", "unless", "why", "assuming", "not"];
    let (text, from) = (source.all(), source.span().start);
    let spans = RIGHT.captures_iter(text).filter_map(|found| found.get(1).or_else(|| found.get(2)));
    let supposed = |at: usize| {
        let before = text[..at].trim_end_matches([' ', '(', '*']);
        let words = before.rsplit([' ', '\n', ',']).take(2);
        words
            .filter(|word| !matches!(*word, "option" | "choice" | "that"))
            .take(1)
            .any(|word| SUPPOSED.contains(&word.to_lowercase().as_str()))
    };
    spans.filter(|span| !supposed(span.start())).map(|span| from + span.start()..from + span.end()).collect()
}

/// The last line, if it is an option and not the end of a list of them.
fn last_line(source: &Source<'_>) -> Option<Range<usize>> {
    let line = marks::last_line(source);
    let last = source.tail(&line);
    let before = source.tail(&(source.span().start..line.start));
    let previous = source.part(before).trim_end().rsplit('\n').next().unwrap_or_default();
    (alone(source.part(last.clone())) && !alone(previous)).then_some(last)
}

/// The first line, likewise.
fn first_line(source: &Source<'_>) -> Option<Range<usize>> {
    let start = source.span().start;
    let text = source.head(start, source.span().end);
    let lead = text.len() - text.trim_start().len();
    let mut lines = text[lead..].lines();
    let first = lines.next().filter(|line| alone(line))?;
    let next = lines.find(|line| !line.trim().is_empty());
    (!next.is_some_and(alone)).then(|| start + lead..start + lead + first.len())
}

/// The letter that a span begins with, if it is one of so many.
fn one_of(source: &Source<'_>, span: &Range<usize>, count: usize) -> Option<Extracted> {
    match letter(source.part(span.clone())) {
        Letter::One { index, start, .. } if index < count => Some(named(index, source, span.start + start)),
        _ => None,
    }
}

fn named(index: usize, source: &Source<'_>, start: usize) -> Extracted {
    let width = source.head(start, source.span().end.min(start + 4)).chars().next().map_or(0, char::len_utf8);
    let raw =
        u8::try_from(index).map_or_else(|_| String::new(), |index| char::from(b'A' + index).to_string());
    Extracted { raw, span: start..start + width, rule: CHOICE, weak: false }
}

/// `not A but C`, `not A, but rather C`: what a claim says once it has said what is not.
static BUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:not)\s+[(\[*]*[A-Z][)\]*]*(?:\s*,|\s+(?i:or)\s+[(\[*]*[A-Z][)\]*]*)*,?\s+(?i:but)(?:\s+(?i:rather|instead))?\s+",
    )
});

/// A claim without a denial that it begins with.
fn behind_denial(source: &Source<'_>, span: Range<usize>) -> Range<usize> {
    let said = BUT.find(source.part(span.clone())).map_or(0, |denial| denial.end());
    span.start + said..span.end
}

struct Options<'a> {
    choices: &'a [String],
    policy: &'a Policy,
}

impl Options<'_> {
    /// What a claim says.
    fn reading(&self, source: &Source<'_>, span: Range<usize>, compared: &mut u32) -> Chosen {
        let span = behind_denial(source, span);
        let text = source.part(span.clone());
        let own = delimiters::tidy(text);
        if self.is_text(own) {
            return stated::at(source, span, CHOICE).map_or(Chosen::Unsaid, Chosen::Option);
        }
        match letter(text) {
            Letter::Several => Chosen::Refused("several options are named where one is asked for"),
            Letter::One { index, start, .. } if index < self.choices.len() => {
                Chosen::Option(named(index, source, span.start + start))
            }
            Letter::One { .. } if !self.is_option(own) => Chosen::Refused("there is no such option"),
            _ => self.by_value(source, span, compared),
        }
    }

    /// What a line says, or what its last verb says, if it is an option's text.
    fn own_text<'t>(&self, line: &'t str) -> Option<&'t str> {
        let said =
            [" is ", " be ", " was "].iter().filter_map(|verb| Some(&line[line.rfind(verb)? + verb.len()..]));
        std::iter::once(line).chain(said).find(|text| self.is_text(delimiters::tidy(text)))
    }

    /// The text of an option that is no letter.
    fn is_text(&self, text: &str) -> bool {
        let same = |choice: &String| delimiters::tidy(choice).eq_ignore_ascii_case(text);
        text.chars().count() > 1 && self.choices.iter().any(same)
    }

    fn is_option(&self, text: &str) -> bool {
        self.choices.iter().any(|choice| choice.trim() == text)
    }

    /// The option whose text the last claims give in any notation; earlier ones are not compared.
    fn by_value(&self, source: &Source<'_>, span: Range<usize>, compared: &mut u32) -> Chosen {
        const COMPARED: u32 = 4;
        if *compared >= COMPARED {
            return Chosen::Unsaid;
        }
        *compared += 1;
        let found = stated::after_cue(source, span, CHOICE);
        let names = found.filter(|found| option_of(&found.raw, self.choices, self.policy).is_some());
        names.map_or(Chosen::Unsaid, Chosen::Option)
    }

    /// The one option that the last line is or mentions, or that the reply begins with.
    fn mentioned(&self, source: &Source<'_>) -> Option<Extracted> {
        let line = source.tail(&marks::last_line(source));
        let inside = source.within(&line);
        if let Some(text) = self.own_text(source.part(line.clone())) {
            return stated::at(source, line.end - text.len()..line.end, CHOICE);
        }
        let spans = behind(&MENTIONS, &inside);
        let denied = spans.iter().any(|span| letter(source.part(span.clone())) == Letter::Denied);
        let all: Vec<Extracted> =
            spans.iter().filter_map(|span| one_of(source, span, self.choices.len())).collect();
        let same = !denied && all.iter().all(|found| found.raw == all[0].raw);
        let one = all.into_iter().next_back().filter(|_| same);
        let found = one.or_else(|| one_of(source, &first_line(source)?, self.choices.len()))?;
        Some(Extracted { weak: true, ..found })
    }
}

/// Bytes that are looked at in a reply to a question with options.
#[cfg(test)]
pub(super) fn read(reply: &str, choices: &[String]) -> usize {
    let source = Source::after_thinking(reply);
    let _ = chosen_in(&source, &Options { choices, policy: &Policy::default() });
    source.read()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: [&str; 4] = ["10^-4 eV", "10^-8 eV", "the mitochondria", "none of these"];

    fn read(reply: &str, choices: &[&str]) -> Result<String, &'static str> {
        let choices: Vec<String> = choices.iter().map(|choice| (*choice).to_owned()).collect();
        match chosen(reply, &choices, &Policy::default()) {
            Chosen::Option(found) => Ok(found.raw),
            Chosen::Refused(why) => Err(why),
            Chosen::Unsaid => Err(""),
        }
    }

    fn check(replies: &[&str], expect: Result<&str, &'static str>) {
        for reply in replies {
            assert_eq!(read(reply, &FOUR), expect.map(str::to_owned), "{reply:?}");
        }
    }

    #[test]
    fn a_pair_of_coordinates_is_no_letter() {
        let check = |reply: &str, expect: Option<&str>| {
            let found = with_cue(&Source::after_thinking(reply));
            assert_eq!(found.map(|found| found.raw).as_deref(), expect, "{reply:?}");
        };
        check("For the point (x, y) we have r = 3.", None);
        check("At [a; b] the curve turns.", None);
        check("That is (C), the third.", Some("C"));
        check("That is (**C**), the third.", Some("C"));
        check("I take option C, the third", Some("C"));
    }

    #[test]
    fn a_letter_is_read_from_any_dress() {
        let replies = [
            "B",
            "b",
            "(B)",
            "(b)",
            "b)",
            "B.",
            "**B**",
            "B) 10^-8 eV",
            "B: 10^-8 eV",
            "# B",
            "$B$",
            "Answer: B",
            "Answer B",
            "Answer: (B)",
            "Answer: [B]",
            "Answer - B",
            "Answer: Option B",
            "**Answer: (B)**",
            "**Answer**\nB",
            "### Answer\n\n**B**",
            "Answer: $\\text{B}$",
            "ANSWER: $\\boxed{B}$",
            "\\boxed{B}",
            "\\boxed{\\text{B}}",
            "\\boxed{\\textbf{(B)}}",
            "\\boxed{B) 5}",
            "<answer>B</answer>",
            "<answer>\n(B)\n</answer>",
            "{\"answer\": \"B\"}",
            "{\"answer\": \"(B) 5\"}",
            "The answer is B.",
            "The answer is **B**, as is known.",
            "The correct answer is B) 5",
            "The answer is option B",
            "The best choice is (B).",
            "Hence the correct option: **B**",
            "The answer is B. This is a known fact.",
            "Final answer: B",
            "I choose B",
            "I'll go with B.",
            "I would select option B",
            "So it is option (B).",
            "So the answer would be B",
            "A, C and D are wrong so B",
            "Among A, B, C and D, I choose B\n",
            "That leaves B.",
            "B is correct.",
            "Only B is correct, so it stays.",
            "Option B is the correct answer.",
            "**B** is the answer",
            "The answer is B because A is wrong.",
            "The answer is not A. The answer is B.",
            "Answer: A\n\nWait, that is wrong.\n\nAnswer: B",
            "B\n\nBecause the others are wrong.",
            "A is not right.\n\n**B. 10^-8 eV**",
            "答案：B",
            "答案是B。",
            "正确答案是（B）。",
            "故选B。",
            "选项B",
            "Die Antwort ist B.",
            "La réponse est B.",
            "Respuesta: B",
            "A resposta é B.",
            "Ответ: B",
            "정답: B",
            "答えはB",
            "It must be B.",
            "Thus, B.",
            "A, C, and D can be eliminated, leaving us with B.",
            "Eliminating A, C and D, we are left with B.",
            "Only B satisfies both conditions.",
            "B is the only option that works.",
            "The answer is not A but B.",
            "The answer is not (A) or (C), but rather (B).",
            "=> B",
            "→ B",
            "```\nB\n```",
            "The solution is B.",
        ];
        check(&replies, Ok("B"));
    }

    #[test]
    fn the_article_and_the_pronoun_are_no_letters() {
        check(
            &[
                "The answer is A.",
                "A",
                "Answer: A",
                "(A)",
                "Answer: A because it is",
                "Answer: A, since",
                "I pick A",
            ],
            Ok("A"),
        );
        check(&["The answer is A matter of taste", "Answer: A proton moves", "It is a question"], Err(""));
        let ten = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
        assert_eq!(read("The answer is (J).", &ten).as_deref(), Ok("J"));
        assert_eq!(read("Answer: I", &ten).as_deref(), Ok("I"));
        assert_eq!(read("Answer: I think it is (C)", &ten).as_deref(), Ok("C"));
        assert_eq!(read("The answer is 7", &ten).as_deref(), Ok("7"));
    }

    #[test]
    fn the_text_of_an_option_stands_for_its_letter() {
        check(
            &["The answer is the mitochondria.", "the mitochondria", "\\boxed{the mitochondria}"],
            Ok("the mitochondria"),
        );
        check(&["\\boxed{10^{-4}\\ \\text{eV}}"], Ok("10^{-4}\\ \\text{eV}"));
        check(&["The answer is 10^-4 eV."], Ok("10^-4 eV"));
    }

    #[test]
    fn where_no_single_option_is_chosen_there_is_no_answer() {
        check(&["Answer: E", "The answer is (F)."], Err("there is no such option"));
        let several = [
            "Answer: A and C",
            "Answer: A, C",
            "A or C are correct",
            "The answer is A/B",
            "\\boxed{A, B}",
            "\\boxed{A \\text{ and } B}",
        ];
        check(&several, Err("several options are named where one is asked for"));
        let unsaid = [
            "I would pick the third option.",
            "It cannot be decided.",
            "The answer is not A.",
            "A) x\nB) y\nC) z\nD) w",
            "",
            "I do not know.",
            "Option A is wrong and option B too.",
            "X-rays are the answer",
            "Can we say more?",
            "If A is correct, then more follows.",
            "B is the only option that fails.",
            "The answer is not A but something else.",
        ];
        check(&unsaid, Err(""));
    }
}
