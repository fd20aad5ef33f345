//! The report as files in a run's folder.

use std::fs;
use std::path::{Path, PathBuf};

use stage::{FileError, Table, write_atomically};

use super::csv::csv;
use super::html::html;
use super::json::json;
use super::markdown::markdown;
use crate::error::ReportError;
use crate::model::Report;

/// The page.
pub const HTML: Table = Table { file: "report.html", per_model: false };
/// Tables and sentences as Markdown.
pub(crate) const MARKDOWN: Table = Table { file: "report.md", per_model: false };
/// The figures for programs.
pub(crate) const CSV: Table = Table { file: "report.csv", per_model: false };
/// Everything for programs, with what the report says about its run.
pub const JSON: Table = Table { file: "report.json", per_model: false };

/// Writes `report.html`, `report.md`, `report.csv` and `report.json` into a folder, which is made if it is
/// missing. Each file is replaced at once or not at all. Returns the files.
pub fn write_files(report: &Report, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let contents =
        [(HTML, html(report)?), (MARKDOWN, markdown(report)?), (CSV, csv(report)?), (JSON, json(report)?)];
    fs::create_dir_all(folder).map_err(FileError::disk("write", folder))?;
    let mut written = Vec::new();
    for (file, text) in contents {
        let path = folder.join(file.file);
        write_atomically(&path, text.as_bytes())?;
        written.push(path);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {

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
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = write_files(&fixture::report(), &file.path().join("run")).unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }
}
