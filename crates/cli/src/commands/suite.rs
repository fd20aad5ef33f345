//! `thinkmeter run` and `explain` of a suite: its pipelines one after the other, with one budget, and a table at the end.

use std::path::{Path, PathBuf};

use leaderboard::{PartRecord, Settings, SuiteRecord, board, views};
use pipeline::{Forecast, Part, Pipeline, Suite};

use super::outlook::look;
use super::performed::in_folder;
use super::session::Session;
use super::{chosen, forecast, money, table};
use crate::args::{CallArgs, Global, PipelineArgs, RunArgs};
use crate::exit::{About, Exit, Failure, Result, Usage, told};
use crate::output;

/// A part with what the command line and the suite say of it.
struct Prepared {
    args: PipelineArgs,
    pipeline: Pipeline,
    record: PartRecord,
}

/// What became of the parts so far.
struct Outcome {
    worst: Exit,
    /// Why no further part is begun.
    stopped: Option<String>,
}

pub(super) fn run(suite: &Suite, args: &RunArgs, session: &Session, global: &Global) -> Result<Exit> {
    if args.view.is_some() {
        return Err(
            Usage("--view: a suite prints its table; the reports lie with its parts".to_owned()).into()
        );
    }
    let folder = folder(suite, &args.pipeline);
    let mut parts = prepared(suite, &args.pipeline)?;
    // Nobody wants to hear after the first part that the second one has no price.
    for part in &parts {
        money::check(&args.calls, part.pipeline.endpoints().into_iter())?;
    }
    std::fs::create_dir_all(&folder).about(|| format!("cannot make {}", folder.display()))?;
    write(&parts, &folder)?;
    let mut outcome = Outcome { worst: Exit::Done, stopped: None };
    for part in &mut parts {
        outcome.add(part, args, session, global);
    }
    write(&parts, &folder)?;
    if outcome.worst != Exit::Interrupted {
        show(&folder, args, global)?;
    }
    Ok(outcome.worst)
}

/// What every part would do and ask, and all of them together.
pub(super) fn explain(
    suite: &Suite,
    args: &PipelineArgs,
    calls: &CallArgs,
    session: &Session,
) -> Result<Exit> {
    let (mut worst, mut lost) = (Exit::Done, 0);
    let mut all: Vec<Forecast> = Vec::new();
    let parts = prepared(suite, args)?;
    for part in &parts {
        match look(&part.pipeline, &part.args, calls, session) {
            Ok(forecasts) => all.extend(forecasts.into_values()),
            Err(failure) => {
                worst = worse(worst, tell(part, &failure));
                lost += 1;
            }
        }
    }
    let missing = if lost > 0 { format!(" without {lost} that cannot be run here") } else { String::new() };
    let calls = forecast::of_all(all.iter());
    output::data(&format!("{}: {} parts{missing}, {calls}", suite.name, parts.len()))?;
    Ok(worst)
}

fn folder(suite: &Suite, args: &PipelineArgs) -> PathBuf {
    args.output_dir.join(args.name.as_deref().unwrap_or(&suite.name))
}

/// All parts are understood before the first of them is begun.
fn prepared(suite: &Suite, args: &PipelineArgs) -> Result<Vec<Prepared>> {
    let mut parts: Vec<Prepared> = Vec::new();
    for part in &suite.parts {
        let args = chosen::of_part(suite, part, args, &folder(suite, args))?;
        let pipeline = chosen::open(&args).about(|| part.name.clone())?;
        let column = column(part, &pipeline, &parts);
        let record = PartRecord { folder: part.name.clone(), column, missing: None };
        parts.push(Prepared { args, pipeline, record });
    }
    Ok(parts)
}

/// As its data set is called, unless another part is about the same one.
fn column(part: &Part, pipeline: &Pipeline, before: &[Prepared]) -> String {
    let dataset = pipeline.about().labels.get("dataset").cloned();
    let taken = |name: &String| before.iter().any(|other| other.record.column == *name);
    dataset.filter(|name| !taken(name)).unwrap_or_else(|| part.name.clone())
}

impl Outcome {
    fn add(&mut self, part: &mut Prepared, args: &RunArgs, session: &Session, global: &Global) {
        if let Some(why) = &self.stopped {
            output::say(&format!("{}: not begun, {why}", part.record.folder));
            part.record.missing = Some(format!("not begun, {why}"));
            // All before it may have gone well.
            self.worst = worse(self.worst, Exit::Failed);
            return;
        }
        if !global.quiet {
            output::say(&format!("part {}: {}", part.record.folder, part.record.column));
        }
        let args = of_part(args, part);
        let exit = match in_folder(&part.pipeline, &args, session, global, |_| Ok(())) {
            Ok(exit) => exit,
            Err(failure) => {
                part.record.missing = Some(told(&failure));
                tell(part, &failure)
            }
        };
        self.worst = worse(self.worst, exit);
        self.stopped = why_stop(exit, session);
    }
}

/// The arguments of `run` for one part.
fn of_part(args: &RunArgs, part: &Prepared) -> RunArgs {
    let mut args = RunArgs { pipeline: part.args.clone(), ..args.clone() };
    // Models have the same names in all parts.
    args.batch.batch_out = args.batch.batch_out.map(|path| path.join(&part.record.folder));
    args
}

/// Why no further part is begun, if so.
fn why_stop(exit: Exit, session: &Session) -> Option<String> {
    if exit == Exit::Interrupted {
        return Some("as somebody asked to stop".to_owned());
    }
    let budget = session.budget()?;
    let spent = || format!("as the {} of --max-cost are spent", forecast::money(budget.limit()));
    (budget.spent() >= budget.limit()).then(spent)
}

/// Says in one line why a part has no result; what exit code that is.
fn tell(part: &Prepared, failure: &Failure) -> Exit {
    output::say(&format!("error: {}: {}", part.record.folder, told(failure)));
    Exit::from(failure)
}

/// The one that somebody has to do something about first.
fn worse(one: Exit, other: Exit) -> Exit {
    const FROM_BEST: [Exit; 7] = [
        Exit::Done,
        Exit::TooManyErrors,
        Exit::Usage,
        Exit::Input,
        Exit::Endpoint,
        Exit::Failed,
        Exit::Interrupted,
    ];
    let place = |exit: Exit| FROM_BEST.iter().position(|known| *known == exit);
    if place(other) > place(one) { other } else { one }
}

fn write(parts: &[Prepared], folder: &Path) -> Result<()> {
    let record = SuiteRecord { parts: parts.iter().map(|part| part.record.clone()).collect() };
    Ok(record.write(folder)?)
}

/// The table goes to stdout, its page beside the runs.
fn show(folder: &Path, args: &RunArgs, global: &Global) -> Result<()> {
    let board = board(&[folder.to_owned()], &Settings::default())?;
    let page = folder.join("table.html");
    stage::write_atomically(&page, views::html(&board)?.as_bytes())?;
    output::data_to(None, &table::draw(&board, args.format, global)?, args.format)?;
    if !global.quiet {
        output::say(&format!("table: {}", page.display()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_part_decides() {
        let check = |exits: &[Exit], expect: Exit| {
            assert_eq!(exits.iter().copied().fold(Exit::Done, worse), expect, "{exits:?}");
        };
        check(&[Exit::Done, Exit::Input, Exit::Done], Exit::Input);
        check(&[Exit::TooManyErrors, Exit::Input], Exit::Input);
        check(&[Exit::Failed, Exit::Endpoint], Exit::Failed);
        check(&[Exit::Endpoint, Exit::Interrupted], Exit::Interrupted);
        check(&[], Exit::Done);
    }
}
