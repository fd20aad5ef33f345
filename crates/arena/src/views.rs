//! Arenas as they are shown: tables and sentences, the same in every format, and a page.

mod page;
mod rows;
mod tables;
mod words;

use report::TextFormat;
use serde_json::json;

use crate::error::ArenaError;
use crate::result::Arena;

pub use page::html;
pub use rows::ratings;

/// The arena as text: for people tables with what has to be said of them, for programs a row a model (CSV, JSON lines) or
/// everything (JSON). `width` and `color` are those of a terminal.
///
/// # Errors
/// A table that a format cannot hold, which is a defect.
pub fn text(arena: &Arena, format: TextFormat, width: u16, color: bool) -> Result<String, ArenaError> {
    if format == TextFormat::Json {
        return Ok(format!("{:#}\n", json!(arena)));
    }
    Ok(tables::tables(arena).render(format, width, color)?)
}
