//! Running a stage with somebody to ask.

use chat::Ask;
use stage::{ConfiguredStage, Run, StageError, Summary};
use tokio::runtime::Handle;

use crate::{Execution, Session};

/// Runs a stage, with a session for the endpoints that it names; one that names none is asked nothing and makes no client.
/// Never call it from a thread of `runtime`.
///
/// # Errors
/// See [`StageError`]; an endpoint cannot be asked at all.
pub fn perform(
    stage: &dyn ConfiguredStage,
    run: Run<'_>,
    execution: &Execution,
    runtime: &Handle,
) -> Result<Summary, StageError> {
    let endpoints = stage.endpoints(run.target);
    if endpoints.is_empty() {
        return stage.run(&Run { ask: None, ..run });
    }
    let session = Session::new(endpoints, execution, runtime, run.observer).map_err(StageError::own)?;
    stage.run(&Run { ask: Some(&session as &dyn Ask), ..run })
}
