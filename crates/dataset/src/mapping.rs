//! From a row to a problem, to replies, or to both.

pub(crate) mod conversation;
mod options;
mod problem;
mod recorder;
mod reply;
pub(crate) mod values;
mod view;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;
use tables::{Problem, Reply, Test};

use crate::columns::{Columns, Field};
use crate::foreign::Labels;
use crate::settings::Settings;
use crate::{DatasetError, Holds};
use records::{Input, Row, Wanted};
use view::View;

pub(crate) use options::speaks_of_others;
pub(crate) use problem::nameless_id;
pub(crate) use recorder::Recorder;
pub(crate) use view::is_row;

/// What a row says.
pub(crate) struct Mapped {
    /// The problem; `None` in a row that only names it.
    pub(crate) problem: Option<Problem>,
    /// The problem's id.
    pub(crate) problem_id: String,
    /// The tests of the problem, where it is answered by a program.
    pub(crate) tests: Vec<Test>,
    /// The replies; `sample` is what the row says, to be counted where it says nothing.
    pub(crate) replies: Vec<(Option<u32>, Reply)>,
    /// What is said of each reply; shorter where nothing is.
    pub(crate) labels: Vec<Labels>,
    /// Files of different tools may group the same problem differently; the first one counts.
    pub(crate) any_subset: bool,
}

/// The settings of a source, ready for rows of one input.
pub(crate) struct Mapper<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) columns: &'a Columns,
    pub(crate) holds: Holds,
    /// The model of all replies, where the configuration names it.
    pub(crate) model: Option<&'a str>,
    pub(crate) answer_pattern: Option<Regex>,
    /// The collection's name where no column says it.
    dataset: String,
    /// The group that the file's name says.
    file_subset: Option<String>,
    /// Paths that the configuration names, and whether any row had them.
    named: RefCell<BTreeMap<Field, Named>>,
}

enum Named {
    Found,
    Missing(DatasetError),
}

impl<'a> Mapper<'a> {
    pub(crate) fn new(
        settings: &'a Settings,
        model: Option<&'a str>,
        holds: Holds,
        input: &Input,
    ) -> Result<Self, DatasetError> {
        let pattern = |text: &Option<String>| text.as_deref().and_then(|text| Regex::new(text).ok());
        let file = input.file_name();
        let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
        let file_subset = match pattern(&settings.subset_from_file) {
            Some(regex) => Some(subset_of_file(&regex, &file)?),
            None => None,
        };
        Ok(Self {
            settings,
            columns: &settings.columns,
            holds,
            model,
            answer_pattern: pattern(&settings.answer_pattern),
            dataset: settings.name.clone().unwrap_or_else(|| stem.to_owned()),
            file_subset,
            named: RefCell::new(BTreeMap::new()),
        })
    }

    /// Reads a row.
    pub(crate) fn map(&self, row: &Row) -> Result<Mapped, DatasetError> {
        let mut view = View::new(row, self.columns, self.holds, &self.named);
        // Tests are large, and to be seen by graders alone.
        self.settings.tests.iter().flat_map(|tests| tests.names()).for_each(|name| view.mark_used(name));
        let (problem, problem_id, replies) = match self.holds {
            Holds::Problems => {
                let problem = problem::map(self, &mut view)?;
                let id = problem.id.clone();
                (Some(problem), id, Vec::new())
            }
            Holds::Both => {
                let mut problem = problem::map(self, &mut view)?;
                // The other columns may describe the reply, so they go there and stand nowhere twice.
                problem.extra = None;
                let id = problem.id.clone();
                let replies = reply::map(self, &mut view, &id)
                    .map_err(|error| problem::neither(&problem, error, &view))?;
                (Some(problem), id, replies)
            }
            Holds::Replies => {
                let id = problem::named_id(&mut view)?;
                let replies = reply::map(self, &mut view, &id)?;
                (None, id, replies)
            }
        };
        let tests = if problem.is_some() { self.tests(row, &problem_id)? } else { Vec::new() };
        let flaw = || self.settings.tests.and_then(|tests| tests.flaw(row, &problem_id)).map(str::to_owned);
        let problem = problem.map(|problem| Problem { flaw: flaw(), ..problem });
        Ok(Mapped { problem, problem_id, tests, replies, labels: Vec::new(), any_subset: false })
    }

    fn tests(&self, row: &Row, problem_id: &str) -> Result<Vec<Test>, DatasetError> {
        self.settings.tests.map_or_else(|| Ok(Vec::new()), |tests| tests.read(row, problem_id))
    }

    /// The model of a row's replies.
    pub(crate) fn model_of(&self, row: &Row) -> Result<String, DatasetError> {
        let mut view = View::new(row, self.columns, self.holds, &self.named);
        reply::model(self, &mut view)
    }

    /// The columns in which a model may be named.
    pub(crate) fn where_models_stand(&self) -> Wanted {
        let paths = match self.columns.path(Field::Model) {
            Some(path) => vec![path.to_owned()],
            None => Field::Model.aliases().iter().map(|name| (*name).to_owned()).collect(),
        };
        // A column may hold dots itself.
        let holds = |path: &str, column: &str| {
            let first = path.split('.').next().unwrap_or(path);
            [path, first].iter().any(|name| name.eq_ignore_ascii_case(column))
        };
        Arc::new(move |column| paths.iter().any(|path| holds(path, column)))
    }

    /// Complains about the first configured path that no row had.
    pub(crate) fn finish(self) -> Result<(), DatasetError> {
        let missing = |(_, named)| if let Named::Missing(error) = named { Some(error) } else { None };
        self.named.into_inner().into_iter().find_map(missing).map_or(Ok(()), Err)
    }
}

fn subset_of_file(regex: &Regex, file: &str) -> Result<String, DatasetError> {
    let found = regex.captures(file).and_then(|found| found.get(1).or_else(|| found.get(0)));
    found.map(|part| part.as_str().to_owned()).ok_or_else(|| {
        let reason = format!("`subset_from_file` ({regex}) does not match the file's name");
        DatasetError::Format { path: file.into(), reason }
    })
}
