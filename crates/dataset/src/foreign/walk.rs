//! Reads the parts of a source one after the other, joining those that describe one run.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use records::{Input, Row, Wanted};

use super::join::{Gathered, Gathering};
use super::{Cells, FileFacts, FileReport, ForeignRow, Joins, Reading, Recognised, Tally};
use crate::digest::digest;
use crate::mapping::{Mapped, Mapper, Recorder};
use crate::sources::{Part, Source};
use crate::{DatasetError, Holds};

/// Why a row that says nothing by itself is left out.
const LOST: &str = "the problem stands in another file, which is not given or does not name this row";

/// Whoever takes what is read.
pub(crate) trait RowVisitor {
    /// A row that is read by its columns.
    fn columns(
        &mut self,
        mapper: &Mapper<'_>,
        row: &Row,
        holds: Holds,
        tally: &mut Tally,
    ) -> Result<(), DatasetError>;
    /// The columns that it looks at in such a row, by their names, if not at all of them.
    fn wanted(&self, _: &Mapper<'_>) -> Option<Wanted> {
        None
    }
    /// What a row of a format says.
    fn entry(&mut self, mapped: Mapped, row: &Row, tally: &mut Tally) -> Result<(), DatasetError>;
    /// Called at every row.
    fn go_on(&self) -> Result<(), DatasetError> {
        Ok(())
    }
}

/// Reads everything; rows of side files that joined nothing come last. `folder` holds a temporary file.
pub(crate) fn walk(
    source: &dyn Source,
    parts: Vec<Part>,
    folder: &Path,
    visitor: &mut dyn RowVisitor,
) -> Result<Vec<FileReport>, DatasetError> {
    let families: HashSet<&str> =
        parts.iter().filter_map(joins_of).filter(|joins| !joins.side).map(|joins| joins.family).collect();
    let mut walk = Walk { source, folder, visitor, gathered: HashMap::new(), tallies: Vec::new() };
    let is_side =
        |part: &Part| joins_of(part).is_some_and(|joins| joins.side && families.contains(joins.family));
    walk.gather(&parts, is_side)?;
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| !is_side(part)) {
        walk.part(index, part)?;
    }
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| is_side(part)) {
        walk.rest_of_side(index, part)?;
    }
    walk.tallies.sort_by_key(|(index, _)| *index);
    Ok(walk.tallies.into_iter().map(|(_, tally)| tally.finish()).collect())
}

fn joins_of(part: &Part) -> Option<Joins> {
    match &part.reading {
        Reading::Format(recognised) => recognised.format.joins(),
        Reading::Columns { .. } | Reading::Not { .. } => None,
    }
}

struct Walk<'a> {
    source: &'a dyn Source,
    folder: &'a Path,
    visitor: &'a mut dyn RowVisitor,
    gathered: HashMap<&'static str, Gathered>,
    tallies: Vec<(usize, Tally)>,
}

impl Walk<'_> {
    fn gather(&mut self, parts: &[Part], is_side: impl Fn(&Part) -> bool) -> Result<(), DatasetError> {
        let mut gathering: HashMap<&'static str, Gathering> = HashMap::new();
        for part in parts.iter().filter(|part| is_side(part)) {
            let (Reading::Format(recognised), Some(joins)) = (&part.reading, joins_of(part)) else {
                continue;
            };
            let facts = facts_of(recognised, &part.input)?;
            if !gathering.contains_key(joins.family) {
                gathering.insert(joins.family, Gathering::new(self.folder)?);
            }
            let Some(store) = gathering.get_mut(joins.family) else { continue };
            for row in part.input.open()? {
                self.visitor.go_on()?;
                let row = row?;
                if let Ok(entry) = recognised.format.read(&row, &facts)
                    && let Some(key) = &entry.join
                {
                    store.add(key, &entry, &row.origin)?;
                }
            }
        }
        for (family, store) in gathering {
            self.gathered.insert(family, store.finish()?);
        }
        Ok(())
    }

    fn part(&mut self, index: usize, part: &Part) -> Result<(), DatasetError> {
        match &part.reading {
            Reading::Columns { hint } => self.columns(index, part, hint.as_deref()),
            Reading::Format(recognised) => self.foreign(index, part, recognised),
            Reading::Not { reason } => {
                let tally = Tally::new(part.input.name(), "none", format!("no rows, left out: {reason}"));
                self.tallies.push((index, tally));
                Ok(())
            }
        }
    }

    fn columns(&mut self, index: usize, part: &Part, hint: Option<&str>) -> Result<(), DatasetError> {
        let (settings, model) = (self.source.settings(), self.source.model());
        let evidence = hint.map_or_else(|| "columns by their known names".to_owned(), str::to_owned);
        let mut tally = Tally::new(part.input.name(), super::recognise::COLUMNS, evidence);
        let mapper = Mapper::new(settings, model, part.holds, &part.input)?;
        let hinted = |error: DatasetError| error.hinted(hint);
        let rows = match self.visitor.wanted(&mapper) {
            Some(wanted) => part.input.open_for(wanted)?,
            None => part.input.open()?,
        };
        for row in rows {
            self.visitor.go_on()?;
            let row = row?;
            tally.read(&row);
            self.visitor.columns(&mapper, &row, part.holds, &mut tally).map_err(hinted)?;
        }
        mapper.finish()?;
        self.tallies.push((index, tally));
        Ok(())
    }

    fn foreign(&mut self, index: usize, part: &Part, recognised: &Recognised) -> Result<(), DatasetError> {
        let facts = facts_of(recognised, &part.input)?;
        let recorder = self.recorder(recognised, part, &facts)?;
        let mut tally = Tally::new(part.input.name(), recognised.format.name(), recognised.evidence.clone());
        let mut seen: HashSet<u128> = HashSet::new();
        for row in part.input.open()? {
            self.visitor.go_on()?;
            let row = row?;
            tally.read(&row);
            tally.not_taken(bulk(recognised, &row));
            let Some(mut entry) = said(recognised, &row, &facts, &mut tally) else { continue };
            if let Some((once, again)) = &entry.once
                && !seen.insert(digest(once.as_bytes()))
            {
                tally.leave(again, &row.origin);
                continue;
            }
            self.join(recognised, &mut entry, &row, &mut tally)?;
            self.take(&recorder, entry, &row, &mut tally)?;
        }
        self.tallies.push((index, tally));
        Ok(())
    }

    fn join(
        &mut self,
        recognised: &Recognised,
        entry: &mut ForeignRow,
        row: &Row,
        tally: &mut Tally,
    ) -> Result<(), DatasetError> {
        let (Some(joins), Some(key)) = (recognised.format.joins(), &entry.join) else { return Ok(()) };
        let Some(gathered) = self.gathered.get_mut(joins.family) else { return Ok(()) };
        let Some(side) = gathered.take(key)? else { return Ok(()) };
        let at = side.at.clone();
        tally.report.joined += 1;
        side.add_to(entry).map_err(|reason| {
            let reason =
                format!("{reason} ({at}); keep the folders of the run, or import one file at a time");
            DatasetError::Joined { at: row.origin.clone(), reason }
        })
    }

    fn rest_of_side(&mut self, index: usize, part: &Part) -> Result<(), DatasetError> {
        let (Reading::Format(recognised), Some(joins)) = (&part.reading, joins_of(part)) else {
            return Ok(());
        };
        let facts = facts_of(recognised, &part.input)?;
        let recorder = self.recorder(recognised, part, &facts)?;
        let mut tally = Tally::new(part.input.name(), recognised.format.name(), recognised.evidence.clone());
        let mut seen: HashSet<u128> = HashSet::new();
        for row in part.input.open()? {
            self.visitor.go_on()?;
            let row = row?;
            tally.read(&row);
            let Some(entry) = said(recognised, &row, &facts, &mut tally) else { continue };
            let used = |key: &String| self.gathered.get(joins.family).is_some_and(|all| all.is_used(key));
            let used = entry.join.as_ref().is_some_and(used);
            if entry.join.as_ref().is_some_and(|key| !seen.insert(digest(key.as_bytes()))) {
                tally.leave("another row before it says the same", &row.origin);
            } else if used {
                tally.report.joined += 1;
            } else if let Some(reason) = joins.alone {
                tally.leave(reason, &row.origin);
            } else {
                self.take(&recorder, entry, &row, &mut tally)?;
            }
        }
        self.tallies.push((index, tally));
        Ok(())
    }

    fn recorder<'s>(
        &self,
        recognised: &Recognised,
        part: &Part,
        facts: &FileFacts,
    ) -> Result<Recorder<'s>, DatasetError>
    where
        Self: 's,
    {
        Recorder::new(
            self.source.settings(),
            self.source.model(),
            recognised.format.name(),
            &part.input,
            facts.clone(),
        )
    }

    fn take(
        &mut self,
        recorder: &Recorder<'_>,
        entry: ForeignRow,
        row: &Row,
        tally: &mut Tally,
    ) -> Result<(), DatasetError> {
        if let Some(note) = entry.note {
            tally.note(note, &row.origin);
        }
        let nameless = entry.question.is_none();
        match recorder.map(entry, row) {
            // A call that failed names no model; without its question nothing is left to be said of it.
            Err(DatasetError::NoModel { .. }) if nameless => {
                tally.leave(LOST, &row.origin);
                Ok(())
            }
            mapped => self.visitor.entry(mapped?, row, tally),
        }
    }
}

/// What a row says; one that says nothing is left out with its reason.
fn said(recognised: &Recognised, row: &Row, facts: &FileFacts, tally: &mut Tally) -> Option<ForeignRow> {
    let read = recognised.format.read(row, facts);
    read.map_err(|skipped| tally.leave(&skipped.0, &row.origin)).ok()
}

/// Columns of a row that its format does not carry over.
fn bulk(recognised: &Recognised, row: &Row) -> Vec<&'static str> {
    // What is no archive skips no members.
    let skipped = recognised.format.members().map(|members| members.skip).unwrap_or_default();
    let held = |name: &&&'static str| skipped.contains(*name) || Cells(&row.cells).at(name).is_some();
    recognised.format.bulk().iter().filter(held).copied().collect()
}

/// What is known of a file before its rows are read.
fn facts_of(recognised: &Recognised, input: &Input) -> Result<FileFacts, DatasetError> {
    match input {
        Input::File(path, _) => recognised.format.file(path),
        Input::Embedded(..) | Input::Made(..) => Ok(FileFacts::default()),
    }
}
