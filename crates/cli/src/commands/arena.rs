//! `thinkmeter arena`: ratings from votes.

use arena::{Anchor, Field, Intervals, ReadOptions, Settings, Ties, views};
use plugin::ConfigError;

use super::report::as_text;
use crate::args::{ArenaAction, ArenaArgs, FitArgs, Global, IntervalsWord, TiesWord, VoteArgs};
use crate::exit::{Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: ArenaArgs, global: &Global) -> Result<Exit> {
    match args.action {
        ArenaAction::Fit(args) => fit(&args, global),
    }
}

fn fit(args: &FitArgs, global: &Global) -> Result<Exit> {
    let votes = arena::read(&args.files, &reading(&args.reading)?)?;
    let arena = arena::rate(&votes, &settings(args)?)?;
    let text = match as_text(args.format) {
        Some(format) => views::text(&arena, format, output::width(), output::colored(global))?,
        None => views::html(&arena)?,
    };
    output::data_to(args.output.as_deref(), &text, args.format)?;
    Ok(Exit::Done)
}

fn reading(args: &VoteArgs) -> Result<ReadOptions> {
    let known = Field::ALL.map(Field::word);
    let field = |(word, column): &(String, String)| {
        let field = Field::ALL.into_iter().find(|field| field.word() == word);
        let unknown = || Usage(ConfigError::unknown("--column", "field of a vote", word, &known).to_string());
        Ok((field.ok_or_else(unknown)?, column.clone()))
    };
    if !(args.strong_weight > 0.0 && args.strong_weight.is_finite()) {
        return Err(Usage("--strong-weight: expected a number above 0".to_owned()).into());
    }
    Ok(ReadOptions {
        format: args.votes_format.clone(),
        columns: args.column.iter().map(field).collect::<Result<_, Usage>>()?,
        known_models: args.known_models,
        strong_weight: args.strong_weight,
    })
}

fn settings(args: &FitArgs) -> Result<Settings> {
    Ok(Settings {
        ties: match args.ties {
            TiesWord::Half => Ties::Half,
            TiesWord::Drop => Ties::Drop,
        },
        cluster: args.cluster.map(Into::into),
        intervals: match args.intervals {
            IntervalsWord::Sandwich => Intervals::Sandwich,
            IntervalsWord::Bootstrap => Intervals::Bootstrap,
        },
        resamples: args.resamples,
        seed: args.seed,
        prior: args.prior,
        anchor: args.anchor.as_deref().map(anchor).transpose()?,
        control: args.control.clone(),
        families: args.family.iter().cloned().collect(),
        k: args.k,
        shuffles: args.shuffles,
    })
}

/// `model`, or `model=points`.
fn anchor(text: &str) -> Result<Anchor, Usage> {
    let Some((model, points)) = text.rsplit_once('=') else {
        return Ok(Anchor { model: text.to_owned(), points: 1000.0 });
    };
    let number = points.trim().parse::<f64>().ok().filter(|points| points.is_finite());
    let points =
        number.ok_or_else(|| Usage(format!("--anchor {text}: `{points}` is no number of points")))?;
    Ok(Anchor { model: model.to_owned(), points })
}
