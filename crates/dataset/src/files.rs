//! Files by name, by pattern, or by folder.

use std::path::{Path, PathBuf};

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::DatasetError;

/// One path or several. A name may hold `*` and `?`; a folder stands for its files of the right kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Paths {
    /// One.
    One(String),
    /// Several, read in this order.
    Several(Vec<String>),
}

impl Default for Paths {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Paths {
    /// The paths as given.
    pub(crate) fn given(&self) -> &[String] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Several(paths) => paths,
        }
    }

    /// The files, those of a pattern or folder sorted by name; `endings` are what a folder's files may end in.
    pub(crate) fn expand(&self, endings: &[&str]) -> Result<Vec<PathBuf>, DatasetError> {
        let mut files = Vec::new();
        for given in self.given() {
            let path = Path::new(given);
            if path.is_dir() {
                let fits = |name: &str| has_ending(name, endings);
                let hint = format!("; expected files that end in {}", endings.join(", "));
                files.extend(matching(path, fits, given, &hint)?);
            } else if is_pattern(path) && !path.exists() {
                let pattern = pattern_of(path);
                let fits = |name: &str| pattern.as_ref().is_some_and(|pattern| pattern.is_match(name));
                files.extend(matching(folder_of(path), fits, given, "")?);
            } else {
                files.push(path.to_owned());
            }
        }
        Ok(files)
    }

    /// The files as far as they are there, for whoever hashes them; reading reports what is wrong.
    pub(crate) fn found(&self, endings: &[&str]) -> Vec<PathBuf> {
        self.expand(endings).unwrap_or_else(|_| self.given().iter().map(PathBuf::from).collect())
    }
}

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    let bare = records::bare_name(Path::new(&name));
    endings.iter().any(|ending| bare.to_string_lossy().ends_with(ending))
}

fn is_pattern(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().contains(['*', '?']))
}

fn pattern_of(path: &Path) -> Option<Regex> {
    let name = path.file_name()?.to_string_lossy();
    let pattern = regex::escape(&name).replace("\\*", ".*").replace("\\?", ".");
    Regex::new(&format!("^{pattern}$")).ok()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn matching(
    folder: &Path,
    fits: impl Fn(&str) -> bool,
    given: &str,
    hint: &str,
) -> Result<Vec<PathBuf>, DatasetError> {
    let open = |e| DatasetError::open(folder, e);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(open)? {
        let path = entry.map_err(open)?.path();
        // Every entry of a folder has a name.
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_file() && !name.starts_with('.') && fits(&name) {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(DatasetError::NoFile { pattern: given.to_owned(), hint: hint.to_owned() });
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_folders_become_sorted_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b 2.jsonl", "b 1.jsonl", "a.jsonl", "a.csv", ".hidden.jsonl", "c.jsonl.GZ", "c.gz"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let check = |given: &str, expect: &[&str]| {
            let path = folder.path().join(given).display().to_string();
            let files = match Paths::One(path).expand(&[".jsonl"]) {
                Ok(files) => files,
                Err(error) => vec![error.to_string().into()],
            };
            let prefix = format!("{}/", folder.path().display());
            let shown: Vec<String> =
                files.iter().map(|file| file.display().to_string().replace(&prefix, "")).collect();
            assert_eq!(shown, expect, "{given}");
        };
        check("", &["a.jsonl", "b 1.jsonl", "b 2.jsonl", "c.jsonl.GZ"]);
        check("b ?.jsonl", &["b 1.jsonl", "b 2.jsonl"]);
        check("*.csv", &["a.csv"]);
        check("missing.jsonl", &["missing.jsonl"]);
        check("*.xyz", &["*.xyz matches no file"]);
    }
}
