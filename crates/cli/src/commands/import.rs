//! `thinkmeter import`: traces that other tools recorded, as problems and generations, and a report of what was
//! taken from each file, what was not, and why.

use std::io;
use std::path::Path;
use std::sync::Arc;

use dataset::{FileReport, Import, ImportOutputs};
use generate::GenerateStage;
use plugin::Value;
use stage::{Document, Files, Model, ModelTable, Run, RunLayout, Stage, Summary, Target, table};
use tables::Provenance;
use tokens::{Counter, Tokenizer};

use super::component::{invalid, table as component};
use super::session::Session;
use crate::args::{Global, ImportArgs};
use crate::exit::{About, Exit, Result};
use crate::output;
use crate::progress;

pub(crate) fn run(args: ImportArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, false)?;
    let files: Vec<String> = args.files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let (format, model) = (args.format.map(Value::from), args.model.map(Value::from));
    let keys = [("path", Some(Value::from(files))), ("format", format), ("model", model)];
    let load =
        dataset::parse(&component(Some(dataset::RECORDED), &keys, &args.set)?, "dataset").map_err(invalid)?;
    let place = |name: &str| args.output_dir.join(name);
    let out = ImportOutputs {
        problems: place(table::PROBLEMS.file),
        replies: place(table::REPLIES.file),
        labels: place("labels.jsonl"),
    };
    let watch = session.progress.watch("import");
    let import = load.import(&out, Provenance::default(), &Quiet(&watch))?;
    drop(watch);
    report(global, &import, &args.output_dir)?;
    generations(&session, global, &import.models, &out, &args.output_dir)?;
    Ok(Exit::Done)
}

/// Passes progress on, but no notes: the report tells them, file by file.
struct Quiet<'a>(&'a dyn stage::Observer);

impl stage::Observer for Quiet<'_> {
    fn total(&self, rows: u64) {
        self.0.total(rows);
    }

    fn advance(&self, tick: stage::Tick) {
        self.0.advance(tick);
    }

    fn interrupted(&self) -> bool {
        self.0.interrupted()
    }
}

/// Each model's generations from the replies.
fn generations(
    session: &Session,
    global: &Global,
    models: &[String],
    tables: &ImportOutputs,
    folder: &Path,
) -> Result<()> {
    let folders = RunLayout::folders(models.iter().map(String::as_str));
    for (name, own) in models.iter().zip(folders) {
        let out = folder.join(table::GENERATIONS.inside(Some(&own)));
        let files = Files::default()
            .reading(table::PROBLEMS, tables.problems.clone())
            .reading(table::REPLIES, tables.replies.clone())
            .writing(table::GENERATIONS, out.clone());
        let summary = recorded(name, &files, &session.progress.watch(name))?;
        say(global, &out.display().to_string(), &summary);
    }
    Ok(())
}

/// The generations of a model whose replies are recorded.
fn recorded(name: &str, files: &Files, observer: &dyn stage::Observer) -> Result<Summary> {
    let table = ModelTable { place: "model".to_owned(), table: generate::recorded_model(name) };
    let document = Document { models: vec![table], ..Document::default() };
    let stage = GenerateStage.configure(&document).map_err(invalid)?;
    let tokenizer = Arc::new(Counter::ready(Tokenizer::approximate()));
    let models = [Model { name: name.to_owned(), tokenizer, price: None }];
    let target = Target { models: &models, included: &[true], at: Some(0), about: &Default::default() };
    let provenance = Provenance::default();
    Ok(stage.run(&Run { target, files, ask: None, provenance: &provenance, observer })?)
}

/// Says what was taken, and keeps it beside the tables.
fn report(global: &Global, import: &Import, folder: &Path) -> Result<()> {
    if !global.quiet {
        import.files.iter().for_each(|file| output::say(text(file).trim_end()));
    }
    say(global, "import", &import.summary);
    let path = folder.join("import.json");
    let json = serde_json::to_string_pretty(import).map_err(io::Error::from)? + "\n";
    std::fs::write(&path, json).about(|| format!("cannot write {}", path.display()))
}

/// What was taken from a file, for a person.
fn text(file: &FileReport) -> String {
    let counted = |count: u64, what: &str| (count > 0).then(|| format!("{count} {what}"));
    let models =
        if file.models.is_empty() { String::new() } else { format!(" of {}", file.models.join(", ")) };
    let counts = [
        Some(format!("{} rows", file.rows)),
        Some(format!("{} problems", file.problems)),
        Some(format!("{} replies{models}", file.replies)),
        counted(file.labelled, "with labels"),
        counted(file.joined, "joined"),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let mut text = format!("{}\n  {}: {}\n  {}\n", file.file, file.format, file.evidence, counts.join(", "));
    for left in &file.left_out {
        text += &format!("  left out {}: {}; the first at {}\n", left.rows, left.reason, left.first);
    }
    for note in &file.notes {
        text += &format!("  note: {note}\n");
    }
    if !file.columns_not_taken.is_empty() {
        text += &format!("  not carried over: {}\n", file.columns_not_taken.join(", "));
    }
    text
}

fn say(global: &Global, what: &str, summary: &Summary) {
    if !global.quiet {
        output::say(&format!("{what}: {}", progress::render(summary)));
    }
}
