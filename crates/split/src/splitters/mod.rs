//! The splitters, one a file.

mod keywords;
mod regex;
mod sentence;
mod separator;

use plugin::{Registry, entry};

use crate::Splitter;

/// Every splitter, sorted by kind.
pub static SPLITTERS: Registry<dyn Splitter> = Registry::new(
    "splitter",
    &[
        entry::<keywords::Keywords>(),
        entry::<regex::Regex>(),
        entry::<sentence::Sentence>(),
        entry::<separator::Separator>(),
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_said_once() {
        let kinds: Vec<&str> = SPLITTERS.entries.iter().map(|entry| entry.kind).collect();
        assert!(kinds.is_sorted_by(|a, b| a < b), "{kinds:?}");
    }

    #[test]
    fn every_key_has_help() {
        for entry in SPLITTERS.entries {
            for key in entry.keys() {
                assert!(!key.about.is_empty(), "{}.{}", entry.kind, key.name);
                assert!(key.required || key.default.is_some(), "{}.{}", entry.kind, key.name);
            }
        }
    }
}
