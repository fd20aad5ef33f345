//! Everything that can go wrong while a report is made.

use tables::{Blame, Blamed, TableError};

/// An error of reading the tables or writing the report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A table could not be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The traces could not be read.
    #[error(transparent)]
    Run(#[from] run_reader::RunReaderError),
    /// A file of the report could not be written; whatever stood there before is untouched.
    #[error(transparent)]
    File(#[from] stage::FileError),
    /// The published figures cannot be read, which is a defect of this program.
    #[error("cannot read the published figures: {0}; please report this")]
    References(csv::Error),
    /// A chart could not be drawn, which is a defect of this program.
    #[error("cannot draw the chart of {title}: {reason}; please report this")]
    Chart {
        /// The chart's title.
        title: String,
        /// What the drawing library said.
        reason: String,
    },
    /// A format cannot hold the figures, which is a defect of this program.
    #[error("cannot write the report as {format}: {reason}; please report this")]
    Format {
        /// The format.
        format: &'static str,
        /// What its library said.
        reason: String,
    },
    /// The page could not be rendered, which is a defect of this program.
    #[error("cannot render the report's page: {0}; please report this")]
    Page(#[from] minijinja::Error),
}

impl Blamed for ReportError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::Run(error) => error.blame(),
            Self::File(error) => error.blame(),
            Self::References(_) | Self::Chart { .. } | Self::Format { .. } | Self::Page(_) => Blame::Other,
        }
    }
}
