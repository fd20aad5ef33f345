//! The report on a terminal.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use tables::MetricValue;

use super::screen::{BOLD, DIM, Screen, YELLOW, clean};
use crate::model::{Group, Report};
use crate::views::sentences::{caveats, left_out, summary};
use crate::views::table::{Cell, Column, View};
use crate::views::{choices, frontier, further, headline, ledger, ratings, strategies, variants};

/// Nothing is narrower than this, whatever the terminal says.
const NARROWEST: usize = 40;

/// Tables and sentences for a terminal of `width` columns. Intervals stand dimmed below their figures when
/// `color` is set. Tables that do not fit get
/// shorter headers and intervals first, and lose their intervals last.
pub(crate) fn terminal(report: &Report, width: u16, color: bool) -> String {
    let mut screen = Screen::new(width, NARROWEST, color);
    screen.opening(report);
    for group in &report.groups {
        screen.group(report, group);
    }
    for (dataset, groups) in report.datasets() {
        screen.side_by_side(report, dataset, &groups);
    }
    choices::views(report).iter().for_each(|view| screen.titled(view));
    choices::notes(report).iter().for_each(|note| screen.paragraph(DIM, note));
    if !report.variants.is_empty() {
        let variants = variants::tables(&report.variants);
        variants.views.iter().for_each(|view| screen.titled(view));
        variants.notes.iter().for_each(|note| screen.paragraph(DIM, note));
    }
    if !report.ratings.is_empty() {
        let rated = ratings::tables(&report.ratings, &report.about.arena);
        rated.views.iter().for_each(|view| screen.titled(view));
        rated.notes.iter().for_each(|note| screen.paragraph(DIM, note));
    }
    screen.done()
}

/// Tables alone, one after the other, and what has to be said of them.
pub(crate) fn tables(views: &[View], notes: &[String], width: u16, color: bool) -> String {
    let mut screen = Screen::new(width, NARROWEST, color);
    for (at, view) in views.iter().enumerate() {
        if at > 0 {
            screen.blank();
        }
        screen.line(BOLD, &view.caption);
        screen.table(view, true);
    }
    if !notes.is_empty() {
        screen.blank();
    }
    notes.iter().for_each(|note| screen.paragraph(DIM, note));
    screen.done()
}

impl Screen {
    fn opening(&mut self, report: &Report) {
        let about = &report.about;
        self.line(BOLD, &about.title);
        self.paragraph("", &about.description);
        let parts = [("dataset", &about.dataset), ("split", &about.splitter), ("judge", &about.judge)];
        let known = parts.iter().filter(|(_, value)| !value.is_empty());
        let facts: Vec<String> = known.map(|(name, value)| format!("{name} {value}")).collect();
        self.paragraph(DIM, &facts.join(" · "));
        for notice in &about.notices {
            self.paragraph(YELLOW, &format!("! {notice}"));
        }
        if report.groups.is_empty() {
            self.paragraph("", "There is no figure to report: the metrics table has no row.");
        }
    }

    fn group(&mut self, report: &Report, group: &Group) {
        self.blank();
        self.line(BOLD, &report.heading(group));
        if let Some(model) = report.model(group) {
            self.paragraph(DIM, &format!("{} · tokens by {}", model.kind.word(), model.tokenizer));
        }
        self.paragraph("", &summary(report, group));
        self.blank();
        self.table(&headline::measures(report, group), true);
        self.notes(report, group);
        if let Some(view) = headline::completed(report, group) {
            self.titled(&view);
        }
        if let Some(view) = headline::compatibility(report, group, &[MetricValue::OVERALL]) {
            self.titled(&view);
        }
    }

    fn notes(&mut self, report: &Report, group: &Group) {
        self.paragraph(DIM, &ledger::sentence(&group.total()));
        for sentence in left_out(report, group).into_iter().chain(caveats(report, group)) {
            self.paragraph(DIM, &format!("{sentence}."));
        }
    }

    fn side_by_side(&mut self, report: &Report, dataset: &str, groups: &[&Group]) {
        if groups.len() > 1 {
            self.blank();
            self.line(BOLD, "Models side by side, over all problems");
            self.paragraph(DIM, if report.datasets().len() > 1 { dataset } else { "" });
            self.blank();
            self.table(&headline::comparison(report, dataset, groups), true);
        }
        self.frontier(report, groups);
        if let Some(view) = strategies::view(report, dataset, groups) {
            self.blank();
            self.line(BOLD, &view.caption);
            self.table(&view, true);
        }
        for view in self.further(report, groups) {
            self.titled(&view);
        }
    }

    /// What accuracy costs, where there is more than one way to answer.
    fn frontier(&mut self, report: &Report, groups: &[&Group]) {
        let points = report.points_of(groups);
        if let Some(view) = frontier::view(&points).filter(|_| points.len() > 1) {
            self.blank();
            self.line(BOLD, &view.caption);
            self.table(&view, true);
            self.paragraph("", &frontier::words(&points).join(" "));
        }
    }

    /// All models in one table of further figures if that fits, else a table for each.
    fn further(&self, report: &Report, groups: &[&Group]) -> Vec<View> {
        let Some(together) = further::others(report, groups) else { return Vec::new() };
        if groups.len() == 1 || LAYOUTS[0].draw(&together).width() <= self.width() {
            return vec![together];
        }
        groups.iter().filter_map(|group| further::others(report, &[*group])).collect()
    }

    fn titled(&mut self, view: &View) {
        self.blank();
        self.line(BOLD, &view.caption);
        self.table(view, false);
    }

    /// Draws a table.
    fn table(&mut self, view: &View, intervals: bool) {
        for line in self.fitted(view, intervals).0 {
            let style = match line.kind {
                Kind::Header => BOLD,
                Kind::Total => BOLD,
                Kind::Rule | Kind::Interval => DIM,
                Kind::Row => "",
            };
            self.line(style, &line.text);
        }
    }

    /// The fullest layout whose narrowest form fits, with what is left over given to the labels.
    fn fitted(&self, view: &View, intervals: bool) -> Drawn {
        let mut best = Drawn::default();
        for layout in LAYOUTS {
            let layout = Layout { intervals: layout.intervals && intervals, ..layout };
            best = layout.draw(view);
            if let Some(spare) = self.width().checked_sub(best.width()) {
                return Layout { label: layout.label + spare, ..layout }.draw(view);
            }
        }
        best
    }
}

/// How much of a table is shown.
#[derive(Clone, Copy)]
struct Layout {
    /// Headers and intervals in few characters.
    short: bool,
    /// Intervals at all.
    intervals: bool,
    /// Characters of a row's label.
    label: usize,
    /// Blanks between columns.
    gap: u16,
}

/// From the fullest to the barest, each with the least room for labels that it may be drawn with.
const LAYOUTS: [Layout; 4] = [
    Layout { short: false, intervals: true, label: 20, gap: 2 },
    Layout { short: true, intervals: true, label: 16, gap: 2 },
    Layout { short: true, intervals: true, label: 12, gap: 1 },
    Layout { short: true, intervals: false, label: 12, gap: 1 },
];

#[derive(Default)]
struct Drawn(Vec<DrawnLine>);

struct DrawnLine {
    kind: Kind,
    text: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Header,
    Rule,
    Row,
    Total,
    Interval,
}

impl Drawn {
    fn width(&self) -> usize {
        self.0.iter().map(|line| line.text.trim_end().chars().count()).max().unwrap_or(0)
    }
}

impl Layout {
    fn draw(&self, view: &View) -> Drawn {
        let mut table = Table::new();
        table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(view.columns.iter().map(|column| self.header(column)));
        let mut kinds = Vec::new();
        for row in &view.rows {
            table.add_row(
                [self.label(&row.label)].into_iter().chain(row.cells.iter().map(|c| clean(&c.text))),
            );
            let sums_up = row.total && view.rows.iter().any(|other| !other.total);
            kinds.push(if sums_up { Kind::Total } else { Kind::Row });
            if self.intervals && row.cells.iter().any(|cell| cell.interval.is_some()) {
                table.add_row([String::new()].into_iter().chain(row.cells.iter().map(|c| self.interval(c))));
                kinds.push(Kind::Interval);
            }
        }
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((if index == 0 { 1 } else { self.gap }, 0));
            if index > 0 {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Drawn(lines(&table, &kinds))
    }

    fn header(&self, column: &Column) -> String {
        clean_lines(if self.short { &column.short } else { &column.header })
    }

    fn label(&self, label: &str) -> String {
        shorten(&clean(label), self.label)
    }

    fn interval(&self, cell: &Cell) -> String {
        let interval = if self.short { &cell.short_interval } else { &cell.interval };
        // Nothing stands below a figure without one.
        interval.clone().unwrap_or_default()
    }
}

/// A table with one rule, below its header.
pub const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Every row is one line, so the last lines are the rows, and what stands above them is the header.
fn lines(table: &Table, kinds: &[Kind]) -> Vec<DrawnLine> {
    let texts: Vec<String> = table.lines().collect();
    let header = texts.len().saturating_sub(kinds.len() + 1);
    let mut rule = String::new();
    let mut lines = Vec::new();
    for (index, text) in texts.into_iter().enumerate() {
        let kind = match index.checked_sub(header) {
            None => Kind::Header,
            Some(0) => Kind::Rule,
            Some(row) => kinds[row - 1],
        };
        if kind == Kind::Rule {
            rule.clone_from(&text);
        }
        if kind == Kind::Total && !lines.iter().any(|line: &DrawnLine| line.kind == Kind::Total) {
            lines.push(DrawnLine { kind: Kind::Rule, text: rule.clone() });
        }
        lines.push(DrawnLine { kind, text });
    }
    lines
}

fn clean_lines(text: &str) -> String {
    text.split('\n').map(clean).collect::<Vec<_>>().join("\n")
}

/// Leaves out the middle, because names of models and groups often differ at their end.
fn shorten(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let head = most.saturating_sub(1) / 3;
    let tail = most.saturating_sub(head + 1);
    text.chars().take(head).chain(['…']).chain(text.chars().skip(length - tail)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn widest(text: &str) -> usize {
        text.lines().map(|line| line.chars().count()).max().unwrap()
    }

    #[test]
    fn a_hundred_columns() {
        let text = terminal(&fixture::report(), 100, false);
        assert!(widest(&text) <= 100, "{} columns", widest(&text));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn eighty_columns() {
        let text = terminal(&fixture::report(), 80, false);
        assert!(widest(&text) <= 80, "{} columns", widest(&text));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn rules_of_tables_are_dimmed() {
        assert!(terminal(&fixture::report(), 100, true).contains(&format!("{DIM}──")));
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        let mut report = fixture::report();
        report.groups[0].model = "\u{1b}[2Jowned".into();
        assert!(!terminal(&report, 100, false).contains('\u{1b}'));
    }

    #[test]
    fn an_empty_report_says_so() {
        let text = terminal(&Report::default(), 80, false);
        assert!(text.contains("There is no figure to report"), "{text}");
    }

    #[test]
    fn long_labels_lose_their_middle() {
        assert_eq!(shorten("abcdef", 4), "a…ef");
        assert_eq!(shorten("abcd", 4), "abcd");
    }
}
