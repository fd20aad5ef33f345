//! A gold answer, prepared for being looked for.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use num_traits::{Signed, ToPrimitive};

use super::near::Near;
use super::rough;
use crate::compare::{Parsed, compare_read, parse};
use crate::{Outcome, Policy, Work};

/// Signs of answers that are more than one number.
const OPEN: [char; 7] = [',', '<', '>', '=', '[', '|', '_'];

/// So many compared segments are remembered.
const REMEMBERED: usize = 4096;

/// How a gold answer is recognised.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Its digits, for a plain integer.
    Integer(String),
    /// Words, lower case.
    Words(String),
    /// A choice letter.
    Choice(char),
    /// Numbers near it.
    Near(Near),
    /// Anything else: by comparing.
    Value,
}

/// Segments of a trace that were compared with a gold answer, and whether they are it.
pub(super) type Seen = HashMap<String, bool, RandomState>;

/// A gold answer.
#[derive(Clone, Debug)]
pub(super) struct Gold {
    pub(super) kind: Kind,
    parsed: Parsed,
    operators: usize,
    sums: usize,
    length: usize,
    /// It is written with digits.
    digits: bool,
    /// The numbers that it is written with.
    runs: Vec<String>,
    /// One number, without variables.
    closed: bool,
    /// That number, where nothing but signs of arithmetic says what it is.
    value: Option<f64>,
    pub(super) small: bool,
    /// Its name, for small integers that are more often counted than used as a word ("two cases").
    pub(super) name: Option<&'static str>,
    /// Commas belong to it: a tuple, a list.
    pub(super) several: bool,
    /// It is a matrix or a column.
    column: bool,
}

impl Gold {
    /// Prepares an answer.
    pub(super) fn new(text: &str, choice: bool) -> Self {
        let parsed = parse(text);
        let integer = parsed.exact().filter(|value| value.is_integer());
        let letter = parsed.choice_letter().filter(|_| choice);
        let words = parsed.words().filter(|words| words.chars().count() > 1);
        let kind = match (letter, &integer, words) {
            (Some(letter), ..) => Kind::Choice(letter),
            (_, Some(value), _) => Kind::Integer(value.numer().to_string()),
            (.., Some(words)) => Kind::Words(folded(words)),
            _ => Kind::Value,
        };
        let small = integer.as_ref().is_some_and(|value| value.abs().to_integer() <= 12.into());
        let counted = integer.as_ref().and_then(|value| value.to_integer().to_u32()).filter(|n| *n > 2);
        let name = counted.and_then(crate::compare::number_name);
        let several = text.contains(',') && !matches!(kind, Kind::Integer(_));
        let closed = has_digit(text) && text.is_ascii() && !text.contains(OPEN) && !has_variable(text);
        Self {
            kind,
            operators: operators(text),
            sums: sums(text),
            length: text.len(),
            digits: has_digit(text),
            runs: text
                .split(|c: char| !c.is_ascii_digit())
                .filter(|run| !run.is_empty())
                .map(str::to_owned)
                .collect(),
            closed,
            value: if closed && rough::is_arithmetic(text) { parsed.approximate() } else { None },
            small,
            column: text.contains("matrix}"),
            several,
            name,
            parsed,
        }
    }

    /// The numbers that fit an option, if it is one.
    pub(super) fn near(options: &[String], index: usize) -> Option<Self> {
        let near = Near::of(options, index)?;
        Some(Self {
            kind: Kind::Near(near),
            small: false,
            name: None,
            ..Self::new(options.get(index)?, false)
        })
    }

    /// A whole number that is written as a calculation, such as `10^5`: its own way of writing it.
    pub(super) fn calculated(text: &str) -> Option<Self> {
        let whole = Self::new(text, false);
        let calculated = matches!(whole.kind, Kind::Integer(_)) && whole.operators > 0;
        calculated.then_some(Self { kind: Kind::Value, small: false, name: None, ..whole })
    }

    /// A number with a unit, within what it was rounded to.
    pub(super) fn rounded(text: &str) -> Option<Self> {
        let near = Near::alone(text)?;
        Some(Self { kind: Kind::Near(near), small: false, name: None, ..Self::new(text, false) })
    }

    /// What it answers, if it is yes or no.
    pub(super) fn answered(&self) -> Option<bool> {
        match &self.kind {
            Kind::Words(words) => match words.as_str() {
                "yes" | "true" => Some(true),
                "no" | "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// A formula that has to be brought into its form: the problem's own way of writing it is not the answer yet.
    pub(super) fn needs_work(&self) -> bool {
        matches!(self.kind, Kind::Value)
    }

    /// A cheap look that spares most texts a closer one.
    pub(super) fn may_stand_in(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Integer(digits) => {
                // However thousands are grouped, the last three digits stand together.
                let tail = &digits[digits.len().saturating_sub(3)..];
                contains(text.as_bytes(), tail.trim_start_matches('-').as_bytes())
                    || self.name.is_some_and(|name| contains(text.as_bytes(), name.as_bytes()))
            }
            Kind::Words(words) => {
                let first = words.split(' ').next().unwrap_or_default();
                !first.is_ascii() || contains(text.as_bytes(), first.as_bytes())
            }
            Kind::Choice(letter) => text.contains(*letter),
            Kind::Near(_) => has_digit(text),
            Kind::Value => !self.digits || has_digit(text) || !text.is_ascii(),
        }
    }

    /// Whether a stretch of formula is this answer, written out and not yet to be calculated.
    pub(super) fn is(&self, segment: &str, policy: &Policy, (work, seen): (&Work, &mut Seen)) -> bool {
        match &self.kind {
            Kind::Choice(_) | Kind::Words(_) | Kind::Near(_) => false,
            Kind::Integer(digits) => is_integer(segment, digits).unwrap_or_else(|| {
                has_digit(segment)
                    && segment.len() <= digits.len() + 24
                    && self.remembered(segment, policy, (work, seen))
            }),
            Kind::Value => {
                segment.len() <= 3 * self.length + 24
                    && !self.cannot_be(segment)
                    && self.remembered(segment, policy, (work, seen))
            }
        }
    }

    /// Compares with a segment; traces repeat themselves, so the last ones are remembered.
    fn remembered(&self, segment: &str, policy: &Policy, (work, seen): (&Work, &mut Seen)) -> bool {
        if let Some(known) = seen.get(segment) {
            return *known;
        }
        if work.is_spent() {
            return false;
        }
        work.bytes(segment.len());
        let equal = self.worth(segment) && self.equals(&self.read(segment), policy, work);
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(segment.to_owned(), equal);
        equal
    }

    fn equals(&self, read: &Parsed, policy: &Policy, work: &Work) -> bool {
        // Most values are so far off that two doubles tell it.
        let far =
            self.value.is_some_and(|own| read.approximate().is_some_and(|value| rough::is_far(value, own)));
        !far && compare_read(&self.parsed, read, policy, work).outcome == Outcome::Equal
    }

    /// A column is written in square brackets too, which else are those of an interval.
    fn read(&self, segment: &str) -> Parsed {
        if self.column && segment.starts_with('[') {
            return parse(&segment.replace('[', "(").replace(']', ")"));
        }
        parse(segment)
    }

    /// Cheap reasons why a text cannot be the answer written out.
    fn worth(&self, segment: &str) -> bool {
        let digits = segment.bytes().filter(u8::is_ascii_digit).count();
        match &self.kind {
            // `9.0`, `42^\circ`, `\$10`: the digits stand at its front.
            Kind::Integer(own) => {
                let own = own.trim_start_matches('-');
                let plain: String = segment.chars().filter(char::is_ascii_digit).collect();
                operators(segment) == 0
                    && digits > 0
                    && plain.starts_with(own)
                    && segment.len() <= own.len() + 24
            }
            _ if sums(segment) > self.sums => false,
            _ => operators(segment) <= self.operators + 1 && segment.len() <= 3 * self.length + 24,
        }
    }

    /// Segments that are certainly no such formula: most of those in a text.
    fn cannot_be(&self, segment: &str) -> bool {
        if self.digits && segment.is_ascii() && !has_digit(segment) {
            return true;
        }
        let number = segment.bytes().all(|c| c.is_ascii_digit());
        (number && !self.runs.iter().any(|run| run == segment))
            || (self.closed && has_variable(segment))
            || self.value.is_some_and(|value| rough::is_far_from(segment, value))
    }
}

/// An ASCII needle in a text, without regard to letter case.
pub(super) fn contains(text: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    let same =
        |at: usize| text[at + 1..].get(..rest.len()).is_some_and(|tail| tail.eq_ignore_ascii_case(rest));
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text).any(same)
}

/// In lower case as far as that takes as many bytes (`İ` and `Ⱥ` stay), so that places in it are places in the text.
pub(super) fn folded(text: &str) -> String {
    let lower = |c: char| {
        let mut cased = c.to_lowercase();
        cased.next().filter(|small| cased.next().is_none() && small.len_utf8() == c.len_utf8()).unwrap_or(c)
    };
    text.chars().map(lower).collect()
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|c| c.is_ascii_digit())
}

/// A letter that stands alone, as variables do; constants and units are spared.
fn has_variable(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    let alone =
        |at: usize| letter(at) && !letter(at + 1) && (at == 0 || !(letter(at - 1) || bytes[at - 1] == b'\\'));
    (0..bytes.len()).any(|at| alone(at) && !b"eimghslLdJNWVCF".contains(&bytes[at]))
}

/// Signs of addition in a text; one in front of a number does not count.
fn sums(text: &str) -> usize {
    let mut open = true;
    let mut found = 0;
    for c in text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '$' | '\\')) {
        let sign = matches!(c, '+' | '-' | '−');
        found += usize::from(sign && !open);
        open = sign || matches!(c, '(' | '[' | '{' | ',' | '=' | '/' | '&');
    }
    found
}

/// Signs of arithmetic in a text, besides those in front of a number.
fn operators(text: &str) -> usize {
    let signs = sums(text) + text.chars().filter(|c| matches!(c, '*' | '×' | '/' | '÷' | '^' | '·')).count();
    if !text.contains('\\') {
        return signs;
    }
    let exponents = text.matches("^\\circ").count() + text.matches("^{\\circ}").count();
    let written = ["\\times", "\\cdot", "\\div", "frac"].map(|sign| text.matches(sign).count());
    signs + written.iter().sum::<usize>() - exponents.min(signs)
}

/// `81` of `81 \pmod{100}`; of `81 (mod 100)` the word has cut off the rest before.
fn without_modulus(text: &str) -> &str {
    let sign = |at: &usize| ["\\pmod", "\\bmod", "\\mod"].iter().any(|sign| text[*at..].starts_with(sign));
    let cut = memchr::memchr_iter(b'\\', text.as_bytes()).find(sign);
    text[..cut.unwrap_or(text.len())].trim_end_matches([' ', '(', '\\', ','])
}

/// Whether a text is this integer; none where it is no plain one. Thousands may be grouped, zeros stand in front.
fn is_integer(text: &str, expect: &str) -> Option<bool> {
    let mut text = text.trim();
    if memchr::memchr(b'\\', text.as_bytes()).is_some() {
        text = text.trim_start_matches("\\(").trim_end_matches("\\)");
    }
    let text = without_modulus(text).trim();
    let rest = text.strip_prefix(['-', '−']).unwrap_or(text);
    if rest.is_empty() || !rest.bytes().all(|c| c.is_ascii_digit() || c == b',') {
        return None;
    }
    let mut digits = rest.bytes().filter(|c| *c != b',').skip_while(|c| *c == b'0').peekable();
    let own = expect.strip_prefix('-');
    Some(match digits.peek() {
        None => expect == "0",
        Some(_) => (rest.len() < text.len()) == own.is_some() && digits.eq(own.unwrap_or(expect).bytes()),
    })
}
