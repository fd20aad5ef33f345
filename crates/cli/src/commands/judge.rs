//! `thinkmeter judge`: one judge over one file of steps.

use judge::{JUDGES, JudgeIo};
use pipeline::PipelineError;
use tables::Provenance;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{Global, JudgeArgs};
use crate::exit::Exit;

pub(crate) fn run(args: JudgeArgs, global: &Global) -> anyhow::Result<Exit> {
    let session = Session::new(global, args.offline)?;
    let table = table(Some(&args.judge), &[], &args.set)?;
    let judge = JUDGES.build(&table, "judge").map_err(invalid)?;
    let io = JudgeIo {
        problems: args.tables.problems,
        generations: args.tables.generations,
        splits: args.tables.splits,
        out: args.output.clone(),
    };
    let execution = session.execution(&args.calls, !judge.built.endpoints().is_empty())?;
    let watch = session.progress.watch("judge");
    let work = judge::run(judge.built.as_ref(), &io, &execution, Provenance::default(), &watch);
    let summary = session.runtime.block_on(work).map_err(PipelineError::from)?;
    super::done(&summary, &args.output, global)
}
