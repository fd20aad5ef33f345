//! `thinkmeter explain`: what a run would do, and why.

use pipeline::{Pipeline, Plan, Verdict};

use super::session::Session;
use crate::args::{ExplainArgs, Global, PipelineArgs};
use crate::exit::Exit;
use crate::output;

pub(crate) fn run(args: ExplainArgs, global: &Global) -> anyhow::Result<Exit> {
    let session = Session::new(global, args.pipeline.offline)?;
    let pipeline = super::run::open(&args.pipeline)?;
    explain(&pipeline, &args.pipeline, &session)
}

pub(crate) fn explain(pipeline: &Pipeline, args: &PipelineArgs, session: &Session) -> anyhow::Result<Exit> {
    let folder = super::run::folder(args, pipeline);
    let selection = super::run::selection(args)?;
    let plan = pipeline::plan(pipeline, &folder, &selection, &session.tokenizers())?;
    output::data(&tree(pipeline, &folder.display().to_string(), &plan))?;
    Ok(Exit::Done)
}

fn tree(pipeline: &Pipeline, folder: &str, plan: &Plan) -> String {
    let mut lines =
        vec![format!("{} — {}", pipeline.name, pipeline.description), format!("folder   {folder}")];
    lines.push(format!("dataset  {}", pipeline.load.name()));
    for model in &pipeline.models {
        let tokenizer = model.tokenizer().unwrap_or("approximate");
        lines.push(format!("model    {} ({}, tokenizer {tokenizer})", model.name(), model.kind()));
    }
    lines.push(format!("split    {}", pipeline.splitter.kind));
    lines.push(format!("judge    {}", pipeline.judge.built.name()));
    lines.push(String::new());
    for (id, verdict) in &plan.stages {
        let told = match verdict {
            Verdict::UpToDate => "up to date".to_owned(),
            Verdict::Run(why) => format!("will run ({why})"),
            Verdict::Left => "left out".to_owned(),
        };
        lines.push(format!("{:<40} {told}", id.to_string()));
    }
    lines.join("\n")
}
