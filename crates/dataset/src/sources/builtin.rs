//! `kind = "builtin"`: our own problems and demonstration traces over them, part of the program.

use hub::HubSettings;
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Part, Source};
use crate::programs::TestColumns;
use crate::puzzles::{GridAs, Puzzles};
use crate::settings::Settings;
use crate::{DatasetError, Holds};
use records::Input;

pub(crate) static PROBLEMS: &[u8] = include_bytes!("../../../../data/problems.jsonl");
static TRIVIAL: &[u8] = include_bytes!("../../../../data/trivial.jsonl");
static CODE: &[u8] = include_bytes!("../../../../data/code.jsonl");
static GRIDS: &[u8] = include_bytes!("../../../../data/grids.jsonl");
static GRID_TRACES: &[u8] = include_bytes!("../../../../data/grid-traces.jsonl");
static CODE_TRACES: &[u8] = include_bytes!("../../../../data/code-traces.jsonl");
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
    /// Small programs to write, with tests for the grader `code`, and demonstration traces in two manners.
    Code,
    /// Puzzles of grids for the grader `grid`, with demonstration traces in two manners.
    Grids,
    /// Thirty problems with variants, with traces of a manner that knows the originals by heart and of one that adds up.
    Clothes,
}

/// The file's name in messages, and its rows.
type Embedded = (&'static str, &'static [u8]);

impl Set {
    fn name(self) -> &'static str {
        match self {
            Self::Levels => Builtin::KIND,
            Self::Trivial => "trivial",
            Self::Clothes => "clothes",
            Self::Code => "code",
            Self::Grids => "grids",
        }
    }

    fn problems(self) -> Embedded {
        match self {
            Self::Levels => ("problems.jsonl", PROBLEMS),
            Self::Trivial => ("trivial.jsonl", TRIVIAL),
            Self::Clothes => ("clothes.jsonl", CLOTHES),
            Self::Code => ("code.jsonl", CODE),
            Self::Grids => ("grids.jsonl", GRIDS),
        }
    }

    fn traces(self) -> Option<Embedded> {
        match self {
            Self::Levels => Some(("traces.jsonl", TRACES)),
            Self::Trivial => None,
            Self::Clothes => Some(("clothes_traces.jsonl", CLOTHES_TRACES)),
            Self::Code => Some(("code-traces.jsonl", CODE_TRACES)),
            Self::Grids => Some(("grid-traces.jsonl", GRID_TRACES)),
        }
    }
}

/// Our own problems, with demonstration traces in two manners; needs no file and no network.
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
        self.replies.unwrap_or(self.set.traces().is_some())
    }

    /// The demonstration traces, where they come along.
    fn traces(&self) -> Option<Embedded> {
        self.set.traces().filter(|_| self.replies())
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
        if self.set.traces().is_none() && self.replies == Some(true) {
            return Err(ConfigError::new("replies", "the trivial questions have no recorded replies").into());
        }
        let settings = &mut self.settings;
        settings.name.get_or_insert_with(|| self.set.name().to_owned());
        if self.set == Set::Code {
            settings.tests = Some(TestColumns::Tests);
            // No text is the answer: the tests are.
            settings.columns.answer = Some(String::new());
        }
        if settings.subset.is_none() && [Set::Levels, Set::Code].contains(&self.set) {
            settings.subset = Some("level".to_owned());
            settings.subset_format.get_or_insert_with(|| "Level {}".to_owned());
        }
        if self.set == Set::Clothes {
            settings.subset.get_or_insert_with(|| "variant".to_owned());
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
        let embedded = |(name, rows), holds| Part::columns(Input::Embedded(name, rows), holds);
        let problems = match self.set {
            Set::Grids => Part::columns(tasks(self.set.problems())?, Holds::Problems),
            set => embedded(set.problems(), Holds::Problems),
        };
        let problems = std::iter::once(problems);
        Ok(problems.chain(self.traces().map(|traces| embedded(traces, Holds::Replies))).collect())
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        let hash = |text: &[u8]| blake3::hash(text).to_hex().to_string();
        json!({ "problems": hash(self.set.problems().1), "traces": self.traces().map(|(_, rows)| hash(rows)) })
    }
}

/// Tasks as rows, one a test input.
fn tasks((name, text): Embedded) -> Result<Input, DatasetError> {
    let unread = |reason: String| DatasetError::Format { path: name.into(), reason };
    let mut puzzles = Puzzles::default();
    puzzles.take(&String::from_utf8_lossy(text), name, "").map_err(unread)?;
    let rows = puzzles.rows(GridAs::default()).map_err(unread)?;
    Ok(Input::Made(name.into(), rows.into()))
}
