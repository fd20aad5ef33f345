//! `thinkmeter show`: a trace in the terminal, with what was found in it; or which traces there are.

mod list;
mod trace;

use std::io;

use run_reader::{Entry, Index, Order, Outcome, Query, ReadingError, Run};

use crate::args::{Ending, Global, ShowArgs, Sorting};
use crate::exit::{Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: ShowArgs, global: &Global) -> Result<Exit> {
    let run = Run::open(&args.run)?;
    let index = Index::of(&run)?;
    let models = || run.models().iter().map(|model| model.name.as_str());
    let model = args.model.as_deref().map(|name| place("--model", name, models())).transpose()?;
    let color = output::colored(global);
    let Some(id) = &args.id else {
        let query = query(&args, &index, model)?;
        output::data(&list::told(&run, &index, &query, args.limit, output::width()))?;
        return Ok(Exit::Done);
    };
    let entry = index.find(id, model, args.sample).ok_or_else(|| missing(&args, id, &index))?;
    let Some(trace) = run.trace(usize::from(entry.model), u64::from(entry.place))? else {
        return Err(missing(&args, id, &index).into());
    };
    if args.json {
        output::data(&format!("{:#}", serde_json::to_value(&trace).map_err(io::Error::from)?))?;
    } else {
        let others: Vec<&Entry> = index.of_problem(id).filter(|other| *other != entry).collect();
        output::data(&trace::told(&run, &trace, &others, output::width(), color))?;
    }
    Ok(Exit::Done)
}

/// Which of the run's names a flag means.
fn place<'a>(flag: &str, wanted: &str, names: impl Iterator<Item = &'a str>) -> Result<u16, Usage> {
    let names: Vec<&str> = names.collect();
    let found = (0..=u16::MAX).zip(&names).find(|(_, name)| **name == wanted);
    found
        .map(|(place, _)| place)
        .ok_or_else(|| Usage(format!("{flag} {wanted}: the run has {}", names.join(", "))))
}

fn query(args: &ShowArgs, index: &Index, model: Option<u16>) -> Result<Query, Usage> {
    let subsets = || index.subsets.iter().map(AsRef::as_ref);
    let subset = args.subset.as_deref().map(|name| place("--subset", name, subsets())).transpose()?;
    let outcome = args.outcome.map(|ending| match ending {
        Ending::Right => Outcome::Right,
        Ending::Wrong => Outcome::Wrong,
        Ending::Undecided => Outcome::Undecided,
        Ending::Failed => Outcome::Failed,
    });
    let order = match args.sort {
        Sorting::Waste => Order::Waste,
        Sorting::Tokens => Order::Tokens,
        Sorting::Efficiency => Order::Efficiency,
        Sorting::Table => Order::Table,
    };
    Ok(Query { model, subset, outcome, cut: args.cut, lost: args.lost, text: String::new(), order })
}

fn missing(args: &ShowArgs, id: &str, index: &Index) -> ReadingError {
    let known: Vec<String> = index.of_problem(id).map(|entry| format!("sample {}", entry.sample)).collect();
    let nearest = if let Some(some) = known.first() {
        format!(" of that model and sample; there is {some} of it")
    } else {
        let ids = index.entries.iter().map(|entry| &*entry.problem);
        let near = plugin::nearest(id, ids).map(|near| format!(" (did you mean `{near}`?)"));
        near.unwrap_or_else(|| format!("; `thinkmeter show {}` lists them", args.run.display()))
    };
    ReadingError::NoTrace { name: id.to_owned(), nearest }
}
