//! `thinkmeter explain`: what a run would do, why, and what it would ask and cost.

use pipeline::Suite;

use super::outlook::look;
use super::session::Session;
use crate::args::{CallArgs, ExplainArgs, Global, PipelineArgs};
use crate::exit::{Exit, Result};

pub(crate) fn run(args: ExplainArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, args.pipeline.offline)?;
    let suite = super::chosen::suite(&args.pipeline)?;
    explain(suite.as_ref(), &args.pipeline, &args.calls, &session)
}

/// Of a suite all parts, else the pipeline that the arguments name.
pub(crate) fn explain(
    suite: Option<&Suite>,
    args: &PipelineArgs,
    calls: &CallArgs,
    session: &Session,
) -> Result<Exit> {
    if let Some(suite) = suite {
        return super::suite::explain(suite, args, calls, session);
    }
    look(&super::chosen::open(args)?, args, calls, session)?;
    Ok(Exit::Done)
}
