//! A budget that the server enforces: it ends the thinking, whatever the model does.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tables::Demand;

use crate::manner::{Manner, SLACK, body_at};

/// Has the server end the thinking.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Cap {
    /// The most tokens of the thinking.
    #[schemars(range(min = 1))]
    tokens: u64,
    /// The key of the request that the server goes by: `thinking_token_budget`, `thinking_budget_tokens`,
    /// `reasoning_budget_tokens`, `template` (`chat_template_kwargs.thinking_budget`), or a path of keys with dots.
    #[serde(default = "usual")]
    key: String,
}

fn usual() -> String {
    "thinking_token_budget".to_owned()
}

impl Component for Cap {
    const KIND: &'static str = "cap";
    const ABOUT: &'static str = "a budget for the thinking that the server enforces";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let label = format!("{} tokens={} key={}", Self::KIND, self.tokens, self.key);
        let text = include_str!("../../prompts/strategies/plain.txt");
        let path = if self.key == "template" { "chat_template_kwargs.thinking_budget" } else { &self.key };
        let demand =
            Demand { budget: Some(self.tokens), of_thinking: true, slack: SLACK, ..Demand::default() };
        let body = body_at(path, json!(self.tokens));
        Ok(Box::new(Manner { body, demand, ..Manner::asking(label, text, content)? }))
    }
}
