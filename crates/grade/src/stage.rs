//! The stage: generations in, one grade per generation out, in the same order.

use std::sync::Arc;

use chat::{Dialogue, Endpoint, Usage};
use plugin::{ConfigErrors, Configured, Value};
use rayon::prelude::*;
use serde_json::json;
use stage::{
    About, ConfiguredStage, DialogueEnd, Document, RowWork, Run, Stage, StageError, Summary, Table, Target,
    Tick, Walk, Walked, drive, table,
};
use tables::{Grade, Problem, TableWriter, Test, TestCursor, Verdict, back};

use crate::{GRADERS, Grader, Item, by_engine};

const KEY: &str = "grade";

/// Says of every reply what it answers in the end, and whether that is right.
pub struct GradeStage;

impl Stage for GradeStage {
    fn name(&self) -> &'static str {
        KEY
    }

    fn about(&self) -> &'static str {
        "says whether each reply is right"
    }

    fn keys(&self) -> &'static [&'static str] {
        &[KEY]
    }

    fn known_keys(&self, table: &str, kind: &str) -> Option<Vec<String>> {
        let entry = GRADERS.get(kind).filter(|_| table == KEY)?;
        Some(entry.keys().into_iter().map(|key| key.name).collect())
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        Ok(Box::new(Graded { grader: configured(document)? }))
    }
}

/// The grader of a pipeline.
///
/// # Errors
/// Every fault at once, each with its key's path.
pub fn configured(document: &Document) -> Result<Configured<dyn Grader>, ConfigErrors> {
    GRADERS.build(&document.table(KEY, GRADERS.usual_table()), KEY)
}

struct Graded {
    grader: Configured<dyn Grader>,
}

impl ConfiguredStage for Graded {
    fn reads(&self) -> Vec<Table> {
        vec![table::PROBLEMS, table::TESTS, table::GENERATIONS]
    }

    fn writes(&self) -> Vec<Table> {
        vec![table::GRADES]
    }

    fn fingerprint_input(&self, _target: Target<'_>) -> Value {
        let keys = self.grader.fingerprint_input.clone();
        match self.grader.built.identity() {
            Some(identity) => json!({ "grader": keys, "identity": identity }),
            None => keys,
        }
    }

    fn ready(&self) -> Result<(), StageError> {
        self.grader.built.ready()
    }

    fn may_fail(&self, target: Target<'_>) -> bool {
        self.grader.built.may_fail() || !self.endpoints(target).is_empty()
    }

    fn endpoints(&self, _target: Target<'_>) -> Vec<&Endpoint> {
        self.grader.built.endpoints()
    }

    fn describe(&self, about: &mut About) {
        about.labels.insert("grader", self.grader.built.name());
        if let Some(caution) = self.grader.built.caution() {
            about.labels.insert("caution", caution.to_owned());
        }
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        let grader = self.grader.built.as_ref();
        grader.ready()?;
        let (problems, generations) =
            (run.files.input(table::PROBLEMS)?, run.files.input(table::GENERATIONS)?);
        let tests = TestCursor::open(run.files.optional(table::TESTS))?;
        let walk = Walk::open(problems, generations, tests)?;
        let total = walk.len();
        let provenance = run.provenance.clone().with("grader", grader.name());
        let writer = TableWriter::create(run.files.output(table::GRADES)?, &provenance)?;
        let mut sink = Sink { grader, writer, held: Vec::new(), tested: false, summary: Summary::default() };
        let rows = walk.map(|row| row.map_err(StageError::from));
        drive(&Grading(grader), rows, total, run.ask, run.observer, |row| sink.take(row))?;
        let tested = sink.tested;
        let summary = sink.finish()?;
        let none_known = summary.counts.get(Verdict::NoGold.name()) == Some(&summary.rows);
        if run.files.optional(table::TESTS).is_some() && none_known && !tested {
            run.observer.note(&untested(grader));
        }
        Ok(summary)
    }
}

/// What is to be said where there are tests and nobody runs them.
fn untested(grader: &dyn Grader) -> String {
    format!(
        "the problems have tests in place of answers, and the grader `{}` runs none, so no reply has a verdict; `kind = \"code\"` \
         under [grade] runs them",
        grader.name()
    )
}

/// What is done with each reply, wherever its row comes from. [`crate::number`] then tells which samples answer alike.
#[derive(Clone, Copy)]
pub struct Grading<'a>(pub &'a dyn Grader);

impl RowWork for Grading<'_> {
    type Row = Walked<Arc<[Test]>>;
    type View<'a>
        = Item<'a>
    where
        Self: 'a;
    type Found = Grade;
    type Written = (Arc<Problem>, Grade);

    fn who(&self) -> String {
        format!("the grader `{}`", self.0.name())
    }

    fn view<'a>(&'a self, row: &'a mut Self::Row) -> Item<'a> {
        item(row)
    }

    fn open<'a>(&'a self, item: &'a mut Item<'_>) -> Box<dyn Dialogue<Grade> + 'a> {
        self.0.open(*item)
    }

    fn given_up(&self, row: &Self::Row, why: String) -> Grade {
        Grade { reason: Some(why), grader: self.0.name(), ..by_engine(item(row), self.0.policy()) }
    }

    fn complete(
        &self,
        row: &Self::Row,
        found: Grade,
        end: DialogueEnd,
    ) -> Result<(Arc<Problem>, Grade), StageError> {
        let usage = end.usage;
        let asked = usage.calls > 0;
        let grade = Grade {
            calls: usage.calls,
            prompt_tokens: usage.prompt_tokens.total().filter(|_| asked),
            completion_tokens: usage.completion_tokens.total().filter(|_| asked),
            ..found
        };
        let problem = match &row.generation.permutation {
            Some(order) => Arc::new(row.problem.arranged(&back(order))),
            None => Arc::clone(&row.problem),
        };
        Ok((problem, grade))
    }

    fn tick(&self, found: &Grade, usage: &Usage) -> Tick {
        let failed = u64::from(found.reason.is_some());
        Tick { rows: 1, failed, tokens: usage.completion_tokens.known(), cached: u64::from(usage.is_free()) }
    }

    fn row_bytes(&self, row: &Self::Row) -> usize {
        row.bytes()
    }

    fn held_bytes(&self, row: &Self::Row, _found: &Grade) -> usize {
        row.bytes()
    }
}

fn item(row: &Walked<Arc<[Test]>>) -> Item<'_> {
    Item { problem: &row.problem, generation: &row.generation, tests: &row.rows }
}

/// Problems whose samples are numbered at once, on all cores.
const AT_ONCE: usize = 256;

/// Holds the samples of a problem until all of them are there, then numbers their answers and writes them.
struct Sink<'a> {
    grader: &'a dyn Grader,
    writer: TableWriter<Grade>,
    /// Of the last one more may come.
    held: Vec<(Arc<Problem>, Vec<Grade>)>,
    /// Some reply was run against tests.
    tested: bool,
    summary: Summary,
}

impl Sink<'_> {
    fn take(&mut self, (problem, grade): (Arc<Problem>, Grade)) -> Result<(), StageError> {
        self.tested |= grade.tests.is_some();
        if let Some((last, samples)) = self.held.last_mut()
            && last.id == problem.id
        {
            samples.push(grade);
            return Ok(());
        }
        if self.held.len() >= AT_ONCE {
            self.write()?;
        }
        self.held.push((problem, vec![grade]));
        Ok(())
    }

    fn write(&mut self) -> Result<(), StageError> {
        let mut held = std::mem::take(&mut self.held);
        held.par_iter_mut().for_each(|(problem, samples)| self.grader.number(problem, samples));
        for grade in held.into_iter().flat_map(|(_, samples)| samples) {
            self.count(&grade);
            self.writer.push(grade)?;
        }
        Ok(())
    }

    fn count(&mut self, grade: &Grade) {
        self.summary.rows += 1;
        self.summary.failed += u64::from(grade.reason.is_some());
        self.summary.skipped += u64::from(grade.verdict == Verdict::Failed);
        *self.summary.counts.entry(grade.verdict.name().to_owned()).or_default() += 1;
        if grade.calls > 0 {
            *self.summary.counts.entry("model_calls".to_owned()).or_default() += u64::from(grade.calls);
        }
    }

    fn finish(mut self) -> Result<Summary, StageError> {
        self.write()?;
        self.writer.finish_having_failed(self.summary.failed)?;
        Ok(self.summary)
    }
}
