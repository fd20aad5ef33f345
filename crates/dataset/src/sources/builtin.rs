//! `kind = "builtin"`: our own problems and demonstration traces over them, part of the program.

use hub::HubSettings;
use plugin::{Component, Faults, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Holds, Part, Source};
use crate::DatasetError;
use crate::settings::Settings;
use rows::Input;

static PROBLEMS: &[u8] = include_bytes!("../../../../data/problems.jsonl");
static TRACES: &[u8] = include_bytes!("../../../../data/traces.jsonl");

const NOTICE: &str =
    "These traces were written by us to demonstrate the program: no model's behaviour is claimed.";

/// Our own problems at five levels, with demonstration traces in two manners; needs no file and no network.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Builtin {
    /// The demonstration traces come along.
    #[serde(default = "yes")]
    replies: bool,
    #[serde(flatten)]
    settings: Settings,
}

fn yes() -> bool {
    true
}

impl Component for Builtin {
    const KIND: &'static str = "builtin";
    const ABOUT: &'static str = "our own problems at five levels, with demonstration traces in two manners";
    type Built = dyn Source;

    fn build(mut self) -> Result<Box<dyn Source>, Faults> {
        let faults = self.settings.faults();
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let settings = &mut self.settings;
        settings.name.get_or_insert_with(|| Self::KIND.to_owned());
        if settings.subset.is_none() {
            settings.subset = Some("level".to_owned());
            settings.subset_format.get_or_insert_with(|| "Level {}".to_owned());
        }
        Ok(Box::new(self))
    }
}

impl Source for Builtin {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn holds_replies(&self) -> bool {
        self.replies
    }

    fn notice(&self) -> Option<&'static str> {
        self.replies.then_some(NOTICE)
    }

    fn parts(&self, _hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        let mut parts =
            vec![Part { input: Input::Embedded("problems.jsonl", PROBLEMS), holds: Holds::Problems }];
        if self.replies {
            parts.push(Part { input: Input::Embedded("traces.jsonl", TRACES), holds: Holds::Replies });
        }
        Ok(parts)
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        let hash = |text: &[u8]| blake3::hash(text).to_hex().to_string();
        json!({ "problems": hash(PROBLEMS), "traces": self.replies.then(|| hash(TRACES)) })
    }
}
