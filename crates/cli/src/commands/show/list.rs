//! Which traces there are.

use std::path::Path;

use comfy_table::{CellAlignment, ContentArrangement, Table};
use report::{RULED, clean, whole, wrap};
use run_reader::html::{COLUMNS, cells};
use run_reader::{TraceEntry, TraceIndex, TraceQuery};

pub(super) fn render(run: &Path, index: &TraceIndex, query: &TraceQuery, limit: usize, width: u16) -> String {
    let page = query.page(index, 0, limit);
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(COLUMNS);
    for entry in &page.entries {
        table.add_row(row(index, entry));
    }
    for column in table.column_iter_mut().skip(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut out: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let shown = format!("{} of {} traces.", whole(page.entries.len() as u64), whole(page.found as u64));
    let how = format!("Read one with `thinkmeter show {} ID`.", run.display());
    for line in wrap(&format!("{shown} {how}"), usize::from(width)) {
        out.push_str(&format!("{line}\n"));
    }
    out
}

fn row(index: &TraceIndex, entry: &TraceEntry) -> Vec<String> {
    let cells = cells(index, entry);
    [entry.problem.to_string()].into_iter().chain(cells).map(|cell| clean(&cell)).collect()
}
