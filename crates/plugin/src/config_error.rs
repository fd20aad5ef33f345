//! What is wrong with a configuration, and where.

use std::fmt;

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The key's path, such as `split.separator` or `models[1].think.open`.
    pub path: String,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl ConfigError {
    /// A fault without a hint.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), hint: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A word that is not among the known ones, with the nearest or all of these as the hint.
    pub fn unknown(path: impl Into<String>, what: &str, word: &str, known: &[&str]) -> Self {
        let fault = Self::new(path, format!("unknown {what} `{word}`"));
        match nearest(word, known.iter().copied()) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None if known.is_empty() => fault,
            None => fault.hint(format!("known: {}", known.join(", "))),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, " ({hint})"))
    }
}

/// All that is wrong with a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

impl From<ConfigError> for ConfigErrors {
    fn from(fault: ConfigError) -> Self {
        Self(vec![fault])
    }
}

/// The known word that `word` was probably meant to be.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let tolerable = |candidate: &str| (candidate.chars().count().max(3) / 3).max(1);
    // What is much longer is no slip of the keyboard, and comparing it would take its length times that of every word.
    let alike = |candidate: &&str| candidate.chars().count().abs_diff(length) <= tolerable(candidate);
    let distance = |candidate: &str| strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
    let distances = known.into_iter().filter(alike).map(|candidate| (distance(candidate), candidate));
    let (distance, near) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= tolerable(near)).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_takes_typos_and_leaves_strangers() {
        let check =
            |word, expect| assert_eq!(nearest(word, ["keywords", "separator", "regex"]), expect, "{word}");
        check("keyword", Some("keywords"));
        check("seperator", Some("separator"));
        check("REGEX", Some("regex"));
        check("rgeex", Some("regex"));
        check("llm", None);
        check("", None);
    }

    #[test]
    fn a_word_that_goes_on_and_on_is_near_to_nothing() {
        // Compared with the text, this would take a thousand times a thousand thousand steps.
        let known = "keyword".repeat(200);
        assert_eq!(nearest(&"k".repeat(1_000_000), [known.as_str(), "k"]), None);
    }
}
