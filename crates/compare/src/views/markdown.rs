//! For pull requests and notes.

use std::fmt::Write;

use crate::comparison::{Comparison, Comparisons};
use crate::gate::GateResult;

use super::bought;
use super::words::{HEADERS, basis, cells, method, open_questions, unpaired};

/// A section per comparison.
pub fn markdown(comparisons: &Comparisons, gates: &[GateResult]) -> String {
    let mut out = String::new();
    for comparison in &comparisons.others {
        section(&mut out, comparisons, comparison);
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
    let _ = writeln!(out, "{}", method(comparisons));
    out
}

fn section(out: &mut String, comparisons: &Comparisons, comparison: &Comparison) {
    let baseline = &comparisons.baseline;
    let _ = writeln!(
        out,
        "## {} against {}\n\n{}\n",
        escape(&comparison.other),
        escape(baseline),
        basis(comparison, baseline)
    );
    let _ = writeln!(out, "| {} |", HEADERS.join(" | "));
    out.push_str("| --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for row in &comparison.rows {
        let _ = writeln!(out, "| {} |", cells(row).map(|cell| escape(&cell)).join(" | "));
    }
    out.push('\n');
    bought(out, comparison);
    let deviations = comparison.deviations.iter().map(ToString::to_string);
    let notes: Vec<String> =
        deviations.chain(unpaired(comparison, baseline)).chain(open_questions(comparison)).collect();
    for note in &notes {
        let _ = writeln!(out, "- {}", escape(note));
    }
    if !notes.is_empty() {
        out.push('\n');
    }
}

fn bought(out: &mut String, comparison: &Comparison) {
    if comparison.efficiency.is_empty() {
        return;
    }
    let _ = writeln!(out, "| {} |\n| --- | ---: | ---: | ---: | ---: | ---: |", bought::HEADERS.join(" | "));
    for efficiency in &comparison.efficiency {
        let _ = writeln!(out, "| {} |", bought::cells(efficiency).map(|cell| escape(&cell)).join(" | "));
    }
    let _ = writeln!(out, "\n{}\n", escape(&bought::notes(comparison).join(" ")));
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
