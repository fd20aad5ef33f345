//! The splitters, one a file.

/// The example of the manual, which has to work.
#[cfg(test)]
#[path = "../../../../docs/src/headings.rs"]
mod headings;
mod keywords;
mod llm;
mod regex;
mod sentence;
mod separator;

use plugin::{Component, Registry, entry};

use crate::Splitter;

/// Every splitter, sorted by kind.
pub static SPLITTERS: Registry<dyn Splitter> = Registry::new(
    "splitter",
    &[
        entry::<keywords::Keywords>(),
        entry::<llm::Llm>(),
        entry::<regex::Regex>(),
        entry::<sentence::Sentence>(),
        entry::<separator::Separator>(),
    ],
)
.usually(separator::Separator::KIND);

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_are_sorted_and_said_once() {
        let kinds: Vec<&str> = SPLITTERS.entries.iter().map(|entry| entry.kind).collect();
        assert!(kinds.is_sorted_by(|a, b| a < b), "{kinds:?}");
    }

    /// Models that loop write the same few characters to the token limit.
    #[test]
    fn no_text_takes_more_than_linear_time() {
        let units = [
            "`",
            "` ",
            "`` ` ",
            "$",
            "$a ",
            "$a$ ",
            "$$",
            "\\(",
            "\\[",
            "\\begin{a}",
            "\\end{",
            "\\end{a}",
            "~~~",
            "\n```",
            ".",
            ". ",
            ".)",
            "!",
            " ",
            "\n",
            "\r",
            "wait",
            "wait ",
            "Wait. ",
            "- ",
            "*",
            "1. ",
            "等等",
            "。",
            "e.g. ",
            "\u{301}",
        ];
        let tables = [
            json!({"kind": "keywords"}),
            json!({"kind": "keywords", "anywhere": true}),
            json!({"kind": "sentence"}),
            json!({"kind": "sentence", "line_breaks": false}),
            json!({"kind": "separator"}),
        ];
        for table in tables {
            let splitter = crate::spans::testing::splitter(table.clone());
            for unit in units {
                let text = unit.repeat(200_000 / unit.len());
                let begun = Instant::now();
                splitter.spans(&text);
                let seconds = begun.elapsed().as_secs_f64();
                assert!(seconds < 5.0, "{table} took {seconds} s for 200 kB of {unit:?}");
            }
        }
    }

    #[test]
    fn every_key_has_help() {
        for entry in SPLITTERS.entries {
            for key in entry.keys() {
                assert!(!key.about.is_empty(), "{}.{}", entry.kind, key.name);
                // An endpoint has keys that are not set unless they are wanted.
                let asks = entry.kind == "llm";
                assert!(asks || key.required || key.default.is_some(), "{}.{}", entry.kind, key.name);
            }
        }
    }
}
