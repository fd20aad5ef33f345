//! In what two model runs may differ, and how that is said.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// What figures rest on besides the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// The problems' texts and answers.
    Dataset,
    /// How thinking is cut.
    Splitter,
    /// Who judged, and how.
    Judge,
    /// How answers and switches are counted.
    Scoring,
    /// What counts tokens. Models have tokenizers of their own, so a difference is said and no more.
    Tokenizer,
    /// What was asked, and how replies were drawn: often the very thing that is compared.
    Prompts,
}

impl Aspect {
    pub(crate) const ALL: [Self; 6] =
        [Self::Dataset, Self::Splitter, Self::Judge, Self::Scoring, Self::Tokenizer, Self::Prompts];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dataset => "dataset",
            Self::Splitter => "splitter",
            Self::Judge => "judge",
            Self::Scoring => "scoring",
            Self::Tokenizer => "tokenizer",
            Self::Prompts => "prompts",
        }
    }

    /// Differences in it make the figures' difference meaningless.
    pub(crate) fn forbids(self) -> bool {
        !matches!(self, Self::Tokenizer | Self::Prompts)
    }
}

impl FromStr for Aspect {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|aspect| aspect.name() == word);
        found.ok_or_else(|| format!("expected one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// One aspect in which two model runs differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deviation {
    /// Which.
    pub aspect: Aspect,
    /// What differs.
    pub what: String,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "different {}: {}", self.aspect.name(), self.what)
    }
}
