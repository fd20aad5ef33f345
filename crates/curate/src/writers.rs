//! The files of one set of examples, one a format, written side by side.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plugin::Configured;

use crate::output::{Published, below};
use crate::{CurateError, Embedding, Example, ExampleWriter, Export, Kind};

/// Examples wait until there are so many…
const WAITING: usize = 256;
/// …or so many bytes of them.
const WAITING_BYTES: usize = 4 << 20;

/// A format that was asked for.
pub type ExportFormat = Configured<dyn Export>;

/// The files of one set.
pub(crate) struct Writers<'a> {
    folder: PathBuf,
    embedding: &'a Embedding,
    files: Vec<Writing<'a>>,
    waiting: Vec<Example>,
    bytes: usize,
}

/// The file of one format.
struct Writing<'a> {
    format: &'a ExportFormat,
    path: PathBuf,
    sink: Box<dyn ExampleWriter>,
    /// Examples that it cannot hold, by reason.
    left_out: BTreeMap<String, u64>,
}

impl<'a> Writers<'a> {
    /// Starts `folder/name/<format>/train.*` for every format.
    pub(crate) fn start(
        folder: &Path,
        name: &str,
        kind: Kind,
        formats: &'a [ExportFormat],
        embedding: &'a Embedding,
    ) -> Result<Self, CurateError> {
        let start = |format: &'a ExportFormat| {
            let path = folder.join(name).join(format.kind).join(format.built.file());
            let sink = format.built.start(&path, kind, embedding)?;
            Ok(Writing { format, path, sink, left_out: BTreeMap::new() })
        };
        let files = formats.iter().map(start).collect::<Result<_, CurateError>>()?;
        Ok(Self { folder: folder.to_owned(), embedding, files, waiting: Vec::new(), bytes: 0 })
    }

    pub(crate) fn push(&mut self, example: Example) -> Result<(), CurateError> {
        self.bytes += example.size();
        self.waiting.push(example);
        if self.waiting.len() >= WAITING || self.bytes >= WAITING_BYTES { self.flush() } else { Ok(()) }
    }

    pub(crate) fn flush(&mut self) -> Result<(), CurateError> {
        let examples = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let embedding = self.embedding;
        self.files.iter_mut().try_for_each(|file| file.push(&examples, embedding))
    }

    /// Examples that a format could not hold, by format and reason, once all are pushed.
    pub(crate) fn left_out(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let some = self.files.iter().filter(|file| !file.left_out.is_empty());
        some.map(|file| (file.format.kind.to_owned(), file.left_out.clone())).collect()
    }

    /// Reads everything back and publishes it.
    pub(crate) fn finish(mut self) -> Result<Vec<Published>, CurateError> {
        self.flush()?;
        let Self { folder, files, .. } = self;
        let finish =
            |file: Writing<'_>| Ok(Published { rows: file.sink.finish()?, path: below(&folder, &file.path) });
        files.into_iter().map(finish).collect()
    }
}

impl Writing<'_> {
    fn push(&mut self, examples: &[Example], embedding: &Embedding) -> Result<(), CurateError> {
        let faults: Vec<_> =
            examples.iter().map(|example| self.format.built.fault(example, embedding)).collect();
        if faults.iter().all(Option::is_none) {
            return self.sink.push(examples);
        }
        faults.iter().flatten().for_each(|why| *self.left_out.entry((*why).to_owned()).or_default() += 1);
        let fit = examples.iter().zip(&faults).filter(|(_, fault)| fault.is_none());
        let fit: Vec<Example> = fit.map(|(example, _)| example.clone()).collect();
        self.sink.push(&fit)
    }
}

/// Refuses formats in which values between right and wrong would be lost.
pub(crate) fn check_values(formats: &[ExportFormat]) -> Result<(), plugin::ConfigErrors> {
    let fault = |format: &ExportFormat| {
        let why = format.built.no_values()?;
        let fault = plugin::ConfigError::new(
            "export",
            format!("the format `{}` holds no values: {why}", format.kind),
        );
        Some(fault.hint("use `--export parquet`, or `--labels rollouts` with a `--threshold`"))
    };
    let faults: Vec<plugin::ConfigError> = formats.iter().filter_map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(plugin::ConfigErrors(faults)) }
}

/// Refuses formats that cannot hold examples of this kind.
pub(crate) fn check(formats: &[ExportFormat], kind: Kind) -> Result<(), plugin::ConfigErrors> {
    let unfit = formats.iter().filter(|format| !format.built.holds().contains(&kind));
    let fault = |format: &ExportFormat| {
        let what = match kind {
            Kind::Pair => "pairs",
            Kind::Chain => "single replies",
            Kind::Steps => "pieces of replies",
        };
        let known = crate::EXPORTS.entries.iter().filter(|entry| {
            let built = crate::EXPORTS.build(&serde_json::json!({"kind": entry.kind}), "export");
            built.is_ok_and(|built| built.built.holds().contains(&kind))
        });
        let known: Vec<&str> = known.map(|entry| entry.kind).collect();
        plugin::ConfigError::new("export", format!("the format `{}` holds no {what}", format.kind))
            .hint(format!("known: {}", known.join(", ")))
    };
    let faults: Vec<plugin::ConfigError> = unfit.map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(plugin::ConfigErrors(faults)) }
}
