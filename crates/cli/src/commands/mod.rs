//! The subcommands, one a file.

pub(crate) mod cache;
pub(crate) mod calibrate;
pub(crate) mod compare;
pub(crate) mod curate;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod grade;
pub(crate) mod import;
pub(crate) mod judge;
pub(crate) mod list;
pub(crate) mod load;
pub(crate) mod measure;
pub(crate) mod plot;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod score;
pub(crate) mod show;
pub(crate) mod split;
pub(crate) mod view;

mod batch;
mod component;
mod forecast;
pub(crate) mod money;
mod session;

use std::path::Path;

use stage::Summary;

use crate::args::Global;
use crate::exit::{Exit, Result};
use crate::output;
use crate::progress::told;

/// Tells what a single stage came to.
fn done(summary: &Summary, out: &Path, global: &Global) -> Result<Exit> {
    if !global.quiet {
        output::say(&format!("{}: {}", out.display(), told(summary)));
    }
    Ok(if summary.failed > 0 { Exit::TooManyErrors } else { Exit::Done })
}
