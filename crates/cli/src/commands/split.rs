//! `thinkmeter split`: one splitter over one file of generations.

use pipeline::open_tokenizer;
use split::SPLITTERS;
use tables::Provenance;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{Global, SplitArgs};
use crate::exit::Exit;

pub(crate) fn run(args: SplitArgs, global: &Global) -> anyhow::Result<Exit> {
    let session = Session::new(global, false)?;
    let table = table(Some(&args.splitter), &[], &args.set)?;
    let splitter = SPLITTERS.build(&table, "split").map_err(invalid)?;
    let tokenizer = open_tokenizer(args.tokenizer.as_deref(), &session.tokenizers())
        .map_err(|reason| pipeline::PipelineError::Tokenizer { model: "--tokenizer".to_owned(), reason })?;
    let watch = session.progress.watch("split");
    let (generations, out) = (&args.generations, &args.output);
    let summary =
        split::run(splitter.built.as_ref(), &tokenizer, generations, out, Provenance::default(), &watch)
            .map_err(pipeline::PipelineError::from)?;
    super::done(&summary, out, global)
}
