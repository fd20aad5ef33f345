//! `thinkmeter table`: models by sets of problems.

use leaderboard::{Board, References, Settings, board, views};

use super::report::as_text;
use crate::args::{Format, Global, TableArgs};
use crate::exit::{Exit, Result};
use crate::output;

pub(crate) fn run(args: &TableArgs, global: &Global) -> Result<Exit> {
    let settings = Settings {
        baseline: args.baseline.clone(),
        other_problems: !args.allow.is_empty(),
        references: args.references.iter().map(|name| References::named(name)).collect::<Result<_, _>>()?,
        seed: args.seed,
    };
    let text = draw(&board(&args.runs, &settings)?, args.format, global)?;
    output::data_to(args.output.as_deref(), &text, args.format)?;
    Ok(Exit::Done)
}

/// The table in one of its formats.
pub(super) fn draw(board: &Board, format: Format, global: &Global) -> Result<String> {
    Ok(match as_text(format) {
        Some(format) => views::text(board, format, output::width(), output::colored(global))?,
        None => views::html(board)?,
    })
}
