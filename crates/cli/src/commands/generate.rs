//! `thinkmeter generate`: one model over one file of problems.

use generate::{Cost, GenerateError, GenerateIo, Model};
use pipeline::PipelineError;
use plugin::Value;
use tables::Provenance;

use super::batch::{Out, Post, nothing_to_ask, table as batch_table, tell_aside};
use super::component::{invalid, table};
use super::session::Session;
use super::{forecast, money};
use crate::args::{GenerateArgs, Global};
use crate::exit::{Exit, Result};
use crate::output;

pub(crate) fn run(args: GenerateArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, args.offline)?;
    let model = model(&args)?;
    if args.dry_run {
        return look(&args, &model, &session);
    }
    money::check(&args.calls, model.endpoint().into_iter())?;
    let post = Post::open(&args.batch, Out::File)?;
    let execution = post.over(session.execution(&args.calls, model.calls_models())?);
    let out = batch_table(args.output.as_deref(), &args.batch);
    let io = GenerateIo { problems: args.problems, replies: args.replies, out: out.clone() };
    let watch = session.progress.watch("generate");
    let work = model.run(&io, &execution, Provenance::default(), &watch);
    let result = session.runtime.block_on(work);
    drop(watch);
    post.finish(global)?;
    if let Err(GenerateError::Aside(aside)) = &result {
        tell_aside(aside.questions);
        return Ok(Exit::Done);
    }
    let summary = result?;
    if args.output.is_none() {
        return nothing_to_ask(&out);
    }
    if !global.quiet {
        let cost = model.price().and_then(|price| Cost::of(&summary, &price));
        let told = cost.map(|cost| money::told(&cost, summary.rows - summary.failed));
        told.into_iter().chain(money::spent(&execution)).for_each(|line| output::say(&line));
    }
    super::done(&summary, &out, global)
}

/// The model that the flags describe.
fn model(args: &GenerateArgs) -> Result<Model> {
    let asks = args.generator != "recorded";
    let keys = [
        ("name", Some(Value::from(args.model.clone()))),
        ("model", asks.then(|| Value::from(args.model.clone()))),
        ("base_url", args.base_url.clone().map(Value::from)),
        ("samples", args.samples.map(Value::from)),
    ];
    let table = table(Some(&args.generator), &keys, &args.set)?;
    Ok(generate::parse(&table, "model").map_err(invalid)?)
}

/// What would be asked, and what it would cost.
fn look(args: &GenerateArgs, model: &Model, session: &Session) -> Result<Exit> {
    let tokenizer = pipeline::open_tokenizer(args.tokenizer.as_deref(), &session.tokenizers())
        .map_err(|reason| PipelineError::Tokenizer { model: "--tokenizer".to_owned(), reason })?;
    let execution = session.onlooker(&args.calls, model.calls_models())?;
    let runtime = session.runtime.handle();
    let forecast = pipeline::forecast_generate(model, &args.problems, tokenizer, &execution, runtime)?;
    output::data(&forecast::lines(&forecast).join("\n"))?;
    Ok(Exit::Done)
}
