//! Keys of `[dataset]` that every source understands.

use plugin::ConfigError;
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::columns::Columns;
use crate::path::template;
use crate::varied::VaryKeys;

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
    /// Variants of each problem that are asked beside it: `{ kinds = ["names", "numbers"], instances = 3, seed = 1, keep_original = true }`.
    pub vary: Option<VaryKeys>,
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

impl Settings {
    /// Everything that is wrong with the settings.
    pub(crate) fn faults(&self) -> Vec<ConfigError> {
        let mut faults = Vec::new();
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

    /// First and last problem, from 1.
    pub(crate) fn range(&self) -> Option<(u64, u64)> {
        self.range.as_deref().and_then(parse_range)
    }
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
