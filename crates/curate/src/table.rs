//! Small tables for a terminal: names to the left, numbers to the right.

use tables::thousands;

/// Columns under each other with a rule under the first row; the first `left` columns are text.
pub(crate) fn aligned(rows: &[Vec<String>], left: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let rule = "-".repeat(widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1));
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        if index == 1 {
            text += &format!("{rule}\n");
        }
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column < left { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// What is left out of `ledger`, a reason a line, most first.
pub(crate) fn ledger(what: &str, kept: &str, ledger: &crate::Ledger) -> String {
    let mut text = format!("{what}: {} in, {} {kept}", thousands(ledger.taken), thousands(ledger.kept));
    let mut reasons: Vec<(&String, &u64)> = ledger.left_out.iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (reason, count) in reasons {
        text += &format!(", {} {}", thousands(*count), reason.replace('_', " "));
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_under_each_other() {
        let rows = [["name", "n"], ["a", "10"], ["longer", "5"]];
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        assert_eq!(aligned(&rows, 1), "name     n\n----------\na       10\nlonger   5\n");
        assert_eq!(
            [thousands(0), thousands(999), thousands(1000), thousands(1_234_567)],
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
