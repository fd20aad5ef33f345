//! A pipeline for traces that another tool recorded, with what was found in them.

use dataset::{FileReport, ImportOutputs};
use plugin::Value;
use stage::Silent;
use tables::Provenance;

use super::{Draft, REST, comments, quoted};
use crate::commands::component::{invalid, table};
use crate::exit::{About, Result, Usage};

/// Reads the traces once, as a run would.
pub(super) fn draft(path: &str) -> Result<Draft> {
    let is_word = !path.contains(['/', '.', '*', '?']) && !std::path::Path::new(path).exists();
    if is_word {
        let words = format!(
            "`{path}` is no file, no preset and no embedded pipeline; see `thinkmeter list presets` and \
             `thinkmeter list pipelines`"
        );
        return Err(Usage(words).into());
    }
    let keys = [("path", Some(Value::from(path)))];
    let load = dataset::parse(&table(Some(dataset::RECORDED), &keys, &[])?, "dataset").map_err(invalid)?;
    let folder = tempfile::tempdir().about(|| "cannot make a folder for temporary files".to_owned())?;
    let place = |name: &str| folder.path().join(name);
    let out = ImportOutputs {
        problems: place("problems.parquet"),
        replies: place("replies.parquet"),
        labels: place("labels.jsonl"),
    };
    let import = load.import(&out, Provenance::default(), &Silent)?;
    let mut text = String::from("# Traces that were recorded, as thinkmeter init found them:\n");
    text += &comments(import.files.iter().flat_map(seen).collect::<Vec<_>>().iter().map(String::as_str));
    text += &format!(
        "description = \"Recorded traces\"\n\n[dataset]\nkind = \"recorded\"\npath = {}\n\
         # subset = \"level\"               # figures are grouped by this column of the rows\n\n",
        quoted(path)
    );
    text += &models(&import.models);
    text += REST;
    let left = import.files.iter().flat_map(|file| &file.left_out).map(|left| left.rows).sum::<u64>();
    let notes = if left > 0 { vec![format!("{left} rows are left out; the file says why")] } else { vec![] };
    Ok(Draft { text, notes })
}

/// What is to be known of a file.
fn seen(file: &FileReport) -> Vec<String> {
    let mut lines = vec![
        format!("{}: {} ({})", file.file, file.format, file.evidence),
        format!("  {} rows, {} problems, {} replies", file.rows, file.problems, file.replies),
    ];
    let left = |left: &dataset::LeftOut| {
        format!("  left out {}: {}; the first at {}", left.rows, left.reason, left.first)
    };
    lines.extend(file.left_out.iter().map(left));
    lines
}

/// A table a model, or one for all where there are many.
fn models(models: &[String]) -> String {
    const MOST: usize = 12;
    let tokenizer = "# tokenizer = \"Qwen/Qwen3-8B\"      # count in the model's own tokens: a path or a model on the hub\n";
    let table = |name: &str| format!("[[models]]\nname = {}\nkind = \"recorded\"\n{tokenizer}", quoted(name));
    if models.is_empty() || models.len() > MOST {
        return table("*");
    }
    models.iter().map(|name| table(name)).collect::<Vec<_>>().join("\n")
}
