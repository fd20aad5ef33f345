//! What stages say about themselves, for whoever shows a run.

use std::collections::BTreeMap;

use tables::Term;

use crate::Model;

/// Facts about a run that are no figures; every configured stage adds its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// The pipeline's name.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// The pipeline file as it stands after overrides.
    pub pipeline: String,
    /// Who does what, by the stage's own word: `dataset`, `splitter`, `judge`.
    pub labels: BTreeMap<&'static str, String>,
    /// What the source says of its recorded replies, such as that no model wrote them.
    pub notice: Option<&'static str>,
    /// The models whose figures are shown, in the order of the pipeline.
    pub models: Vec<AboutModel>,
    /// What each figure means.
    pub glossary: Vec<Term>,
    /// The fingerprint and the resolved configuration of each finished stage, in the order in which they run.
    pub stages: Vec<(String, crate::Entry)>,
}

/// What is known about a model besides its figures.
#[derive(Clone, Debug, PartialEq)]
pub struct AboutModel {
    /// Its name in the pipeline.
    pub name: String,
    /// The tokenizer that counts its tokens.
    pub tokenizer: String,
    /// The tokenizer is the model's own.
    pub tokenizer_exact: bool,
    /// Where its replies come from.
    pub replies: Replies,
}

/// Where replies come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replies {
    /// Asked for during the run.
    Live,
    /// Recorded earlier.
    #[default]
    Recorded,
}

impl AboutModel {
    /// Of a model whose replies are recorded, until its generator says otherwise.
    pub fn new(model: &Model) -> Self {
        Self {
            name: model.name.clone(),
            tokenizer: model.tokenizer.name().to_owned(),
            tokenizer_exact: model.tokenizer.is_exact(),
            replies: Replies::default(),
        }
    }
}
