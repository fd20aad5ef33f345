//! The stage from tables to tables: pure judges, and a scripted server.

mod asking;
mod chain;
mod columns;
mod demonstration;
mod pure;
mod requests;
#[path = "../../testkit/shared/stage.rs"]
mod stage_tables;

use chat::Ask;
use llm::{Execution, Session};
use stage::{Files, Observer, StageError, Summary, table};
use tables::{Finish, Generation, Grade, Judgment, Problem, Provenance, Split, Step};

use crate::Judge;
use crate::test_support::{build, graded};
use stage_tables::{Ear, Place};

const STEPS: [&str; 3] = ["Let me see.", "That makes", "Yes, that is right."];

/// `index + 2` is what problem `index` asks, and step 1 says it.
fn generation(index: usize, sample: u32) -> Generation {
    let reasoning = format!("{}\n\n{} {}.\n\n{}", STEPS[0], STEPS[1], index + 2, STEPS[2]);
    let (problem_id, model) = (format!("p{index}"), "m".to_owned());
    Generation { problem_id, sample, model, reasoning, finish: Finish::Stop, ..Generation::default() }
}

fn split(generation: &Generation) -> Split {
    let mut steps = Vec::new();
    let mut start = 0;
    for step in generation.reasoning.split("\n\n").filter(|step| !step.is_empty()) {
        steps.push(Step { start, end: start + step.len() as u32, tokens: 1 });
        start += step.len() as u32 + 2;
    }
    let problem_id = generation.problem_id.clone();
    Split { problem_id, sample: generation.sample, steps, ..Split::default() }
}

fn grade(problems: &[Problem], generation: &Generation) -> Grade {
    graded(problems.iter().find(|problem| problem.id == generation.problem_id).unwrap(), generation)
}

fn problem(index: usize) -> Problem {
    let gold = vec![(index + 2).to_string()];
    Problem {
        id: format!("p{index}"),
        problem: format!("What is {index} plus 2?"),
        gold,
        ..Problem::default()
    }
}

impl Place {
    /// So many problems with one generation each.
    fn new(problems: usize) -> Self {
        let generations: Vec<Generation> = (0..problems).map(|index| generation(index, 0)).collect();
        Self::of((0..problems).map(problem).collect(), generations)
    }

    fn of(problems: Vec<Problem>, generations: Vec<Generation>) -> Self {
        let place = Self::empty();
        place.write("grades", generations.iter().map(|one| grade(&problems, one)).collect());
        place.write("problems", problems);
        place.write("splits", generations.iter().map(split).collect());
        place.write("generations", generations);
        place
    }

    fn read(&self, out: &str) -> Vec<Judgment> {
        self.rows(out)
    }

    fn same(&self, one: &str, other: &str) -> bool {
        std::fs::read(self.path(one)).unwrap() == std::fs::read(self.path(other)).unwrap()
    }

    /// Runs the stage from a thread and a runtime of its own, as the program does.
    async fn run(
        &self,
        judge: &dyn Judge,
        out: &str,
        exec: &Execution,
        observer: &dyn Observer,
    ) -> Result<Summary, StageError> {
        let read = [table::PROBLEMS, table::GENERATIONS, table::GRADES, table::SPLITS];
        let files = read
            .into_iter()
            .fold(Files::default(), |files, table| files.reading(table, self.path(table.name())));
        let files = files.writing(table::JUDGMENTS, self.path(out));
        let run = || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let session = Session::new(judge.endpoints(), exec, runtime.handle(), observer).unwrap();
            let ask = (!judge.endpoints().is_empty()).then_some(&session as &dyn Ask);
            crate::judge(judge, &files, &Provenance::default(), ask, observer)
        };
        std::thread::scope(|scope| scope.spawn(run).join().unwrap())
    }
}
