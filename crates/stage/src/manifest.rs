//! The manifest of a run folder: which stage wrote what, from what.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{FileError, RunLayout, Summary, write_atomically};

/// Raised when the manifest's shape changes.
const VERSION: u32 = 1;

/// What a run folder holds. No times stand here: the same pipeline over the same replies gives the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this file's shape.
    pub version: u32,
    /// The finished stages by their id.
    pub stages: BTreeMap<String, Entry>,
}

/// One finished stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Hash of everything that the result depends on.
    pub fingerprint: String,
    /// The resolved configuration and versions that are hashed into it.
    #[serde(rename = "identity")] // as manifests of older runs call it
    pub fingerprint_input: Value,
    /// Content hashes of what was read, by name.
    pub inputs: BTreeMap<String, String>,
    /// Content hashes of what was written, by path inside the run folder.
    pub outputs: BTreeMap<String, String>,
    /// What the stage reported.
    pub summary: Summary,
}

impl Default for Manifest {
    fn default() -> Self {
        Self { version: VERSION, stages: BTreeMap::new() }
    }
}

impl Manifest {
    /// The manifest in a run folder; an empty one for a new folder.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let path = RunLayout::new(folder).manifest();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(FileError::Disk { action: "read", path, source }),
        };
        let damaged = |reason: String| FileError::Damaged { path: path.clone(), reason };
        let manifest: Self = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if manifest.version != VERSION {
            return Err(damaged(format!(
                "it has version {}, this program knows {VERSION}",
                manifest.version
            )));
        }
        Ok(manifest)
    }

    /// The models that were measured, in the order of the pipeline; none where nothing was.
    pub fn measured(&self) -> Vec<&str> {
        let models =
            self.stages.get("measure").and_then(|entry| entry.fingerprint_input.get("models")?.as_array());
        models.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Replaces the manifest in a run folder.
    pub fn write(&self, folder: &Path) -> Result<(), FileError> {
        let path = RunLayout::new(folder).manifest();
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| FileError::Damaged { path: path.clone(), reason: error.to_string() })?;
        text.push('\n');
        write_atomically(&path, text.as_bytes())
    }
}
