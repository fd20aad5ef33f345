//! For the terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use report::screen::{BOLD, DIM, GREEN, RED, YELLOW};
use report::{RULED, Screen, clean};

use crate::comparison::{Comparison, Comparisons, Outcome};
use crate::gate::GateResult;

use super::words::{HEADERS, basis, cells, method, open_questions, unpaired};

/// Nothing is narrower than this, whatever the terminal says.
const NARROWEST: usize = 40;

/// A table per comparison; sentences are wrapped at `width` columns.
pub fn terminal(comparisons: &Comparisons, gates: &[GateResult], width: u16, color: bool) -> String {
    let mut screen = Screen::new(width, NARROWEST, color);
    for comparison in &comparisons.others {
        whole(&mut screen, comparisons, comparison);
    }
    for gate in gates {
        let value = gate.value.map_or_else(|| "no value".to_owned(), |value| format!("{value:.4}"));
        let (style, word) = if gate.met { (GREEN, "met") } else { (RED, "not met") };
        screen.paragraph(style, &format!("gate {} for {}: {word} ({value})", gate.gate, gate.other));
    }
    screen.paragraph(DIM, &method(comparisons));
    screen.done()
}

fn whole(screen: &mut Screen, comparisons: &Comparisons, comparison: &Comparison) {
    screen.paragraph(BOLD, &format!("{} against {}", comparison.other, comparisons.baseline));
    screen.paragraph(DIM, &basis(comparison, &comparisons.baseline));
    screen.blank();
    table(screen, comparison);
    screen.blank();
    let deviations = comparison.deviations.iter().map(ToString::to_string);
    for warning in deviations.chain(unpaired(comparison, &comparisons.baseline)) {
        screen.paragraph(YELLOW, &format!("! {warning}"));
    }
    for text in open_questions(comparison) {
        screen.paragraph(DIM, &text);
    }
    screen.blank();
}

fn table(screen: &mut Screen, comparison: &Comparison) {
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
        let verdict = at.checked_sub(header).and_then(|row| comparison.rows.get(row)).map(|row| row.outcome);
        let style = match verdict {
            Some(Outcome::Better) => GREEN,
            Some(Outcome::Worse) => RED,
            None if at == 0 => BOLD,
            None => DIM,
            _ => "",
        };
        screen.line(style, line);
    }
}
