//! `thinkmeter split`: one splitter over one file of generations.

use pipeline::{PipelineError, SplitCalls, open_tokenizer};
use split::SPLITTERS;
use tables::Provenance;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{Global, SplitArgs};
use crate::exit::{Exit, Result};

pub(crate) fn run(args: SplitArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, args.offline)?;
    let table = table(Some(&args.splitter), &[], &args.set)?;
    let splitter = SPLITTERS.build(&table, "split").map_err(invalid)?.built;
    let tokenizer = open_tokenizer(args.tokenizer.as_deref(), &session.tokenizers())
        .map_err(|reason| PipelineError::Tokenizer { model: "--tokenizer".to_owned(), reason })?;
    super::money::check(&args.calls, splitter.endpoints().into_iter())?;
    let watch = session.progress.watch("split");
    let execution = session.execution(&args.calls, !splitter.endpoints().is_empty())?;
    let calls = SplitCalls { execution: &execution, runtime: session.runtime.handle() };
    let (paths, provenance) = ((args.generations.as_path(), args.output.as_path()), Provenance::default());
    let summary = pipeline::split(splitter.as_ref(), &tokenizer, paths, provenance, calls, &watch)?;
    super::done(&summary, &args.output, global)
}
