//! A sentence cut into numbers, signs, names, words and what lies between, so that whole formulas can be told from
//! the words around them.

use std::ops::Range;

use super::words;
use crate::compare::is_unit;
use crate::switches::without_spaces;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits, with those of thousands and behind the point.
    Number,
    /// A formula in its delimiters.
    Math,
    /// An operator, a bracket, a command, a constant.
    Sign,
    /// A letter or a function's name.
    Name,
    /// A unit behind a number.
    Unit,
    /// A comma, "and", "or".
    Join,
    /// A word of the language.
    Word,
    /// Anything else, which ends a formula.
    Stop,
}

/// A stretch of a sentence.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
    /// It is emphasised.
    pub(super) bold: bool,
    /// It stands in brackets together with words.
    pub(super) aside: bool,
}

/// The pieces of a sentence.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut cutter = Cutter { text, at: 0, out: Vec::new(), bold: false, braces: 0, unclosed: [false; 3] };
    while let Some(c) = cutter.rest().chars().next() {
        cutter.one(c);
    }
    let mut out = cutter.out;
    set_asides(text, &mut out);
    out
}

struct Cutter<'a> {
    text: &'a str,
    at: usize,
    out: Vec<Piece>,
    bold: bool,
    /// Braces of formulas that are open: letters inside are no words.
    braces: usize,
    /// Delimiters that are known not to be closed from here on.
    unclosed: [bool; 3],
}

impl<'a> Cutter<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let span = self.at..self.at + length;
        self.at = span.end;
        self.out.push(Piece { kind, span, bold: self.bold, aside: false });
    }

    /// The kind of the piece that ends exactly here.
    fn glued(&self) -> Option<Kind> {
        self.out.last().filter(|piece| piece.span.end == self.at).map(|piece| piece.kind)
    }

    fn last(&self) -> Option<Kind> {
        self.out.last().map(|piece| piece.kind)
    }

    fn one(&mut self, c: char) {
        match c {
            c if c.is_whitespace() => self.at += c.len_utf8(),
            '0'..='9' => self.number(),
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            '$' => self.dollar(),
            '\\' => self.backslash(),
            '*' if self.rest().starts_with("**") => self.stars(),
            ',' | '，' | '、' => self.push(Kind::Join, c.len_utf8()),
            '{' => self.brace(true),
            '}' => self.brace(false),
            '<' if self.tag().is_some() => self.push(Kind::Stop, self.tag().unwrap_or(1)),
            c if c.is_alphabetic() => self.letters(c),
            c => self.sign(c),
        }
    }

    fn number(&mut self) {
        let length = number(self.rest());
        // `CO2` and `x2` were taken with their letters; `3rd`, `3-digit` and `5-year-old` are words.
        let after = &self.rest()[length..];
        let tail = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = match tail {
            0 => hyphenated(after),
            1 => 0,
            _ if words::is_ordinal(&after[..tail]) => tail,
            _ if is_unit(&after[..tail]) || words::is_function(&after[..tail]) || tail <= 3 => 0,
            _ => tail,
        };
        self.push(if word > 0 { Kind::Word } else { Kind::Number }, length + word);
        if tail > 1 && word == 0 && is_unit(&after[..tail]) {
            self.push(Kind::Unit, tail);
        } else if tail > 1 && word == 0 && !words::is_function(&after[..tail]) {
            self.push(Kind::Name, tail);
        }
    }

    /// A formula between dollars, or an amount of money.
    fn dollar(&mut self) {
        let open = if self.rest().starts_with("$$") { "$$" } else { "$" };
        self.formula(open, open, 0);
    }

    fn formula(&mut self, open: &str, close: &str, which: usize) {
        let inside = &self.rest()[open.len()..];
        let end = if self.unclosed[which] { None } else { inside.find(close) };
        self.unclosed[which] |= end.is_none();
        match end {
            Some(end) if open != "$" || is_mathematics(&inside[..end]) => {
                self.push(Kind::Math, end + 2 * open.len());
            }
            _ => self.push(Kind::Sign, open.len()),
        }
    }

    fn backslash(&mut self) {
        let rest = self.rest();
        if rest.starts_with("\\(") {
            return self.formula("\\(", "\\)", 1);
        }
        if rest.starts_with("\\[") {
            return self.formula("\\[", "\\]", 2);
        }
        let name = rest[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = if name > 0 { 1 + name } else { 1 + rest[1..].chars().next().map_or(0, char::len_utf8) };
        self.push(Kind::Sign, length);
    }

    /// `2**3`, or the beginning or end of bold text.
    fn stars(&mut self) {
        let after = self.rest()[2..].starts_with(|c: char| c.is_alphanumeric() || c == '(');
        if !self.bold && after && matches!(self.glued(), Some(Kind::Number | Kind::Name | Kind::Sign)) {
            return self.push(Kind::Sign, 2);
        }
        self.bold = !self.bold;
        // A formula may go on behind an emphasis: `x = **5**`.
        self.at += 2;
    }

    fn brace(&mut self, open: bool) {
        self.braces = if open { self.braces + 1 } else { self.braces.saturating_sub(1) };
        self.push(Kind::Sign, 1);
    }

    /// The length of the tag of a mark-up language that stands here.
    fn tag(&self) -> Option<usize> {
        let inside = self.rest().strip_prefix('<')?;
        let name = inside.trim_start_matches('/');
        let end = inside.char_indices().take(40).find(|(_, c)| *c == '>')?.0;
        let named =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && !inside[..end].contains(['=', '<']);
        named.then_some(end + 2)
    }

    fn letters(&mut self, first: char) {
        let rest = self.rest();
        if without_spaces(first) {
            let joins = ["或者", "以及", "和", "或", "与"].into_iter().find(|word| rest.starts_with(word));
            let length = joins.map_or_else(|| cjk_length(rest), str::len);
            let unit = self.last() == Some(Kind::Number) && is_unit(&rest[..length]);
            return self.push(
                if joins.is_some() {
                    Kind::Join
                } else if unit {
                    Kind::Unit
                } else {
                    Kind::Word
                },
                length,
            );
        }
        let length = rest.find(|c: char| !c.is_alphabetic() || without_spaces(c)).unwrap_or(rest.len());
        let word = &rest[..length];
        if self.braces > 0 {
            return self.push(Kind::Name, length);
        }
        let (kind, length) = self.named(word, length);
        self.push(kind, length);
    }

    /// What a run of letters is, and how far it reaches.
    fn named(&self, word: &str, length: usize) -> (Kind, usize) {
        let after = &self.rest()[length..];
        let glued = self.glued();
        let one = word.chars().count() == 1;
        let lower = word.to_lowercase();
        if matches!(lower.as_str(), "and" | "or" | "und" | "oder" | "et" | "ou" | "y" if !one) {
            return (Kind::Join, length);
        }
        let behind_value = matches!(self.last(), Some(Kind::Number | Kind::Math | Kind::Unit));
        if behind_value && !one && (is_unit(word) || words::is_unit_name(&lower)) {
            return (Kind::Unit, length);
        }
        if words::is_function(word) {
            return (Kind::Name, length);
        }
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && glued != Some(Kind::Number) {
            return (Kind::Word, length + digits + word_tail(&after[digits..]));
        }
        let hyphen = hyphenated(after);
        // Behind the hyphen, which may be one that does not break.
        let long = || after.chars().skip(1).take_while(char::is_ascii_alphabetic).count() > 1;
        if hyphen > 0 && (!one || long()) {
            return (Kind::Word, length + hyphen);
        }
        if one && !self.is_article(word, after) { (Kind::Name, length) } else { (Kind::Word, length) }
    }

    /// "a", "A", "I" in front of a word, and letters with an apostrophe.
    fn is_article(&self, word: &str, after: &str) -> bool {
        let apostrophe = after.strip_prefix(['\'', '’']);
        if apostrophe.is_some_and(|rest| rest.starts_with(char::is_alphabetic)) {
            return true;
        }
        let next = after.trim_start();
        matches!(word, "a" | "A" | "I" | "y" | "e" | "o" | "à" | "é")
            && next.len() < after.len()
            && next.chars().take_while(|c| c.is_alphabetic()).count() > 1
    }

    fn sign(&mut self, c: char) {
        let next = self.rest()[c.len_utf8()..].chars().next();
        let spaced = next.is_none_or(char::is_whitespace);
        let glued = self.glued().is_some();
        let kind = match c {
            // A dash, a bullet, a table's edge.
            '—' | '•' | '"' | '“' | '”' | '`' | '?' | '？' | '。' | ';' | '；' | '#' | '~' => Kind::Stop,
            '|' if spaced && !glued => Kind::Stop,
            ':' | '：' if spaced || !matches!(self.last(), Some(Kind::Number | Kind::Name)) => Kind::Stop,
            '.' | '．' if spaced || !glued => Kind::Stop,
            '*' | '_' if !matches!(self.last(), Some(Kind::Number | Kind::Name | Kind::Sign | Kind::Math)) => Kind::Stop,
            '-' | '–' if !glued && spaced && !self.in_formula() => Kind::Stop,
            c if c.is_ascii() || "−–×·÷⋅∙±∓√∛∜∞°%％≤≥≠≈≡∈∪∩∖→⇒∠△ℝ∅½⅓⅔¼¾⅕⅖⅗⅘⅙⅛⅜⅝⅞⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉（）＝＋－⟨⟩⌊⌋⌈⌉∣′∶€£¥⁄⁻".contains(c) => Kind::Sign,
            _ => Kind::Stop,
        };
        self.push(kind, c.len_utf8());
    }

    fn in_formula(&self) -> bool {
        matches!(self.last(), Some(Kind::Number | Kind::Name | Kind::Math | Kind::Unit | Kind::Sign))
    }
}

/// The length of the number that a text begins with.
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut end = digits(0);
    while end > 0 && bytes.get(end) == Some(&b',') && digits(end + 1) == 3 {
        end += 4;
    }
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    end
}

/// The length of `-digit` or `-year-old` behind a word or number.
fn hyphenated(text: &str) -> usize {
    let mut length = 0;
    while let Some(part) = text[length..].strip_prefix(['-', '‑']) {
        let word = part.find(|c: char| !c.is_alphabetic()).unwrap_or(part.len());
        // `2-x` is a difference.
        if part[..word].chars().count() < 2 || words::is_function(&part[..word]) {
            break;
        }
        length = text.len() - part.len() + word;
    }
    length
}

fn word_tail(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len())
}

/// A run of letters of scripts without blanks, up to a word that joins two values.
fn cjk_length(text: &str) -> usize {
    let goes_on =
        |(at, c): &(usize, char)| without_spaces(*c) && (*at == 0 || !matches!(c, '和' | '或' | '与'));
    text.char_indices().take_while(goes_on).map(|(_, c)| c.len_utf8()).sum()
}

/// What stands between two dollars is a formula and not the text between two amounts of money.
fn is_mathematics(inside: &str) -> bool {
    if inside.trim().is_empty() || inside.contains('\n') {
        return false;
    }
    let bare = inside.split_whitespace().filter(|word| {
        word.len() > 1 && word.bytes().all(|c| c.is_ascii_alphabetic()) && !words::is_function(word)
    });
    inside.contains(['\\', '^', '_', '{'])
        || bare.count() == 0 && !inside.ends_with([' ', '.', ','])
        || inside.contains('=') && !inside.starts_with(|c: char| c.is_ascii_digit())
}

/// Marks brackets that hold words, and all that stands in them.
fn set_asides(text: &str, pieces: &mut [Piece]) {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut said = 0;
    let mut asides: Vec<(usize, usize)> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        said += usize::from(matches!(piece.kind, Kind::Word) || text[piece.span.clone()].starts_with('='));
        match &text[piece.span.clone()] {
            "(" | "（" => open.push((index, said)),
            ")" | "）" => {
                let Some((start, before)) = open.pop() else { continue };
                let applied = start > 0
                    && pieces[start - 1].kind == Kind::Name
                    && pieces[start - 1].span.end == pieces[start].span.start;
                if said > before && !applied {
                    asides.push((start, index));
                }
            }
            _ => {}
        }
    }
    let mut reached = 0;
    asides.sort_unstable();
    for (start, end) in asides {
        for piece in &mut pieces[start.max(reached)..end.max(reached)] {
            piece.aside = true;
        }
        reached = reached.max(end + 1);
        for edge in [start, end] {
            pieces[edge].kind = Kind::Stop;
        }
    }
}
