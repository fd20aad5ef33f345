//! `thinkmeter show`: a trace in the terminal, with what was found in it; or which traces there are.

mod list;
mod trace;

use run_reader::{Entry, Index, Order, Outcome, Query, ReadingError, Run};

use crate::args::{Ending, Global, ShowArgs, Sorting};
use crate::exit::{Exit, Usage};
use crate::output;

pub(crate) fn run(args: ShowArgs, global: &Global) -> anyhow::Result<Exit> {
    let run = Run::open(&args.run)?;
    let index = Index::of(&run)?;
    let model = args.model.as_deref().map(|name| model_named(&run, name)).transpose()?;
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
        output::data(&format!("{:#}", serde_json::to_value(&trace)?))?;
    } else {
        let others: Vec<&Entry> = index.of_problem(id).filter(|other| *other != entry).collect();
        output::data(&trace::told(&run, &trace, &others, output::width(), color))?;
    }
    Ok(Exit::Done)
}

fn model_named(run: &Run, name: &str) -> anyhow::Result<u16> {
    let found = run.models().iter().position(|model| model.name == name);
    let known = || run.models().iter().map(|model| model.name.as_str()).collect::<Vec<_>>().join(", ");
    let place = found.ok_or_else(|| Usage(format!("--model {name}: the run has {}", known())))?;
    Ok(u16::try_from(place)?)
}

fn query(args: &ShowArgs, index: &Index, model: Option<u16>) -> anyhow::Result<Query> {
    let subset = match &args.subset {
        None => None,
        Some(name) => {
            let place = index.subsets.iter().position(|subset| subset == name);
            let unknown = || Usage(format!("--subset {name}: the run has {}", index.subsets.join(", ")));
            Some(u16::try_from(place.ok_or_else(unknown)?)?)
        }
    };
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
