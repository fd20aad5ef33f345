//! `thinkmeter generate`: one model over one file of problems.

use generate::GenerateIo;
use pipeline::PipelineError;
use plugin::Value;
use tables::Provenance;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{GenerateArgs, Global};
use crate::exit::Exit;

pub(crate) fn run(args: GenerateArgs, global: &Global) -> anyhow::Result<Exit> {
    let session = Session::new(global, args.offline)?;
    let asks = args.generator != "recorded";
    let keys = [
        ("name", Some(Value::from(args.model.clone()))),
        ("model", asks.then(|| Value::from(args.model.clone()))),
        ("base_url", args.base_url.map(Value::from)),
        ("samples", args.samples.map(Value::from)),
    ];
    let table = table(Some(&args.generator), &keys, &args.set)?;
    let model = generate::parse(&table, "model").map_err(invalid)?;
    let io = GenerateIo { problems: args.problems, replies: args.replies, out: args.output.clone() };
    let execution = session.execution(&args.calls, model.calls_models())?;
    let watch = session.progress.watch("generate");
    let work = model.run(&io, &execution, Provenance::default(), &watch);
    let summary = session.runtime.block_on(work).map_err(PipelineError::from)?;
    super::done(&summary, &args.output, global)
}
