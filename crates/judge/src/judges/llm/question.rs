//! The question to the judge.

use std::ops::Range;
use std::path::Path;

use plugin::{ConfigError, Content};
use prompt::{Prompts, Value, context};
use tables::{Generation, Grade, Problem, Step};

use super::window::Sizes;
use crate::Item;

const FIRST_STEP: &str = include_str!("../../../prompts/llm/first_step.txt");
const AGAIN: &str = include_str!("../../../prompts/llm/again.txt");

/// The built-in question, or the one in `file`.
pub(super) fn load(file: Option<&Path>, content: &mut Content) -> Result<Prompts, ConfigError> {
    let prompts = Prompts::load(("first_step.txt", FIRST_STEP), AGAIN, file, content)?;
    let problem = Problem { gold: vec!["5".into()], choices: vec!["5".into()], ..Problem::default() };
    let generation = Generation { reasoning: "5 5 5".into(), ..Generation::default() };
    let steps = [0, 2, 4].map(|start| Step { start, end: start + 1, tokens: 1 });
    let grade = Grade::default();
    let item = Item { problem: &problem, generation: &generation, grade: &grade, steps: &steps };
    prompts.try_out(&values(&item, &Sizes::of(&item), &(1..2), usize::MAX))?;
    Ok(prompts)
}

/// What the question about a window of an item's steps shows.
pub(super) fn values(item: &Item<'_>, sizes: &Sizes, window: &Range<usize>, budget: usize) -> Value {
    let shown = |index: usize| context! { index, text => sizes.shown(index, item.step_text(index), budget) };
    let steps: Vec<Value> = window.clone().map(shown).collect();
    let (total, first, last) = (item.steps.len(), window.start, window.end.saturating_sub(1));
    context! { steps, total, first, last, ..item.values() }
}
