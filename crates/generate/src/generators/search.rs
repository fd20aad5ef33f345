//! Searches over steps: a model writes them, a verifier says which are gone on with.

use std::ops::RangeInclusive;
use std::sync::Arc;

use chat::{Endpoint, Sampling, Trial};
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::ModelTable;
use tables::Problem;
use verify::VERIFIERS;

use super::{Generator, Opened};
use crate::growing::Growing;
use crate::messages::{Messages, PromptKeys};
use crate::reading::Reading;
use crate::search::SEARCHES;
use crate::searching::{Searching, Step};
use crate::spread::{named, spread};

/// Writes each reply step by step: draws several steps, asks a verifier about them, and goes on with those that a policy keeps. Its
/// paths are replies, the best first; all that was tried is in `trees.parquet`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Search {
    /// Where to ask; the server has to go on with replies.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How steps are drawn; `max_tokens` is the most of a whole path.
    #[serde(flatten)]
    sampling: Sampling,
    /// Which steps are gone on with: a policy with its keys, see `thinkmeter list searches`.
    search: Value,
    /// Who scores steps: a verifier with its keys, see `thinkmeter list verifiers`.
    verifier: Value,
    /// What a step is.
    #[serde(default)]
    step: StepTable,
    /// Which reply comes first: the `best` path, or that of the answer that wins a `vote` weighed by scores.
    #[serde(default)]
    answer: Answer,
    /// What it is asked.
    #[serde(flatten)]
    asked: PromptKeys,
}

/// What a step is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct StepTable {
    /// Texts that end a step.
    until: Vec<String>,
    /// The most tokens of a step; one that is longer is cut, and nothing follows it.
    #[schemars(range(min = 1))]
    max_tokens: u64,
    /// The steps are those of the thinking, and the server has to go on inside it.
    thinking: bool,
}

impl Default for StepTable {
    fn default() -> Self {
        Self { until: vec!["\n\n".to_owned()], max_tokens: 512, thinking: false }
    }
}

/// Which reply comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// The best path.
    #[default]
    Best,
    /// That of the answer with the most weight.
    Vote,
}

impl Component for Search {
    const KIND: &'static str = "search";
    const ABOUT: &'static str = "searches over steps that a model writes and a verifier scores";
    /// What the files, the policy and the verifier hold is in the content.
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!(
        "few_shot_file",
        "prompt",
        "prompt_file",
        "search",
        "system",
        "system_file",
        "verifier"
    );
    type Built = dyn Generator;

    fn build(self, content: &mut Content) -> Result<Box<dyn Generator>, ConfigErrors> {
        let messages = Messages::new(&self.asked, content)?;
        let policy = SEARCHES.build_named(&self.search, KEY)?;
        let verifier = VERIFIERS.build_named(&self.verifier, "verifier")?;
        content.note(KEY, policy.fingerprint_input.to_string());
        content.note("verifier", verifier.fingerprint_input.to_string());
        let Self { endpoint, sampling, step, answer, .. } = self;
        let fault = |key: &str, problem: &str| Err(ConfigError::new(key, problem).into());
        if !sampling.stop.is_empty() {
            return fault("stop", "`step.until` says what ends a step; leave `stop` out");
        }
        if step.until.iter().any(String::is_empty) || step.until.is_empty() {
            return fault("step.until", "a step ends at a text; give one");
        }
        let (thinking, most_tokens) = (step.thinking, sampling.max_tokens);
        let searching = Searching {
            policy: policy.built,
            verifier: verifier.built,
            sampling,
            step: Step { until: step.until, max_tokens: step.max_tokens },
            most_tokens,
            votes: answer == Answer::Vote,
            reading: Reading::default(),
        };
        Ok(Box::new(Searcher { endpoint, searching, messages, thinking }))
    }
}

/// The key of the policy.
const KEY: &str = "search";

/// The models of a search whose table holds lists: `candidates = [4, 8]` is two searches.
pub(crate) fn searches(model: &ModelTable) -> Option<Vec<ModelTable>> {
    let keys = model.table.get(KEY)?.as_object()?;
    let kind = model.table.get("kind")?.as_str()?;
    if kind != Search::KIND || !keys.values().any(Value::is_array) {
        return None;
    }
    let policy = keys.get("kind").and_then(Value::as_str).unwrap_or_default();
    let tables = spread(policy, keys).into_iter().map(|(name, keys)| (name, Value::Object(keys)));
    Some(named(model, KEY, tables))
}

struct Searcher {
    endpoint: Endpoint,
    searching: Searching,
    messages: Messages,
    thinking: bool,
}

impl Generator for Searcher {
    fn open<'a>(&'a self, problem: &Problem) -> Result<Opened<'a>, String> {
        if problem.shuffle.is_some() {
            let reason = "all paths of a search answer one question, so its options cannot have an order of each sample's own; \
                          say `shuffle_choices = \"problem\"`";
            return Err(reason.to_owned());
        }
        let (messages, example_left_out) = self.messages.asked_about(problem)?;
        let growing = Growing::new(&self.searching, Arc::new(messages), Arc::new(problem.clone()));
        Ok(Opened { conversations: vec![Box::new(growing)], example_left_out })
    }

    fn trial(&self) -> Option<Trial> {
        Some(if self.thinking { Trial::InsideThinking } else { Trial::Text })
    }

    fn read_by(&mut self, reading: Reading) {
        self.searching.reading = reading;
    }

    fn reads_answers(&self) -> bool {
        true
    }

    fn grows_trees(&self) -> bool {
        true
    }

    fn samples(&self) -> Option<RangeInclusive<u32>> {
        let most = u32::try_from(*self.searching.policy.steps().start()).unwrap_or(u32::MAX);
        Some(1..=most.max(1))
    }

    fn draws(&self) -> bool {
        true
    }

    fn at_once(&self) -> u32 {
        u32::try_from(*self.searching.policy.steps().start()).unwrap_or(u32::MAX)
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(&self.endpoint)
    }

    fn further_endpoints(&self) -> Vec<&Endpoint> {
        self.searching.verifier.endpoints()
    }
}
