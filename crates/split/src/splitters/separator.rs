//! Cuts at a separator, by default at blank lines.

use std::ops::Range;

use plugin::{Component, ConfigError, ConfigErrors, Content};
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Splitter, spans};

/// Cuts at each occurrence of a separator.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Separator {
    /// What stands between two steps. Line breaks match as people see them: `\r\n` is one, and a line of
    /// blanks counts as empty.
    separator: String,
    /// Take the separator literally and keep every piece as it is, empty and blank ones too (EvalThink).
    keep_empty: bool,
}

impl Default for Separator {
    fn default() -> Self {
        Self { separator: "\n\n".to_owned(), keep_empty: false }
    }
}

impl Component for Separator {
    const KIND: &'static str = "separator";
    const ABOUT: &'static str = "cuts at a separator: at blank lines unless told otherwise";
    type Built = dyn Splitter;

    fn build(self, _: &mut Content) -> Result<Box<dyn Splitter>, ConfigErrors> {
        if self.separator.is_empty() {
            return Err(ConfigError::new("separator", "must not be empty")
                .hint("a blank line is \"\\n\\n\"")
                .into());
        }
        if self.keep_empty {
            return Ok(Box::new(Literal(self.separator)));
        }
        let pattern = pattern(&self.separator);
        let pattern =
            Regex::new(&pattern).map_err(|error| ConfigError::new("separator", error.to_string()))?;
        Ok(Box::new(Forgiving(pattern)))
    }
}

/// The separator as a pattern in which every line break may be `\r\n` and have blanks before it.
fn pattern(separator: &str) -> String {
    let lines: Vec<String> =
        separator.split('\n').map(|line| regex::escape(line.trim_end_matches('\r'))).collect();
    lines.join(r"[^\S\n]*\n")
}

struct Forgiving(Regex);

impl Splitter for Forgiving {
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        spans::between(text, self.0.find_iter(text).map(|found| found.range()))
    }
}

struct Literal(String);

impl Splitter for Literal {
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let mut at = 0;
        let pieces = text.split(&self.0).map(|piece| {
            let start = at;
            at += piece.len() + self.0.len();
            start..start + piece.len()
        });
        pieces.collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use crate::spans::testing::{check, check_only_blanks_between, check_spans, splitter, texts};

    #[test]
    fn cuts_at_blank_lines() {
        let splitter = splitter(json!({"kind": "separator"}));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check("", &[]);
        check(" \n\n \n", &[]);
        check("a", &["a"]);
        check("a\nb", &["a\nb"]);
        check("a\n\nb", &["a", "b"]);
        check("a\r\n\r\nb\r\n", &["a", "b"]);
        check("a\n \t\nb", &["a", "b"]);
        check("a\n\u{3000}\nb", &["a", "b"]);
        check("\n\n\n  a  \n\n\n\n\nb \n c\n", &["a", "b \n c"]);
        check("汉\n\n字", &["汉", "字"]);
    }

    #[test]
    fn cuts_at_any_text() {
        let with = |separator: &str| splitter(json!({"kind": "separator", "separator": separator}));
        check(&*with("---"), "a --- b------c", &["a", "b", "c"]);
        check(&*with("\n"), "a\r\n\nb", &["a", "b"]);
        check(&*with("\n## "), "a\n## b  \r\n## c\n##d", &["a", "b", "c\n##d"]);
        check(&*with("."), "a.b", &["a", "b"]);
        let faults = crate::SPLITTERS.build(&json!({"kind": "separator", "separator": ""}), "split");
        let Err(faults) = faults else { panic!("accepted") };
        assert_eq!(faults.to_string(), "split.separator: must not be empty (a blank line is \"\\n\\n\")");
    }

    #[test]
    fn keeps_every_piece_as_it_is() {
        let splitter = splitter(json!({"kind": "separator", "keep_empty": true}));
        let check = |text: &str, expect: &[&str]| check(&*splitter, text, expect);
        check("", &[""]);
        check("a\n\n\n\n b\n\n", &["a", "", " b", ""]);
        check("\n\n\na", &["", "\na"]);
        check("a\n \nb", &["a\n \nb"]);
    }

    #[test]
    fn spans_are_sound() {
        check_only_blanks_between(&*splitter(json!({"kind": "separator"})));
        let literal = splitter(json!({"kind": "separator", "keep_empty": true}));
        proptest!(|(text in texts())| {
            let spans = literal.spans(&text);
            check_spans(&text, &spans, |gap| gap.is_empty() || gap == "\n\n");
            let pieces: Vec<&str> = spans.into_iter().map(|span| &text[span]).collect();
            prop_assert_eq!(pieces.join("\n\n"), text);
        });
    }

    /// The labels were made by hand on the paragraphs of real traces, without this program.
    #[test]
    fn paragraphs_of_the_labelled_traces() {
        let data = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
        let read = |path: &str| -> Vec<Value> {
            let text = std::fs::read_to_string(data.join(path)).unwrap();
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        if !data.exists() {
            println!("skipped: {} is not there", data.display());
            return;
        }
        let names = [
            "math500_three_models",
            "math_25_samples_each",
            "math_r1_distill_1_5b",
            "trick_questions_no_gold",
        ];
        let traces: Vec<Value> =
            names.iter().flat_map(|name| read(&format!("traces/{name}.jsonl"))).collect();
        let splitter = splitter(json!({"kind": "separator"}));
        let labels = read("labels/first_assertion.jsonl");
        assert_eq!(labels.len(), 50);
        for label in labels {
            let trace = traces.iter().find(|trace| trace["id"] == label["trace"]).unwrap();
            let reply = trace["response"].as_str().unwrap();
            let start = reply.find("<think>").map_or(0, |at| at + "<think>".len());
            let thought = &reply[start..reply.rfind("</think>").unwrap_or(reply.len())];
            let spans = splitter.spans(thought);
            assert_eq!(spans.len() as u64, label["steps"], "{}", label["trace"]);
            for (step, end) in [("step", "byte_end"), ("lo", "byte_end_lo"), ("hi", "byte_end_hi")] {
                let Some(step) = label[step].as_u64() else { continue };
                assert_eq!((start + spans[step as usize].end) as u64, label[end], "{}", label["trace"]);
            }
        }
    }
}
