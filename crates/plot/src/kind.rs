//! The kinds of pictures, and what of the runs goes into one.

use report::charts::{self, Chart, Figure};
use report::{Group, Report};

use crate::compose::{Block, compose};
use crate::error::PlotError;

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlotKind {
    /// The six measures of each model over the levels.
    Levels,
    /// The six measures of all models side by side.
    Models,
    /// Accuracy that a budget of tokens would have left.
    Budget,
    /// Where in the thinking the answer first stands.
    Positions,
    /// Accuracy against cost: all ways to answer, and which of them are worth it.
    Frontier,
}

impl PlotKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Levels, Self::Models, Self::Budget, Self::Positions, Self::Frontier];

    /// The word that asks for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Levels => "levels",
            Self::Models => "models",
            Self::Budget => "budget",
            Self::Positions => "positions",
            Self::Frontier => "frontier",
        }
    }
}

/// Which models are shown.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// The dataset; the only one if not given.
    pub dataset: Option<String>,
    /// The models; all of them if empty.
    pub models: Vec<String>,
}

/// A picture as an SVG that needs nothing else, so many millimetres wide.
///
/// # Errors
/// A choice that the report does not have; a figure that it does not have.
pub fn picture(report: &Report, kind: PlotKind, choice: &Selection, width: f64) -> Result<String, PlotError> {
    let groups = chosen(report, choice)?;
    let blocks = match kind {
        PlotKind::Levels => {
            let block = |group: &&Group| {
                let heading = (groups.len() > 1).then(|| group.model.clone());
                Ok(Block { heading, figure: charts::of_model(report, group)? })
            };
            groups.iter().map(block).collect::<Result<Vec<_>, PlotError>>()?
        }
        PlotKind::Models => vec![Block { heading: None, figure: charts::side_by_side(report, &groups)? }],
        PlotKind::Budget => vec![block(kind, charts::budget(report, &groups)?)?],
        PlotKind::Positions => vec![block(kind, charts::positions(report, &groups)?)?],
        PlotKind::Frontier => vec![block(kind, charts::frontier(report, &groups)?)?],
    };
    Ok(compose(&blocks, width))
}

fn block(kind: PlotKind, chart: Chart) -> Result<Block, PlotError> {
    let figure: Figure = match chart {
        Chart::Drawn(figure) => *figure,
        Chart::Absent(reason) => return Err(PlotError::Absent { kind: kind.word(), reason }),
    };
    Ok(Block { heading: None, figure })
}

fn chosen<'a>(report: &'a Report, choice: &Selection) -> Result<Vec<&'a Group>, PlotError> {
    let mut datasets = report.datasets();
    let known = datasets.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let groups = match &choice.dataset {
        Some(name) => datasets
            .into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, groups)| groups)
            .ok_or_else(|| PlotError::Unknown { what: "dataset", name: name.clone(), known })?,
        None if datasets.len() > 1 => return Err(PlotError::Datasets { known }),
        None => datasets.pop().map(|(_, groups)| groups).ok_or(PlotError::NoFigures)?,
    };
    let find = |name: &String| {
        groups.iter().find(|group| group.model == *name).copied().ok_or_else(|| PlotError::Unknown {
            what: "model",
            name: name.clone(),
            known: groups.iter().map(|group| group.model.as_str()).collect::<Vec<_>>().join(", "),
        })
    };
    if choice.models.is_empty() { Ok(groups) } else { choice.models.iter().map(find).collect() }
}
