//! The table as it is shown: text for people and programs, and a page.

mod figure;
mod page;
mod tables;
mod words;

use report::TextFormat;
use serde_json::json;

use crate::board::Board;
use crate::error::LeaderboardError;

pub use page::html;

/// The table as text: for people tables with what has to be said of them, for programs a row a cell (CSV, JSON lines) or
/// everything (JSON). `width` and `color` are those of a terminal.
///
/// # Errors
/// A table that a format cannot hold, which is a defect.
pub fn text(board: &Board, format: TextFormat, width: u16, color: bool) -> Result<String, LeaderboardError> {
    if format == TextFormat::Json {
        return Ok(format!("{:#}\n", json!(board)));
    }
    Ok(tables::tables(board).render(format, width, color)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_terminal_shows_cells_averages_differences_and_what_was_published() {
        insta::assert_snapshot!(text(&fixture::board(), TextFormat::Table, 110, false).unwrap());
    }

    #[test]
    fn markdown_shows_the_same() {
        insta::assert_snapshot!(text(&fixture::board(), TextFormat::Md, 110, false).unwrap());
    }

    #[test]
    fn programs_get_a_row_a_cell() {
        insta::assert_snapshot!(text(&fixture::board(), TextFormat::Csv, 110, false).unwrap());
        let lines = text(&fixture::board(), TextFormat::Jsonl, 110, false).unwrap();
        assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    }

    #[test]
    fn the_page_is_whole_without_a_script() {
        let page = html(&fixture::board()).unwrap();
        assert!(!page.contains("<script") && page.contains("prefers-color-scheme: dark"));
        let body = page.split_once("<body>").unwrap().1;
        insta::assert_snapshot!(body);
    }

    #[test]
    fn names_from_files_are_no_markup() {
        let mut board = fixture::board();
        board.models[0].model = "<img src=x onerror=alert(1)>".to_owned();
        board.columns[0].name = "</style><script>".to_owned();
        let page = html(&board).unwrap();
        assert!(!page.contains("<img") && !page.contains("<script"), "{page}");
    }
}
