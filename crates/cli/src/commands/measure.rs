//! `thinkmeter measure`: figures with intervals over any number of models.

use score::ScoreConfig;
use tables::Provenance;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{Global, MeasureArgs};
use crate::exit::{Exit, Result};

pub(crate) fn run(args: MeasureArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, false)?;
    let config = ScoreConfig::parse(&table(None, &[], &args.set)?, "score").map_err(invalid)?;
    let watch = session.progress.watch("measure");
    let summary = score::measure(&config, &args.scores, &args.output, Provenance::default(), &watch)?;
    super::done(&summary, &args.output, global)
}
