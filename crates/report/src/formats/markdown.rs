//! The report in GitHub's Markdown.

use super::html::MOST_GROUPS;
use crate::error::ReportError;
use crate::model::{Group, Report};
use crate::views::measures::title_of;
use crate::views::sentences::{capital, caveats, left_out, summary};
use crate::views::table::{Cell, View};
use crate::views::{choices, frontier, further, headline, ledger, ratings, strategies, variants};

/// One Markdown document: findings in words, tables, ledger, glossary and provenance.
///
/// # Errors
/// Published figures that cannot be read, which is a defect.
pub(crate) fn markdown(report: &Report) -> Result<String, ReportError> {
    let few = (report.groups.len() > MOST_GROUPS).then(|| report.first(MOST_GROUPS));
    let report = few.as_ref().unwrap_or(report);
    let mut document = Document::default();
    document.opening(report);
    for (dataset, groups) in report.datasets() {
        document.frontier(report, &groups);
        if groups.len() > 1 {
            document.heading(2, &format!("Models side by side on {dataset}"));
            document.table(&headline::comparison(report, dataset, &groups));
        }
        if let Some(view) = strategies::view(report, dataset, &groups) {
            document.titled(&view);
        }
        if let Some(view) = strategies::published(dataset, &groups)? {
            document.titled(&view);
        }
        for group in &groups {
            document.group(report, group);
        }
        if let Some(view) = further::others(report, &groups) {
            document.titled(&view);
        }
    }
    choices::views(report).iter().for_each(|view| document.titled(view));
    document.list(&choices::notes(report));
    let variants = variants::tables(&report.variants);
    if !report.variants.is_empty() {
        variants.views.iter().for_each(|view| document.titled(view));
        document.list(&variants.notes);
    }
    if !report.ratings.is_empty() {
        let rated = ratings::tables(&report.ratings, &report.about.arena);
        rated.views.iter().for_each(|view| document.titled(view));
        document.list(&rated.notes);
    }
    document.closing(report);
    Ok(document.out)
}

/// Tables alone, one after the other.
pub(crate) fn tables(views: &[View], notes: &[String]) -> String {
    let mut document = Document::default();
    views.iter().for_each(|view| document.titled(view));
    document.list(notes);
    document.out
}

#[derive(Default)]
struct Document {
    out: String,
}

impl Document {
    /// What has to be said of what stands above, an item each.
    fn list(&mut self, notes: &[String]) {
        if !notes.is_empty() {
            self.out.push('\n');
        }
        notes.iter().for_each(|note| self.out.push_str(&format!("- {}\n", escape(note))));
    }

    fn opening(&mut self, report: &Report) {
        let about = &report.about;
        self.heading(1, if about.title.is_empty() { "thinkmeter report" } else { &about.title });
        if !about.description.is_empty() {
            self.paragraph(&escape(&about.description));
        }
        for notice in &about.notices {
            self.paragraph(&format!("> **Note:** {}", escape(notice)));
        }
        for group in &report.groups {
            let (model, words) = (escape(&report.heading(group)), escape(&summary(report, group)));
            self.out.push_str(&format!("- **{model}**: {words}\n"));
        }
        if report.groups.is_empty() {
            self.out.push_str("There is no figure to report: the metrics table has no row.\n");
        }
        self.out.push('\n');
    }

    /// What accuracy costs, where there is more than one way to answer.
    fn frontier(&mut self, report: &Report, groups: &[&Group]) {
        let points = report.points_of(groups);
        if let Some(view) = frontier::view(&points).filter(|_| points.len() > 1) {
            self.heading(2, &view.caption);
            self.paragraph(&escape(&frontier::words(&points).join(" ")));
            self.table(&view);
        }
    }

    fn group(&mut self, report: &Report, group: &Group) {
        self.heading(2, &report.heading(group));
        if let Some(model) = report.model(group) {
            self.paragraph(&format!(
                "{}; tokens by {}",
                capital(model.kind.word()),
                escape(&model.tokenizer)
            ));
        }
        self.table(&headline::measures(report, group));
        for sentence in left_out(report, group).into_iter().chain(caveats(report, group)) {
            self.out.push_str(&format!("- {}.\n", escape(&sentence)));
        }
        self.out.push('\n');
        self.heading(3, "What became of every reply");
        self.paragraph(&escape(&ledger::sentence(&group.total())));
        if let Some(view) = ledger::view(group) {
            self.table(&view);
        }
        let subsets: Vec<&str> = group.rows().collect();
        let more = [
            headline::completed(report, group),
            headline::compatibility(report, group, &subsets),
            further::extremes(group),
        ];
        more.iter().flatten().for_each(|view| self.titled(view));
    }

    fn closing(&mut self, report: &Report) {
        let about = &report.about;
        if report.glossary().next().is_some() {
            self.heading(2, "What the figures mean");
        }
        for term in report.glossary() {
            let title = escape(&title_of(about, term.name));
            self.out.push_str(&format!("- **{title}** (`{}`): {}\n", term.name, escape(term.about)));
        }
        self.heading(2, "How it was measured");
        let facts = [
            ("thinkmeter", &about.version),
            ("dataset", &about.dataset),
            ("splitter", &about.splitter),
            ("judge", &about.judge),
            ("judge error", &about.judge_error),
        ];
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            self.out.push_str(&format!("- {name}: {}\n", escape(value)));
        }
        self.out.push_str("- intervals: 95 %, of shares from the posterior of a beta distribution, of means by bootstrap-t (over thousands of problems by its expansion), over problems\n");
        for stage in &about.fingerprints {
            self.out.push_str(&format!("- {}: `{}`\n", escape(&stage.stage), stage.fingerprint));
        }
        if !about.pipeline.is_empty() {
            let fence = fence(&about.pipeline);
            self.out.push_str(&format!("\n{fence}toml\n{}\n{fence}\n", about.pipeline.trim_end()));
        }
    }

    fn heading(&mut self, level: usize, text: &str) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.out.push_str(&format!("{} {}\n\n", "#".repeat(level), escape(text)));
    }

    fn paragraph(&mut self, text: &str) {
        self.out.push_str(&format!("{text}\n\n"));
    }

    fn titled(&mut self, view: &View) {
        self.heading(3, &view.caption);
        self.table(view);
    }

    fn table(&mut self, view: &View) {
        let titles = view.columns.iter().map(|column| escape(&column.title));
        self.row(titles);
        self.row(view.columns.iter().enumerate().map(|(i, _)| if i == 0 { ":--" } else { "--:" }.to_owned()));
        for row in &view.rows {
            let label = escape(&row.label);
            let strong = row.total && view.rows.iter().any(|other| !other.total);
            let label = if strong { format!("**{label}**") } else { label };
            self.row([label].into_iter().chain(row.cells.iter().map(cell)));
        }
        self.out.push('\n');
    }

    fn row(&mut self, cells: impl Iterator<Item = String>) {
        self.out.push_str(&format!("| {} |\n", cells.collect::<Vec<_>>().join(" | ")));
    }
}

fn cell(cell: &Cell) -> String {
    let text = escape(&cell.text);
    cell.interval.as_ref().map_or(text.clone(), |interval| format!("{text} ({interval})"))
}

/// Text that Markdown shows as it is, on one line.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' | '$' => {
                out.extend(['\\', c])
            }
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

/// A fence that the text cannot close.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn the_whole_document() {
        insta::assert_snapshot!(markdown(&fixture::report()).unwrap());
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(escape("a|b\n<i>*x*"), r"a\|b \<i\>\*x\*");
        assert_eq!(fence("a ``` b"), "````");
        assert_eq!(fence("plain"), "```");
    }

    #[test]
    fn every_row_of_a_table_has_as_many_cells_as_its_header() {
        let text = markdown(&fixture::report()).unwrap();
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut rows = 0;
        for pair in text.lines().collect::<Vec<_>>().windows(2) {
            if pair.iter().all(|line| line.starts_with('|')) {
                assert_eq!(columns(pair[0]), columns(pair[1]), "{}", pair[1]);
                rows += 1;
            }
        }
        assert!(rows > 60, "{rows}");
    }
}
