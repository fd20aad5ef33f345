//! The questions to the splitting model, as templates beside the code.

use std::ops::Range;
use std::path::Path;

use minijinja::{Environment, UndefinedBehavior, Value, context};

use super::pieces::Pieces;

const BOUNDARIES: &str = include_str!("../../../prompts/llm/boundaries.txt");
const AGAIN: &str = include_str!("../../../prompts/llm/again.txt");

/// What the boundaries depend on besides the configuration.
pub(super) fn texts(file: Option<&Path>) -> Vec<(String, String)> {
    let question =
        file.map_or_else(|| BOUNDARIES.to_owned(), |file| std::fs::read_to_string(file).unwrap_or_default());
    vec![("boundaries.txt".to_owned(), question), ("again.txt".to_owned(), AGAIN.to_owned())]
}

/// The templates, checked.
pub(super) struct Prompts(Environment<'static>);

impl Prompts {
    /// The built-in question, or the one in `file`; tried out on an example, so that an unknown variable
    /// shows before anything runs.
    pub(super) fn load(file: Option<&Path>) -> Result<Self, String> {
        let question = match file {
            None => BOUNDARIES.to_owned(),
            Some(file) => std::fs::read_to_string(file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))?,
        };
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_template_owned("boundaries", question).map_err(explain)?;
        templates.add_template("again", AGAIN).map_err(explain)?;
        let prompts = Self(templates);
        let example = Pieces::new("a b", vec![0..1, 2..3]);
        prompts.question(&example, 0, &(1..2))?;
        Ok(prompts)
    }

    /// The question about a window, with pieces from `first` on in front of it.
    pub(super) fn question(
        &self,
        pieces: &Pieces<'_>,
        first: usize,
        window: &Range<usize>,
    ) -> Result<String, String> {
        let shown = |index: usize| context! { index, text => pieces.piece(index) };
        let pieces: Vec<Value> = (first..window.end).map(shown).collect();
        let (begin, last) = (window.start, window.end.saturating_sub(1));
        let values = context! { pieces, first, begin, last };
        self.0.get_template("boundaries").and_then(|question| question.render(values)).map_err(explain)
    }

    /// The request to say it again.
    pub(super) fn again(&self, reason: &str, window: &Range<usize>) -> Result<String, String> {
        let values = context! { reason, begin => window.start, last => window.end.saturating_sub(1) };
        self.0.get_template("again").and_then(|again| again.render(values)).map_err(explain)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn explain(error: minijinja::Error) -> String {
    format!("the prompt cannot be rendered: {error}")
}
