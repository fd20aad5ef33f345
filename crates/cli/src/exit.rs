//! Every exit code, and how errors are told.

use std::process::ExitCode;

use calibrate::CalibrateError;
use compare::CompareError;
use curate::CurateError;
use doctor::DoctorError;
use llm::{CacheError, ShareError};
use pairs::GradeError;
use pipeline::PipelineError;
use plot::PlotError;
use run_reader::ReadingError;
use tables::Blame;
use tables::TableError;
use view::ViewError;

use crate::output;

/// How a run of the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Something failed that is nobody's input, such as a full disk.
    Failed = 1,
    /// The command line makes no sense (clap exits with this by itself).
    Usage = 2,
    /// A pipeline, a file or a column is wrong.
    Input = 3,
    /// An endpoint cannot be reached, or refuses.
    Endpoint = 4,
    /// Finished, but more rows failed than `--fail-on-error` allows.
    TooManyErrors = 5,
    /// A gate of `compare` was not met.
    GateNotMet = 6,
    /// A person stopped it; what was finished is kept.
    Interrupted = 130,
}

/// A command line that clap accepts and we do not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

impl Exit {
    fn of(error: &anyhow::Error) -> Self {
        if error.is::<Usage>() {
            return Self::Usage;
        }
        let blame = error.chain().find_map(|cause| {
            let by_pipeline = cause.downcast_ref::<PipelineError>().map(PipelineError::blame);
            let by_grade = || cause.downcast_ref::<GradeError>().map(GradeError::blame);
            let by_calibrate = || cause.downcast_ref::<CalibrateError>().map(CalibrateError::blame);
            let by_reading = || cause.downcast_ref::<ReadingError>().map(ReadingError::blame);
            let by_view = || cause.downcast_ref::<ViewError>().map(ViewError::blame);
            let by_plot = || cause.downcast_ref::<PlotError>().map(PlotError::blame);
            let by_doctor = || cause.downcast_ref::<DoctorError>().map(DoctorError::blame);
            let by_compare = || cause.downcast_ref::<CompareError>().map(CompareError::blame);
            let by_curate = || cause.downcast_ref::<CurateError>().map(CurateError::blame);
            let by_share = || cause.downcast_ref::<ShareError>().map(ShareError::blame);
            let by_cache = || cause.downcast_ref::<CacheError>().map(CacheError::blame);
            let by_table = || cause.downcast_ref::<TableError>().map(TableError::blame);
            by_pipeline
                .or_else(by_grade)
                .or_else(by_calibrate)
                .or_else(by_reading)
                .or_else(by_view)
                .or_else(by_plot)
                .or_else(by_doctor)
                .or_else(by_compare)
                .or_else(by_curate)
                .or_else(by_share)
                .or_else(by_cache)
                .or_else(by_table)
        });
        match blame {
            Some(Blame::Input) => Self::Input,
            Some(Blame::Endpoint) => Self::Endpoint,
            Some(Blame::Interrupted) => Self::Interrupted,
            Some(Blame::Other) | None => Self::Failed,
        }
    }
}

/// Tells an error, if there is one, and turns the result into an exit code.
pub(crate) fn finish(result: anyhow::Result<Exit>) -> ExitCode {
    let exit = match result {
        Ok(exit) => exit,
        Err(error) if output::is_broken_pipe(&error) => Exit::Done,
        Err(error) => {
            tell(&error);
            Exit::of(&error)
        }
    };
    ExitCode::from(exit as u8)
}

/// An error with what caused it, in one line.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain() {
        // Transparent wrappers repeat what they wrap.
        let text = cause.to_string();
        if !message.contains(&text) {
            message = if message.is_empty() { text } else { format!("{message}: {text}") };
        }
    }
    message
}

fn tell(error: &anyhow::Error) {
    output::say(&format!("error: {}", message(error)));
    let hint = error.chain().find_map(|cause| {
        let by_compare = || cause.downcast_ref::<CompareError>().and_then(CompareError::hint);
        cause.downcast_ref::<PipelineError>().and_then(PipelineError::hint).or_else(by_compare)
    });
    if let Some(hint) = hint {
        output::say(&format!("hint: {hint}"));
    }
}
