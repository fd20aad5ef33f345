//! The stage `load`: from a source to the tables of problems and replies.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use hub::HubSettings;
use plugin::{ConfigError, ConfigErrors, Configured, Value};
use records::{Input, Row, Wanted};
use serde_json::json;
use stage::{Interrupted, Observer, Summary};
use tables::Provenance;

use crate::collect::{Collector, WITHOUT_TEXT};
use crate::foreign::{FileReport, LeftOut, RowVisitor, Tally, walk};
use crate::mapping::{Mapped, Mapper};
use crate::outputs::{Extras, LoadOutputs};
use crate::programs::replies_of;
use crate::settings::Shuffle;
use crate::varied::Varying;
use crate::{DatasetError, Holds, Part, SOURCES, Source, preset};

/// A `[dataset]` table, checked and ready.
pub struct Load {
    source: Configured<dyn Source>,
    hub: HubSettings,
    vary: Option<Varying>,
}

/// Reads a `[dataset]` table; `path` is its place in the pipeline. Relative files are relative to the current
/// folder. Where the table has a `preset`, its own keys win; without a `kind`, the ending of `path` tells it.
///
/// # Errors
/// Every fault at once, each with its key's path.
pub fn parse(table: &Value, path: &str) -> Result<Load, ConfigErrors> {
    let table = preset::resolve(table, path)?;
    let source = SOURCES.build(&table, path)?;
    shuffled(&*source.built, &format!("{path}.shuffle_choices"))?;
    let vary = varying(&*source.built, &format!("{path}.vary"))?;
    Ok(Load { source, hub: HubSettings::from_env(), vary })
}

/// Endings of files of outputs.
const OUTPUTS: &[&str] = &[".json"];

/// Replies come along, in the source or beside it.
fn holds_replies(source: &dyn Source) -> bool {
    source.holds_replies() || source.settings().outputs.is_some()
}

/// # Errors
/// Options cannot be asked in another order any more, or variants would be compared by letters that mean something else in each sample.
fn shuffled(source: &dyn Source, path: &str) -> Result<(), ConfigErrors> {
    let settings = source.settings();
    let fault = |why: &str, hint: &str| Err(ConfigError::new(path, why).hint(hint).into());
    match settings.shuffle_choices {
        Shuffle::No => Ok(()),
        _ if holds_replies(source) => fault(
            "recorded replies are to the options in the order in which they were asked",
            "leave it out, and give the options in that order",
        ),
        Shuffle::Sample if settings.vary.is_some() => fault(
            "variants are compared with their original, whose options would stand in other orders",
            "say `shuffle_choices = \"problem\"`",
        ),
        _ => Ok(()),
    }
}

/// What makes variants, where the settings ask for them.
fn varying(source: &dyn Source, path: &str) -> Result<Option<Varying>, ConfigErrors> {
    let settings = source.settings();
    let Some(vary) = settings.vary.as_ref().filter(|_| !source.varies()) else { return Ok(None) };
    if holds_replies(source) {
        let fault =
            ConfigError::new(path, "recorded replies are to the problems as they were, not to variants");
        return Err(fault.hint("take a source without replies, such as `replies = false`").into());
    }
    // Who groups the problems keeps their groups.
    let grouped = settings.subset.is_none() && settings.subset_from_file.is_none();
    Varying::new(&vary.keys(), path, grouped).map(Some)
}

impl Load {
    /// The same with another hub, or the same hub offline.
    #[must_use]
    pub fn with_hub(self, hub: HubSettings) -> Self {
        Self { hub, ..self }
    }

    /// Fetches what is not here yet. Blocks. Call it before [`Load::fingerprint_input`]: only then what is hashed of a hub
    /// source names the commit that is read, now and at the next run.
    ///
    /// # Errors
    /// A file is missing, or the hub does not give it.
    pub fn prepare(&self) -> Result<(), DatasetError> {
        self.parts().map(drop)
    }

    /// Everything that the result depends on but the content of [`Load::inputs`].
    pub fn fingerprint_input(&self) -> Value {
        let mut input =
            json!({ "source": self.source.fingerprint_input, "facts": self.source.built.facts(&self.hub) });
        if let Some(vary) = &self.vary {
            input["vary"] = vary.fingerprint_input();
        }
        input
    }

    /// The collection's name; the source's kind where the configuration gives none.
    pub fn name(&self) -> String {
        self.source.built.settings().name.clone().unwrap_or_else(|| self.source.kind.to_owned())
    }

    /// What must be said beside figures over its replies, such as that no model wrote them.
    pub fn notice(&self) -> Option<&'static str> {
        self.source.built.notice()
    }

    /// Local files whose content a fingerprint must hash.
    pub fn inputs(&self) -> Vec<PathBuf> {
        let outputs = self.source.built.settings().outputs.iter().flat_map(|paths| paths.found(OUTPUTS));
        self.source.built.inputs().into_iter().chain(outputs).collect()
    }

    /// What is to be read: the source, and behind it outputs that were recorded apart.
    fn parts(&self) -> Result<Vec<Part>, DatasetError> {
        let settings = self.source.built.settings();
        let mut parts = self.source.built.parts(&self.hub)?;
        if let Some(outputs) = &settings.outputs {
            let (name, rows) = replies_of(&outputs.expand(OUTPUTS)?, settings.outputs_model.as_deref())?;
            parts.push(Part::columns(Input::Made(name.into(), rows.into()), Holds::Replies));
        }
        Ok(parts)
    }

    /// The source holds recorded replies.
    pub fn has_replies(&self) -> bool {
        holds_replies(&*self.source.built)
    }

    /// The problems come with tests of programs.
    pub fn has_tests(&self) -> bool {
        self.source.built.settings().tests.is_some()
    }

    /// The models of the recorded replies in the order of their first appearance, whatever is selected. Reads
    /// all rows unless the configuration names the model.
    ///
    /// # Errors
    /// The source holds no replies, or cannot be read.
    pub fn models(&self) -> Result<Vec<String>, DatasetError> {
        let source = &*self.source.built;
        if !self.has_replies() {
            return Err(DatasetError::NoReplies);
        }
        if let Some(model) = source.model().filter(|_| source.names_no_models()) {
            return Ok(vec![model.to_owned()]);
        }
        let mut models = Models::default();
        let mut parts = self.parts()?;
        parts.retain(|part| part.holds != Holds::Problems);
        walk(source, parts, &std::env::temp_dir(), &mut models)?;
        Ok(models.names)
    }

    /// Writes the tables: problems in the source's order, replies by problem, model (as they first appear) and
    /// sample. Memory holds a small index, about 150 bytes a row; texts wait in a temporary file beside the tables.
    ///
    /// # Errors
    /// See [`DatasetError`]; nothing is published unless everything could be read.
    pub fn run(
        &self,
        out: &LoadOutputs,
        provenance: Provenance,
        observer: &dyn Observer,
    ) -> Result<Summary, DatasetError> {
        self.collect(out, None, provenance, observer).map(|(summary, _)| summary)
    }

    /// The same, with labels as well and with what was taken from each file.
    pub(crate) fn collect(
        &self,
        out: &LoadOutputs,
        labels: Option<&Path>,
        provenance: Provenance,
        observer: &dyn Observer,
    ) -> Result<(Summary, Vec<FileReport>), DatasetError> {
        let source = &*self.source.built;
        if out.replies.is_some() && !self.has_replies() {
            return Err(DatasetError::NoReplies);
        }
        let folder = out.problems.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let collector = Collector::new(source.settings(), folder, out.replies.is_some())?;
        let mut intake = Intake { collector, observer, out_of_time: 0 };
        let files = walk(source, self.parts()?, folder, &mut intake)?;
        let left_out: u64 = files.iter().flat_map(|file| &file.left_out).map(|left| left.rows).sum();
        tell(&files, observer);
        source.notes()?.iter().for_each(|note| observer.note(note));
        if intake.collector.problems() == 0 {
            return Err(nothing_taken(&files));
        }
        expected(source.settings().expect_rows, intake.collector.problems() + intake.out_of_time)?;
        let mut summary = intake.collector.write(
            out,
            &Extras { labels, vary: self.vary.as_ref() },
            &provenance,
            observer,
        )?;
        if let Some(count) = summary.counts.get(WITHOUT_TEXT) {
            observer.note(&format!(
                "{count} of {} problems have no text: their thinking is measured, and what needs a question is not; if the \
                 text stands in a column (or another file), name it with `columns.problem`",
                summary.rows
            ));
        }
        let mended = files.iter().map(|file| file.mended).sum();
        // Zeros are no news.
        for (what, count) in [("left_out", left_out), ("mended", mended)].into_iter().filter(|(_, n)| *n > 0)
        {
            summary.counts.insert(what.to_owned(), count);
        }
        Ok((summary, files))
    }
}

/// What a person should know although it is no error.
fn tell(files: &[FileReport], observer: &dyn Observer) {
    for file in files {
        for left in &file.left_out {
            let LeftOut { reason, rows, first } = left;
            observer.note(&format!("{}: {rows} rows left out: {reason} (the first {first})", file.file));
        }
        file.notes.iter().for_each(|note| observer.note(&format!("{}: {note}", file.file)));
    }
}

/// A collection that is cut, or that grew, is not the one that was meant.
fn expected(rows: Option<u64>, found: u64) -> Result<(), DatasetError> {
    match rows.filter(|rows| *rows != found) {
        None => Ok(()),
        Some(rows) => Err(DatasetError::Selection(format!(
            "the source has {found} problems, and `expect_rows` says {rows}; say `expect_rows = {found}` if that is meant"
        ))),
    }
}

fn nothing_taken(files: &[FileReport]) -> DatasetError {
    let reasons = files.iter().flat_map(|file| {
        file.left_out
            .iter()
            .map(|left| format!("{} rows of {} ({}): {}", left.rows, file.file, file.format, left.reason))
    });
    DatasetError::Selection(format!("no problem was taken: {}", reasons.collect::<Vec<_>>().join("; ")))
}

/// Gathers what is read.
struct Intake<'a> {
    collector: Collector<'a>,
    observer: &'a dyn Observer,
    /// Problems of other days than those that are asked for.
    out_of_time: u64,
}

impl Intake<'_> {
    fn take(
        &mut self,
        mapped: Mapped,
        row: &Row,
        holds: Holds,
        tally: &mut Tally,
    ) -> Result<(), DatasetError> {
        let before = self.collector.problems();
        let report = &mut tally.report;
        report.replies += mapped.replies.len() as u64;
        report.labelled += mapped.labels.iter().filter(|labels| !labels.is_empty()).count() as u64;
        mapped.replies.iter().for_each(|(_, reply)| tally.model(&reply.model));
        if !self.collector.add(mapped, &row.origin, holds)? {
            tally.note("the problem is known already, in another group; the first one counts", &row.origin);
        }
        tally.report.problems += self.collector.problems() - before;
        Ok(())
    }
}

impl RowVisitor for Intake<'_> {
    fn columns(
        &mut self,
        mapper: &Mapper<'_>,
        row: &Row,
        holds: Holds,
        tally: &mut Tally,
    ) -> Result<(), DatasetError> {
        if holds != Holds::Replies && !mapper.settings.is_in_time(row)? {
            self.out_of_time += 1;
            tally.leave("of another time than `from` and `to` say", &row.origin);
            return Ok(());
        }
        let mapped = mapper.map(row)?;
        // Outputs are to all problems of a release, of which only some may be asked for.
        if holds == Holds::Replies && mapper.settings.outputs.is_some() && !self.collector.knows(&mapped) {
            tally.leave("outputs to problems that are not among these", &row.origin);
            return Ok(());
        }
        self.take(mapped, row, holds, tally)
    }

    fn entry(&mut self, mapped: Mapped, row: &Row, tally: &mut Tally) -> Result<(), DatasetError> {
        self.take(mapped, row, Holds::Both, tally)
    }

    fn go_on(&self) -> Result<(), DatasetError> {
        let interrupted = self.observer.interrupted();
        if interrupted { Err(Interrupted { done: self.collector.rows }.into()) } else { Ok(()) }
    }
}

/// Gathers names of models in the order of their first appearance.
#[derive(Default)]
struct Models {
    /// As they first appear.
    names: Vec<String>,
    known: HashSet<String>,
}

impl Models {
    fn add(&mut self, model: String) {
        if !self.known.contains(&model) {
            self.known.insert(model.clone());
            self.names.push(model);
        }
    }
}

impl RowVisitor for Models {
    fn wanted(&self, mapper: &Mapper<'_>) -> Option<Wanted> {
        Some(mapper.where_models_stand())
    }

    fn columns(
        &mut self,
        mapper: &Mapper<'_>,
        row: &Row,
        _: Holds,
        _: &mut Tally,
    ) -> Result<(), DatasetError> {
        self.add(mapper.model_of(row)?);
        Ok(())
    }

    fn entry(&mut self, mapped: Mapped, _: &Row, _: &mut Tally) -> Result<(), DatasetError> {
        mapped.replies.into_iter().for_each(|(_, reply)| self.add(reply.model));
        Ok(())
    }
}
