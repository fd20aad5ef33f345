//! Arenas as they are shown: tables and sentences, the same in every format, and a page.

mod page;
mod tables;
mod words;

use report::screen::DIM;
use report::{Screen, TextFormat};
use serde_json::json;

use crate::error::ArenaError;
use crate::result::Arena;

pub use page::html;

/// Nothing is narrower than this, whatever the terminal says.
const NARROWEST: usize = 40;

/// The arena as text: for people tables with what has to be said of them, for programs a row a model (CSV, JSON lines) or
/// everything (JSON). `width` and `color` are those of a terminal.
///
/// # Errors
/// A table that a format cannot hold, which is a defect.
pub fn text(arena: &Arena, format: TextFormat, width: u16, color: bool) -> Result<String, ArenaError> {
    if format == TextFormat::Json {
        return Ok(format!("{:#}\n", json!(arena)));
    }
    let set = tables::tables(arena);
    let text = set.render(format, width, color)?;
    let sentences = words::notes(arena);
    Ok(match format {
        TextFormat::Table => {
            let mut screen = Screen::new(width, NARROWEST, color);
            screen.blank();
            sentences.iter().for_each(|sentence| screen.paragraph(DIM, sentence));
            text + &screen.done()
        }
        TextFormat::Md => {
            let items: String =
                sentences.iter().map(|text| format!("- {}\n", report::escaped(text))).collect();
            format!("{text}\n{items}")
        }
        _ => text,
    })
}
