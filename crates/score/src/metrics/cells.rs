//! Shares about grids: of cells that are right, of what no idea at all would get, of shapes, and of replies without a grid.

use tables::{Better, GridFacts, Score, Term, Unit, Verdict};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::why;

/// A share of cells.
pub(super) struct Cells {
    term: Term,
    of: fn(&Score) -> Option<f64>,
}

const fn term(name: &'static str, title: &'static str, about: &'static str, better: Better) -> Term {
    Term { name, title, unit: Unit::Share, better, about, headline: None }
}

fn of_grid(score: &Score, share: fn(&GridFacts) -> Option<f64>) -> Option<f64> {
    score.grid.as_ref().and_then(share)
}

/// Of the answer.
pub(super) static RIGHT: Cells = Cells {
    term: term(
        "cells_right",
        "Cells that are right",
        "mean share of cells that are right, the grids laid over each other at the top left, of the larger of the two; 0 without \
         a grid. Secondary: a grid with one wrong cell solves nothing, see cells_copied and cells_one_colour. Left out: no \
         reply, no known answer",
        Better::More,
    ),
    of: |score| score.partial.filter(|_| score.grid.is_some()),
};

/// Of the input as it is.
pub(super) static COPIED: Cells = Cells {
    term: term(
        "cells_copied",
        "Cells that are right if the input is copied",
        "what cells_right would be for answering each input as it is. Left out: no known answer, no known input",
        Better::Neither,
    ),
    of: |score| of_grid(score, |grid| grid.copied),
};

/// Of one colour.
pub(super) static ONE_COLOUR: Cells = Cells {
    term: term(
        "cells_one_colour",
        "Cells that are right in one colour",
        "what cells_right would be for answering the shape that is right in its most frequent colour. Left out: no known answer",
        Better::Neither,
    ),
    of: |score| of_grid(score, |grid| Some(grid.one_colour)),
};

/// The answer has the shape that is right.
pub(super) static SHAPE: Cells = Cells {
    term: term(
        "shape_right",
        "Grids of the right shape",
        "share of grids that have as many rows and columns as the right one, whatever their cells. Left out: no reply, no grid, \
         no known answer",
        Better::More,
    ),
    of: |score| score.shape_right.map(share),
};

/// Nothing that can be read as a grid.
pub(super) static UNREADABLE: Cells = Cells {
    term: term(
        "unreadable",
        "Replies without a readable grid",
        "share of replies in which no grid can be read: none, a ragged one, one with a cell that is no digit, or a reply that was cut. \
         They count as wrong, and nobody asks again. Left out: no reply, no known answer",
        Better::Less,
    ),
    of: |score| score.grid.as_ref().map(|_| share(score.grade == Verdict::NoAnswer)),
};

fn share(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

impl Metric for Cells {
    fn term(&self) -> &Term {
        &self.term
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::where_any(&self.term, plan.grids)
    }

    fn observe(&self, score: &Score) -> Observation {
        known_of_reply(score, (self.of)(score), why::NO_GOLD)
    }
}
