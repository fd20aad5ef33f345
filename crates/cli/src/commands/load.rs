//! `thinkmeter load`: problems, and recorded replies, from one source.

use dataset::LoadOutputs;
use plugin::Value;
use tables::Provenance;

use super::component::{invalid, table};
use super::session::Session;
use crate::args::{Global, LoadArgs};
use crate::exit::{Exit, Result, Usage};

pub(crate) fn run(args: LoadArgs, global: &Global) -> Result<Exit> {
    let session = Session::new(global, false)?;
    let keys = [("preset", args.preset.map(Value::from)), ("path", args.path.map(Value::from))];
    let table = table(args.dataset.as_deref(), &keys, &args.set)?;
    let load = dataset::parse(&table, "dataset").map_err(invalid)?;
    match (load.has_replies(), &args.replies) {
        (true, None) => {
            return Err(Usage("this source holds replies: say where with --replies FILE".into()).into());
        }
        (false, Some(_)) => return Err(Usage("--replies: this source holds no replies".into()).into()),
        _ => {}
    }
    let out = LoadOutputs { problems: args.output.clone(), replies: args.replies };
    let watch = session.progress.watch("load");
    let summary = load.run(&out, Provenance::default(), &watch)?;
    super::done(&summary, &args.output, global)
}
