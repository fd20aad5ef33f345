//! `thinkmeter grade`: the answer engine over a file of pairs, or the stage over generations.

use pairs::{Kind, LineFormat, Output, Policy, Settings};

use super::component::{invalid, table};
use super::session::Session;
use super::stage;
use crate::args::{CodeArgs, Global, GradeArgs, RowFormat};
use crate::exit::{Exit, Result};
use crate::output;

/// Lets programs run unconfined if the command line says so.
pub(crate) fn permit(code: CodeArgs) {
    if code.run_code_unconfined {
        output::say("warning: programs that a model wrote run with your rights");
        sandbox::allow_unconfined();
    }
}

pub(crate) fn run(args: GradeArgs, global: &Global) -> Result<Exit> {
    permit(args.code);
    let Some(pairs) = args.pairs.clone() else { return stage::run(args.alone(), global) };
    let session = Session::new(global, false)?;
    let policy: Policy = plugin::parse(&table(None, &[], &args.set)?, "policy").map_err(invalid)?;
    let kind = if args.reply { Kind::Reply } else { Kind::Answer };
    let format = match args.format {
        RowFormat::Jsonl => LineFormat::Jsonl,
        RowFormat::Csv => LineFormat::Csv,
    };
    let rows_to_file = args.output.is_some();
    let out = args.output.map_or_else(|| Output::Stream(output::stream(), format), Output::File);
    let watch = session.progress.watch("grade");
    let report = pairs::run(&pairs, &Settings { policy, kind }, out, &watch)?;
    drop(watch);
    if rows_to_file {
        output::data(&report.to_text())?;
    } else if !global.quiet {
        output::say(report.to_text().trim_end());
    }
    Ok(Exit::Done)
}
