//! How votes are read.

use std::collections::BTreeMap;

/// How votes are read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// The format, if not the one that the columns tell.
    pub format: Option<String>,
    /// Columns with other names than the usual ones.
    pub columns: BTreeMap<Field, String>,
    /// Votes of people who knew the models count too.
    pub known_models: bool,
    /// How much a strong verdict of Arena-Hard counts.
    pub strong_weight: f64,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { format: None, columns: BTreeMap::new(), known_models: false, strong_weight: 1.0 }
    }
}

/// What a column can say of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The first model.
    ModelA,
    /// The second.
    ModelB,
    /// `model_a`, `model_b`, `tie`, `tie (bothbad)` or `both_bad`.
    Winner,
    /// In place of a winner: how much is for the first, from 0 to 1.
    Outcome,
    /// What both were asked.
    Problem,
    /// The person who voted.
    Voter,
    /// The model that voted.
    Judge,
    /// When.
    At,
    /// How much the vote counts.
    Weight,
    /// Who was shown first: `ab`, `ba` or `human`.
    Order,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::ModelA,
        Self::ModelB,
        Self::Winner,
        Self::Outcome,
        Self::Problem,
        Self::Voter,
        Self::Judge,
        Self::At,
        Self::Weight,
        Self::Order,
    ];

    /// The names that a column of it may have, its own first.
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Self::ModelA => &["model_a"],
            Self::ModelB => &["model_b"],
            Self::Winner => &["winner"],
            Self::Outcome => &["outcome"],
            Self::Problem => &["problem_id", "question_id"],
            Self::Voter => &["voter", "voter_id", "user_id"],
            Self::Judge => &["judge", "annotator"],
            Self::At => &["at", "tstamp", "timestamp"],
            Self::Weight => &["weight"],
            Self::Order => &["order"],
        }
    }

    /// The word for it in a setting.
    pub fn word(self) -> &'static str {
        self.names().first().copied().unwrap_or_default()
    }
}
