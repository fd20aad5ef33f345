//! What a suite of runs leaves beside them: which columns its table has, those that could not be filled too.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use stage::{FileError, write_atomically};

use crate::error::LeaderboardError;

/// The parts of a suite, in the order of its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuiteRecord {
    /// The parts.
    pub parts: Vec<PartRecord>,
}

/// A part of a suite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecord {
    /// The folder of its run, inside the suite's.
    pub folder: String,
    /// Its column.
    pub column: String,
    /// Why there is no result, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

impl SuiteRecord {
    fn place(folder: &Path) -> PathBuf {
        folder.join("suite.json")
    }

    /// What stands in the folder of a suite; none in any other folder.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn read(folder: &Path) -> Result<Option<Self>, LeaderboardError> {
        let path = Self::place(folder);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) if !path.is_file() => return Ok(None),
            Err(source) => return Err(FileError::disk("read", &path)(source).into()),
        };
        let damaged = |error: serde_json::Error| LeaderboardError::Suite { path, reason: error.to_string() };
        serde_json::from_str(&text).map(Some).map_err(damaged)
    }

    /// Writes it into the folder of a suite.
    ///
    /// # Errors
    /// The disk says no.
    pub fn write(&self, folder: &Path) -> Result<(), FileError> {
        let text = format!("{:#}\n", serde_json::json!(self));
        write_atomically(&Self::place(folder), text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_no_suite_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(SuiteRecord::read(folder.path()).unwrap(), None);
        let part = |folder: &str, missing: Option<&str>| PartRecord {
            folder: folder.into(),
            column: folder.to_uppercase(),
            missing: missing.map(str::to_owned),
        };
        let suite = SuiteRecord { parts: vec![part("a", None), part("b", Some("gated"))] };
        suite.write(folder.path()).unwrap();
        assert_eq!(SuiteRecord::read(folder.path()).unwrap(), Some(suite));
        std::fs::write(SuiteRecord::place(folder.path()), "{").unwrap();
        let error = SuiteRecord::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("suite.json is damaged") && error.contains("run the suite again"), "{error}");
    }
}
