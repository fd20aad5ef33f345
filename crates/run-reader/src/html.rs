//! Traces and lists of them as HTML, the same in a report's file and from a server. Everything that a model, a file or a
//! server wrote is escaped.

mod article;
mod growth;
mod listing;
mod pictures;
mod template;

pub use article::{Neighbour, article, short_article};
pub use listing::{COLUMNS, Filters, Listing, cells, listing};
pub use pictures::{Picture, pictures};
pub use template::{Escaped, escaped};

/// The look of traces and lists, on top of that of our pages.
pub const STYLE: &str = include_str!("html/style.css");
