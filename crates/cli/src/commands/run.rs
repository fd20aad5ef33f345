//! `thinkmeter run`: a pipeline, as far as it is not up to date, or a suite of them.

use std::path::Path;

use pipeline::{Pipeline, TokenizerSource};
use report::{Questions, Report};
use stage::{RunLayout, table};

use super::chosen;
use super::performed::in_folder;
use super::session::Session;
use crate::args::{Format, Global, RunArgs, View};
use crate::exit::{Exit, Result};
use crate::output;

pub(crate) fn run(args: RunArgs, global: &Global) -> Result<Exit> {
    super::grade::permit(args.code);
    let session = Session::new(global, args.pipeline.offline)?;
    let suite = chosen::suite(&args.pipeline)?;
    if args.dry_run {
        return super::explain::explain(suite.as_ref(), &args.pipeline, &args.calls, &session);
    }
    if let Some(suite) = suite {
        return super::suite::run(&suite, &args, &session, global);
    }
    let pipeline = chosen::open(&args.pipeline)?;
    in_folder(&pipeline, &args, &session, global, |folder| {
        let text = printed(&args, &pipeline, folder, &session.tokenizers(), global)?;
        output::data_to(None, &text, args.format)?;
        if !global.quiet {
            output::say(&format!("report: {}", folder.join("report.html").display()));
        }
        Ok(())
    })
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
    if args.view == Some(View::Questions) {
        let questions = Questions::read(Some(&layout.of_run(table::PROBLEMS)), &shown.scores)?;
        return super::report::draw(&report::questions(&questions), args.format, global);
    }
    let metrics = layout.of_run(table::METRICS);
    let report = Report::read_run(folder, &metrics, &shown.scores, report::About::from(&shown.about))?;
    let usual = || {
        if report.has_strategies() && args.format != Format::Html { View::Strategies } else { View::Figures }
    };
    match args.view.unwrap_or_else(usual) {
        View::Strategies => super::report::draw(&report::strategies(&report)?, args.format, global),
        View::Rewards => super::report::draw(&report::rewards(&report), args.format, global),
        View::Figures | View::Questions => super::report::render(&report, args.format, global),
    }
}
