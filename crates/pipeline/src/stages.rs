//! The stages that a program runs, in their order, and how they are named.

use std::fmt;

use plugin::ConfigError;
use stage::Stage;

/// The stages that a program runs, each after those that it reads from.
#[derive(Clone, Copy)]
pub struct Stages(pub &'static [&'static dyn Stage]);

/// One of them: its place in the list and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageKind {
    /// Its place in the list.
    pub place: usize,
    /// Its name.
    pub name: &'static str,
}

impl Stages {
    /// All of them, in order.
    pub fn kinds(self) -> impl Iterator<Item = (StageKind, &'static dyn Stage)> {
        let kind =
            |(place, stage): (usize, &&'static dyn Stage)| (StageKind { place, name: stage.name() }, *stage);
        self.0.iter().enumerate().map(kind)
    }

    /// The one of this name.
    ///
    /// # Errors
    /// There is none, and what the nearest one is called.
    pub fn find(self, word: &str) -> Result<StageKind, ConfigError> {
        let found = self.kinds().find(|(kind, _)| kind.name == word);
        let names = || self.0.iter().map(|stage| stage.name()).collect::<Vec<_>>();
        found.map(|(kind, _)| kind).ok_or_else(|| ConfigError::unknown("stage", "stage", word, &names()))
    }
}

/// One stage of one model, or of the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StageId {
    /// Which stage.
    pub stage: StageKind,
    /// The model's name, for a stage that each model has.
    pub model: Option<String>,
}

impl fmt::Display for StageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.stage.name)?;
        self.model.iter().try_for_each(|model| write!(f, " {model}"))
    }
}
