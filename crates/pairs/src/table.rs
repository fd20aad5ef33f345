//! The report as text: numbers aligned, sentences beneath.

use std::time::Duration;

use crate::{Report, Tally};

const HEADER: [&str; 7] = ["family", "n", "right", "false pos", "false neg", "unknown", "right %"];
/// Longer names of families are cut.
const WIDEST: usize = 48;

type Cells = [String; 7];

impl Report {
    /// The report for a person: a table of the families where the truth is known, then counts, times and policy.
    pub fn to_text(&self) -> String {
        text(self)
    }
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    if !report.accuracy.is_empty() {
        text += &families(report);
        text.push('\n');
        text += &accuracy(report);
    }
    let Report { rows, equal, different, unknown, .. } = report;
    text += &format!("{rows} rows: {equal} equal, {different} different, {unknown} unknown\n");
    let [median, p99] = [0.5, 0.99].map(|share| duration(report.times.quantile(share)));
    let worst = duration(report.times.worst());
    text += &format!("time per row: median {median}, p99 {p99}, worst {worst}\n");
    text += &policy(report);
    text
}

fn families(report: &Report) -> String {
    let accuracy = &report.accuracy;
    let mut rows: Vec<Cells> = vec![HEADER.map(str::to_owned)];
    rows.extend(accuracy.families.iter().map(|(name, tally)| cells(&named(name), tally)));
    rows.push(cells("all (micro)", &accuracy.overall));
    let blank = || String::new();
    let mean =
        ["all (macro)".to_owned(), blank(), blank(), blank(), blank(), blank(), percent(accuracy.macro_())];
    rows.push(mean);
    if accuracy.conventions.n > 0 {
        rows.push(cells("conventions, apart", &accuracy.conventions));
    }
    aligned(&rows, 1 + accuracy.families.len())
}

fn named(family: &str) -> String {
    let name = if family.is_empty() { "(none)" } else { family };
    let cut: String = name.chars().take(WIDEST).collect();
    if cut.len() < name.len() { format!("{cut}…") } else { cut }
}

fn cells(name: &str, tally: &Tally) -> Cells {
    let Tally { n, right, false_positives, false_negatives, unknown } = *tally;
    let [n, r, p, f, u] =
        [n, right, false_positives, false_negatives, unknown].map(|count| count.to_string());
    [name.to_owned(), n, r, p, f, u, percent(tally.share(right))]
}

/// Columns under each other, with rules under the header and before row `totals`.
fn aligned(rows: &[Cells], totals: usize) -> String {
    let widths: [usize; 7] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    let rule = "-".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1));
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        if index == 1 || index == totals && totals > 1 {
            text += &format!("{rule}\n");
        }
        let mut line = format!("{:<width$}", row[0], width = widths[0]);
        for (cell, width) in row.iter().zip(widths).skip(1) {
            line += &format!("  {cell:>width$}");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn accuracy(report: &Report) -> String {
    let accuracy = &report.accuracy;
    let all = &accuracy.overall;
    let share = |count| percent(all.share(count));
    format!(
        "right {} % micro, {} % macro over {} families; false positives {} %, false negatives {} %, unknown {} % (n = {})\n",
        percent(accuracy.micro()),
        percent(accuracy.macro_()),
        accuracy.families.len(),
        share(all.false_positives),
        share(all.false_negatives),
        share(all.unknown),
        all.n,
    )
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.2}", 100.0 * share))
}

/// A time with a unit that leaves three or four digits.
fn duration(time: Duration) -> String {
    let microseconds = time.as_nanos() as f64 / 1000.0;
    match microseconds {
        us if us < 10.0 => format!("{us:.2} µs"),
        us if us < 1000.0 => format!("{us:.0} µs"),
        us if us < 1e6 => format!("{:.2} ms", us / 1e3),
        us => format!("{:.2} s", us / 1e6),
    }
}

fn policy(report: &Report) -> String {
    let keys = report.policy.as_object().into_iter().flatten();
    let shown: Vec<String> = keys.map(|(key, value)| format!("{key}={value}")).collect();
    format!("policy: {}\n", shown.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use stats::Times;

    use crate::{Accuracy, Mark};

    #[test]
    fn the_table_of_families() {
        let mut accuracy = Accuracy::default();
        let mut tally = |family: &str, marks: &[(Mark, u64)]| {
            for (mark, count) in marks {
                for _ in 0..*count {
                    accuracy.families.entry(family.to_owned()).or_default().add(*mark);
                    accuracy.overall.add(*mark);
                }
            }
        };
        tally("fractions", &[(Mark::Right, 990), (Mark::FalseNegative, 9), (Mark::FalsePositive, 1)]);
        tally("", &[(Mark::Right, 1), (Mark::Unknown, 1)]);
        accuracy.conventions.add(Mark::FalseNegative);
        let mut times = Times::default();
        [1.0, 2.0, 40_000.0].into_iter().for_each(|time| times.add(time));
        let report = Report {
            rows: 1003,
            equal: 991,
            different: 11,
            unknown: 1,
            accuracy,
            times,
            policy: serde_json::to_value(answer::Policy::default()).unwrap(),
        };
        insta::assert_snapshot!(report.to_text());
    }

    #[test]
    fn without_the_truth_only_counts_are_told() {
        let policy = serde_json::to_value(answer::Policy::default()).unwrap();
        let text = Report { rows: 2, equal: 1, different: 1, policy, ..Report::default() }.to_text();
        assert!(
            text.starts_with("2 rows: 1 equal, 1 different, 0 unknown\ntime per row: median 0.00 µs"),
            "{text}"
        );
        assert!(text.contains("policy: ") && text.contains("percent_optional=true"), "{text}");
    }
}
