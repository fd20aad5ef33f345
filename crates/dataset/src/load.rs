//! The stage `load`: from a source to the tables of problems and replies.

use std::path::{Path, PathBuf};

use hub::HubSettings;
use plugin::{Configured, Faults, Value};
use serde_json::json;
use tables::Provenance;
use tables::stage::{Interrupted, Observer, Summary};

use crate::collect::Collector;
use crate::mapping::Mapper;
use crate::{DatasetError, Holds, SOURCES, Source, preset};

/// A `[dataset]` table, checked and ready.
pub struct Load {
    source: Configured<dyn Source>,
    hub: HubSettings,
}

/// Where the tables go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOutputs {
    /// The problems table.
    pub problems: PathBuf,
    /// The replies table; `None` leaves recorded replies out.
    pub replies: Option<PathBuf>,
}

/// Reads a `[dataset]` table; `path` is its place in the pipeline. Relative files are relative to the current
/// folder. Where the table has a `preset`, its own keys win; without a `kind`, the ending of `path` tells it.
///
/// # Errors
/// Every fault at once, each with its key's path.
pub fn parse(table: &Value, path: &str) -> Result<Load, Faults> {
    let table = preset::resolve(table, path)?;
    let source = SOURCES.build(&table, path)?;
    Ok(Load { source, hub: HubSettings::from_env() })
}

impl Load {
    /// The same with another hub, or the same hub offline.
    #[must_use]
    pub fn with_hub(self, hub: HubSettings) -> Self {
        Self { hub, ..self }
    }

    /// Fetches what is not here yet. Blocks. Call it before [`Load::identity`]: only then a hub source's
    /// identity names the commit that is read, now and at the next run.
    ///
    /// # Errors
    /// A file is missing, or the hub does not give it.
    pub fn prepare(&self) -> Result<(), DatasetError> {
        self.source.built.parts(&self.hub).map(drop)
    }

    /// Everything that the result depends on but the content of [`Load::inputs`].
    pub fn identity(&self) -> Value {
        json!({ "source": self.source.identity, "facts": self.source.built.facts(&self.hub) })
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
        self.source.built.inputs()
    }

    /// The source holds recorded replies.
    pub fn has_replies(&self) -> bool {
        self.source.built.holds_replies()
    }

    /// The models of the recorded replies in the order of their first appearance, whatever is selected. Reads
    /// all rows unless the configuration names the model.
    ///
    /// # Errors
    /// The source holds no replies, or cannot be read.
    pub fn models(&self) -> Result<Vec<String>, DatasetError> {
        let source = &*self.source.built;
        if !source.holds_replies() {
            return Err(DatasetError::NoReplies);
        }
        if let Some(model) = source.model() {
            return Ok(vec![model.to_owned()]);
        }
        let mut models: Vec<String> = Vec::new();
        for part in source.parts(&self.hub)?.into_iter().filter(|part| part.holds != Holds::Problems) {
            let mapper = Mapper::new(source.settings(), None, part.holds, &part.input)?;
            for row in part.input.open()? {
                let model = mapper.model_of(&row?)?;
                if !models.contains(&model) {
                    models.push(model);
                }
            }
        }
        Ok(models)
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
        let source = &*self.source.built;
        if out.replies.is_some() && !source.holds_replies() {
            return Err(DatasetError::NoReplies);
        }
        let folder = out.problems.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let mut collector = Collector::new(source.settings(), folder, out.replies.is_some())?;
        for part in source.parts(&self.hub)? {
            let mapper = Mapper::new(source.settings(), source.model(), part.holds, &part.input)?;
            for row in part.input.open()? {
                if observer.interrupted() {
                    return Err(Interrupted { done: collector.rows }.into());
                }
                let row = row?;
                collector.add(mapper.map(&row)?, &row.origin, part.holds)?;
            }
            mapper.finish()?;
        }
        collector.write(out, &provenance, observer)
    }
}
