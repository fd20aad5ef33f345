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
    use std::sync::LazyLock;

    use answer::Work;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_are_sorted_and_said_once() {
        let kinds: Vec<&str> = SPLITTERS.entries.iter().map(|entry| entry.kind).collect();
        assert!(kinds.is_sorted_by(|a, b| a < b), "{kinds:?}");
    }

    /// What models repeat when they loop, beside the cue words: signs that code, formulas, lists and sentences are made of.
    const SIGNS: &[&str] = &[
        "`",
        "` ",
        "`` ` ",
        "`4` ",
        "``a` ",
        "$",
        "$a ",
        "$5 ",
        "$a$ ",
        "$$",
        "\\(",
        "\\[",
        "\\boxed{",
        "\\begin{a}",
        "\\end{",
        "\\end{a}",
        "~~~",
        "\n```",
        "\n```a\n```\n",
        ".",
        ". ",
        ".)",
        ".))) ",
        "!",
        " ",
        "    x",
        "\n",
        "\r",
        "\n \n",
        "wait",
        "wait ",
        "Wait. ",
        "((wait ",
        "- ",
        "\n- a. ",
        "*",
        "** a. ",
        "1. ",
        "\n1. ",
        "等等",
        "。",
        "。）",
        "e.g. ",
        "\u{301}",
        "=4",
        "a ",
    ];

    fn loops() -> Vec<String> {
        let cues = answer::CUES
            .iter()
            .flat_map(|(_, text)| answer::cue_sections(text))
            .flat_map(|section| section.phrases);
        let switches = answer::switches::SETS.iter().flat_map(|(_, text)| text.lines());
        let words = cues.chain(switches.filter(|line| !line.starts_with('#')));
        let clauses = words.flat_map(|cue| [format!("{cue} 4 "), format!("{cue}. ")]);
        clauses.chain(SIGNS.iter().map(|sign| (*sign).to_owned())).collect()
    }

    static LINEAR: LazyLock<Vec<(String, Box<dyn Splitter>)>> = LazyLock::new(|| {
        let tables = [
            json!({"kind": "keywords"}),
            json!({"kind": "keywords", "anywhere": true}),
            json!({"kind": "sentence"}),
            json!({"kind": "sentence", "line_breaks": false}),
            json!({"kind": "separator"}),
        ];
        tables.into_iter().map(|table| (table.to_string(), crate::spans::testing::splitter(table))).collect()
    });

    /// Bytes that are looked at for each byte of a loop, and steps.
    fn cost(splitter: &dyn Splitter, unit: &str, bytes: usize) -> f64 {
        let text = unit.repeat(bytes.div_ceil(unit.len()));
        let work = Work::unbounded();
        splitter.spans_counted(&text, &work);
        work.done() as f64 / text.len() as f64
    }

    fn check(unit: &str, short: usize, long: usize) {
        for (table, splitter) in LINEAR.iter() {
            let (before, after) = (cost(&**splitter, unit, short), cost(&**splitter, unit, long));
            assert!(
                after <= 2.0 * before + 1.0,
                "{table} {unit:?}: {before:.1} looks a byte, then {after:.1}"
            );
        }
    }

    #[test]
    fn every_cue_and_sign_in_a_loop_is_split_in_linear_work() {
        loops().iter().for_each(|unit| check(unit, 1 << 10, 16 << 10));
    }

    #[test]
    #[ignore = "takes minutes where nothing is optimised"]
    fn the_same_of_a_megabyte() {
        loops().iter().for_each(|unit| check(unit, 10_000, 1_000_000));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn mixtures_in_a_loop_are_split_in_linear_work(
            parts in proptest::collection::vec(proptest::sample::select(loops()), 1..5),
        ) {
            check(&parts.concat(), 1 << 10, 16 << 10);
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
