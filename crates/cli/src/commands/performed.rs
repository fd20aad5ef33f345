//! A pipeline run in its folder, with a log beside it.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use llm::CallErrors;
use pipeline::{Failures, Pipeline, RunFolder, Settings};

use super::batch::{BatchIo, Out, tell_deferred};
use super::session::{Session, servers};
use super::{chosen, money};
use crate::args::{Global, RunArgs};
use crate::exit::{About, Exit, Result};
use crate::moment::duration;
use crate::output;
use crate::recorder::Recorder;
use crate::run_log::{self, RunLog};
use crate::stages::STAGES;

/// Runs a pipeline in its folder, with a log beside it; `show` is given the folder if there are figures to show then.
pub(super) fn in_folder(
    pipeline: &Pipeline,
    args: &RunArgs,
    session: &Session,
    global: &Global,
    show: impl FnOnce(&Path) -> Result<()>,
) -> Result<Exit> {
    let folder = RunFolder::open(&chosen::folder(&args.pipeline, pipeline))?;
    let log = Arc::new(begin_log(&folder, pipeline)?);
    let started = Instant::now();
    let result = run_in(&folder, pipeline, args, session, &log, global).and_then(|(exit, measured)| {
        if measured {
            show(folder.path())?;
        }
        Ok(exit)
    });
    end_log(&log, &result, started, global);
    result
}

/// Whether there are figures to show now stands beside the exit code.
fn run_in(
    folder: &RunFolder,
    pipeline: &Pipeline,
    args: &RunArgs,
    session: &Session,
    log: &Arc<RunLog>,
    global: &Global,
) -> Result<(Exit, bool)> {
    money::check(&args.calls, pipeline.endpoints().into_iter())?;
    let io = BatchIo::open(&args.batch, Out::Folder, pipeline.secret_names.clone())?;
    let execution = io.over(session.execution(&args.calls, pipeline.calls_models())?);
    let call_errors = Arc::new(CallErrors::default());
    let (quiet, told) = (global.quiet, Arc::clone(log));
    let say = move |line: &str| {
        told.line(line);
        if !quiet {
            output::say(line);
        }
    };
    let settings = Settings {
        execution: llm::Execution {
            call_errors: Some(Arc::clone(&call_errors)),
            secrets: Arc::new(pipeline.secrets.clone()),
            servers: Some(servers(folder.path().join("servers"), args.calls.keep_servers, say)?),
            ..execution
        },
        runtime: session.runtime.handle().clone(),
        tokenizers: session.tokenizers(),
        selection: chosen::selection(&args.pipeline)?,
        tolerated: args.failures.fail_on_error,
    };
    let recorder = Recorder { progress: &session.progress, log: Arc::clone(log), call_errors };
    let outcome = pipeline::run(pipeline, folder, &settings, &recorder)?;
    io.finish(global)?;
    tell_costs(&outcome, &settings.execution, global);
    if outcome.deferred > 0 {
        tell_deferred(outcome.deferred);
    }
    let complete = outcome.deferred == 0 && outcome.refused == 0;
    let measured = complete && settings.selection.reaches(STAGES.find("measure").map_err(chosen::usage)?);
    Ok((verdict(&outcome, args.failures.fail_on_error), measured))
}

/// A log names the program and what it was asked for; what is secret in the pipeline or its environment never gets into it.
fn begin_log(folder: &RunFolder, pipeline: &Pipeline) -> Result<RunLog> {
    if folder.is_read_only() {
        output::say(&format!(
            "note: {} cannot be written: what is complete is shown",
            folder.path().display()
        ));
        return Ok(RunLog::nowhere(folder.path()));
    }
    let log = RunLog::begin(folder.path(), &chosen::secrets(pipeline))
        .about(|| format!("cannot write a log in {}", folder.path().display()))?;
    let version = env!("CARGO_PKG_VERSION");
    log.line(&format!("thinkmeter {version}: {}, {}", pipeline.name, run_log::arguments()));
    Ok(log)
}

/// How it ended stands in the log, and where the log is, if it did not end well.
fn end_log(log: &RunLog, result: &Result<Exit>, started: Instant, global: &Global) {
    let end = match result {
        Ok(Exit::Done) => "done".to_owned(),
        Ok(exit) => format!("ended with exit code {}", *exit as u8),
        Err(error) => format!("error: {}", error.message()),
    };
    log.line(&format!("{end} (after {})", duration(started.elapsed().as_secs_f64())));
    if !matches!(result, Ok(Exit::Done)) && !global.quiet {
        output::say(&format!("log: {}", log.path().display()));
    }
}

fn tell_costs(outcome: &pipeline::Outcome, execution: &llm::Execution, global: &Global) {
    if global.quiet {
        return;
    }
    if outcome.costs.len() > 1 {
        let amount = outcome.costs.iter().map(|(_, cost, _)| cost.amount).sum();
        let unknown = outcome.costs.iter().map(|(_, cost, _)| cost.unknown).sum();
        let rows = outcome.costs.iter().map(|(_, _, rows)| rows).sum();
        output::say(&format!("all replies: {}", money::render(&stage::Cost { amount, unknown }, rows)));
    }
    if let Some(spent) = money::spent(execution) {
        output::say(&spent);
    }
}

fn verdict(outcome: &pipeline::Outcome, tolerated: f64) -> Exit {
    if let Some(failed) = render(&outcome.failures) {
        output::say(&format!("warning: {failed}; run the same command again to try them again"));
    }
    let too_many = outcome.failures.iter().any(|failures| failures.share > tolerated);
    if too_many || outcome.refused > 0 { Exit::TooManyErrors } else { Exit::Done }
}

/// The stages with the largest shares of rows that failed, and how many more there are.
fn render(failures: &[Failures]) -> Option<String> {
    const MOST: usize = 3;
    let mut worst: Vec<&Failures> = failures.iter().collect();
    worst.sort_by(|a, b| b.share.total_cmp(&a.share));
    let one = |Failures { id, failed, rows, share }: &Failures| {
        format!("{id}: {failed} of {rows} rows failed ({:.1} %)", share * 100.0)
    };
    let first = worst.iter().take(MOST).map(|failures| one(failures)).collect::<Vec<_>>().join("; ");
    match worst.len() {
        0 => None,
        1..=MOST => Some(first),
        all => Some(format!("{first}; and rows of {} more stages", all - MOST)),
    }
}
