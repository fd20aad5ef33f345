//! How votes are written, one way a file: which columns tell it, and what a row says.

mod alpaca_eval;
mod arena_hard;
mod columns;
mod fastchat;
mod lmarena;
mod mt_bench;
mod thinkmeter;

pub(crate) use thinkmeter::RIGHT;

use crate::cells::Cells;
use crate::options::ReadOptions;
use crate::vote::{NamedVote, Outcome};

/// A way to write votes.
pub(crate) trait VoteFormat: Send + Sync {
    /// The word that selects it.
    fn name(&self) -> &'static str;

    /// One line about it.
    fn about(&self) -> &'static str;

    /// The columns that a row of it has.
    fn needs<'a>(&self, options: &'a ReadOptions) -> Vec<&'a str>;

    /// What a row says, or what is wrong with it.
    fn read(&self, row: Cells<'_>, options: &ReadOptions) -> Result<Vec<Reading>, String>;
}

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reading {
    /// A vote.
    Vote(Box<NamedVote>),
    /// Nothing that counts, and why.
    KeptOut(&'static str),
}

impl From<NamedVote> for Reading {
    fn from(vote: NamedVote) -> Self {
        Self::Vote(Box::new(vote))
    }
}

/// All ways by name.
pub(crate) static FORMATS: &[&dyn VoteFormat] = &[
    &alpaca_eval::AlpacaEval,
    &arena_hard::ArenaHard,
    &columns::Columns,
    &fastchat::FastChat,
    &lmarena::LmArena,
    &mt_bench::MtBench,
    &thinkmeter::Thinkmeter,
];

/// Name and description of each way to write votes.
pub fn formats() -> Vec<(&'static str, &'static str)> {
    FORMATS.iter().map(|format| (format.name(), format.about())).collect()
}

/// Why a verdict that is missing does not count.
const NO_VERDICT: &str = "no verdict: the judge failed or gave none";

/// What a word says of a winner. A word that is none of these is a fault, never a tie.
fn outcome(word: &str) -> Result<Outcome, String> {
    match word {
        "model_a" => Ok(Outcome::share(1.0)),
        "model_b" => Ok(Outcome::share(0.0)),
        "tie" => Ok(Outcome::share(0.5)),
        "tie (bothbad)" | "both_bad" => Ok(Outcome { share: 0.5, both_bad: true }),
        _ => {
            Err(format!("the winner is `{word}`; expected model_a, model_b, tie, tie (bothbad) or both_bad"))
        }
    }
}

#[cfg(test)]
mod testing {
    use serde_json::Value;

    use super::*;

    /// What a row says: a line a reading, or the fault.
    pub(super) fn said(format: &dyn VoteFormat, row: &Value) -> String {
        said_with(format, row, &ReadOptions::default())
    }

    pub(super) fn said_with(format: &dyn VoteFormat, row: &Value, options: &ReadOptions) -> String {
        let show = |reading: &Reading| match reading {
            Reading::KeptOut(why) => (*why).to_owned(),
            Reading::Vote(vote) => {
                let [a, b] = &vote.models;
                let mut text = format!("{a}:{b} {}", vote.share);
                let more = [
                    ("problem", vote.problem.clone()),
                    ("cluster", vote.cluster.clone()),
                    ("voter", vote.voter.clone()),
                    ("judge", vote.judge.clone()),
                    ("at", vote.at.map(|at| at.to_string())),
                    ("weight", (vote.weight != 1.0).then(|| vote.weight.to_string())),
                    ("bad", vote.both_bad.then(|| "both".to_owned())),
                    ("place", (!vote.placed).then(|| "unknown".to_owned())),
                ];
                for (name, value) in more {
                    text += &value.map(|value| format!(" {name}={value}")).unwrap_or_default();
                }
                for (name, [a, b]) in &vote.features {
                    text += &format!(" {name}={a}/{b}");
                }
                text
            }
        };
        match format.read(Cells(row.as_object().unwrap()), options) {
            Ok(readings) => readings.iter().map(show).collect::<Vec<_>>().join("; "),
            Err(fault) => format!("fault: {fault}"),
        }
    }

    #[test]
    fn names_are_sorted_and_described() {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(formats().iter().all(|(name, about)| !about.is_empty() && !name.contains('_')));
    }
}
