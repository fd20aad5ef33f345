//! For pull requests and notes.

use std::fmt::Write;

use crate::comparison::{Comparison, Contest};
use crate::gate::GateResult;

use super::words::{HEADERS, basis, cells, method, open_questions, unpaired};

/// A section per contest.
pub fn markdown(comparison: &Comparison, gates: &[GateResult]) -> String {
    let mut out = String::new();
    for contest in &comparison.contests {
        section(&mut out, comparison, contest);
    }
    if !gates.is_empty() {
        out.push_str("## Gates\n\n");
        for gate in gates {
            let mark = if gate.met { "met" } else { "**not met**" };
            let value = gate.value.map_or_else(|| "no value".to_owned(), |value| format!("{value:.4}"));
            let _ = writeln!(out, "- `{}` for {}: {mark} ({value})", gate.gate, escape(&gate.other));
        }
        out.push('\n');
    }
    let tests: Vec<&str> = comparison.contests.iter().flat_map(|c| &c.rows).map(|row| row.test).collect();
    let _ = writeln!(out, "{}", method(comparison.resamples, comparison.seed, &tests));
    out
}

fn section(out: &mut String, comparison: &Comparison, contest: &Contest) {
    let baseline = &comparison.baseline;
    let _ =
        writeln!(out, "## {} against {}\n\n{}\n", escape(&contest.other), escape(baseline), basis(contest));
    let _ = writeln!(out, "| {} |", HEADERS.join(" | "));
    out.push_str("| --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for row in &contest.rows {
        let _ = writeln!(out, "| {} |", cells(row).map(|cell| escape(&cell)).join(" | "));
    }
    out.push('\n');
    let deviations = contest.deviations.iter().map(ToString::to_string);
    let notes: Vec<String> =
        deviations.chain(unpaired(contest, baseline)).chain(open_questions(contest)).collect();
    for note in &notes {
        let _ = writeln!(out, "- {}", escape(note));
    }
    if !notes.is_empty() {
        out.push('\n');
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '|' | '<' | '*' | '_' | '`' | '[' | '\\') {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}
