//! A grid as a picture that needs no script: one path a colour, its numbers as a title, and wrong cells outlined.

use std::fmt::{Arguments, Write};

use crate::Grid;
use crate::colours::PALETTE;

/// Pixels of a cell's side in a small grid.
const SIDE: usize = 24;
/// The most pixels of a picture's longer side.
const LARGEST: usize = 240;

/// The picture; `gold` is what it should be, if that is known. A wrong shape is outlined as a whole.
pub fn svg(grid: &Grid, gold: Option<&Grid>) -> String {
    let (rows, columns) = grid.shape();
    let side = SIDE.min(LARGEST / rows.max(columns));
    let mut out = format!(
        "<svg class=\"grid\" role=\"img\" viewBox=\"0 0 {columns} {rows}\" width=\"{}\" height=\"{}\"><title>{}</title>",
        columns * side,
        rows * side,
        title(grid)
    );
    for (colour, paint) in (0..).zip(PALETTE) {
        let runs = runs(grid, colour);
        if !runs.is_empty() {
            put(&mut out, format_args!("<path stroke=\"{paint}\" d=\"M0 .5{runs}\"/>"));
        }
    }
    put(
        &mut out,
        format_args!("<path stroke=\"#555\" stroke-width=\".06\" d=\"{}\"/>", lines(rows, columns)),
    );
    if let Some(wrong) = gold.map(|gold| outlines(grid, gold)).filter(|wrong| !wrong.is_empty()) {
        let dress =
            "class=\"wrong\" fill=\"none\" stroke=\"#fff\" stroke-width=\".12\" stroke-dasharray=\".2 .1\"";
        put(&mut out, format_args!("<path {dress} d=\"{wrong}\"/>"));
    }
    out.push_str("</svg>");
    out
}

/// Writing to a text cannot fail.
fn put(out: &mut String, what: Arguments<'_>) {
    out.write_fmt(what).ok();
}

/// The numbers, a row a line.
fn title(grid: &Grid) -> String {
    let row = |row: &Vec<u8>| row.iter().map(|cell| char::from(b'0' + cell)).collect::<String>();
    grid.rows().iter().map(row).collect::<Vec<_>>().join("\n")
}

/// The cells of a colour as strokes as wide as a cell, those beside each other in one; each begins where the last one ended.
fn runs(grid: &Grid, colour: u8) -> String {
    let mut path = String::new();
    let (mut x, mut y) = (0_usize, 0);
    for (row, cells) in grid.rows().iter().enumerate() {
        let mut column = 0_usize;
        for run in cells.chunk_by(|a, b| a == b) {
            if run.first() == Some(&colour) {
                let by = column.cast_signed() - x.cast_signed();
                put(&mut path, format_args!("m{by} {}h{}", row - y, run.len()));
                (x, y) = (column + run.len(), row);
            }
            column += run.len();
        }
    }
    path
}

/// What stands between the cells, and around them.
fn lines(rows: usize, columns: usize) -> String {
    let across = (0..=rows).map(|row| format!("M0 {row}h{columns}"));
    across.chain((0..=columns).map(|column| format!("M{column} 0v{rows}"))).collect()
}

/// What is wrong: each such cell, or all of it where the shape is.
fn outlines(grid: &Grid, gold: &Grid) -> String {
    let (rows, columns) = grid.shape();
    if grid.shape() != gold.shape() {
        return format!("M0 0h{columns}v{rows}h-{columns}z");
    }
    let mut path = String::new();
    for row in 0..rows {
        for column in (0..columns).filter(|column| grid.at(row, *column) != gold.at(row, *column)) {
            put(&mut path, format_args!("M{column}.1 {row}.1h.8v.8h-.8z"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_a_path_a_colour_and_its_numbers() {
        let grid = Grid::of_text("[[0,0,1],[1,0,1]]").unwrap();
        let gold = Grid::of_text("[[0,0,1],[1,2,1]]").unwrap();
        insta::assert_snapshot!(svg(&grid, None).replace("><", ">\n<"));
        let picture = svg(&grid, Some(&gold));
        assert_eq!(picture.matches("class=\"wrong\"").count(), 1);
        assert_eq!(picture.matches("M1.1 1.1h.8v.8h-.8z").count(), 1);
        assert_eq!(svg(&grid, Some(&grid)), svg(&grid, None));
        let other = Grid::of_text("[[0]]").unwrap();
        assert!(svg(&grid, Some(&other)).contains("M0 0h3v2h-3z"));
    }

    #[test]
    fn the_largest_picture_is_small() {
        let rows =
            (0..30_u8).map(|row| (0..30_u8).map(|column| (row * 7 + column / 3) % 10).collect()).collect();
        let picture = svg(&Grid::new(rows).unwrap(), None);
        assert!(picture.len() <= 6 << 10, "{}", picture.len());
        assert!(!picture.contains("script"));
    }
}
