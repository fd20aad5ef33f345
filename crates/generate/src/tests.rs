//! The stage from tables to tables: recorded replies, real ones, and a scripted server.

mod asking;
mod chances;
mod drawing;
mod forcing;
mod longer;
mod real;
mod recorded;
mod searching;
#[path = "../../testkit/shared/stage.rs"]
mod stage_tables;
mod strategies;

use std::sync::Arc;

use llm::Execution;
use plugin::Value;
use stage::{About, Document, Files, ModelTable, Observer, Run, Stage, StageError, Summary, Target, table};
use tables::{Generation, Problem, Provenance, Reply};
use tokens::{Counter, Tokenizer};

use crate::GenerateStage;
use stage_tables::{Ear, Place};

impl Place {
    fn new(problems: usize) -> Self {
        let place = Self::empty();
        let problem = |index: usize| Problem {
            id: format!("p{index}"),
            problem: format!("What is {index} + 2?"),
            gold: vec![(index + 2).to_string()],
            ..Problem::default()
        };
        place.write("problems", (0..problems).map(problem).collect());
        place
    }

    fn stage_files(&self, out: &str) -> Files {
        let files = Files::default()
            .reading(table::PROBLEMS, self.path("problems"))
            .writing(table::GENERATIONS, self.path(out));
        let replies = self.path("replies");
        if replies.exists() { files.reading(table::REPLIES, replies) } else { files }
    }

    fn read(&self, out: &str) -> Vec<Generation> {
        self.rows(out)
    }

    /// Names of all files.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path("")).unwrap();
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

fn reply(problem: usize, sample: u32, content: &str) -> Reply {
    let (model, problem_id) = ("m".to_owned(), format!("p{problem}"));
    Reply { problem_id, model, sample, content: content.to_owned(), ..Reply::default() }
}
