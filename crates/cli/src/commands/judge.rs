//! `thinkmeter judge`: one judge over one file of steps.

use judge::{Judge, JudgeError, JudgeIo};
use plugin::{Configured, Faults, Value};
use tables::Provenance;

use super::batch::{Out, Post, nothing_to_ask, table as batch_table, tell_aside};
use super::component::{invalid, table};
use super::money;
use super::session::Session;
use crate::args::{Global, JudgeArgs};
use crate::exit::{Exit, Result};
use crate::output;

/// The judge with the tasks behind it; every fault of both is named at once.
fn judge(args: &JudgeArgs) -> Result<Configured<dyn Judge>> {
    let is_task = |set: &&String| set.starts_with(TASKS);
    let (of_tasks, own): (Vec<&String>, Vec<&String>) = args.set.iter().partition(is_task);
    let own: Vec<String> = own.into_iter().cloned().collect();
    let judge = judge::parse(&table(Some(&args.judge), &[], &own)?, "judge");
    let tasks = judge::tasks::build(&tasks(&args.task, &of_tasks)?, "tasks");
    match (judge, tasks) {
        (Ok(judge), Ok(tasks)) => Ok(tasks.behind(judge)),
        (judge, tasks) => {
            let faults = judge.err().into_iter().chain(tasks.err());
            Err(invalid(Faults(faults.flat_map(|faults| faults.0).collect())).into())
        }
    }
}

/// Where the keys of tasks begin.
const TASKS: &str = "tasks.";

/// The `[tasks]` table that `--task NAME=KIND --set tasks.NAME.key=value …` stands for.
fn tasks(named: &[String], set: &[&String]) -> Result<Value> {
    let kind = |task: &String| {
        let (name, kind) = task.split_once('=').unwrap_or((task, ""));
        let entry = judge::TASKS.iter().find(|entry| entry.name == name);
        let usual = entry.map_or("llm", |entry| entry.usual_kind());
        format!("{name}.kind={}", if kind.is_empty() { usual } else { kind })
    };
    let kinds = named.iter().map(kind);
    let keys = set.iter().map(|set| set.strip_prefix(TASKS).unwrap_or(set).to_owned());
    table(None, &[], &kinds.chain(keys).collect::<Vec<String>>())
}

pub(crate) fn run(args: JudgeArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, args.offline)?;
    let judge = judge(&args)?;
    money::check(&args.calls, judge.built.endpoints().into_iter())?;
    let post = Post::open(&args.batch, Out::File)?;
    let out = batch_table(args.output.as_deref(), &args.batch);
    let io = JudgeIo {
        problems: args.tables.problems,
        generations: args.tables.generations,
        splits: args.tables.splits,
        out: out.clone(),
    };
    let execution = post.over(session.execution(&args.calls, !judge.built.endpoints().is_empty())?);
    let watch = session.progress.watch("judge");
    let work = judge::run(judge.built.as_ref(), &io, &execution, Provenance::default(), &watch);
    let result = session.runtime.block_on(work);
    drop(watch);
    post.finish(global)?;
    if let Err(JudgeError::Aside(aside)) = &result {
        tell_aside(aside.questions);
        return Ok(Exit::Done);
    }
    let summary = result?;
    if args.output.is_none() {
        return nothing_to_ask(&out);
    }
    if let Some(spent) = money::spent(&execution).filter(|_| !global.quiet) {
        output::say(&spent);
    }
    super::done(&summary, &out, global)
}
