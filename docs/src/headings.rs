//! Cuts before lines that begin a section, such as "Step 3:".

use std::ops::Range;

use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Splitter, spans};

/// Cuts before lines that begin with a word.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Headings {
    /// The words that begin a section.
    words: Vec<String>,
}

impl Default for Headings {
    fn default() -> Self {
        Self { words: vec!["Step".to_owned(), "#".to_owned()] }
    }
}

impl Component for Headings {
    const KIND: &'static str = "headings";
    const ABOUT: &'static str = "cuts before lines that begin a section";
    type Built = dyn Splitter;

    fn build(self, _: &mut Content) -> Result<Box<dyn Splitter>, ConfigErrors> {
        if self.words.iter().any(String::is_empty) {
            return Err(ConfigError::new("words", "must not hold an empty word").into());
        }
        Ok(Box::new(self))
    }
}

impl Splitter for Headings {
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let mut at = 0;
        let starts = text.split_inclusive('\n').filter_map(|line| {
            let start = at;
            at += line.len();
            self.words.iter().any(|word| line.starts_with(word)).then_some(start)
        });
        spans::cut_at(text, starts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spans::testing::{check, check_only_blanks_between};

    #[test]
    fn sections() {
        let check = |text: &str, expect: &[&str]| check(&Headings::default(), text, expect);
        check("", &[]);
        check("Well.\nStep 1: add\n42\nStep 2: check", &["Well.", "Step 1: add\n42", "Step 2: check"]);
        check("# One\n\n# Two\nIn Step 3 nothing", &["# One", "# Two\nIn Step 3 nothing"]);
    }

    #[test]
    fn an_empty_word_is_refused() {
        assert!(Headings { words: vec![String::new()] }.build(&mut Content::default()).is_err());
    }

    #[test]
    fn spans_are_sound() {
        check_only_blanks_between(&Headings::default());
    }
}
