//! The report as files in a run's folder.

use std::fs;
use std::path::{Path, PathBuf};

use tables::replace;

use super::csv::csv;
use super::html::html;
use super::json::json;
use super::markdown::markdown;
use crate::error::ReportError;
use crate::model::Report;

/// The page.
pub const HTML_FILE: &str = "report.html";
/// Everything for programs, with what the report says about its run.
pub const JSON_FILE: &str = "report.json";

/// Writes `report.html`, `report.md`, `report.csv` and `report.json` into a folder, which is made if it is
/// missing. Each file is replaced at once or not at all. Returns the files.
pub fn write_files(report: &Report, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let contents = [
        (HTML_FILE, html(report)?),
        ("report.md", markdown(report)),
        ("report.csv", csv(report)?),
        (JSON_FILE, json(report)?),
    ];
    fs::create_dir_all(folder).map_err(|source| ReportError::Write { path: folder.to_owned(), source })?;
    let mut written = Vec::new();
    for (name, text) in contents {
        let path = folder.join(name);
        replace(&path, text.as_bytes())
            .map_err(|source| ReportError::Write { path: path.clone(), source })?;
        written.push(path);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use tempfile::NamedTempFile;

    use super::*;
    use crate::fixture;

    #[test]
    fn four_files_and_nothing_else_with_the_same_bytes_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("run");
        let report = fixture::report();
        let first = write_files(&report, &folder).unwrap();
        let before: Vec<Vec<u8>> = first.iter().map(|path| fs::read(path).unwrap()).collect();
        let second = write_files(&report, &folder).unwrap();
        let after: Vec<Vec<u8>> = second.iter().map(|path| fs::read(path).unwrap()).collect();
        assert_eq!(before, after);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = NamedTempFile::new().unwrap();
        let error = write_files(&fixture::report(), &file.path().join("run")).unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }
}
