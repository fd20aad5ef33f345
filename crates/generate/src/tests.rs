//! The stage from tables to tables: recorded replies, real ones, and a scripted server.

mod asking;
mod real;
mod recorded;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use llm::Execution;
use plugin::Value;
use stage::{
    About, Document, Files, ModelTable, Observer, Run, Stage, StageError, Summary, Target, Tick, table,
};
use tables::{Generation, Problem, Provenance, Reply, Row, TableReader, TableWriter};
use tempfile::TempDir;
use tokens::{Counter, Tokenizer};

use crate::GenerateStage;

/// A folder with the stage's tables.
struct Place(TempDir);

impl Place {
    fn new(problems: usize) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let problem = |index: usize| Problem {
            id: format!("p{index}"),
            problem: format!("What is {index} + 2?"),
            gold: vec![(index + 2).to_string()],
            ..Problem::default()
        };
        place.write("problems", (0..problems).map(problem).collect());
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write<R: Row>(&self, name: &str, rows: Vec<R>) {
        write(&self.path(name), rows);
    }

    fn stage_files(&self, out: &str) -> Files {
        let files = Files::default()
            .reading(table::PROBLEMS, self.path("problems"))
            .writing(table::GENERATIONS, self.path(out));
        let replies = self.path("replies");
        if replies.exists() { files.reading(table::REPLIES, replies) } else { files }
    }

    fn read(&self, out: &str) -> Vec<Generation> {
        TableReader::open(&self.path(out)).unwrap().map(Result::unwrap).collect()
    }

    /// Names of all files.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Runs the stage from a thread and a runtime of its own, as the program does.
    async fn run(
        &self,
        model: &Value,
        out: &str,
        exec: &Execution,
        observer: &dyn Observer,
    ) -> Result<Summary, StageError> {
        let table = ModelTable { place: "models[0]".into(), table: model.clone() };
        let document = Document { models: vec![table], ..Document::default() };
        let stage = GenerateStage.configure(&document).ok().unwrap();
        let tokenizer = Arc::new(Counter::ready(Tokenizer::approximate()));
        let models = [stage::Model { name: "m".into(), tokenizer, price: None }];
        let run = Run {
            target: Target { models: &models, included: &[true], at: Some(0), about: &About::default() },
            files: &self.stage_files(out),
            ask: None,
            provenance: &Provenance::default(),
            observer,
        };
        let perform = || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            llm::perform(&*stage, run, exec, runtime.handle())
        };
        std::thread::scope(|scope| scope.spawn(perform).join().unwrap())
    }
}

fn write<R: Row>(path: &Path, rows: Vec<R>) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

fn reply(problem: usize, sample: u32, content: &str) -> Reply {
    let (model, problem_id) = ("m".to_owned(), format!("p{problem}"));
    Reply { problem_id, model, sample, content: content.to_owned(), ..Reply::default() }
}

/// Adds up what it hears; interrupts after so many rows.
#[derive(Default)]
struct Ear {
    rows: AtomicU64,
    failed: AtomicU64,
    cached: AtomicU64,
    total: AtomicU64,
    notes: Mutex<Vec<String>>,
    stop_after: Option<u64>,
}

impl Observer for Ear {
    fn total(&self, rows: u64) {
        self.total.fetch_add(rows, Ordering::SeqCst);
    }

    fn advance(&self, tick: Tick) {
        self.rows.fetch_add(tick.rows, Ordering::SeqCst);
        self.failed.fetch_add(tick.failed, Ordering::SeqCst);
        self.cached.fetch_add(tick.cached, Ordering::SeqCst);
    }

    fn note(&self, message: &str) {
        self.notes.lock().unwrap().push(message.to_owned());
    }

    fn interrupted(&self) -> bool {
        self.stop_after.is_some_and(|rows| self.rows.load(Ordering::SeqCst) >= rows)
    }
}

impl Ear {
    fn heard(&self) -> (u64, u64, u64, u64) {
        let load = |number: &AtomicU64| number.load(Ordering::SeqCst);
        (load(&self.total), load(&self.rows), load(&self.failed), load(&self.cached))
    }
}
