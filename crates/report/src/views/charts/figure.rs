//! What a chart is made of: panels that are drawn, their legend, their numbers; or why there is none.

use serde::Serialize;

use crate::views::table::View;

/// A figure of the page: panels, a legend where several models are in one panel, and its numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What it shows, one or two sentences.
    pub caption: String,
    /// The panels in their order.
    pub panels: Vec<Drawing>,
    /// The keys of the models; empty where each panel has a single one.
    pub legend: Vec<Drawing>,
    /// The numbers behind the panels.
    pub numbers: View,
}

/// The inside of an `<svg>` element; everything in it is escaped already. Colours are those for paper, and
/// [`stylesheet`](super::palette::stylesheet) turns them over for a dark screen.
#[derive(Clone, Debug, Serialize)]
pub struct Drawing {
    /// What it is called.
    pub title: String,
    /// Its figures in words, for those who cannot see it.
    pub description: String,
    /// Width of the drawing in its own units.
    pub width: u32,
    /// Height of the drawing in its own units.
    pub height: u32,
    /// The markup.
    pub body: String,
}

/// A figure, or why there is none.
#[derive(Clone, Debug)]
pub enum Chart {
    /// There is something to see.
    Drawn(Box<Figure>),
    /// There is not: a sentence that says why.
    Absent(String),
}

impl Chart {
    /// The figure, if there is one.
    pub fn figure(self) -> Option<Figure> {
        match self {
            Self::Drawn(figure) => Some(*figure),
            Self::Absent(_) => None,
        }
    }
}
