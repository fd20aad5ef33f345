//! Lines for a terminal: of at most a width, in a style where colours are wanted, and without anything that could steer it.

/// A title.
pub const BOLD: &str = "\u{1b}[1m";
/// What matters less.
pub const DIM: &str = "\u{1b}[2m";
/// What is good.
pub const GREEN: &str = "\u{1b}[32m";
/// What is bad.
pub const RED: &str = "\u{1b}[31m";
/// What has to be noticed.
pub const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

/// What is written, line by line.
pub struct Screen {
    out: String,
    width: usize,
    color: bool,
}

impl Screen {
    /// Of so many columns, but never fewer than `least`, whatever the terminal says.
    pub fn new(width: u16, least: usize, color: bool) -> Self {
        Self { out: String::new(), width: usize::from(width).max(least), color }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A text of any length, broken at spaces.
    pub fn paragraph(&mut self, style: &str, text: &str) {
        for line in wrap(&clean(text), self.width) {
            self.line(style, &line);
        }
    }

    /// A line as it is; no style is an empty one.
    pub fn line(&mut self, style: &str, text: &str) {
        let text = clean(text);
        let text = text.trim_end();
        if self.color && !style.is_empty() && !text.is_empty() {
            self.out.push_str(&format!("{style}{text}{PLAIN}\n"));
        } else {
            self.out.push_str(text);
            self.out.push('\n');
        }
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.out.push('\n');
    }

    /// All that was written.
    pub fn done(self) -> String {
        self.out
    }
}

/// Names come from files and servers: control characters would let them write anywhere on the screen. One line stays one.
pub fn clean(text: &str) -> String {
    secrets::on_one_line(text)
}

/// Breaks at spaces, but not between a number and its percent sign; a word that is wider than a line keeps a
/// line of its own.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let bound = text.replace(" %", "\u{a0}%");
    let mut lines: Vec<String> = Vec::new();
    for word in bound.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.into_iter().map(|line| line.replace('\u{a0}', " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_wrap_at_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one 59 % two", 6), ["one", "59 %", "two"]);
        assert_eq!(wrap("incomprehensible a b", 5), ["incomprehensible", "a b"]);
    }

    #[test]
    fn color_only_adds_styles() {
        let written = |color: bool| {
            let mut screen = Screen::new(3, 10, color);
            screen.line(BOLD, "a\u{1b}[2J ");
            screen.paragraph(DIM, "one two three");
            screen.line(DIM, "");
            screen.done()
        };
        assert_eq!(written(false), "a\\u{1b}[2J\none two\nthree\n\n");
        assert_eq!(written(true).replace(BOLD, "").replace(DIM, "").replace(PLAIN, ""), written(false));
    }
}
