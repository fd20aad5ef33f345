//! The whole values of a sentence: stretches of formula between words, each with what says how the sentence uses it.

use std::ops::Range;

use super::delimiters::undelimited;
use super::pieces::{Kind, Piece, pieces};
use super::{sides, words};
use crate::compare::parse;

/// Longest list that is read as one value.
const MAX_MEMBERS: usize = 64;

/// A value of a sentence, which may be a list.
#[derive(Clone, Debug)]
pub(super) struct Value {
    /// Where it stands.
    pub(super) span: Range<usize>,
    bold: bool,
    /// It stands in brackets with words, or behind a word that turns aside.
    aside: bool,
    /// The first word behind it, lower case, if nothing stands between.
    pub(super) next: Option<String>,
}

/// The values of a sentence, in their order, and whether it holds a verb.
pub(super) struct Sentence<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    pub(super) values: Vec<Value>,
}

impl<'a> Sentence<'a> {
    /// Reads a sentence of bounded length.
    pub(super) fn of(text: &'a str) -> Self {
        let mut sentence = Self { text, pieces: pieces(text), values: Vec::new() };
        let mut from = 0;
        while let Some((start, end)) = sentence.run(from) {
            let value = sentence.value(start, end);
            sentence.values.extend(value);
            from = end;
        }
        sentence
    }

    /// The words of the language in it, lower case.
    pub(super) fn words(&self) -> impl Iterator<Item = String> {
        self.pieces.iter().filter(|piece| piece.kind == Kind::Word).map(|piece| self.lower(piece))
    }

    fn lower(&self, piece: &Piece) -> String {
        self.text[piece.span.clone()].to_lowercase()
    }

    fn formula(&self, at: usize) -> bool {
        self.pieces.get(at).is_some_and(|piece| {
            matches!(piece.kind, Kind::Number | Kind::Math | Kind::Sign | Kind::Name | Kind::Unit)
        })
    }

    /// The next stretch of pieces that make up a formula or a list of them.
    fn run(&self, from: usize) -> Option<(usize, usize)> {
        let start = (from..self.pieces.len()).find(|at| self.formula(*at))?;
        let (mut end, mut depth, mut joined, mut members) = (start, 0_i32, None, 0);
        while end < self.pieces.len() {
            let inside = depth > 0 && self.pieces[end].kind == Kind::Join;
            if !self.formula(end) && !inside {
                let next = end + 1 + usize::from(self.is_join(end + 1));
                members += 1;
                if !self.is_join(end) || !self.formula(next) || members > MAX_MEMBERS {
                    break;
                }
                joined = Some(joined.unwrap_or(end));
                end = next;
            }
            depth += self.bracket(end);
            end += 1;
        }
        // "In 2020, 5 people": a list is followed by no noun of its own.
        match joined {
            Some(first) if self.noun(end) => Some((start, first)),
            _ => Some((start, end)),
        }
    }

    fn is_join(&self, at: usize) -> bool {
        self.pieces.get(at).is_some_and(|piece| piece.kind == Kind::Join)
    }

    fn bracket(&self, at: usize) -> i32 {
        match &self.text[self.pieces[at].span.clone()] {
            "(" | "[" | "{" | "（" => 1,
            ")" | "]" | "}" | "）" => -1,
            _ => 0,
        }
    }

    fn noun(&self, at: usize) -> bool {
        self.pieces.get(at).is_some_and(|piece| {
            let word = self.lower(piece);
            piece.kind == Kind::Word && !words::is_verb(&word) && !words::turns_aside(&word)
        })
    }

    /// The value of a stretch, if it is more than a name or a sign, and no number of a place in the text.
    fn value(&self, start: usize, end: usize) -> Option<Value> {
        let run = &self.pieces[start..end];
        let (first, last) = trimmed(self.text, run)?;
        let span = balanced(self.text, run[first].span.start..run[last].span.end);
        if !substance(self.text, &run[first..=last]) {
            return None;
        }
        let word = |at: Option<usize>| {
            at.and_then(|at| self.pieces.get(at)).filter(|piece| piece.kind == Kind::Word)
        };
        let before = word((start + first).checked_sub(1)).map(|piece| self.lower(piece));
        let label = before.is_some_and(|word| words::is_label(&word)) || self.abbreviated(start);
        let next = word(Some(start + last + 1)).map(|piece| self.lower(piece));
        let aside = run[first].aside || self.turned_aside(start);
        (!label && !span.is_empty()).then_some(Value { span, bold: run[first].bold, aside, next })
    }

    /// "eq. 1": a label that ends with a full stop.
    fn abbreviated(&self, start: usize) -> bool {
        let Some([word, dot]) = start.checked_sub(2).and_then(|at| self.pieces.get(at..start)) else {
            return false;
        };
        &self.text[dot.span.clone()] == "." && words::is_label(&self.lower(word))
    }

    /// One of the three words before it turns aside, and no verb stands behind that.
    fn turned_aside(&self, start: usize) -> bool {
        let mut article = false;
        for (back, piece) in self.pieces[..start].iter().rev().enumerate() {
            if piece.kind != Kind::Word || back > 4 {
                return false;
            }
            let word = self.lower(piece);
            if words::is_verb(&word) || self.leads_to(&word, start - back - 1) {
                return false;
            }
            if words::turns_aside(&word) && !article {
                return true;
            }
            article |= matches!(word.as_str(), "then" | "so" | "thus");
        }
        false
    }

    /// "a total of", "results in", "simplifies to": what follows is what the sentence is about.
    fn leads_to(&self, word: &str, at: usize) -> bool {
        let before: Vec<String> =
            self.pieces[..at].iter().rev().take(4).map(|piece| self.lower(piece)).collect();
        let starts = |stems: &[&str]| {
            before.first().is_some_and(|word| stems.iter().any(|stem| word.starts_with(stem)))
        };
        match word {
            "of" => {
                starts(&["total", "sum", "value", "maximum", "minimum", "average"])
                    || before.iter().any(|word| matches!(word.as_str(), "a" | "an"))
            }
            "in" => starts(&["result"]),
            "to" => starts(words::COMES),
            _ => false,
        }
    }

    /// A value is the first thing in it.
    pub(super) fn begins_with(&self, value: &Value) -> bool {
        self.pieces.iter().all(|piece| piece.kind == Kind::Stop || piece.span.end > value.span.start)
    }

    /// Brackets with words stand in it.
    pub(super) fn has_aside(&self) -> bool {
        self.pieces.iter().any(|piece| piece.aside)
    }

    /// It begins with a word that is no name.
    pub(super) fn begins_small(&self) -> bool {
        !self.text.starts_with(char::is_uppercase)
    }

    /// The value that the sentence is about: the last one that stands free, an emphasised one before others.
    pub(super) fn main(&self) -> Option<&Value> {
        Self::main_of(&self.values)
    }

    /// The same for some of its values.
    pub(super) fn main_of(values: &[Value]) -> Option<&Value> {
        let last = |test: &dyn Fn(&Value) -> bool| values.iter().rev().find(|value| test(value));
        last(&|value| value.bold && !value.aside).or_else(|| last(&|value| !value.aside)).or(values.last())
    }

    /// The text of a value ready to be compared: its result, with its unit marked as one.
    pub(super) fn text_of(&self, value: &Value) -> Option<(String, Range<usize>)> {
        let whole = &self.text[value.span.clone()];
        let inner = sides::conclusion(undelimited(whole));
        let undelimited = undelimited(whole);
        let start = value.span.start + (undelimited.as_ptr() as usize - whole.as_ptr() as usize);
        let span = start + inner.start..start + inner.end;
        let raw =
            undelimited[inner].trim().trim_matches('*').trim_end_matches(['.', ',', ';', ':', '!']).trim();
        let raw = with_unit(&sides::times(raw));
        parse(&raw).is_formula().then_some((raw, span))
    }
}

/// The first and last pieces that a value may begin and end with.
fn trimmed(text: &str, run: &[Piece]) -> Option<(usize, usize)> {
    let part = |at: usize| &text[run[at].span.clone()];
    let begins = |at: &usize| {
        run[*at].kind != Kind::Sign || !is_infix(part(*at)) || matches!(part(*at), "-" | "−" | "±" | "–")
    };
    let ends = |at: &usize| {
        run[*at].kind != Kind::Sign
            || !(is_infix(part(*at)) || matches!(part(*at), "!" | "(" | "[" | "$" | "\\"))
    };
    let mut first = (0..run.len()).find(begins)?;
    // A bullet or a dash is no sign.
    let glued = |at: usize| run.get(at + 1).is_some_and(|next| next.span.start == run[at].span.end);
    if matches!(part(first), "-" | "–") && !glued(first) && run.len() > first + 1 {
        first += 1;
    }
    let last = (first..run.len()).rev().find(ends)?;
    Some((first, last))
}

fn is_infix(sign: &str) -> bool {
    matches!(
        sign,
        "=" | "<"
            | ">"
            | "+"
            | "-"
            | "*"
            | "/"
            | "^"
            | "_"
            | "&"
            | ":"
            | ")"
            | "]"
            | "}"
            | "!"
            | "%"
            | "≤"
            | "≥"
            | "≈"
            | "≡"
            | "×"
            | "·"
            | "÷"
            | "−"
            | "–"
            | "→"
            | "⇒"
            | "|"
            | "'"
            | ","
            | "±"
            | "）"
            | "＝"
    ) && !matches!(sign, ")" | "]" | "}" | "%" | "|" | "）" | "'")
}

/// Brackets that are closed or opened outside are none of the value's.
fn balanced(text: &str, mut span: Range<usize>) -> Range<usize> {
    let depth = |part: &str, open: char, close: char| {
        part.matches(open).count() as i64 - part.matches(close).count() as i64
    };
    for _ in 0..4 {
        let part = &text[span.clone()];
        let over = |pair: (char, char)| depth(part, pair.0, pair.1);
        // Half-open intervals pair them crosswise.
        let rounds = over(('(', ')')) + over(('[', ']'));
        if rounds < 0 && part.ends_with([')', ']']) {
            span.end -= 1;
        } else if rounds > 0 && part.starts_with(['(', '[']) {
            span.start += 1;
        } else {
            break;
        }
    }
    let part = &text[span.clone()];
    let lead = part.len() - part.trim_start().len();
    span.start + lead..span.start + part.trim_end().len().max(lead)
}

/// More than a bare name: a number that is no index, a constant, names with an operator between them.
fn substance(text: &str, run: &[Piece]) -> bool {
    let part = |at: usize| &text[run[at].span.clone()];
    let index =
        |at: usize| at > 0 && part(at - 1) == "_" || at > 1 && part(at - 1) == "{" && part(at - 2) == "_";
    let constant = |sign: &str| {
        matches!(
            sign,
            "π" | "√" | "∞" | "∅" | "ℝ" | "\\pi" | "\\sqrt" | "\\infty" | "\\emptyset" | "\\frac" | "\\dfrac"
        ) || "½⅓⅔¼¾⅕⅖⅗⅘⅙⅛⅜⅝⅞²³".contains(sign)
    };
    let own = |at: usize| match run[at].kind {
        Kind::Number => !index(at),
        Kind::Math => !is_bare_name(undelimited(part(at))),
        Kind::Sign => constant(part(at)),
        Kind::Name => matches!(part(at), "pi" | "π" | "infinity" | "infty"),
        _ => false,
    };
    let names = run.iter().filter(|piece| piece.kind == Kind::Name).count();
    let operator =
        |at: usize| matches!(part(at), "+" | "-" | "*" | "/" | "^" | "=" | "−" | "<" | ">" | "≤" | "≥");
    let bars = (0..run.len()).filter(|at| part(*at) == "|").count() > 1;
    (0..run.len()).any(own) || bars || names > 1 && (1..run.len()).any(operator)
}

/// A letter, perhaps with an index.
fn is_bare_name(text: &str) -> bool {
    let (stem, index) = text.trim().split_once('_').unwrap_or((text.trim(), ""));
    let constant = matches!(stem, "\\pi" | "\\infty" | "\\emptyset" | "\\varnothing" | "π" | "∞" | "∅");
    let command = stem.strip_prefix('\\').is_some_and(|name| name.bytes().all(|c| c.is_ascii_alphabetic()));
    let letter = stem.chars().count() == 1 && stem.chars().all(char::is_alphabetic);
    (letter || command)
        && !constant
        && index.chars().all(|c| c.is_alphanumeric() || matches!(c, '{' | '}' | ','))
}

/// A letter behind a number and a blank, or one that is raised, is a unit in prose: `5 m`, `5m²`.
fn with_unit(raw: &str) -> String {
    let stem = raw.trim_end_matches(['²', '³']);
    let unit = stem.strip_suffix(['m', 'g', 's', 'h', 'L', 'l', 'N', 'J', 'W', 'V', 'K', 'C', 'A']);
    let value = unit.map(str::trim_end).filter(|value| value.ends_with(|c: char| c.is_ascii_digit()));
    match (unit, value) {
        (Some(unit), Some(value)) if value.len() < unit.len() || stem.len() < raw.len() => {
            format!("{value} \\text{{ {}}}{}", &stem[unit.len()..], &raw[stem.len()..])
        }
        _ => raw.to_owned(),
    }
}
