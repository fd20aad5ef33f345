//! Votes: who stood against whom, and who was preferred.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::file_report::FileReport;

/// A vote between two models.
#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    /// The model that was shown first, where that is known: its place among the models.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// How much of the vote is for the first: 1, 0, or something between; a tie is 0.5.
    pub share: f64,
    /// How much it counts.
    pub weight: f64,
    /// A tie of two that are both bad.
    pub both_bad: bool,
    /// The first model was shown first; else nobody knows which.
    pub placed: bool,
    /// What both were asked.
    pub problem: Option<usize>,
    /// That, or what it is a variant of with others: the unit of intervals.
    pub cluster: Option<usize>,
    /// The person who voted.
    pub voter: Option<usize>,
    /// The model that voted, or what it is called.
    pub judge: Option<usize>,
    /// When, in seconds.
    pub at: Option<f64>,
}

/// All votes of some files, in their order.
#[derive(Clone, Debug, Default)]
pub struct Votes {
    /// Names of the models, sorted.
    pub models: Vec<String>,
    /// Names of the judges.
    pub judges: Vec<String>,
    /// The votes.
    pub votes: Vec<Vote>,
    /// By name: what each vote's two replies have of something, such as tokens.
    pub features: BTreeMap<String, Vec<Option<[f64; 2]>>>,
    /// What was taken from which file.
    pub files: Vec<FileReport>,
}

/// A vote as a format reads it, with names in place of numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedVote {
    pub(crate) models: [String; 2],
    pub(crate) share: f64,
    pub(crate) weight: f64,
    pub(crate) both_bad: bool,
    pub(crate) placed: bool,
    pub(crate) problem: Option<String>,
    /// What the problem is a variant of, with others.
    pub(crate) cluster: Option<String>,
    pub(crate) voter: Option<String>,
    pub(crate) judge: Option<String>,
    pub(crate) at: Option<f64>,
    pub(crate) features: Vec<(String, [f64; 2])>,
}

impl NamedVote {
    /// Of weight 1, between models of which the first was shown first.
    pub(crate) fn new(first: String, second: String, outcome: Outcome) -> Self {
        Self {
            models: [first, second],
            share: outcome.share,
            weight: 1.0,
            both_bad: outcome.both_bad,
            placed: true,
            problem: None,
            cluster: None,
            voter: None,
            judge: None,
            at: None,
            features: Vec::new(),
        }
    }
}

impl NamedVote {
    /// The same with the other model as its first.
    pub(crate) fn reversed(mut self) -> Self {
        self.models.reverse();
        self.share = 1.0 - self.share;
        self.features.iter_mut().for_each(|(_, pair)| pair.reverse());
        self
    }
}

/// What a vote says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) share: f64,
    pub(crate) both_bad: bool,
}

impl Outcome {
    /// Of which so much is for the first.
    pub(crate) fn share(share: f64) -> Self {
        Self { share, both_bad: false }
    }
}

/// What may count as one observation: votes of one may lean alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cluster {
    /// All votes on one problem.
    Problem,
    /// All votes of one person.
    Voter,
    /// Each vote.
    Vote,
}

impl Cluster {
    /// In messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Voter => "voter",
            Self::Vote => "vote",
        }
    }
}

impl Votes {
    /// What counts as one observation where nobody says it: the problem if all votes name one, else the voter, else the vote.
    pub fn usual_cluster(&self) -> Cluster {
        let all = |has: fn(&Vote) -> bool| !self.votes.is_empty() && self.votes.iter().all(has);
        if all(|vote| vote.problem.is_some()) {
            Cluster::Problem
        } else if all(|vote| vote.voter.is_some()) {
            Cluster::Voter
        } else {
            Cluster::Vote
        }
    }

    /// Forgets all votes but these, with what stands beside them.
    pub(crate) fn keep(&mut self, is_kept: impl Fn(&Vote) -> bool) {
        let kept: Vec<bool> = self.votes.iter().map(is_kept).collect();
        for column in self.features.values_mut() {
            let mut flags = kept.iter();
            column.retain(|_| flags.next().copied().unwrap_or(false));
        }
        let mut flags = kept.iter();
        self.votes.retain(|_| flags.next().copied().unwrap_or(false));
    }

    /// Puts the models in order of their names, so that nothing depends on which came first.
    pub(crate) fn sorted(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.models.len()).collect();
        order.sort_by(|a, b| self.models[*a].cmp(&self.models[*b]));
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        for vote in &mut self.votes {
            (vote.a, vote.b) = (place[vote.a], place[vote.b]);
        }
        self.models = order.into_iter().map(|old| std::mem::take(&mut self.models[old])).collect();
        self
    }
}

/// Numbers for names, in the order of their appearance.
#[derive(Default)]
pub(crate) struct Names(HashMap<String, usize>);

impl Names {
    pub(crate) fn number(&mut self, name: String) -> usize {
        let next = self.0.len();
        *self.0.entry(name).or_insert(next)
    }

    /// The names by their numbers.
    pub(crate) fn list(self) -> Vec<String> {
        let mut all: Vec<(String, usize)> = self.0.into_iter().collect();
        all.sort_by_key(|(_, number)| *number);
        all.into_iter().map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::Vote;

    /// A vote for the first of two models, of whom nothing else is known.
    pub(crate) fn vote(a: usize, b: usize) -> Vote {
        Vote {
            a,
            b,
            share: 1.0,
            weight: 1.0,
            both_bad: false,
            placed: true,
            problem: None,
            cluster: None,
            voter: None,
            judge: None,
            at: None,
        }
    }
}
