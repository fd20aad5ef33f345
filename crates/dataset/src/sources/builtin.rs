//! `kind = "builtin"`: our own problems and demonstration traces over them, part of the program.

use hub::HubSettings;
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Part, Source};
use crate::settings::Settings;
use crate::{DatasetError, Holds};
use records::Input;

pub(crate) static PROBLEMS: &[u8] = include_bytes!("../../../../data/problems.jsonl");
static TRIVIAL: &[u8] = include_bytes!("../../../../data/trivial.jsonl");
pub(crate) static TRACES: &[u8] = include_bytes!("../../../../data/traces.jsonl");
static CLOTHES: &[u8] = include_bytes!("../../../../data/clothes.jsonl");
static CLOTHES_TRACES: &[u8] = include_bytes!("../../../../data/clothes_traces.jsonl");

const NOTICE: &str =
    "These traces were written by us to demonstrate the program: no model's behaviour is claimed.";

/// Which of our own problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Set {
    /// Five levels, with demonstration traces in two manners.
    #[default]
    Levels,
    /// Twenty questions such as 2 + 3, that nobody needs to think about.
    Trivial,
    /// Thirty problems with variants, with traces of a manner that knows the originals by heart and of one that adds up.
    Clothes,
}

/// Our own problems at five levels, with demonstration traces in two manners; needs no file and no network.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Builtin {
    /// Which problems.
    #[serde(default)]
    set: Set,
    /// The demonstration traces come along; the trivial questions have none.
    #[serde(default)]
    replies: Option<bool>,
    #[serde(flatten)]
    settings: Settings,
}

impl Builtin {
    fn replies(&self) -> bool {
        self.replies.unwrap_or(self.set != Set::Trivial)
    }

    fn problems(&self) -> (&'static str, &'static [u8]) {
        match self.set {
            Set::Levels => ("problems.jsonl", PROBLEMS),
            Set::Trivial => ("trivial.jsonl", TRIVIAL),
            Set::Clothes => ("clothes.jsonl", CLOTHES),
        }
    }

    fn traces(&self) -> (&'static str, &'static [u8]) {
        match self.set {
            Set::Clothes => ("clothes_traces.jsonl", CLOTHES_TRACES),
            Set::Levels | Set::Trivial => ("traces.jsonl", TRACES),
        }
    }
}

impl Component for Builtin {
    const KIND: &'static str = "builtin";
    const ABOUT: &'static str = "our own problems at five levels, with demonstration traces in two manners";
    type Built = dyn Source;

    fn build(mut self, _: &mut Content) -> Result<Box<dyn Source>, ConfigErrors> {
        let faults = self.settings.faults();
        if !faults.is_empty() {
            return Err(ConfigErrors(faults));
        }
        if self.set == Set::Trivial && self.replies == Some(true) {
            return Err(ConfigError::new("replies", "the trivial questions have no recorded replies").into());
        }
        let (name, subset) = match self.set {
            Set::Levels => (Self::KIND, Some("level")),
            Set::Trivial => ("trivial", None),
            Set::Clothes => ("clothes", Some("variant")),
        };
        let settings = &mut self.settings;
        settings.name.get_or_insert_with(|| name.to_owned());
        if settings.subset.is_none() {
            settings.subset = subset.map(str::to_owned);
            if self.set == Set::Levels {
                settings.subset_format.get_or_insert_with(|| "Level {}".to_owned());
            }
        }
        Ok(Box::new(self))
    }
}

impl Source for Builtin {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn holds_replies(&self) -> bool {
        self.replies()
    }

    fn notice(&self) -> Option<&'static str> {
        self.replies().then_some(NOTICE)
    }

    fn parts(&self, _hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        let (name, rows) = self.problems();
        let problems = Input::Embedded(name, rows);
        let mut parts = vec![Part::columns(problems, Holds::Problems)];
        if self.replies() {
            let (name, rows) = self.traces();
            parts.push(Part::columns(Input::Embedded(name, rows), Holds::Replies));
        }
        Ok(parts)
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        let hash = |text: &[u8]| blake3::hash(text).to_hex().to_string();
        json!({ "problems": hash(self.problems().1), "traces": self.replies().then(|| hash(self.traces().1)) })
    }
}
