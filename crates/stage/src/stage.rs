//! The trait of a stage, and what it is given.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use chat::{Ask, Endpoint};
use plugin::{ConfigErrors, Value};
use tables::Provenance;
use tokens::Tokenizer;

use crate::{About, Files, Model, ModelFacts, ModelTable, Observer, StageError, Summary, Table};

/// A kind of stage. To add one: a crate with one of these, and a word in the list that the program runs.
pub trait Stage: Send + Sync {
    /// Its name on the command line, in a manifest and in fingerprints.
    fn name(&self) -> &'static str;

    /// One line on what it does.
    fn about(&self) -> &'static str;

    /// There is one such stage for each model; else one for the run.
    fn per_model(&self) -> bool {
        true
    }

    /// The tables of a pipeline file that are its own.
    fn keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// The table of a model whose replies the source brings along, for a pipeline that has none; `None` from a stage that
    /// reads no tables of models.
    fn recorded_model(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The models that the table of one stands for: several, where a key of it is a list of ways to ask.
    ///
    /// # Errors
    /// Every fault of that key, with its path.
    fn each_model(&self, table: &ModelTable) -> Result<Vec<ModelTable>, ConfigErrors> {
        Ok(vec![table.clone()])
    }

    /// The keys that a kind of one of its tables knows; `None` if it has no such table or kind.
    fn known_keys(&self, _table: &str, _kind: &str) -> Option<Vec<String>> {
        None
    }

    /// Reads its part of a pipeline file.
    ///
    /// # Errors
    /// Every fault at once, each with its key's path.
    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors>;
}

/// A pipeline file after overrides, as stages read it.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Its tables.
    pub value: Value,
    /// The tables of the models, those that the source brings along included.
    pub models: Vec<ModelTable>,
    /// Nothing may be fetched.
    pub offline: bool,
}

impl Document {
    /// One of its tables; `default` where it is left out.
    pub fn table(&self, name: &str, default: Value) -> Value {
        self.value.get(name).cloned().unwrap_or(default)
    }
}

/// What a stage runs for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// All models of the pipeline, in its order.
    pub models: &'a [Model],
    /// Which of them go into the figures.
    pub included: &'a [bool],
    /// The place of the one model that it runs for; `None` for the run as a whole.
    pub at: Option<usize>,
    /// Facts about the pipeline; the finished stages are among them only when a stage runs.
    pub about: &'a About,
}

impl<'a> Target<'a> {
    /// The one model.
    pub fn model(&self) -> Option<&'a Model> {
        self.models.get(self.at?)
    }

    /// Its tokenizer, loaded now if it was not before.
    ///
    /// # Errors
    /// It cannot be had, or the stage runs for no model.
    pub fn tokenizer(&self) -> Result<&'a Tokenizer, StageError> {
        let unusable = |model: &str, reason| StageError::Tokenizer { model: model.to_owned(), reason };
        let model = self.model().ok_or_else(|| unusable("", "no model, and so no tokenizer".to_owned()))?;
        model.tokenizer.tokenizer().map_err(|reason| unusable(&model.name, reason))
    }

    /// The models that go into the figures.
    pub fn measured(&self) -> impl Iterator<Item = &'a Model> + use<'a> {
        self.models.iter().zip(self.included).filter(|(_, included)| **included).map(|(model, _)| model)
    }
}

/// A stage that has read its configuration.
pub trait ConfiguredStage: Send + Sync {
    /// The tables that it reads. One that no stage before it writes is left out.
    fn reads(&self) -> Vec<Table>;

    /// The tables that it writes.
    fn writes(&self) -> Vec<Table>;

    /// Those of them that it leaves out where nobody says where to: a run always does, a person who runs it alone need not.
    fn by_the_way(&self) -> Vec<Table> {
        Vec::new()
    }

    /// Files of the user that it reads, as the user named them.
    fn sources(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// It brings models along, where a pipeline names none.
    fn brings_models(&self) -> bool {
        false
    }

    /// Which: they follow from its [sources](Self::sources) and its [input to the fingerprint](Self::fingerprint_input).
    ///
    /// # Errors
    /// The source cannot be read.
    fn models(&self) -> Result<Vec<String>, StageError> {
        Ok(Vec::new())
    }

    /// The models of the pipeline, from the stage that reads their tables.
    fn model_facts(&self) -> Vec<ModelFacts> {
        Vec::new()
    }

    /// Fetches what is not here yet; called before [`Self::fingerprint_input`].
    ///
    /// # Errors
    /// It cannot be had.
    fn prepare(&self) -> Result<(), StageError> {
        Ok(())
    }

    /// Makes sure that it can do its work on this machine. Called before the first stage of a run that may come to it, so that
    /// nothing is paid for in vain.
    ///
    /// # Errors
    /// It cannot.
    fn ready(&self) -> Result<(), StageError> {
        Ok(())
    }

    /// What the result depends on beside the content of what is read.
    fn fingerprint_input(&self, target: Target<'_>) -> Value;

    /// Whom it asks; nobody where there is none.
    fn endpoints(&self, _target: Target<'_>) -> Vec<&Endpoint> {
        Vec::new()
    }

    /// Its rows count towards the share of rows that may fail.
    fn may_fail(&self, target: Target<'_>) -> bool {
        !self.endpoints(target).is_empty()
    }

    /// It asks the very model that it runs for, one question a row: what is known of that model's replies foretells it.
    fn asks_once_a_row(&self, _target: Target<'_>) -> bool {
        false
    }

    /// Rows that it writes over so many problems, the least and the most, if that is known before it runs.
    fn rows(&self, _target: Target<'_>, _problems: u64) -> Option<RangeInclusive<u64>> {
        None
    }

    /// Adds what whoever shows the run should know.
    fn describe(&self, _about: &mut About) {}

    /// Runs. Publishes all that it writes, or nothing.
    ///
    /// # Errors
    /// See [`StageError`].
    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError>;
}

/// One run of a stage.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// What it runs for.
    pub target: Target<'a>,
    /// Its files.
    pub files: &'a Files,
    /// Who is asked; `None` if there is nobody to ask.
    pub ask: Option<&'a dyn Ask>,
    /// What stands in the footer of what is written.
    pub provenance: &'a Provenance,
    /// Who listens.
    pub observer: &'a dyn Observer,
}
