//! Counting tokens by rule, for models whose tokenizer is not at hand or not supported.
//!
//! The rules imitate what the pre-tokenizers of today's byte-level vocabularies have in common; what a
//! vocabulary would do inside a word is replaced by a length. See `approximate.md` for the rules and for how
//! far off they are.

/// Changes whenever a rule does.
pub(crate) const IDENTITY: &str = "approximate-1";

/// Letters of a word that one token holds; longer words take one more for each further [`WORD_REST`].
const WORD_FIRST: usize = 10;
const WORD_REST: usize = 4;
/// Letters of a token in other alphabets.
const FOREIGN_WORD: usize = 3;
/// Digits of a token after the first, which is a token of its own: between vocabularies that take every digit
/// apart and those that take three together.
const DIGITS: usize = 2;
/// Punctuation characters of a token.
const MARKS: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Latin,
    Foreign,
    Ideograph,
    Digit,
    Mark,
    Symbol,
    Blank,
    Break,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' => Class::Latin,
        '0'..='9' => Class::Digit,
        '\n' | '\r' => Class::Break,
        '!'..='~' => Class::Mark,
        _ if c.is_whitespace() => Class::Blank,
        '\u{c0}'..='\u{24f}' => Class::Latin,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => Class::Ideograph,
        _ if c.is_numeric() => Class::Digit,
        _ if c.is_alphabetic() => Class::Foreign,
        _ => Class::Symbol,
    }
}

/// Appends the byte at which each token starts.
pub(crate) fn starts(text: &str, starts: &mut Vec<u32>) {
    let mut scanner = Scanner { text, at: 0, starts };
    while let Some(class) = scanner.peek() {
        scanner.take(class);
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    starts: &'a mut Vec<u32>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<Class> {
        self.rest().chars().next().map(class)
    }

    /// The class behind the next character.
    fn peek_second(&self) -> Option<Class> {
        self.rest().chars().nth(1).map(class)
    }

    fn start(&mut self) {
        self.starts.push(u32::try_from(self.at).unwrap_or(u32::MAX));
    }

    fn step(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    fn take(&mut self, class: Class) {
        match class {
            Class::Blank | Class::Break => self.take_blanks(),
            Class::Mark if self.peek_second() == Some(Class::Latin) => {
                self.start();
                self.step();
                self.go_on(Class::Latin, 0);
            }
            _ => self.take_run(class),
        }
    }

    /// A run of one class whose first token starts here.
    fn take_run(&mut self, class: Class) {
        self.start();
        self.go_on(class, 0);
        if class == Class::Mark {
            while self.peek() == Some(Class::Break) {
                self.step();
            }
        }
    }

    /// Goes through a run, its first token being open already.
    fn go_on(&mut self, of: Class, mut index: usize) {
        while self.peek() == Some(of) {
            if index > 0 && opens_token(of, index) {
                self.start();
            }
            self.step();
            index += 1;
        }
    }

    /// Blanks up to the last line break are one token; one blank goes with the word or mark behind it.
    fn take_blanks(&mut self) {
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
        let run = rest.get(..length).unwrap_or_default();
        let through_break = run.rfind(['\n', '\r']).map_or(0, |last| last + 1);
        if through_break > 0 {
            self.start();
            self.at += through_break;
        }
        let blanks = length - through_break;
        let last = run.chars().next_back().map_or(0, char::len_utf8);
        if blanks > last {
            self.start();
            self.at += blanks - last;
        }
        if blanks == 0 {
            return;
        }
        self.start();
        self.step();
        if let Some(joined @ (Class::Latin | Class::Foreign | Class::Mark | Class::Symbol)) = self.peek() {
            self.go_on(joined, 0);
        }
    }
}

/// Whether the character with this index in its run starts a token.
fn opens_token(class: Class, index: usize) -> bool {
    match class {
        Class::Latin => index >= WORD_FIRST && (index - WORD_FIRST).is_multiple_of(WORD_REST),
        Class::Foreign => index.is_multiple_of(FOREIGN_WORD),
        Class::Ideograph => index % 3 != 1,
        Class::Digit => index % DIGITS == 1,
        Class::Mark => index.is_multiple_of(MARKS),
        Class::Symbol => true,
        Class::Blank | Class::Break => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::Tokenizer;

    /// `expect` is the text with a bar before each token.
    fn check(expect: &str) {
        let text = expect.replace('|', "");
        let mut found = text.clone();
        for start in Tokenizer::approximate().starts(&text).into_iter().rev() {
            found.insert(start as usize, '|');
        }
        assert_eq!(found, expect);
    }

    #[test]
    fn rules() {
        check("");
        check("|Wait|,| let| me| check");
        check("|\\frac|{|1|}{|2|}");
        check("|antidisest|abli|shme|ntar|iani|sm");
        check("|1|23|45|.|1|4");
        check("|x| =| |3|.\n\n|So|\n  \n|  | y");
        check("|等一|下|因为|答|案是|。");
        check("|При|вет| мир");
        check("|🙂|🙂|∑");
        check("| | |1|  | a");
    }
}
