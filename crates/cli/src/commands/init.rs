//! `thinkmeter init`: a commented pipeline for what there is. It asks nothing: what it finds stands in the file, to be changed
//! there.

mod server;
mod traces;

use crate::args::{Global, InitArgs};
use crate::commands::session::Session;
use crate::exit::{About, Exit, Result, Usage};
use crate::output;

/// A pipeline file, and what to say next to it.
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) notes: Vec<String>,
}

pub(crate) fn run(args: InitArgs, global: &Global) -> Result<Exit> {
    if args.output.exists() && !args.force {
        let words =
            format!("--output: {} is there already; name another one, or say --force", args.output.display());
        return Err(Usage(words).into());
    }
    let session = Session::new(global, false)?;
    let draft = match &args.source {
        // A preset first: a pipeline over it asks the server that is found, whatever the embedded one of the same name says.
        Some(name) if dataset::PRESETS.iter().any(|(preset, _)| preset == name) => {
            server::draft(&args, Some(name), &session)?
        }
        Some(name) if pipeline::embedded(name).is_some() => Draft::of_pipeline(name),
        Some(path) => traces::draft(path)?,
        None => server::draft(&args, None, &session)?,
    };
    std::fs::write(&args.output, &draft.text).about(|| format!("cannot write {}", args.output.display()))?;
    if !global.quiet {
        draft.notes.iter().for_each(|note| output::say(&format!("note: {note}")));
        let file = args.output.display();
        output::say(&format!("wrote {file}; look at it, then: thinkmeter run {file} --limit 5"));
    }
    Ok(Exit::Done)
}

impl Draft {
    /// A copy of what is embedded.
    fn of_pipeline(name: &str) -> Self {
        Self { text: pipeline::embedded(name).unwrap_or_default().to_owned(), notes: vec![] }
    }
}

/// How the thinking is cut and judged, in every draft.
pub(super) const REST: &str = r#"
[split]
kind = "separator"               # or keywords, llm: thinkmeter list splitters --keys

[judge]
kind = "rule"                    # no model; or llm, cascade, panel: thinkmeter list judges --keys
"#;

/// Lines as comments of TOML.
pub(super) fn comments<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    lines.into_iter().map(|line| format!("# {}\n", secrets::on_one_line(line))).collect()
}

/// A text as a string of TOML.
pub(super) fn quoted(text: &str) -> String {
    plugin::Value::from(text).to_string()
}
