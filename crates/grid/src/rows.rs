//! Rows of cells on lines of their own, without brackets around them.

use std::sync::LazyLock;

use regex::Regex;

use crate::grid::{Fault, Grid, digit, grid_of};

/// Cells of a row; null where a number is none of a cell.
type Row = Vec<Option<u8>>;

/// `Row 3:`, `R3 =`, `3. `, or the mark of a list.
static LABEL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(?i:row|line|r)\s*\d+\s*(?:->|→|[:.)=\-])\s*|\d{1,2}[.)]\s+|[-*•]\s+)").ok()
});
/// `\begin{array}{ccc}`, `\end{bmatrix}` and the like, which stand around rows, and what else ends a line.
static AROUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\\(?:begin|end)\{[a-zA-Z]*\*?\}(?:\{[clr|\s]*\})?|\\hline|\$\$?|\\[\[\]]|<br\s*/?>|\\n|;")
        .ok()
});

/// Rows that follow each other.
#[derive(Debug)]
pub(crate) struct Group {
    /// First byte of the first row.
    pub(crate) start: usize,
    /// One past the last byte of the last row.
    pub(crate) end: usize,
    pub(crate) rows: Vec<Row>,
    /// An empty line stands between its rows.
    spaced: bool,
}

impl Group {
    /// As a grid.
    pub(crate) fn grid(self) -> Result<Grid, Fault> {
        grid_of(self.rows)
    }

    /// It may as well be a list of numbers.
    pub(crate) fn is_thin(&self) -> bool {
        self.rows.len() < 2 || self.rows.iter().all(|row| row.len() < 2)
    }
}

/// The groups of a text, in their order. Empty lines part groups, unless they stand between all rows.
pub(crate) fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let (mut open, mut blank) = (false, false);
    for (start, line) in lines(text).into_iter().filter(|(_, line)| !is_rule(line)) {
        let end = start + line.len();
        let goes_on = |group: &&mut Group| open && (group.rows.len() == 1 || group.spaced == blank);
        match (row_of(line), groups.last_mut().filter(goes_on)) {
            (Some(row), Some(group)) => {
                group.rows.push(row);
                (group.end, group.spaced) = (end, blank);
            }
            (Some(row), None) => groups.push(Group { start, end, rows: vec![row], spaced: false }),
            (None, _) => open &= line.trim().is_empty(),
        }
        blank = line.trim().is_empty();
        open |= row_of(line).is_some();
    }
    groups
}

/// Lines with their places; the two marks by which LaTeX ends a row end a line, and so does what stands around its rows.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut cuts: Vec<(usize, usize)> =
        text.match_indices('\n').map(|(at, mark)| (at, at + mark.len())).collect();
    cuts.extend(text.match_indices(r"\\").map(|(at, mark)| (at, at + mark.len())));
    let around =
        AROUND.as_ref().map(|around| around.find_iter(text).map(|found| (found.start(), found.end())));
    cuts.extend(around.into_iter().flatten());
    cuts.sort_unstable();
    let mut lines = Vec::new();
    let mut from = 0;
    for (start, end) in cuts.into_iter().chain([(text.len(), text.len())]) {
        let line = text.get(from..start).unwrap_or_default();
        // Around a matrix, two cuts follow each other: between them is no line.
        if !line.trim().is_empty()
            || text.get(start..end) == Some("\n") && text.get(..from).is_some_and(|t| t.ends_with('\n'))
        {
            lines.push((from, line));
        }
        from = from.max(end);
    }
    lines
}

/// The line below the head of a table.
fn is_rule(line: &str) -> bool {
    line.contains("--") && line.chars().all(|c| "|-: +".contains(c) || c.is_whitespace())
}

/// A text that says which row follows, and nothing else.
pub(crate) fn is_label(text: &str) -> bool {
    let label = LABEL.as_ref().and_then(|label| label.find(text));
    label.is_some_and(|label| label.end() == text.len())
}

/// The cells of a line; `None` if it is no row.
pub(crate) fn row_of(line: &str) -> Option<Row> {
    let line = line.trim().trim_end_matches('\\').trim();
    let line = match LABEL.as_ref().and_then(|label| label.find(line)) {
        Some(label) => line.get(label.end()..)?,
        None => line,
    };
    let line = line.trim().trim_matches(['|', '`', '"', '\'', '*']).trim().trim_end_matches(',');
    if line.len() > 1 && line.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(line.bytes().map(|byte| Some(byte - b'0')).collect());
    }
    let separators = |c: char| c.is_whitespace() || [',', '&', '|', ';'].contains(&c);
    let cells: Vec<&str> = line.split(separators).filter(|cell| !cell.is_empty()).collect();
    let numbers =
        cells.iter().all(|cell| cell.parse::<f64>().is_ok() && !cell.contains(|c: char| c.is_alphabetic()));
    (numbers && !cells.is_empty()).then(|| cells.into_iter().map(digit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_from_lines() {
        let check = |line: &str, expect: Option<&[u8]>| {
            let found =
                row_of(line).map(|row| row.into_iter().collect::<Option<Vec<u8>>>().unwrap_or_default());
            assert_eq!(found.as_deref(), expect, "{line}");
        };
        let good: Option<&[u8]> = Some(&[0, 1, 2]);
        for line in [
            "0 1 2",
            "012",
            "0,1,2",
            "0, 1, 2,",
            "0\t1\t2",
            "| 0 | 1 | 2 |",
            "0 & 1 & 2 \\\\",
            "Row 1: 0 1 2",
            "row 12) 012",
        ] {
            check(line, good);
        }
        check("0 1 12", Some(&[]));
        check("0 1 2.5", Some(&[]));
        for none in ["", "a b", "1. Mirror the rows", "2024-01-02", "０ １", "0 1 a", "inf nan", "---"] {
            check(none, None);
        }
    }

    #[test]
    fn rows_that_follow_each_other_are_a_group() {
        let check = |text: &str, expect: &[Result<&str, Fault>]| {
            let found: Vec<_> =
                groups(text).into_iter().map(|group| group.grid().map(|grid| grid.to_string())).collect();
            let found: Vec<_> = found.iter().map(|grid| grid.as_deref().map_err(|fault| *fault)).collect();
            assert_eq!(found, expect, "{text}");
        };
        check("a\n0 1\n2 3\nb\n4 5", &[Ok("[[0,1],[2,3]]"), Ok("[[4,5]]")]);
        check("0 1\n\n2 3", &[Ok("[[0,1],[2,3]]")]);
        check("0 1\n2 3\n\n4 5\n6 7", &[Ok("[[0,1],[2,3]]"), Ok("[[4,5],[6,7]]")]);
        check("0 1; 2 3", &[Ok("[[0,1],[2,3]]")]);
        check("0 1<br>2 3", &[Ok("[[0,1],[2,3]]")]);
        check("1. 0 1\n2. 2 3", &[Ok("[[0,1],[2,3]]")]);
        check("- 0 1\n- 2 3", &[Ok("[[0,1],[2,3]]")]);
        check("`0 1`\n`2 3`", &[Ok("[[0,1],[2,3]]")]);
        check("R1 -> 0 1\nR2 -> 2 3", &[Ok("[[0,1],[2,3]]")]);
        check("| 0 | 1 |\n|---|---|\n| 2 | 3 |", &[Ok("[[0,1],[2,3]]")]);
        check("\\begin{array}{cc} 0 & 1 \\\\ 2 & 3 \\end{array}", &[Ok("[[0,1],[2,3]]")]);
        check("\\begin{bmatrix}\n0 & 1 \\\\\n2 & 3\n\\end{bmatrix}", &[Ok("[[0,1],[2,3]]")]);
        check("0 1\n2", &[Err(Fault::Ragged)]);
    }
}
