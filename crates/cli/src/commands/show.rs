//! `thinkmeter show`: a trace in the terminal, with what was found in it; or which traces there are.

mod list;
mod trace;

use std::io;

use run_reader::{Run, RunReaderError, TraceEntry, TraceIndex, TraceOrder, TraceOutcome, TraceQuery};

use crate::args::{Ending, Global, ShowArgs, Sorting};
use crate::exit::{Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: ShowArgs, global: &Global) -> Result<Exit> {
    let run = Run::open(&args.run)?;
    let index = TraceIndex::of(&run)?;
    let models = || (0_u16..).zip(&index.models);
    let model = args.model.as_deref().map(|name| place("--model", name, models())).transpose()?;
    let color = output::colored(global);
    let Some(id) = &args.id else {
        let query = query(&args, &index, model)?;
        output::data(&list::render(&args.run, &index, &query, args.limit, output::width()))?;
        return Ok(Exit::Done);
    };
    let entry = index.find(id, model, args.sample).ok_or_else(|| missing(&args, id, &index))?;
    let Some(trace) = run.trace(usize::from(entry.model), u64::from(entry.place))? else {
        return Err(missing(&args, id, &index).into());
    };
    if args.json {
        output::json(&format!("{:#}", serde_json::to_value(&trace).map_err(io::Error::from)?))?;
    } else {
        let others: Vec<&TraceEntry> = index.of_problem(id).filter(|other| *other != entry).collect();
        output::painted(&trace::render(&index, &trace, &others, output::width(), color))?;
    }
    Ok(Exit::Done)
}

/// Which of the run's names a flag means.
fn place<'a, T>(
    flag: &str,
    wanted: &str,
    mut names: impl Iterator<Item = (T, &'a String)> + Clone,
) -> Result<T, Usage> {
    let known = names.clone();
    let found = names.find(|(_, name)| *name == wanted).map(|(place, _)| place);
    let unknown = || known.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| Usage(format!("{flag} {wanted}: the run has {}", unknown())))
}

fn query(args: &ShowArgs, index: &TraceIndex, model: Option<u16>) -> Result<TraceQuery, Usage> {
    let subsets = || (0_u32..).zip(&index.subsets);
    let subset = args.subset.as_deref().map(|name| place("--subset", name, subsets())).transpose()?;
    let outcome = args.outcome.map(|ending| match ending {
        Ending::Right => TraceOutcome::Right,
        Ending::Wrong => TraceOutcome::Wrong,
        Ending::Undecided => TraceOutcome::Undecided,
        Ending::Failed => TraceOutcome::Failed,
    });
    let order = match args.sort {
        Sorting::Waste => TraceOrder::Waste,
        Sorting::Tokens => TraceOrder::Tokens,
        Sorting::Efficiency => TraceOrder::Efficiency,
        Sorting::Table => TraceOrder::Table,
    };
    Ok(TraceQuery { model, subset, outcome, cut: args.cut, lost: args.lost, text: String::new(), order })
}

fn missing(args: &ShowArgs, id: &str, index: &TraceIndex) -> RunReaderError {
    let known: Vec<String> = index.of_problem(id).map(|entry| format!("sample {}", entry.sample)).collect();
    let nearest = if let Some(some) = known.first() {
        format!(" of that model and sample; there is {some} of it")
    } else {
        let ids = index.entries.iter().map(|entry| &*entry.problem);
        let near = plugin::nearest(id, ids).map(|near| format!(" (did you mean `{near}`?)"));
        near.unwrap_or_else(|| format!("; `thinkmeter show {}` lists them", args.run.display()))
    };
    RunReaderError::NoTrace { name: id.to_owned(), nearest }
}
