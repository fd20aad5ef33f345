//! `thinkmeter report`: figures as a table, Markdown, CSV, JSON or a page.

use report::{About, Questions, Report, TableSet, TextFormat};

use crate::args::{Format, Global, ReportArgs, View};
use crate::exit::{Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: ReportArgs, global: &Global) -> Result<Exit> {
    if args.view == View::Questions {
        if args.scores.is_empty() {
            return Err(Usage("--view questions needs --scores, a file a model".to_owned()).into());
        }
        let questions = Questions::read(args.problems.as_deref(), &args.scores)?;
        let text = draw(&report::questions(&questions), args.format, global)?;
        output::data_to(args.output.as_deref(), &text, args.format)?;
        return Ok(Exit::Done);
    }
    let about = About {
        title: args.metrics.display().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        glossary: score::terms(),
        ..About::default()
    };
    let report = Report::read(&args.metrics, &args.scores, about)?;
    let text = match args.view {
        View::Rewards => draw(&report::rewards(&report), args.format, global)?,
        View::Strategies => draw(&report::strategies(&report)?, args.format, global)?,
        View::Figures | View::Questions => render(&report, args.format, global)?,
    };
    output::data_to(args.output.as_deref(), &text, args.format)?;
    Ok(Exit::Done)
}

/// The report in one of its formats.
pub(crate) fn render(report: &Report, format: Format, global: &Global) -> Result<String> {
    Ok(match as_text(format) {
        Some(format) => report::render(report, format, output::width(), output::colored(global))?,
        None => report::html(report)?,
    })
}

/// A table of its own in one of the formats.
pub(crate) fn draw(tables: &TableSet, format: Format, global: &Global) -> Result<String> {
    let format = as_text(format)
        .ok_or_else(|| Usage("--format html: this view has none; md is the nearest".to_owned()))?;
    Ok(tables.render(format, output::width(), output::colored(global))?)
}

/// None for the page.
pub(crate) fn as_text(format: Format) -> Option<TextFormat> {
    Some(match format {
        Format::Table => TextFormat::Table,
        Format::Md => TextFormat::Md,
        Format::Csv => TextFormat::Csv,
        Format::Json => TextFormat::Json,
        Format::Jsonl => TextFormat::Jsonl,
        Format::Html => return None,
    })
}
