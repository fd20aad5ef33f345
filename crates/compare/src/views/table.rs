//! For the terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use report::{RULED, clean, wrap};

use crate::comparison::{Comparison, Comparisons, Outcome};
use crate::gate::GateResult;

use super::words::{HEADERS, basis, cells, method, open_questions, unpaired};

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const PLAIN: &str = "\u{1b}[0m";

/// A table per comparison; sentences are wrapped at `width` columns.
pub fn terminal(comparisons: &Comparisons, gates: &[GateResult], width: u16, color: bool) -> String {
    let mut page = Page { out: String::new(), width: usize::from(width).max(40), color };
    for comparison in &comparisons.others {
        page.comparison(comparisons, comparison);
    }
    for gate in gates {
        let value = gate.value.map_or_else(|| "no value".to_owned(), |value| format!("{value:.4}"));
        let (style, word) = if gate.met { (GREEN, "met") } else { (RED, "not met") };
        page.paragraph(style, &format!("gate {} for {}: {word} ({value})", gate.gate, gate.other));
    }
    page.paragraph(DIM, &method(comparisons));
    page.out
}

struct Page {
    out: String,
    width: usize,
    color: bool,
}

impl Page {
    fn comparison(&mut self, comparisons: &Comparisons, comparison: &Comparison) {
        self.paragraph(BOLD, &format!("{} against {}", comparison.other, comparisons.baseline));
        self.paragraph(DIM, &basis(comparison, &comparisons.baseline));
        self.out.push('\n');
        self.table(comparison);
        self.out.push('\n');
        let deviations = comparison.deviations.iter().map(ToString::to_string);
        for warning in deviations.chain(unpaired(comparison, &comparisons.baseline)) {
            self.paragraph(YELLOW, &format!("! {warning}"));
        }
        for text in open_questions(comparison) {
            self.paragraph(DIM, &text);
        }
        self.out.push('\n');
    }

    fn table(&mut self, comparison: &Comparison) {
        let mut table = Table::new();
        table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(HEADERS);
        for row in &comparison.rows {
            table.add_row(cells(row).map(|cell| clean(&cell)));
        }
        for column in table.column_iter_mut().skip(1).take(5) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let lines: Vec<String> = table.lines().collect();
        let header = lines.len() - comparison.rows.len();
        for (at, line) in lines.iter().enumerate() {
            let verdict =
                at.checked_sub(header).and_then(|row| comparison.rows.get(row)).map(|row| row.outcome);
            let style = match verdict {
                Some(Outcome::Better) => GREEN,
                Some(Outcome::Worse) => RED,
                None if at == 0 => BOLD,
                None => DIM,
                _ => "",
            };
            self.line(style, line);
        }
    }

    fn paragraph(&mut self, style: &str, text: &str) {
        for line in wrap(&clean(text), self.width) {
            self.line(style, &line);
        }
    }

    fn line(&mut self, style: &str, text: &str) {
        let text = text.trim_end();
        if self.color && !style.is_empty() {
            self.out.push_str(&format!("{style}{text}{PLAIN}\n"));
        } else {
            self.out.push_str(&format!("{text}\n"));
        }
    }
}
