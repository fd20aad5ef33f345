//! The question to the splitting model.

use std::ops::Range;
use std::path::Path;

use plugin::{ConfigError, Content};
use prompt::{Prompts, Value, context};

use super::pieces::Pieces;

const BOUNDARIES: &str = include_str!("../../../prompts/llm/boundaries.txt");
const AGAIN: &str = include_str!("../../../prompts/llm/again.txt");

/// The built-in question, or the one in `file`.
pub(super) fn load(file: Option<&Path>, content: &mut Content) -> Result<Prompts, ConfigError> {
    let prompts = Prompts::load(("boundaries.txt", BOUNDARIES), AGAIN, file, content)?;
    prompts.try_out(&values(&Pieces::new("a b", vec![0..1, 2..3]), 0, &(1..2)))?;
    Ok(prompts)
}

/// What the question about a window shows, with pieces from `first` on in front of it.
pub(super) fn values(pieces: &Pieces<'_>, first: usize, window: &Range<usize>) -> Value {
    let shown = |index: usize| context! { index, text => pieces.piece(index) };
    let pieces: Vec<Value> = (first..window.end).map(shown).collect();
    let (begin, last) = (window.start, window.end.saturating_sub(1));
    context! { pieces, first, begin, last }
}
