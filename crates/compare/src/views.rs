//! A comparison for people and for programs.

mod bought;
mod data;
mod markdown;
mod page;
mod table;
mod words;

pub use data::{csv, json, jsonl};
pub use markdown::markdown;
pub use page::html;
pub use table::terminal;
pub use words::{HEADERS, cells};
