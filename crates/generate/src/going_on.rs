//! Before a reply is gone on with: whether the server can, and the recorded replies there are.

use std::sync::atomic::AtomicU64;

use chat::{Ask, Trial};
use stage::{Run, StageError, table};
use tables::{ProblemCursor, Reply};

use crate::assemble::{Source, learn};
use crate::generators;
use crate::recording::Recording;
use crate::rows::{Row, opened};
use crate::think::Format;
use crate::{GenerateError, Model};

/// # Errors
/// The server begins anew where it is to go on with a reply, or refuses.
pub(crate) fn tried(model: &str, trial: Trial, ask: &dyn Ask) -> Result<(), StageError> {
    let refused = |why| StageError::own(GenerateError::CannotGoOn { model: model.to_owned(), why });
    trial.refused(0, ask).map_or(Ok(()), |why| Err(refused(why)))
}

/// The recorded replies that a model goes on with.
pub(crate) struct Recorded {
    source: Source,
    format: Format,
    /// How many there are.
    pub(crate) replies: u64,
}

impl Recorded {
    /// # Errors
    /// The dataset holds no replies, or none of that model.
    pub(crate) fn open(model: &Model, of: &Recording, run: &Run<'_>) -> Result<Self, StageError> {
        let Some(path) = run.files.optional(table::REPLIES) else {
            return Err(StageError::own(GenerateError::NoThinking { model: model.name().to_owned() }));
        };
        let source = Source {
            path: path.to_owned(),
            model: of.model.clone().unwrap_or_else(|| model.name().to_owned()),
            samples: of.samples,
            scratch: false,
            spent: None,
        };
        let learned = learn(&source, model, "strategy.of")?;
        Ok(Self { source, format: learned.conclusion.format, replies: learned.replies })
    }

    /// A conversation for each, in their order.
    ///
    /// # Errors
    /// The tables cannot be read.
    pub(crate) fn rows<'a>(
        &'a self,
        model: &'a Model,
        run: &Run<'a>,
        left_out: &'a AtomicU64,
    ) -> Result<impl Iterator<Item = Result<Row<'a>, StageError>> + 'a, StageError> {
        let replies = self.source.rows()?;
        let first = self.source.first_problem(&replies);
        let mut problems = ProblemCursor::open_at(run.files.input(table::PROBLEMS)?, first)?;
        let tokenizer = run.target.tokenizer()?;
        let mine = replies.filter(|reply| reply.as_ref().map_or(true, |reply| self.source.wants(reply)));
        Ok(mine.flat_map(move |reply| {
            let problem = reply.and_then(|reply| {
                let problem = problems.seek(&reply.problem_id, &self.source.path)?;
                Ok((problem.clone(), Reply { model: model.name().to_owned(), ..reply }))
            });
            let (problem, reply) = match problem {
                Ok(found) => found,
                Err(error) => return vec![Err(error.into())],
            };
            let recorded = generators::Recorded { reply, format: &self.format, tokenizer };
            opened(model, problem.id.clone(), model.generator().go_on(&problem, recorded), left_out)
        }))
    }
}
