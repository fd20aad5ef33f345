//! Which traces there are.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use report::{RULED, Unit, clean, whole, wrap};
use run_reader::{Entry, Index, Query, Run};

pub(super) fn told(run: &Run, index: &Index, query: &Query, limit: usize, width: u16) -> String {
    let page = query.page(index, 0, limit);
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header([
        "problem",
        "sample",
        "model",
        "group",
        "ended",
        "tokens",
        "until found",
        "after it",
        "efficiency",
    ]);
    for entry in &page.entries {
        table.add_row(cells(run, index, entry));
    }
    for column in table.column_iter_mut().skip(5) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut out: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let shown = format!("{} of {} traces.", whole(page.entries.len() as u64), whole(page.found as u64));
    let how = format!("Read one with `thinkmeter show {} ID`.", run.folder().display());
    for line in wrap(&format!("{shown} {how}"), usize::from(width)) {
        out.push_str(&format!("{line}\n"));
    }
    out
}

fn cells(run: &Run, index: &Index, entry: &Entry) -> [String; 9] {
    let number = |value: Option<u32>| value.map_or_else(|| "–".to_owned(), |value| whole(u64::from(value)));
    let name = |text: Option<&String>| clean(text.map(String::as_str).unwrap_or_default());
    let efficiency = entry.efficiency().map(|value| Unit::Share.show(value));
    [
        clean(&entry.problem),
        entry.sample.to_string(),
        name(run.models().get(usize::from(entry.model)).map(|model| &model.name)),
        name(index.subsets.get(usize::from(entry.subset))),
        entry.ended(),
        whole(u64::from(entry.tokens)),
        number(entry.first_correct),
        number(entry.reflection),
        efficiency.unwrap_or_else(|| "–".to_owned()),
    ]
}
