//! Why there is no table.

use std::path::PathBuf;

use compare::CompareError;
use stage::FileError;
use tables::{Blame, Blamed, TableError};

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub enum LeaderboardError {
    /// A path is no run, or two runs cannot be held against each other.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// A table of a run cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file of a run cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The view cannot be written.
    #[error(transparent)]
    Report(#[from] report::ReportError),
    /// A table of scores without the run around it.
    #[error("{} is a table of scores without its run, whose figures the table shows; name the run's folder", path.display())]
    Alone {
        /// The table.
        path: PathBuf,
    },
    /// A run that was scored and not measured.
    #[error("{} holds no figures of `{model}` yet; finish it with `thinkmeter run`", path.display())]
    NoFigures {
        /// The run.
        path: PathBuf,
        /// The model.
        model: String,
    },
    /// Figures that do not follow from the scores beside them.
    #[error("the figures of {} are not those of the scores beside them; run it once more", path.display())]
    Stale {
        /// The run.
        path: PathBuf,
    },
    /// A run about several sets of problems.
    #[error("{} holds several data sets ({datasets}); a column is a run over one of them", path.display())]
    Several {
        /// The run.
        path: PathBuf,
        /// Their names.
        datasets: String,
    },
    /// Two runs for one cell.
    #[error("two runs of {column} for the model `{model}`: {} and {}", first.display(), second.display())]
    Twice {
        /// The set of problems.
        column: String,
        /// The model.
        model: String,
        /// The run that was named first.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// Two sets of problems under one name.
    #[error("{column}: {} and {} are about different problems of the same names: {what}", first.display(), second.display())]
    OtherProblems {
        /// The name.
        column: String,
        /// The run that was named first.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// What differs.
        what: String,
    },
    /// What a suite left beside its runs cannot be understood.
    #[error("{} is damaged ({reason}); run the suite again, which writes it anew", path.display())]
    Suite {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing to show.
    #[error("there is no run to make a table of")]
    Nothing,
    /// Published figures that are not known.
    #[error("there are no published figures called `{name}`; there are {known}")]
    NoReferences {
        /// The name.
        name: String,
        /// Those that are known.
        known: String,
    },
    /// The published figures cannot be read, which is a defect of this program.
    #[error("cannot read the published figures: {0}; please report this")]
    References(String),
    /// The page cannot be made, which is a defect of this program.
    #[error("cannot write the page: {0}; please report this")]
    Page(#[from] minijinja::Error),
}

impl Blamed for LeaderboardError {
    fn blame(&self) -> Blame {
        match self {
            Self::Compare(error) => error.blame(),
            Self::Table(error) => error.blame(),
            Self::File(error) => error.blame(),
            Self::Report(error) => error.blame(),
            Self::References(_) | Self::Page(_) => Blame::Other,
            _ => Blame::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Twice { .. } => {
                "leave one of them out, or tell the models apart: run one with --set models.0.name=…"
            }
            Self::OtherProblems { .. } => {
                "name the sets apart (dataset.name), or say that you know: --allow dataset"
            }
            _ => return None,
        };
        Some(text.to_owned())
    }
}
