//! `thinkmeter report`: figures as a table, Markdown, CSV, JSON or a page.

use pipeline::PipelineError;
use report::{About, Report};

use crate::args::{Format, Global, ReportArgs};
use crate::exit::Exit;
use crate::output;

pub(crate) fn run(args: ReportArgs, global: &Global) -> anyhow::Result<Exit> {
    let about = About {
        title: args.metrics.display().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        glossary: pipeline::glossary(),
        ..About::default()
    };
    let report = Report::read(&args.metrics, &args.scores, about).map_err(PipelineError::from)?;
    output::data_to(args.output.as_deref(), &render(&report, args.format, global)?)?;
    Ok(Exit::Done)
}

/// The report in one of its formats.
pub(crate) fn render(report: &Report, format: Format, global: &Global) -> anyhow::Result<String> {
    let as_text = match format {
        Format::Table => report::Format::Table,
        Format::Md => report::Format::Md,
        Format::Csv => report::Format::Csv,
        Format::Json => report::Format::Json,
        Format::Jsonl => report::Format::Jsonl,
        Format::Html => return Ok(report::html(report).map_err(PipelineError::from)?),
    };
    Ok(report::render(report, as_text, output::width(), output::colored(global)))
}
