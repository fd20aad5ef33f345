//! Keys of `[dataset]` that every source understands.

use plugin::ConfigError;
use records::Row;
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::DatasetError;
use crate::columns::Columns;
use crate::files::Paths;
use crate::path::{lookup, lookup_text, template};
use crate::programs::TestColumns;
use crate::varied::Vary;

/// Which columns mean what, and which problems are taken.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Settings {
    /// The collection's name, such as `MATH-500`; else a column `dataset`, else the file's name.
    pub name: Option<String>,
    /// Which column holds what, where the names do not tell.
    pub columns: Columns,
    /// The column, such as `level` or `extra.level`, whose values group the problems; else a column `subset`.
    pub subset: Option<String>,
    /// The form of a group's name, such as `Level {}`: 3 becomes `Level 3`, and `Level 3` stays.
    pub subset_format: Option<String>,
    /// A regular expression that finds the group in the file's name: its first group, or all that it matches.
    pub subset_from_file: Option<String>,
    /// A regular expression that finds the answer in its column: the last match's first group.
    pub answer_pattern: Option<String>,
    /// The answer is the 0-based number of a choice; its letter becomes the known answer.
    pub answer_is_choice_index: bool,
    /// At most so many problems: the first ones, or with `seed` a sample.
    pub limit: Option<u64>,
    /// At most so many problems of each group.
    pub limit_per_subset: Option<u64>,
    /// The problems from A to B of the source, such as `10-20`, counted from 1.
    pub range: Option<String>,
    /// Only the problems with these ids.
    pub sample_ids: Vec<String>,
    /// Draws the problems that a limit leaves; the draw does not depend on the order of the source.
    pub seed: Option<u64>,
    /// What to do with a problem that comes twice (recorded replies repeat theirs anyway).
    pub duplicates: Duplicates,
    /// The columns of the options, such as `["Correct Answer", "Incorrect Answer 1"]`, in place of one that lists them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choice_columns: Vec<String>,
    /// Which of `choice_columns` is the right option, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_choice: Option<u32>,
    /// In which order the options are asked.
    #[serde(skip_serializing_if = "is_default")]
    pub shuffle_choices: Shuffle,
    /// All problems may have the same right letter, which is an error otherwise where there are 20 or more.
    #[serde(skip_serializing_if = "is_default")]
    pub one_letter: bool,
    /// The columns of tests, where the problems are answered by programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestColumns>,
    /// The column of a date, such as `contest_date`, that begins as in 2024-05-31.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Only problems of this day or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Only problems of this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Recorded outputs to these problems in LiveCodeBench's form: `…_eval_all.json`, or lists of `question_id` and `code_list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<Paths>,
    /// The model of `outputs`; else the name of their folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs_model: Option<String>,
    /// How many problems the source has before any are selected; another number is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect_rows: Option<u64>,
    /// Variants of each problem that are asked beside it, `["names", "numbers"]` or `{ kinds = ["names", "numbers"], instances = 3, seed = 1, keep_original = true }`.
    pub vary: Option<Vary>,
}

/// What to do with a problem that comes twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// Refuse the source, naming both rows.
    #[default]
    Error,
    /// Take the first one and count the others, if they are equal in text and answer.
    First,
}

/// In which order options are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shuffle {
    /// As the source has them.
    #[default]
    No,
    /// In an order that follows from `seed` and the problem's id alone, kept as `permutation` among its other columns.
    Problem,
    /// In another order in each sample, which follows from `seed`, the problem's id and the sample's number; each generation keeps it
    /// as `permutation`.
    Sample,
}

/// What says nothing new is not hashed, so that older pipelines are what they were.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Settings {
    /// What is wrong with the keys about options and days.
    fn faults_of_rows(&self) -> Vec<ConfigError> {
        let mut faults = Vec::new();
        let mut refuse = |wrong: bool, key: &str, message: &str, hint: &str| {
            faults.extend(wrong.then(|| ConfigError::new(key, message).hint(hint)));
        };
        let beyond = self.answer_choice.is_some_and(|right| right as usize >= self.choice_columns.len());
        refuse(beyond, "answer_choice", "is none of `choice_columns`", "count them from 0");
        for (key, day) in [("from", &self.from), ("to", &self.to)] {
            let given = day.as_deref();
            refuse(given.is_some_and(|day| !is_day(day)), key, "is no day", "write it as in \"2024-05-31\"");
            let dateless = given.is_some() && self.date.is_none();
            refuse(dateless, key, "needs a date", "name its column with `date`");
        }
        faults
    }

    /// Everything that is wrong with the settings.
    pub(crate) fn faults(&self) -> Vec<ConfigError> {
        let mut faults = self.faults_of_rows();
        for (key, text) in
            [("answer_pattern", &self.answer_pattern), ("subset_from_file", &self.subset_from_file)]
        {
            if let Some(error) = text.as_deref().and_then(|text| Regex::new(text).err()) {
                let reason = error.to_string();
                // A reason without words is told as that.
                let line = reason.lines().last().unwrap_or_default();
                faults.push(ConfigError::new(key, format!("not a regular expression: {}", line.trim())));
            }
        }
        let mut refuse = |wrong: bool, key: &str, message: &str, hint: &str| {
            if wrong {
                faults.push(ConfigError::new(key, message).hint(hint));
            }
        };
        let both = self.subset.is_some() && self.subset_from_file.is_some();
        refuse(both, "subset_from_file", "given beside `subset`", "keep one of them");
        let no_place = self.subset_format.as_ref().is_some_and(|format| !format.contains("{}"));
        refuse(
            no_place,
            "subset_format",
            "has no `{}`",
            "the group's name takes its place, as in \"Level {}\"",
        );
        let ranged = self.range.as_deref().is_some_and(|range| parse_range(range).is_none());
        refuse(ranged, "range", "not a range of problems", "write the first and the last, as in \"10-20\"");
        let zero = |limit: Option<u64>| limit == Some(0);
        refuse(zero(self.limit), "limit", "leaves no problem", "give at least 1");
        refuse(zero(self.limit_per_subset), "limit_per_subset", "leaves no problem", "give at least 1");
        let broken = self
            .columns
            .problem
            .as_deref()
            .is_some_and(|path| path.contains('{') && template(path).is_none());
        refuse(broken, "columns.problem", "a brace is not closed", "write \"{body} {question}\"");
        let both = self.answer_is_choice_index && self.answer_pattern.is_some();
        refuse(both, "answer_pattern", "given beside `answer_is_choice_index`", "keep one of them");
        faults
    }

    /// A row is of the days that are asked for.
    ///
    /// # Errors
    /// Its date is none.
    pub(crate) fn is_in_time(&self, row: &Row) -> Result<bool, DatasetError> {
        let Some(column) = self.date.as_deref().filter(|_| self.from.is_some() || self.to.is_some()) else {
            return Ok(true);
        };
        let said = lookup(&row.cells, column).map(|value| lookup_text(&value)).unwrap_or_default();
        let day = said.get(..10).filter(|day| is_day(day)).ok_or_else(|| {
            DatasetError::value(
                &row.origin,
                column,
                format!("should begin with a day as 2024-05-31, found `{said}`"),
            )
        })?;
        let since = self.from.as_deref().is_none_or(|from| day >= from);
        Ok(since && self.to.as_deref().is_none_or(|to| day <= to))
    }

    /// First and last problem, from 1.
    pub(crate) fn range(&self) -> Option<(u64, u64)> {
        self.range.as_deref().and_then(parse_range)
    }
}

/// `2024-05-31`: days in this form are ordered as texts.
fn is_day(text: &str) -> bool {
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if [4, 7].contains(&at) { byte == b'-' } else { byte.is_ascii_digit() })
}

fn parse_range(range: &str) -> Option<(u64, u64)> {
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first >= 1 && first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_start_at_one_and_do_not_run_backwards() {
        let check = |text, expect| assert_eq!(parse_range(text), expect, "{text}");
        check("10-20", Some((10, 20)));
        check("1 - 1", Some((1, 1)));
        check("0-5", None);
        check("5-4", None);
        check("5", None);
        check("a-b", None);
    }
}
