//! The stage `arena`: replies of all models in, votes between them and their ratings out. It is part of a pipeline that has a
//! table `[arena]`.

use std::path::{Path, PathBuf};

use chat::Endpoint;
use plugin::{ConfigErrors, Configured, Value};
use serde_json::json;
use stage::{
    About, ConfiguredStage, Document, Run, Stage, StageError, Summary, Table, Target, table, write_atomically,
};
use tables::{Provenance, TableWriter};

use crate::error::ArenaError;
use crate::fit::check_anchor;
use crate::making::{ARENA, Made, READ, Voting};
use crate::vote::Votes;
use crate::{ReadOptions, rate, views};

/// The page about them.
pub const PAGE: Table = Table { file: "arena.html", per_model: false };

/// Raised when the same votes give another page or other ratings.
const VERSION: u32 = 1;

/// The stage.
pub struct ArenaStage;

impl Stage for ArenaStage {
    fn name(&self) -> &'static str {
        "arena"
    }

    fn about(&self) -> &'static str {
        "has a judge vote between the models and rates them"
    }

    fn per_model(&self) -> bool {
        false
    }

    fn keys(&self) -> &'static [&'static str] {
        &["arena"]
    }

    fn known_keys(&self, table: &str, _kind: &str) -> Option<Vec<String>> {
        (table == "arena").then(|| ARENA.key_names(ARENA.usual)).flatten()
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        let Some(mut table) = document.value.get("arena").cloned() else { return Ok(Box::new(Nothing)) };
        if let Some(keys) = table.as_object_mut() {
            keys.entry("kind").or_insert_with(|| Value::from(ARENA.usual));
        }
        Ok(Box::new(Arenas(ARENA.build(&table, "arena")?)))
    }
}

/// A pipeline without an arena.
struct Nothing;

impl ConfiguredStage for Nothing {
    fn reads(&self) -> Vec<Table> {
        Vec::new()
    }

    fn writes(&self) -> Vec<Table> {
        Vec::new()
    }

    fn fingerprint_input(&self, _: Target<'_>) -> Value {
        Value::Null
    }

    fn run(&self, _: &Run<'_>) -> Result<Summary, StageError> {
        Ok(Summary::default())
    }
}

struct Arenas(Configured<Made>);

impl Arenas {
    fn made(&self) -> &Made {
        &self.0.built
    }

    /// The votes: made, or those of a file.
    fn votes(&self, run: &Run<'_>) -> Result<(Summary, Votes), StageError> {
        let (summary, path, name) = match &self.made().votes {
            Some(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (Summary::default(), path.clone(), name)
            }
            None => {
                let voting = Voting(self.made());
                let summary = voting.write(run.files, run.provenance, run.ask, run.observer)?;
                (summary, run.files.output(table::VOTES)?.to_owned(), table::VOTES.file.to_owned())
            }
        };
        if run.files.optional_output(table::RATINGS).is_none() && run.files.optional_output(PAGE).is_none() {
            return Ok((summary, Votes::default()));
        }
        let mut votes =
            crate::read(std::slice::from_ref(&path), &ReadOptions::default()).map_err(StageError::own)?;
        // The folder of a run is nobody's business who reads its page.
        let whole = path.display().to_string();
        for report in &mut votes.files {
            report.file.clone_from(&name);
            report.kept_out.iter_mut().for_each(|out| out.first = out.first.replacen(&whole, &name, 1));
        }
        Ok((summary, votes))
    }

    fn rated(&self, run: &Run<'_>, votes: &Votes, failed: u64) -> Result<u64, StageError> {
        let arena = rate(votes, &self.made().settings).map_err(in_a_file)?;
        if let Some(path) = run.files.optional_output(PAGE) {
            let page = views::html(&arena).map_err(StageError::own)?;
            write_atomically(path, page.as_bytes())?;
        }
        let Some(path) = run.files.optional_output(table::RATINGS) else { return Ok(0) };
        let mut writer = TableWriter::create(path, &Provenance::clone(run.provenance))?;
        views::ratings(&arena).into_iter().try_for_each(|row| writer.push(row))?;
        Ok(writer.finish_having_failed(failed)?)
    }
}

/// The flags of `arena fit` are keys of a pipeline.
fn in_a_file(error: ArenaError) -> StageError {
    StageError::own(match error {
        ArenaError::Setting(text) => ArenaError::Setting(text.replacen("--", "arena.", 1)),
        other => other,
    })
}

impl ConfiguredStage for Arenas {
    fn reads(&self) -> Vec<Table> {
        if self.made().votes.is_some() { Vec::new() } else { READ.to_vec() }
    }

    fn writes(&self) -> Vec<Table> {
        let made = self.made().votes.is_none().then_some(table::VOTES);
        made.into_iter().chain([table::RATINGS, PAGE]).collect()
    }

    fn by_the_way(&self) -> Vec<Table> {
        vec![table::RATINGS, PAGE]
    }

    fn sources(&self) -> Vec<PathBuf> {
        self.made().votes.iter().cloned().collect()
    }

    fn fingerprint_input(&self, target: Target<'_>) -> Value {
        let models: Vec<&str> = target.measured().map(|model| model.name.as_str()).collect();
        json!({"arena": self.0.fingerprint_input, "models": models, "version": VERSION})
    }

    fn endpoints(&self, _: Target<'_>) -> Vec<&Endpoint> {
        self.made().judge.iter().map(|judge| &judge.endpoint).collect()
    }

    fn describe(&self, about: &mut About) {
        let Made { judge, votes, .. } = self.made();
        let judge = judge.as_ref().map(|judge| judge.endpoint.model.clone());
        let given =
            votes.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        about.labels.insert("arena", judge.or(given).unwrap_or_else(|| "grades".to_owned()));
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        // Told before anything is paid for.
        let models: Vec<&str> = run.target.measured().map(|model| model.name.as_str()).collect();
        if self.made().votes.is_none() && run.files.optional_output(table::RATINGS).is_some() {
            check_anchor(&self.made().settings, &models).map_err(in_a_file)?;
        }
        let (mut summary, votes) = self.votes(run)?;
        if votes.votes.is_empty() {
            return Ok(summary);
        }
        let models = self.rated(run, &votes, summary.failed)?;
        if summary.rows == 0 {
            summary.rows = models;
        }
        Ok(summary)
    }
}
