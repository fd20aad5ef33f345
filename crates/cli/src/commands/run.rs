//! `thinkmeter run`: a pipeline, as far as it is not up to date.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use llm::CallErrors;
use pipeline::{Document, Override, Pipeline, RunFolder, Selection, Settings, TokenizerSource};
use plugin::Value;
use report::{Questions, Report};
use stage::{RunLayout, table};

use super::batch::{Out, Post, tell_deferred};
use super::money;
use super::session::Session;
use crate::args::{Global, PipelineArgs, RunArgs, View};
use crate::exit::{About, Exit, Result, Usage};
use crate::progress::duration;
use crate::recorder::Recorder;
use crate::run_log::{self, RunLog};
use crate::stages::STAGES;
use crate::{environment, output};

pub(crate) fn run(args: RunArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, args.pipeline.offline)?;
    let pipeline = open(&args.pipeline)?;
    if args.dry_run {
        return super::explain::explain(&pipeline, &args.pipeline, &args.calls, &session);
    }
    let folder = RunFolder::open(&folder(&args.pipeline, &pipeline))?;
    let log = Arc::new(begin_log(&folder, &pipeline)?);
    let started = Instant::now();
    let result = run_in(&folder, &pipeline, &args, &session, &log, global);
    end_log(&log, &result, started, global);
    result
}

fn run_in(
    folder: &RunFolder,
    pipeline: &Pipeline,
    args: &RunArgs,
    session: &Session,
    log: &Arc<RunLog>,
    global: &Global,
) -> Result<Exit> {
    money::check(&args.calls, pipeline.endpoints().into_iter())?;
    let post = Post::open(&args.batch, Out::Folder)?;
    let execution = post.over(session.execution(&args.calls, pipeline.calls_models())?);
    let call_errors = Arc::new(CallErrors::default());
    let settings = Settings {
        execution: llm::Execution { call_errors: Some(Arc::clone(&call_errors)), ..execution },
        runtime: session.runtime.handle().clone(),
        tokenizers: session.tokenizers(),
        selection: selection(&args.pipeline)?,
    };
    let recorder = Recorder { progress: &session.progress, log: Arc::clone(log), call_errors };
    let outcome = pipeline::run(pipeline, folder, &settings, &recorder)?;
    post.finish(global)?;
    tell_costs(&outcome, &settings.execution, global);
    if outcome.deferred > 0 {
        tell_deferred(outcome.deferred);
        return Ok(verdict(&outcome, args.fail_on_error));
    }
    if settings.selection.reaches(STAGES.find("measure")?) {
        output::data(&printed(args, pipeline, folder.path(), &settings.tokenizers, global)?)?;
        if !global.quiet {
            output::say(&format!("report: {}", folder.path().join("report.html").display()));
        }
    }
    Ok(verdict(&outcome, args.fail_on_error))
}

/// A log names the program and what it was asked for; keys of the pipeline's endpoints never get into it.
fn begin_log(folder: &RunFolder, pipeline: &Pipeline) -> Result<RunLog> {
    let endpoints = pipeline.endpoints();
    let named = endpoints.iter().filter_map(|endpoint| endpoint.api_key_env.as_deref());
    let secrets = environment::secrets(named.chain([llm::env::OPENAI_API_KEY]));
    let log = RunLog::begin(folder.path(), secrets)
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
        output::say(&format!("all replies: {}", money::told(&stage::Cost { amount, unknown }, rows)));
    }
    if let Some(spent) = money::spent(execution) {
        output::say(&spent);
    }
}

/// What goes to stdout.
fn printed(
    args: &RunArgs,
    pipeline: &Pipeline,
    folder: &Path,
    tokenizers: &TokenizerSource,
    global: &Global,
) -> Result<String> {
    let shown = pipeline::shown(pipeline, folder, tokenizers)?;
    let layout = RunLayout::new(folder);
    if args.view == View::Questions {
        let questions = Questions::read(Some(&layout.of_run(table::PROBLEMS)), &shown.scores)?;
        return super::report::draw(&report::questions(&questions), args.format, global);
    }
    let metrics = layout.of_run(table::METRICS);
    let report = Report::read_run(folder, &metrics, &shown.scores, report::About::from(&shown.about))?;
    match args.view {
        View::Rewards => super::report::draw(&report::rewards(&report), args.format, global),
        View::Figures | View::Questions => super::report::render(&report, args.format, global),
    }
}

fn verdict(outcome: &pipeline::Outcome, tolerated: f64) -> Exit {
    if outcome.failed == 0 {
        return Exit::Done;
    }
    let share = outcome.failed as f64 / outcome.rows.max(1) as f64;
    let failed = format!("{} of {} rows failed ({:.1} %)", outcome.failed, outcome.rows, share * 100.0);
    output::say(&format!("warning: {failed}; run the same command again to try them again"));
    if share > tolerated { Exit::TooManyErrors } else { Exit::Done }
}

/// Reads the pipeline that the arguments name, with every flag that changes it applied.
pub(crate) fn open(args: &PipelineArgs) -> Result<Pipeline> {
    let document = Document::open(&args.pipeline)?;
    let overrides = overrides(args, &document)?;
    let pipeline = Pipeline::parse(document, &overrides, STAGES, args.offline)?;
    if !pipeline.dropped.is_empty() {
        let dropped = pipeline.dropped.join(", ");
        output::say(&format!("note: another kind was set, so these keys fall away: {dropped}"));
    }
    Ok(pipeline)
}

/// The folder of this pipeline's run.
pub(crate) fn folder(args: &PipelineArgs, pipeline: &Pipeline) -> std::path::PathBuf {
    args.output_dir.join(args.name.as_deref().unwrap_or(&pipeline.name))
}

fn overrides(args: &PipelineArgs, document: &Document) -> Result<Vec<Override>> {
    let mut overrides = Vec::new();
    for text in &args.set {
        overrides.push(Override::parse(text)?);
    }
    if let Some(limit) = &args.limit {
        overrides.push(limit_override(limit)?);
    }
    if !args.sample_id.is_empty() {
        overrides.push(Override::new("dataset.sample_ids", args.sample_id.clone()));
    }
    let asked = asked_models(document);
    for (key, value) in
        [("samples", args.samples.map(Value::from)), ("base_url", args.base_url.clone().map(Value::from))]
    {
        let Some(value) = value else { continue };
        if asked.is_empty() {
            let flag = key.replace('_', "-");
            return Err(
                Usage(format!("--{flag}: this pipeline asks no model, its replies are recorded")).into()
            );
        }
        overrides.extend(asked.iter().map(|i| Override::new(&format!("models.{i}.{key}"), value.clone())));
    }
    Ok(overrides)
}

/// The models of a document that have a server to ask: their kind knows an address.
fn asked_models(document: &Document) -> Vec<usize> {
    let models = document.value.get("models").and_then(Value::as_array).into_iter().flatten().enumerate();
    let asks = |model: &Value| {
        let kind = model.get("kind").and_then(Value::as_str).and_then(|kind| generate::GENERATORS.get(kind));
        kind.is_none_or(|kind| kind.keys().iter().any(|key| key.name == "base_url"))
    };
    models.filter(|(_, model)| asks(model)).map(|(index, _)| index).collect()
}

fn limit_override(limit: &str) -> Result<Override> {
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|n| *n > 0);
    match limit.split_once('-') {
        None => number(limit).map(|n| Override::new("dataset.limit", n)),
        Some((from, to)) => match (number(from), number(to)) {
            (Some(a), Some(b)) if a <= b => Some(Override::new("dataset.range", limit)),
            _ => None,
        },
    }
    .ok_or_else(|| Usage(format!("--limit {limit}: expected a number above 0, or A-B with A ≤ B")).into())
}

/// The stages that the arguments ask for.
pub(crate) fn selection(args: &PipelineArgs) -> Result<Selection> {
    let find = |word: &String| STAGES.find(word).map_err(usage);
    let stage = |word: &Option<String>| word.as_ref().map(find).transpose();
    let force = args.force.iter().map(find).collect::<std::result::Result<_, _>>()?;
    Ok(Selection {
        from: stage(&args.from)?,
        to: stage(&args.to)?,
        only: stage(&args.only)?,
        force,
        models: args.model.clone(),
    })
}

fn usage(error: pipeline::PipelineError) -> Usage {
    Usage(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_counts_or_ranges() {
        let check = |limit: &str, expect: Option<(&str, Value)>| {
            let found = limit_override(limit).ok();
            assert_eq!(found, expect.map(|(path, value)| Override::new(path, value)), "{limit}");
        };
        check("5", Some(("dataset.limit", Value::from(5))));
        check("3-7", Some(("dataset.range", Value::from("3-7"))));
        check("7-3", None);
        check("0", None);
        check("many", None);
    }
}
