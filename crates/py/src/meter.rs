//! Stages over batches: one object that is configured once and holds nothing of what it has seen.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef};
use arrow_schema::Field;
use arrow_select::concat::concat;
use arrow_select::take::take;
use dataset::{Asked, BATCH};
use pyo3::prelude::*;
use tables::{Generation, Grade, Judgment, Problem, Reply, Row, Score, Split};

use crate::failure::Failure;
use crate::given::Given;
use crate::parts::Parts;
use crate::pool::Watch;
use crate::table::Table;
use crate::tokens::Tokenizer;
use crate::{pool, stages};

/// Configured stages. Each method takes and gives whole tables.
#[pyclass(frozen, module = "thinkmeter._native")]
pub(crate) struct Meter {
    parts: Parts,
    threads: Option<usize>,
}

#[pymethods]
impl Meter {
    /// `tables` is a text of JSON with the tables of a pipeline (`dataset`, `think`, `split`, `grade`, `judge`, `tasks`,
    /// `score`, `price`); what is left out has the pipeline's own default.
    #[new]
    #[pyo3(signature = (tables, tokenizer, threads=None))]
    fn new(tables: &str, tokenizer: &Tokenizer, threads: Option<usize>) -> PyResult<Self> {
        let tables = serde_json::from_str(tables).map_err(|error| Failure::of("configuration", error))?;
        Ok(Self { parts: Parts::build(tables, tokenizer.inner().clone())?, threads })
    }

    /// Rows of problem and reply together: one score a reply, in their order, and columns of the rows to keep.
    #[pyo3(signature = (rows, keep=Vec::new()))]
    fn measure_rows(&self, py: Python<'_>, rows: Given, keep: Vec<String>) -> PyResult<Table> {
        pool::run(py, self.threads, |watch| {
            let asked = stages::load(&self.parts.reader, &rows, watch)?;
            let kept = kept(&rows, &keep, asked.iter().map(|one| one.row))?;
            let scores = scored(&self.parts, asked, watch)?;
            Table::of_batch(&Score::to_batch(&scores).map_err(Failure::data)?, kept)
        })
    }

    /// How the rows of one model mark their thinking, as a text of JSON to be passed to every batch of them.
    fn think_format(&self, py: Python<'_>, rows: Given) -> PyResult<String> {
        pool::run(py, self.threads, |watch| {
            let asked = stages::load(&self.parts.reader, &rows, watch)?;
            let settled = self.parts.marks.settle(asked.iter().map(|one| &one.reply));
            serde_json::to_string(&settled).map_err(Failure::data)
        })
    }

    /// Rows of problem and reply together, as problems and replies.
    fn load(&self, py: Python<'_>, rows: Given) -> PyResult<(Table, Table)> {
        pool::run(py, self.threads, |watch| {
            let asked = stages::load(&self.parts.reader, &rows, watch)?;
            let problems = Table::of(&stages::problems(&asked))?;
            let replies: Vec<Reply> = asked.into_iter().map(|one| one.reply).collect();
            Ok((problems, Table::of(&replies)?))
        })
    }

    /// Replies as generations, thinking and answer told apart.
    fn generations(&self, py: Python<'_>, replies: Given) -> PyResult<Table> {
        pool::run(py, self.threads, |watch| {
            let replies = replies.rows::<Reply>("replies")?;
            Table::of(&stages::generations(&self.parts.marks, replies, watch)?)
        })
    }

    /// Whether each generation is right.
    fn grade(&self, py: Python<'_>, problems: Given, generations: Given) -> PyResult<Table> {
        pool::run(py, self.threads, |watch| {
            let problems = stages::by_id(problems.rows::<Problem>("problems")?);
            let generations = generations.rows::<Generation>("generations")?;
            Table::of(&stages::grades(&*self.parts.grader.built, &problems, &generations, watch)?)
        })
    }

    /// The steps of each generation.
    fn split(&self, py: Python<'_>, generations: Given) -> PyResult<Table> {
        let parts = &self.parts;
        pool::run(py, self.threads, |watch| {
            let generations = generations.rows::<Generation>("generations")?;
            Table::of(&stages::splits(&*parts.splitter.built, &parts.tokenizer, generations, watch)?)
        })
    }

    /// The first right step of each generation.
    fn judge(
        &self,
        py: Python<'_>,
        problems: Given,
        generations: Given,
        grades: Given,
        splits: Given,
    ) -> PyResult<Table> {
        pool::run(py, self.threads, |watch| {
            let problems = stages::by_id(problems.rows::<Problem>("problems")?);
            let generations = generations.rows::<Generation>("generations")?;
            let (grades, splits) = (grades.rows::<Grade>("grades")?, splits.rows::<Split>("splits")?);
            stages::aligned(&generations, &grades, "grades")?;
            stages::aligned(&generations, &splits, "splits")?;
            let rows = stages::walk(&problems, &generations, grades.into_iter().zip(splits).collect())?;
            Table::of(&stages::judgments(&*self.parts.judges.judge.built, rows, watch)?)
        })
    }

    /// The measures of each generation; `rows` are its grades, splits and judgments.
    fn score(
        &self,
        py: Python<'_>,
        problems: Given,
        generations: Given,
        rows: (Given, Given, Given),
    ) -> PyResult<Table> {
        pool::run(py, self.threads, |watch| {
            let problems = stages::by_id(problems.rows::<Problem>("problems")?);
            let generations = generations.rows::<Generation>("generations")?;
            let (grades, splits) = (rows.0.rows::<Grade>("grades")?, rows.1.rows::<Split>("splits")?);
            let judgments = rows.2.rows::<Judgment>("judgments")?;
            stages::aligned(&generations, &grades, "grades")?;
            stages::aligned(&generations, &splits, "splits")?;
            stages::aligned(&generations, &judgments, "judgments")?;
            let rows = grades.into_iter().zip(splits.into_iter().zip(judgments)).collect();
            let rows = stages::walk(&problems, &generations, rows)?;
            Table::of(&stages::scores(&self.parts.scorer, &rows, watch)?)
        })
    }

    /// Scores that come from several batches, with what needs all samples of a problem: classes of answers, and rewards. The
    /// column `choices` has the options of each score's problem, if there are any.
    fn complete(&self, py: Python<'_>, scores: Given, choices: &str) -> PyResult<Table> {
        pool::run(py, self.threads, |_| {
            let choices = scores.texts(choices)?;
            let mut scores = scores.rows::<Score>("scores")?;
            stages::number_anew(&*self.parts.grader.built, &mut scores, &choices);
            stages::reward(&self.parts.scorer, &mut scores);
            Table::of(&scores)
        })
    }

    /// Figures with intervals over all scores.
    fn measure(&self, py: Python<'_>, scores: Given) -> PyResult<Table> {
        pool::run(py, self.threads, |watch| {
            let scores = stages::in_order(scores.rows::<Score>("scores")?);
            let scores = [(PathBuf::from(BATCH), scores)];
            Table::of(&score::figures(&self.parts.config, &scores, watch).map_err(Failure::data)?)
        })
    }
}

/// The scores of replies to problems: all stages, one behind the other.
pub(crate) fn scored(parts: &Parts, asked: Vec<Asked>, watch: &Watch) -> Result<Vec<Score>, Failure> {
    let problems = asked.iter().map(|one| (one.problem.id.clone(), Arc::clone(&one.problem))).collect();
    let replies = asked.into_iter().map(|one| one.reply).collect();
    let generations = stages::generations(&parts.marks, replies, watch)?;
    let grades = stages::grades(&*parts.grader.built, &problems, &generations, watch)?;
    let splits = stages::splits(&*parts.splitter.built, &parts.tokenizer, generations.clone(), watch)?;
    let rows = grades.iter().cloned().zip(splits.iter().cloned()).collect();
    let rows = stages::walk(&problems, &generations, rows)?;
    let judgments = stages::judgments(&*parts.judges.judge.built, rows, watch)?;
    let rows = grades.into_iter().zip(splits.into_iter().zip(judgments)).collect();
    stages::scores(&parts.scorer, &stages::walk(&problems, &generations, rows)?, watch)
}

/// Columns of the rows, one value a reply.
fn kept(
    rows: &Given,
    names: &[String],
    places: impl Iterator<Item = usize>,
) -> Result<Vec<(Field, ArrayRef)>, Failure> {
    let Given::Batches(batches) = rows else {
        let refused = "columns are kept of a table of Arrow, not of lists and dicts";
        return if names.is_empty() { Ok(Vec::new()) } else { Err(Failure::of("keep", refused)) };
    };
    let places = arrow_array::UInt64Array::from_iter_values(places.map(|place| place as u64));
    let kept = |name: &String| {
        let parts: Vec<&dyn Array> =
            batches.iter().filter_map(|batch| batch.column_by_name(name)).map(AsRef::as_ref).collect();
        if parts.is_empty() && !batches.is_empty() {
            return Err(Failure::of("keep", format!("no column `{name}`")));
        }
        let whole = concat(&parts).map_err(Failure::data)?;
        let column = take(&whole, &places, None).map_err(Failure::data)?;
        Ok((Field::new(name, column.data_type().clone(), true), column))
    };
    names.iter().map(kept).collect()
}
