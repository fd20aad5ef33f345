//! `thinkmeter import`: traces that other tools recorded, as problems and generations.

use dataset::LoadOutputs;
use generate::GenerateIo;
use pipeline::PipelineError;
use plugin::Value;
use serde_json::json;
use tables::Provenance;
use tables::stage::Summary;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{Global, ImportArgs};
use crate::exit::Exit;
use crate::output;
use crate::progress::told;

pub(crate) fn run(args: ImportArgs, global: &Global) -> anyhow::Result<Exit> {
    let session = Session::new(global, false)?;
    let files: Vec<String> = args.files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let keys = [("path", Some(Value::from(files))), ("format", args.format.map(Value::from))];
    let load = dataset::parse(&table(Some("recorded"), &keys, &args.set)?, "dataset").map_err(invalid)?;
    let (problems, replies) =
        (args.output_dir.join("problems.parquet"), args.output_dir.join("replies.parquet"));
    let out = LoadOutputs { problems: problems.clone(), replies: Some(replies.clone()) };
    let watch = session.progress.watch("import");
    let loaded = load.run(&out, Provenance::default(), &watch).map_err(PipelineError::from)?;
    drop(watch);
    say(global, "import", &loaded);

    let models = load.models().map_err(PipelineError::from)?;
    let folders = pipeline::folder_names(models.iter().map(String::as_str));
    let execution = llm::Execution::default();
    for (name, folder) in models.iter().zip(folders) {
        let table = json!({"name": name, "kind": "recorded"});
        let model = generate::parse(&table, "model").map_err(invalid)?;
        let out = args.output_dir.join(folder).join("generations.parquet");
        let io = GenerateIo { problems: problems.clone(), replies: Some(replies.clone()), out: out.clone() };
        let watch = session.progress.watch(name);
        let work = model.run(&io, &execution, Provenance::default(), &watch);
        let summary = session.runtime.block_on(work).map_err(PipelineError::from)?;
        drop(watch);
        say(global, &out.display().to_string(), &summary);
    }
    Ok(Exit::Done)
}

fn say(global: &Global, what: &str, summary: &Summary) {
    if !global.quiet {
        output::say(&format!("{what}: {}", told(summary)));
    }
}
