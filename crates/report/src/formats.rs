//! The formats: each is one file that turns the same [`Report`], or a [`TableSet`], into text.

pub(crate) mod csv;
pub(crate) mod files;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markdown;
pub mod screen;
pub(crate) mod terminal;

use crate::error::ReportError;
use crate::model::Report;
use crate::views::table_set::TableSet;

/// What `--format` can ask for on stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextFormat {
    /// Tables for a terminal.
    #[default]
    Table,
    /// GitHub's Markdown.
    Md,
    /// The metric rows, comma-separated.
    Csv,
    /// One JSON document, see `json.rs`.
    Json,
    /// The metric rows, one JSON object a line.
    Jsonl,
}

/// The report in one format. `width` (columns) and `color` only concern [`TextFormat::Table`].
///
/// # Errors
/// Figures that a format cannot hold, which is a defect.
pub fn render(report: &Report, format: TextFormat, width: u16, color: bool) -> Result<String, ReportError> {
    Ok(match format {
        TextFormat::Table => terminal::terminal(report, width, color),
        TextFormat::Md => markdown::markdown(report)?,
        TextFormat::Csv => csv::csv(report)?,
        TextFormat::Json => json::json(report)?,
        TextFormat::Jsonl => json::jsonl(report)?,
    })
}

impl TableSet {
    /// The tables in one format. `width` (columns) and `color` only concern [`TextFormat::Table`].
    ///
    /// # Errors
    /// Records that a format cannot hold, which is a defect.
    pub fn render(&self, format: TextFormat, width: u16, color: bool) -> Result<String, ReportError> {
        let words = |text: String| if self.records.is_empty() { format!("{}\n", self.nothing) } else { text };
        Ok(match format {
            TextFormat::Table => words(terminal::tables(&self.views, &self.notes, width, color)),
            TextFormat::Md => words(markdown::tables(&self.views, &self.notes)),
            TextFormat::Csv => {
                csv::records(self.keys, self.records.iter().map(|record| record.iter().map(csv::field)))?
            }
            TextFormat::Json => json::array(self),
            TextFormat::Jsonl => json::lines(self),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;
    use crate::views::questions::questions;
    use crate::views::rewards::rewards;

    const ALL: [TextFormat; 5] =
        [TextFormat::Table, TextFormat::Md, TextFormat::Csv, TextFormat::Json, TextFormat::Jsonl];

    #[test]
    fn every_format_renders_the_fixture() {
        let report = fixture::report();
        for format in ALL {
            let text = render(&report, format, 100, false).unwrap();
            assert!(text.contains("overthinker") && text.ends_with('\n'), "{format:?}");
        }
    }

    fn drawn(tables: &TableSet, format: TextFormat) -> String {
        tables.render(format, 80, false).unwrap()
    }

    #[test]
    fn questions_stand_next_to_each_other() {
        insta::assert_snapshot!(drawn(&questions(&fixture::questions()), TextFormat::Table), @r"
        Tokens of the reply to each question; ✗ marks wrong ones
         question                long    terse
        ──────────────────────────────────────
         What is 2 + 3?      902 ✗1/2        5
         7-7                      102        –
         9*9                        –      6 ✗
        ──────────────────────────────────────
         mean over replies   635 ✗1/3   6 ✗1/2
        ");
    }

    #[test]
    fn every_format_of_questions_has_the_numbers() {
        let tables = questions(&fixture::questions());
        assert!(drawn(&tables, TextFormat::Md).contains("| What is 2 + 3? | 902 ✗1/2 | 5 |"));
        let csv = drawn(&tables, TextFormat::Csv);
        assert_eq!(csv.lines().nth(1), Some("2+3,What is 2 + 3?,long,2,902.0,900.0,2.0,2,1"), "{csv}");
        assert_eq!(csv.lines().nth(4), Some("7-7,,terse,0,,,,0,0"), "{csv}");
        let document: Value = serde_json::from_str(&drawn(&tables, TextFormat::Json)).unwrap();
        assert_eq!((&document[0]["tokens"], &document[0]["right"]), (&json!(902.0), &json!(1)));
        assert_eq!(drawn(&tables, TextFormat::Jsonl).lines().count(), 6);
    }

    #[test]
    fn rules_of_reward_are_rows_and_what_they_agree_with_columns() {
        let report = fixture::figures(&[
            ("m", "accuracy", 0.5),
            ("m", "reward_right@kimi", 0.25),
            ("m", "reward_right@relative", 0.2),
            ("m", "reward_wrong@kimi", -0.125),
            ("m", "reward_agreement@kimi~relative", 0.875),
        ]);
        insta::assert_snapshot!(drawn(&rewards(&report), TextFormat::Table), @r"
        Length rewards of m: mean over right and wrong replies, rank correlation within problems
         rule       right replies   wrong replies   ~ kimi   ~ relative
        ───────────────────────────────────────────────────────────────
         kimi                0.25           −0.12                  0.88
         relative            0.20               –     0.88
        ");
        assert_eq!(drawn(&rewards(&report), TextFormat::Csv).lines().count(), 5);
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let none = fixture::figures(&[("m", "accuracy", 0.5)]);
        assert!(drawn(&rewards(&none), TextFormat::Md).starts_with("There is no length reward"));
        let text = drawn(&questions(&crate::model::Questions::default()), TextFormat::Table);
        assert_eq!(text, "There is no reply to show.\n");
    }
}
