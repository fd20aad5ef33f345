//! A number of tokens that the model is asked to keep to (the idea of TALE, arXiv 2412.18547).

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Demand;

use crate::manner::Manner;
use crate::messages::{Examples, Messages, Wording};

/// Names a number of tokens.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Budget {
    /// The tokens to finish within; `auto` has the model itself estimate them first, problem by problem, and that question's
    /// tokens count too.
    tokens: Tokens,
}

/// A number, or whose estimate it is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Tokens {
    /// So many.
    Number(u64),
    /// As many as the model says.
    Estimate(Estimate),
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Estimate {
    Auto,
}

/// The name of the number in the prompt.
const TOKENS: &str = "tokens";

impl Component for Budget {
    const KIND: &'static str = "budget";
    const ABOUT: &'static str = "a number of tokens to keep to, given or estimated";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let question = include_str!("../../prompts/strategies/budget.txt");
        let (budget, label) = match self.tokens {
            Tokens::Number(0) => {
                return Err(plugin::ConfigError::new(TOKENS, "0 is too small, the least is 1").into());
            }
            Tokens::Number(tokens) => (Some(tokens), format!("{} tokens={tokens}", Self::KIND)),
            Tokens::Estimate(Estimate::Auto) => (None, format!("{} tokens=auto", Self::KIND)),
        };
        // Without a number of its own the prompt gets the estimate's.
        let numbers = [(TOKENS, budget.unwrap_or_default())];
        let wording = Wording { question, numbers: &numbers, ..Wording::default() };
        let manner = Manner::worded(label, wording, Examples::default(), content)?;
        let estimate = budget.is_none().then(|| estimate(content)).transpose()?;
        let demand = Demand { budget, ..Demand::default() };
        Ok(Box::new(Manner { demand, estimate, ..manner }))
    }
}

fn estimate(content: &mut Content) -> Result<Messages, ConfigErrors> {
    let question = include_str!("../../prompts/strategies/budget_estimate.txt");
    Messages::worded(
        Wording { name: "estimate", question, ..Wording::default() },
        Examples::default(),
        content,
    )
}
