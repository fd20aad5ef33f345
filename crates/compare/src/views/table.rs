//! For the terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use report::screen::{BOLD, DIM, GREEN, RED, YELLOW};
use report::{RULED, Screen, clean};

use crate::comparison::{Comparison, Comparisons, Outcome, Row};
use crate::gate::GateResult;

use super::bought;
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
    bought(screen, comparison);
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
    let style = |row: &Row| match row.outcome {
        Outcome::Better => GREEN,
        Outcome::Worse => RED,
        _ => "",
    };
    let rows = comparison.rows.iter().map(|row| (style(row), cells(row)));
    ruled(screen, HEADERS, &rows.collect::<Vec<_>>());
}

fn bought(screen: &mut Screen, comparison: &Comparison) {
    if comparison.efficiency.is_empty() {
        return;
    }
    let rows = comparison.efficiency.iter().map(|efficiency| ("", bought::cells(efficiency)));
    ruled(screen, bought::HEADERS, &rows.collect::<Vec<_>>());
    screen.blank();
    bought::notes(comparison).iter().for_each(|note| screen.paragraph(DIM, note));
    screen.blank();
}

/// A table whose numbers stand between the first and a possible column of words, each row in its style.
fn ruled<const N: usize>(screen: &mut Screen, headers: [&str; N], rows: &[(&str, [String; N])]) {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headers);
    for (_, cells) in rows {
        table.add_row(cells.each_ref().map(|cell| clean(cell)));
    }
    for column in table.column_iter_mut().skip(1).take(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().collect();
    let header = lines.len() - rows.len();
    for (at, line) in lines.iter().enumerate() {
        let row = at.checked_sub(header).and_then(|row| rows.get(row));
        screen.line(row.map_or(if at == 0 { BOLD } else { DIM }, |(style, _)| style), line);
    }
}
