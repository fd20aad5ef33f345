//! The files of one set of examples, one a format, written side by side.

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
pub(crate) struct Writers {
    folder: PathBuf,
    files: Vec<(PathBuf, Box<dyn ExampleWriter>)>,
    waiting: Vec<Example>,
    bytes: usize,
}

impl Writers {
    /// Starts `folder/name/<format>/train.*` for every format.
    pub(crate) fn start(
        folder: &Path,
        name: &str,
        kind: Kind,
        formats: &[ExportFormat],
        embedding: &Embedding,
    ) -> Result<Self, CurateError> {
        let start = |format: &ExportFormat| {
            let path = folder.join(name).join(format.kind).join(format.built.file());
            Ok((path.clone(), format.built.start(&path, kind, embedding)?))
        };
        let files = formats.iter().map(start).collect::<Result<_, CurateError>>()?;
        Ok(Self { folder: folder.to_owned(), files, waiting: Vec::new(), bytes: 0 })
    }

    pub(crate) fn push(&mut self, example: Example) -> Result<(), CurateError> {
        self.bytes += example.size();
        self.waiting.push(example);
        if self.waiting.len() >= WAITING || self.bytes >= WAITING_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), CurateError> {
        let examples = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        self.files.iter_mut().try_for_each(|(_, sink)| sink.push(&examples))
    }

    /// Reads everything back and publishes it.
    pub(crate) fn finish(mut self) -> Result<Vec<Published>, CurateError> {
        self.flush()?;
        let Self { folder, files, .. } = self;
        let finish = |(path, sink): (PathBuf, Box<dyn ExampleWriter>)| {
            Ok(Published { rows: sink.finish()?, path: below(&folder, &path) })
        };
        files.into_iter().map(finish).collect()
    }
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
