//! Which format a file has, by what stands in it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use records::{Archive, Container, Input, Layout, RowError, Sniffed, bare_name, sniff};
use serde_json::{Map, Value};

use super::Fit;
use crate::columns::Columns;
use crate::formats::{FORMATS, ForeignFormat};
use crate::mapping::is_row;
use crate::{DatasetError, Holds};

/// Rows that are looked at.
const LOOKED_AT: usize = 20;
/// The name of the fallback: columns by their known names.
pub(crate) const COLUMNS: &str = "columns";

/// How the rows of a file are read.
#[derive(Clone, Debug)]
pub(crate) enum Reading {
    /// Columns by their names.
    Columns {
        /// What the rows look like, but are not.
        hint: Option<String>,
    },
    /// As another tool wrote them.
    Format(Recognised),
    /// Not at all: a file in a folder that holds no rows, such as a tool's settings or results.
    Not {
        /// What is the matter with it.
        reason: String,
    },
}

/// A file that stands in a folder somebody named: what is not rows there belongs to the rows, and is told.
pub(crate) fn in_folder(path: &Path) -> Result<(Input, Reading), DatasetError> {
    let is_json = bare_name(path).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    match recognise(path) {
        Err(DatasetError::Rows(error @ (RowError::Json { .. } | RowError::Member { .. }))) if is_json => {
            let input = Input::File(path.to_owned(), Container::Document(Layout::Values));
            Ok((input, Reading::Not { reason: error.to_string() }))
        }
        Ok((input, Reading::Columns { .. })) if is_json && stands_beside(&input) => {
            let reason = "a table that describes neither a problem nor a reply".to_owned();
            Ok((input, Reading::Not { reason }))
        }
        other => other,
    }
}

/// What is read is one table, or the list in one, and no row of it is one of recorded replies.
fn stands_beside(input: &Input) -> bool {
    let Input::File(_, Container::Document(layout @ (Layout::Values | Layout::Wrapped))) = input else {
        return false;
    };
    let Ok(mut rows) = input.open() else { return false };
    let first = rows.next();
    let is_one = *layout == Layout::Wrapped || rows.next().is_none();
    is_one && matches!(first, Some(Ok(row)) if !is_recorded(&row.cells))
}

/// A format, and why it is this one.
#[derive(Clone)]
pub(crate) struct Recognised {
    pub(crate) format: &'static dyn ForeignFormat,
    pub(crate) evidence: String,
}

impl std::fmt::Debug for Recognised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.format.name(), self.evidence)
    }
}

/// Looks into a file.
///
/// # Errors
/// It cannot be read, or fits several formats.
pub(crate) fn recognise(path: &Path) -> Result<(Input, Reading), DatasetError> {
    let container = match sniff(path, None, &is_recorded)? {
        Sniffed::Zip => return archive(path),
        Sniffed::Rows(container) => container,
    };
    let input = Input::File(path.to_owned(), container);
    let reading = of_rows(path, &input)?;
    Ok((input, reading))
}

/// How problems without replies are read: by their columns, unless they are of a format that has such rows.
///
/// # Errors
/// The input cannot be read.
pub(crate) fn of_problems(input: &Input) -> Result<Reading, DatasetError> {
    let mut rows = input.open()?;
    // Reading tells what is wrong with a row.
    let Some(Ok(first)) = rows.next() else { return Ok(Reading::Columns { hint: None }) };
    let fits = |format: &&&'static dyn ForeignFormat| {
        format.is_of_problems() && matches!(format.fits(&first.cells), Fit::Yes(_))
    };
    Ok(FORMATS.iter().find(fits).map_or(Reading::Columns { hint: None }, |format| {
        let evidence = "columns of the first row".to_owned();
        Reading::Format(Recognised { format: *format, evidence })
    }))
}

/// A table that stands alone is a row where a format has such rows, or where its columns say so.
fn is_recorded(cells: &Map<String, Value>) -> bool {
    let fits = || FORMATS.iter().any(|format| matches!(format.fits(cells), Fit::Yes(_)));
    is_row(cells, &Columns::default(), Holds::Both) || fits()
}

/// A file of a format that somebody named.
///
/// # Errors
/// It cannot be read, or is a ZIP archive where the format is none, or the other way round.
pub(crate) fn forced(path: &Path, name: &str) -> Result<(Input, Reading), DatasetError> {
    let refuse = |reason: String| DatasetError::Format { path: path.to_owned(), reason };
    let format = FORMATS.iter().copied().find(|format| format.name() == name);
    let members = format.and_then(|format| format.members());
    let reading = match format {
        None => Reading::Columns { hint: None },
        Some(format) => Reading::Format(Recognised { format, evidence: "as it was said".to_owned() }),
    };
    let container = match (sniff(path, None, &is_recorded)?, members) {
        (Sniffed::Rows(container), None) => container,
        (Sniffed::Zip, Some(members)) => Container::Members(members),
        (Sniffed::Zip, None) => return Err(refuse(format!("a ZIP archive, which {name} is not"))),
        (_, Some(_)) => return Err(refuse(format!("no ZIP archive, which {name} is"))),
    };
    Ok((Input::File(path.to_owned(), container), reading))
}

fn archive(path: &Path) -> Result<(Input, Reading), DatasetError> {
    let names = Archive::open(path)?.names();
    for format in FORMATS.iter().copied() {
        let Some(members) = format.members() else { continue };
        let count = names.iter().filter(|name| name.starts_with(members.prefix)).count();
        if count > 0 {
            let evidence = format!("a ZIP archive with {count} members {}*.json", members.prefix);
            let input = Input::File(path.to_owned(), Container::Members(members));
            return Ok((input, Reading::Format(Recognised { format, evidence })));
        }
    }
    let shown: Vec<&str> = names.iter().take(3).map(String::as_str).collect();
    let reason = format!(
        "a ZIP archive that is no log of inspect: no member `samples/….json` among {} ({}…)",
        names.len(),
        shown.join(", ")
    );
    Err(DatasetError::Format { path: path.to_owned(), reason })
}

/// What the first rows fit, each counted.
#[derive(Default)]
struct Votes {
    looked_at: u64,
    fits: Vec<(&'static dyn ForeignFormat, Vec<&'static str>, u64, u64)>,
    half: Option<String>,
}

fn of_rows(path: &Path, input: &Input) -> Result<Reading, DatasetError> {
    let is_document = matches!(input, Input::File(_, Container::Document(_)));
    let mut votes = Votes::default();
    let told = |error: RowError| if is_log(path) { log(path) } else { error.into() };
    for row in input.open().map_err(told)?.take(LOOKED_AT) {
        match row {
            Ok(row) => votes.take(path, &row)?,
            // Reading tells what is wrong, with whatever stands before it.
            Err(error) if votes.looked_at == 0 => return Err(told(error)),
            Err(_) => break,
        }
    }
    let reading = votes.decide(path)?;
    match &reading {
        // Samples that are no members of an archive.
        Reading::Format(recognised) if recognised.format.members().is_some() => Err(log(path)),
        Reading::Columns { .. } if is_document && is_log(path) => Err(log(path)),
        _ => Ok(reading),
    }
}

fn log(path: &Path) -> DatasetError {
    let reason = "looks like a log of inspect as one JSON document; write it as `.eval` with \
                  `inspect log convert FILE --to eval --output-dir DIR`";
    DatasetError::Format { path: path.to_owned(), reason: reason.to_owned() }
}

/// Some whole logs are one JSON document that is no list of rows.
fn is_log(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4096).read_to_end(&mut head));
    let head = String::from_utf8_lossy(if read.is_ok() { &head } else { &[] });
    ["\"eval\"", "\"status\"", "\"version\""].iter().all(|key| head.contains(key))
}

impl Votes {
    fn take(&mut self, path: &Path, row: &records::Row) -> Result<(), DatasetError> {
        self.looked_at += 1;
        let mut best: Vec<(&'static dyn ForeignFormat, Vec<&'static str>)> = Vec::new();
        for format in FORMATS.iter().copied() {
            match format.fits(&row.cells) {
                Fit::Yes(has) => best.push((format, has)),
                Fit::Half { has, lacks } if self.half.is_none() => {
                    let (has, lacks) = (has.join("`, `"), lacks.join("`, `"));
                    self.half = Some(format!("rows have `{has}` as {} has, but no `{lacks}`", format.name()));
                }
                _ => {}
            }
        }
        // Whoever asks for more columns knows more about the row.
        // Where none fits, the list is empty either way.
        let most = best.iter().map(|(_, has)| has.len()).max().unwrap_or_default();
        best.retain(|(_, has)| has.len() == most);
        match best.as_slice() {
            [] => {}
            [(format, has)] => self.vote(*format, has.clone(), row.origin.line),
            several => {
                let names: Vec<&str> = several.iter().map(|(format, _)| format.name()).collect();
                let reason = format!(
                    "line {} fits {}; say which with `format = \"…\"`",
                    row.origin.line,
                    names.join(" and ")
                );
                return Err(DatasetError::Format { path: path.to_owned(), reason });
            }
        }
        Ok(())
    }

    fn vote(&mut self, format: &'static dyn ForeignFormat, has: Vec<&'static str>, line: u64) {
        match self.fits.iter_mut().find(|(known, ..)| known.name() == format.name()) {
            Some((.., count, _)) => *count += 1,
            None => self.fits.push((format, has, 1, line)),
        }
    }

    fn decide(self, path: &Path) -> Result<Reading, DatasetError> {
        match self.fits.as_slice() {
            [] => Ok(Reading::Columns { hint: self.half }),
            [(format, has, count, _)] => {
                let evidence =
                    format!("columns {} in {count} of the first {} rows", has.join(", "), self.looked_at);
                Ok(Reading::Format(Recognised { format: *format, evidence }))
            }
            several => {
                let each =
                    several.iter().map(|(format, _, _, line)| format!("line {line} fits {}", format.name()));
                let each: Vec<String> = each.collect();
                let reason = format!(
                    "{}; say which with `format = \"…\"`, or put them into files of their own",
                    each.join(", ")
                );
                Err(DatasetError::Format { path: path.to_owned(), reason })
            }
        }
    }
}
