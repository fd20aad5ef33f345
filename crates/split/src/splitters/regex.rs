//! Cuts where a regular expression matches.

use std::ops::Range;

use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Splitter, spans};

/// Cuts at or before the matches of a regular expression.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct Regex {
    /// The expression, in the syntax of Rust's regex crate (linear time, so without look-around).
    pattern: String,
    /// Where to cut, seen from a match.
    #[serde(default)]
    cut: Cut,
}

#[derive(Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Cut {
    /// The match separates two steps and belongs to neither.
    #[default]
    At,
    /// The match begins a step.
    Before,
    /// The match ends a step.
    After,
}

impl Component for Regex {
    const KIND: &'static str = "regex";
    const ABOUT: &'static str = "cuts at, before or after the matches of a regular expression";
    type Built = dyn Splitter;

    fn build(self, _: &mut Content) -> Result<Box<dyn Splitter>, ConfigErrors> {
        let pattern = regex::Regex::new(&self.pattern)
            .map_err(|error| ConfigError::new("pattern", last_line(&error.to_string())))?;
        Ok(Box::new(Matches { pattern, cut: self.cut }))
    }
}

/// The expression's errors are drawn over several lines; the last one says what is wrong.
fn last_line(error: &str) -> String {
    error.lines().last().unwrap_or(error).trim().to_owned()
}

struct Matches {
    pattern: regex::Regex,
    cut: Cut,
}

impl Splitter for Matches {
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let gap = |found: regex::Match<'_>| match self.cut {
            Cut::At => found.range(),
            Cut::Before => found.start()..found.start(),
            Cut::After => found.end()..found.end(),
        };
        spans::between(text, self.pattern.find_iter(text).map(gap))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use crate::spans::testing::{check, check_only_blanks_between, check_spans, splitter, texts};

    #[test]
    fn cuts() {
        let with =
            |pattern: &str, cut: &str| splitter(json!({"kind": "regex", "pattern": pattern, "cut": cut}));
        let text = "Step 1: a Step 2: b";
        check(&*with(r"Step \d:", "at"), text, &["a", "b"]);
        check(&*with(r"Step \d:", "before"), text, &["Step 1: a", "Step 2: b"]);
        check(&*with(r"Step \d:", "after"), text, &["Step 1:", "a Step 2:", "b"]);
        check(&*with(r"x*", "at"), "axxb 汉", &["a", "b", "汉"]);
        check(&*with(r"(?m)^", "before"), "a\n\nb", &["a", "b"]);
        check(&*with(r"[^\n]+", "at"), "a\nb", &[]);
        check(&*splitter(json!({"kind": "regex", "pattern": ";"})), "a;b", &["a", "b"]);
    }

    #[test]
    fn faults() {
        let check = |table, expect: &str| {
            let Err(faults) = crate::SPLITTERS.build(&table, "split") else { panic!("accepted {table}") };
            assert!(faults.to_string().starts_with(expect), "{faults}");
        };
        check(json!({"kind": "regex"}), "split.pattern: missing");
        check(json!({"kind": "regex", "pattern": "(a"}), "split.pattern: error: unclosed group");
        check(json!({"kind": "regex", "pattern": "(?=a)"}), "split.pattern: error: look-around");
        check(json!({"kind": "regex", "pattern": "a", "cut": "befor"}), "split.cut: unknown value `befor`");
    }

    #[test]
    fn spans_are_sound() {
        for cut in ["before", "after"] {
            for pattern in ["[.!?]+", r"\s*", "", r"(?i)wait|\n\n"] {
                check_only_blanks_between(&*splitter(
                    json!({"kind": "regex", "pattern": pattern, "cut": cut}),
                ));
            }
        }
        let at = splitter(json!({"kind": "regex", "pattern": r"[.!?。]"}));
        proptest!(|(text in texts())| {
            let is_gap = |gap: &str| gap.chars().all(|c| c.is_whitespace() || ".!?。".contains(c));
            check_spans(&text, &at.spans(&text), is_gap);
        });
    }
}
