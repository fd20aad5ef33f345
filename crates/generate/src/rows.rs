//! Conversations that are still to be held, problem by problem.

use std::sync::atomic::{AtomicU64, Ordering};

use stage::StageError;
use tables::{Problem, TableError};

use crate::generators::{Growth, Opened};
use crate::{GenerateError, Model};

/// Conversations that are still to be held.
pub(crate) type Rows<'a> = Box<dyn Iterator<Item = Result<Row<'a>, StageError>> + 'a>;

/// The conversations about a problem, or the one error that keeps them from being held.
pub(crate) fn open<'a>(
    model: &'a Model,
    problem: Result<Problem, TableError>,
    left_out: &AtomicU64,
) -> Vec<Result<Row<'a>, StageError>> {
    let problem = match problem {
        Ok(problem) => problem,
        Err(error) => return vec![Err(error.into())],
    };
    opened(model, problem.id.clone(), model.generator().open(&problem), left_out)
}

/// The rows of conversations that were opened, or the one error that kept them from it.
pub(crate) fn opened<'a>(
    model: &Model,
    problem_id: String,
    opened: Result<Opened<'a>, String>,
    left_out: &AtomicU64,
) -> Vec<Result<Row<'a>, StageError>> {
    match opened {
        Ok(opened) => {
            left_out.fetch_add(u64::from(opened.example_left_out), Ordering::Relaxed);
            let row = |conversation| Ok(Row { problem_id: problem_id.clone(), conversation });
            opened.conversations.into_iter().map(row).collect()
        }
        Err(reason) => {
            let model = model.name().to_owned();
            vec![Err(StageError::own(GenerateError::Prompt { model, problem_id, reason }))]
        }
    }
}

/// A conversation that is still to be held.
pub(crate) struct Row<'a> {
    pub(crate) problem_id: String,
    pub(crate) conversation: Growth<'a>,
}
