//! Pictures for papers: the charts of a report as SVG, PNG and PDF.
//!
//! [`gather()`] reads finished runs into one report, [`picture`] puts the panels of a figure together into an SVG that needs
//! nothing else, and [`ImageFormat::write`] turns that into bytes. Fonts come from the program, colours are those for paper, and
//! the bytes depend on the runs alone.

mod compose;
mod error;
mod gather;
mod kind;
mod render;
mod style;

pub use error::PlotError;
pub use gather::gather;
pub use kind::{PlotKind, Selection, picture};
pub use render::ImageFormat;
