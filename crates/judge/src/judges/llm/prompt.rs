//! The questions to the judge, as templates beside the code.

use std::ops::Range;
use std::path::Path;

use minijinja::{Environment, UndefinedBehavior, Value, context};
use tables::{Generation, Problem, Step};

use super::window::Sizes;
use crate::Item;

const FIRST_STEP: &str = include_str!("../../../prompts/llm/first_step.txt");
const AGAIN: &str = include_str!("../../../prompts/llm/again.txt");
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// What the verdicts depend on besides the configuration.
pub(super) fn texts(file: Option<&Path>) -> Vec<(String, String)> {
    let question =
        file.map_or_else(|| FIRST_STEP.to_owned(), |file| std::fs::read_to_string(file).unwrap_or_default());
    vec![("first_step.txt".to_owned(), question), ("again.txt".to_owned(), AGAIN.to_owned())]
}

/// The templates, checked.
pub(super) struct Prompts(Environment<'static>);

impl Prompts {
    /// The built-in question, or the one in `file`; tried out on an example, so that an unknown variable
    /// shows before anything runs.
    pub(super) fn load(file: Option<&Path>) -> Result<Self, String> {
        let question = match file {
            None => FIRST_STEP.to_owned(),
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))?,
        };
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_template_owned("first_step", question).map_err(explain)?;
        templates.add_template("again", AGAIN).map_err(explain)?;
        let prompts = Self(templates);
        prompts.try_out()?;
        Ok(prompts)
    }

    fn try_out(&self) -> Result<(), String> {
        let problem = Problem { gold: vec!["5".into()], choices: vec!["5".into()], ..Problem::default() };
        let generation = Generation { reasoning: "5 5 5".into(), ..Generation::default() };
        let steps = [0, 2, 4].map(|start| Step { start, end: start + 1, tokens: 1 });
        let item = Item { problem: &problem, generation: &generation, steps: &steps };
        self.question(&item, &Sizes::of(&item), &(1..2), usize::MAX).map(drop)
    }

    /// The question about a window of an item's steps.
    pub(super) fn question(
        &self,
        item: &Item<'_>,
        sizes: &Sizes,
        window: &Range<usize>,
        budget: usize,
    ) -> Result<String, String> {
        let letters: Vec<String> = LETTERS.chars().map(String::from).collect();
        let shown =
            |index: usize| context! { index, text => sizes.shown(index, item.step_text(index), budget) };
        let steps: Vec<Value> = window.clone().map(shown).collect();
        let Problem { problem, gold, choices, .. } = item.problem;
        let (total, first, last) = (item.steps.len(), window.start, window.end.saturating_sub(1));
        let values = context! { problem, gold, choices, letters, steps, total, first, last };
        self.0.get_template("first_step").and_then(|question| question.render(values)).map_err(explain)
    }

    /// The request to say it again, in a form that can be read.
    pub(super) fn again(&self, reason: &str, window: &Range<usize>) -> Result<String, String> {
        let values = context! { reason, first => window.start, last => window.end.saturating_sub(1) };
        self.0.get_template("again").and_then(|again| again.render(values)).map_err(explain)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn explain(error: minijinja::Error) -> String {
    format!("the prompt cannot be rendered: {error}")
}
