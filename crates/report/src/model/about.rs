//! What the pipeline tells the report about itself.

use serde::{Deserialize, Serialize};
use tables::Term;

/// Everything on the report that is no measured figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The pipeline's name, such as `full-eval`.
    pub title: String,
    /// Its description, one sentence or empty.
    pub description: String,
    /// Version of thinkmeter that wrote the report.
    pub version: String,
    /// The dataset's name.
    pub dataset: String,
    /// The splitter, such as `separator`.
    pub splitter: String,
    /// The judge, such as `rule` or `llm:qwen3-32b`.
    pub judge: String,
    /// What its measured error does to the intervals, a sentence.
    #[serde(default)]
    pub judge_error: String,
    /// Who votes between the models, in a pipeline with an `[arena]`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub arena: String,
    /// The models in the pipeline's order.
    pub models: Vec<AboutModel>,
    /// The resolved pipeline file, word for word.
    pub pipeline: String,
    /// Fingerprints of the stages in the order in which they ran.
    pub fingerprints: Vec<StageFingerprint>,
    /// What each stage was configured with, defaults filled in.
    #[serde(default)]
    pub configuration: Vec<Configuration>,
    /// Sentences that must be read before the figures, such as that traces are demonstrations.
    pub notices: Vec<String>,
    /// What each figure means. It is the program's knowledge, so it is never read back.
    #[serde(skip_deserializing)]
    pub glossary: Vec<Term>,
}

impl About {
    /// What is known about a model.
    pub fn model(&self, name: &str) -> Option<&AboutModel> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The glossary's entry of a figure: its own, or its family's.
    pub fn term(&self, figure: &str) -> Option<&Term> {
        self.glossary.iter().find(|term| term.covers(figure))
    }
}

/// What is known about a model besides its figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AboutModel {
    /// The name in the pipeline.
    pub name: String,
    /// The tokenizer that counted its tokens.
    pub tokenizer: String,
    /// The tokenizer is the model's own; otherwise every count is marked `≈`.
    pub tokenizer_exact: bool,
    /// Where its replies come from.
    pub kind: ModelKind,
}

/// Where a model's replies come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Asked during the run.
    Live,
    /// Recorded earlier from a real model.
    #[default]
    Recorded,
    /// Written by hand to show the program; says nothing about any model.
    Demonstration,
}

impl ModelKind {
    /// The word on the report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Recorded => "recorded",
            Self::Demonstration => "demonstration",
        }
    }
}

/// A stage and the fingerprint of its result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageFingerprint {
    /// The stage, with the model where it runs once per model: `split overthinker`.
    pub stage: String,
    /// Hash of everything that the result depends on.
    pub fingerprint: String,
}

/// What stages were configured with: those of several models with the same configuration together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// The stages, such as `judge a` and `judge b`.
    pub stages: Vec<String>,
    /// The whole configuration as indented JSON, without anything secret.
    pub text: String,
}
