//! Several verdicts on one item, of one judge asked several times or of several judges, counted into one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chat::{Dialogue, Next, Replies};
use serde_json::{Value, json};
use tables::{JudgeState, Judgment};

use crate::failed;

/// Conversations that are held at once. Their verdicts are counted when all are over; a call that failed is no vote
/// that is missing, it fails the judgment, for the verdict should not depend on the weather.
pub(crate) struct Poll<'a> {
    voters: Vec<Voter<'a>>,
}

struct Voter<'a> {
    name: String,
    dialogue: Box<dyn Dialogue<Judgment> + 'a>,
    /// Questions under way.
    asked: usize,
    verdict: Option<Judgment>,
}

impl<'a> Poll<'a> {
    /// A poll of these voters; names go into the raw words, empty ones stay out of them.
    pub(crate) fn new(voters: Vec<(String, Box<dyn Dialogue<Judgment> + 'a>)>) -> Self {
        let voter = |(name, dialogue)| Voter { name, dialogue, asked: 0, verdict: None };
        Self { voters: voters.into_iter().map(voter).collect() }
    }

    fn ballots(&mut self) -> Vec<Ballot> {
        let take = |voter: &mut Voter<'_>| Ballot {
            voter: std::mem::take(&mut voter.name),
            judgment: voter.verdict.take().unwrap_or_else(|| failed("it was not heard to the end")),
        };
        self.voters.iter_mut().map(take).collect()
    }
}

impl Dialogue<Judgment> for Poll<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Judgment> {
        let mut questions = Vec::new();
        let mut rest = replies;
        let mut broken = None;
        for (index, voter) in self.voters.iter_mut().enumerate().filter(|(_, voter)| voter.verdict.is_none())
        {
            let (own, others) = rest.split_at(voter.asked.min(rest.len()));
            rest = others;
            match voter.dialogue.next(own) {
                Next::Ask(asked) => {
                    voter.asked = asked.len();
                    questions.extend(asked);
                }
                Next::Done(judgment) => {
                    if judgment.state == JudgeState::Failed && own.iter().any(Result::is_err) {
                        broken = broken.or(Some((index, judgment.reason.clone())));
                    }
                    voter.verdict = Some(judgment);
                }
            }
        }
        if let Some((index, reason)) = broken {
            return Next::Done(broken_off(index, reason, self.ballots()));
        }
        if questions.is_empty() { Next::Done(count(self.ballots())) } else { Next::Ask(questions) }
    }
}

/// What one voter came to.
pub(crate) struct Ballot {
    pub(crate) voter: String,
    pub(crate) judgment: Judgment,
}

impl Ballot {
    /// The step that it votes for, or for none; nothing if it cannot be read.
    fn vote(&self) -> Option<Option<u32>> {
        match self.judgment.state {
            JudgeState::Found => Some(self.judgment.step),
            JudgeState::Absent => Some(None),
            JudgeState::Failed | JudgeState::Skipped => None,
        }
    }

    fn words(&self) -> Value {
        let Judgment { state, step, reason, raw, .. } = &self.judgment;
        let mut words = json!({"state": state, "step": step, "said": raw});
        if let (false, Some(keys)) = (self.voter.is_empty(), words.as_object_mut()) {
            keys.insert("judge".to_owned(), json!(self.voter));
        }
        if let (Some(reason), Some(keys)) = (reason, words.as_object_mut()) {
            keys.insert("reason".to_owned(), json!(reason));
        }
        words
    }
}

const NO_REASON: &str = "no reason was given";

fn broken_off(index: usize, reason: Option<String>, ballots: Vec<Ballot>) -> Judgment {
    let voter = ballots.get(index).map_or("", |ballot| ballot.voter.as_str());
    let voter = if voter.is_empty() { format!("vote {}", index + 1) } else { voter.to_owned() };
    let reason = format!("{voter} of {}: {}", ballots.len(), reason.as_deref().unwrap_or(NO_REASON));
    Judgment { raw: Some(raw(&ballots)), ..failed(reason) }
}

fn raw(ballots: &[Ballot]) -> String {
    ballots.iter().map(Ballot::words).collect::<Value>().to_string()
}

/// The step that most ballots name. Of equally many the earliest step wins, and any step wins over none; ballots that
/// cannot be read name nothing, but the agreement is among all that were asked for.
pub(crate) fn count(ballots: Vec<Ballot>) -> Judgment {
    let mut votes: BTreeMap<Option<u32>, usize> = BTreeMap::new();
    for vote in ballots.iter().filter_map(Ballot::vote) {
        *votes.entry(vote).or_default() += 1;
    }
    // A vote for no step ranks below every step, whatever stands in its third place.
    let rank =
        |(vote, count): &(&Option<u32>, &usize)| (**count, vote.is_some(), Reverse(vote.unwrap_or_default()));
    let winner = votes.iter().max_by_key(rank).map(|(vote, count)| (*vote, *count));
    let asked = u32::try_from(ballots.len()).unwrap_or(u32::MAX);
    let raw = Some(raw(&ballots));
    let Some((vote, agreeing)) = winner else {
        return Judgment { raw, votes: Some(asked), ..unread(&ballots) };
    };
    let agreement = Some(agreeing as f64 / f64::from(asked.max(1)));
    let mut judgment = merged(vote, ballots);
    judgment.judge.clear();
    Judgment { votes: Some(asked), agreement, raw, reason: None, ..judgment }
}

fn unread(ballots: &[Ballot]) -> Judgment {
    let first = ballots.iter().find_map(|ballot| ballot.judgment.reason.as_deref()).unwrap_or(NO_REASON);
    failed(format!("none of {} votes can be read; the first: {first}", ballots.len()))
}

/// The first judgment that agrees with the verdict, the band stretched over all steps that were named, and what other
/// voters have to say beside their verdict.
fn merged(vote: Option<u32>, ballots: Vec<Ballot>) -> Judgment {
    let named: Vec<u32> = ballots.iter().filter_map(|ballot| ballot.vote().flatten()).collect();
    let same = |ballot: &Ballot| ballot.vote() == Some(vote);
    // The verdict is somebody's vote, so there is one.
    let mut base =
        ballots.iter().find(|ballot| same(ballot)).map(|ballot| ballot.judgment.clone()).unwrap_or_default();
    if vote.is_some() {
        base.band_first = base.band_first.into_iter().chain(named.iter().copied()).min();
        base.band_last = base.band_last.into_iter().chain(named).max();
    }
    for other in ballots.into_iter().map(|ballot| ballot.judgment) {
        base.own_step = base.own_step.or(other.own_step);
        base.solutions = base.solutions.or(other.solutions);
        base.thoughts = base.thoughts.or(other.thoughts);
        // Who was asked in different ways was not asked in one.
        let asked = other.temperature.is_some();
        base.temperature = base.temperature.filter(|_| !asked || base.temperature == other.temperature);
        base.seed = base.seed.filter(|_| !asked || base.seed == other.seed);
    }
    base
}
