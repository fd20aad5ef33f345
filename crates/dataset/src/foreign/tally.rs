//! What was taken from a file, and what was not and why.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// What an import took from one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The file, as it was named.
    pub file: String,
    /// The format that it was read as.
    pub format: String,
    /// How the format is known.
    pub evidence: String,
    /// Rows, samples or members that were read.
    pub rows: u64,
    /// Problems that no earlier file had.
    pub problems: u64,
    /// Replies.
    pub replies: u64,
    /// Whose replies they are, in the order of their appearance.
    pub models: Vec<String>,
    /// Replies with ratings or verdicts that `labels.jsonl` holds.
    pub labelled: u64,
    /// Rows that belong to a row of another file.
    pub joined: u64,
    /// Rows that were left out, by reason.
    pub left_out: Vec<LeftOut>,
    /// Rows with something that is no JSON or no text, and was forgiven; the notes say what.
    #[serde(skip_serializing_if = "is_none")]
    pub mended: u64,
    /// Columns that are not carried over.
    pub columns_not_taken: Vec<String>,
    /// What else a person should know.
    pub notes: Vec<String>,
}

/// Zeros are no news.
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Rows that were left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Why.
    pub reason: String,
    /// How many.
    pub rows: u64,
    /// Where the first one stands.
    pub first: String,
}

/// Counts while a file is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) report: FileReport,
    left: BTreeMap<String, (u64, String)>,
    noted: BTreeMap<&'static str, (u64, String)>,
    not_taken: BTreeSet<&'static str>,
}

impl Tally {
    /// Of this file, read as this format for that reason.
    pub(crate) fn new(file: String, format: &str, evidence: String) -> Self {
        let report = FileReport { file, format: format.to_owned(), evidence, ..FileReport::default() };
        Self { report, ..Self::default() }
    }

    /// A row is left out.
    pub(crate) fn leave(&mut self, reason: &str, at: &records::Origin) {
        let (count, _) = self.left.entry(reason.to_owned()).or_insert_with(|| (0, at.to_string()));
        *count += 1;
    }

    /// Something about a row.
    pub(crate) fn note(&mut self, note: &'static str, at: &records::Origin) {
        let (count, _) = self.noted.entry(note).or_insert_with(|| (0, at.to_string()));
        *count += 1;
    }

    /// A row is read; what was forgiven in it is told.
    pub(crate) fn read(&mut self, row: &records::Row) {
        self.report.rows += 1;
        self.report.mended += u64::from(row.mended.any());
        row.mended.counts().for_each(|(what, _)| self.note(what, &row.origin));
    }

    /// Columns of a row that are not carried over.
    pub(crate) fn not_taken(&mut self, columns: impl IntoIterator<Item = &'static str>) {
        self.not_taken.extend(columns);
    }

    /// A model's replies.
    pub(crate) fn model(&mut self, model: &str) {
        if !self.report.models.iter().any(|known| known == model) {
            self.report.models.push(model.to_owned());
        }
    }

    /// All of it.
    pub(crate) fn finish(mut self) -> FileReport {
        let left = self.left.into_iter().map(|(reason, (rows, first))| LeftOut { reason, rows, first });
        self.report.left_out.extend(left);
        let noted = self
            .noted
            .into_iter()
            .map(|(note, (rows, first))| format!("{note} ({rows} rows, the first {first})"));
        self.report.notes.extend(noted);
        self.report.columns_not_taken = self.not_taken.into_iter().map(str::to_owned).collect();
        self.report
    }
}
