//! Recorded replies in files that hold one JSON list each.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::DatasetError;

/// Rows of replies, as JSON lines, and the name that messages call them. `rows` makes those of one file from its list, or says what
/// is wrong with it; `what` names the members of a list in messages.
///
/// # Errors
/// A file that cannot be read, is no list, or holds what `rows` refuses, by its path.
pub(crate) fn replies_of(
    files: &[PathBuf],
    what: &str,
    rows: impl Fn(&Path, &[Value]) -> Result<Vec<Value>, String>,
) -> Result<(String, Vec<u8>), DatasetError> {
    let mut out = String::new();
    for path in files {
        let unread = |reason: String| DatasetError::Format { path: path.clone(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| unread(error.to_string()))?;
        let said: Value =
            serde_json::from_str(&text).map_err(|error| unread(format!("is no JSON: {error}")))?;
        let members = said.as_array().ok_or_else(|| unread(format!("is no list of {what}")))?;
        for row in rows(path, members).map_err(unread)? {
            out.push_str(&format!("{row}\n"));
        }
    }
    Ok((files.first().map_or_else(String::new, |file| file.display().to_string()), out.into_bytes()))
}
