//! Models that met: what was seen, what the ratings expect, and who beats whom in a circle.

use std::collections::BTreeMap;

use super::graph::{shortest, strong};
use super::newton::logistic;
use crate::result::{Cycle, Pair};
use crate::vote::Vote;

/// Circles that are named.
const NAMED: usize = 10;

/// What was counted of two models, the first of which has the lower number.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meeting {
    pub(crate) votes: u64,
    pub(crate) wins: u64,
    pub(crate) ties: u64,
    weight: f64,
    won: f64,
}

impl Meeting {
    pub(crate) fn share(&self) -> f64 {
        self.won / self.weight
    }

    /// As the second saw it.
    pub(crate) fn losses(&self) -> u64 {
        self.votes - self.wins - self.ties
    }
}

pub(crate) type Meetings = BTreeMap<(usize, usize), Meeting>;

/// All pairs of models that met.
pub(crate) fn meetings<'a>(votes: impl Iterator<Item = &'a Vote>) -> Meetings {
    let mut all = Meetings::new();
    for vote in votes {
        let (pair, share) = if vote.a < vote.b {
            ((vote.a, vote.b), vote.share)
        } else {
            ((vote.b, vote.a), 1.0 - vote.share)
        };
        let meeting = all.entry(pair).or_default();
        meeting.votes += 1;
        meeting.wins += u64::from(share > 0.5);
        meeting.ties += u64::from(share == 0.5);
        meeting.weight += vote.weight;
        meeting.won += vote.weight * share;
    }
    all
}

/// The pairs as they are told; `strength` is none for a model without a rating.
pub(crate) fn told(
    meetings: &Meetings,
    names: &[String],
    strength: &dyn Fn(usize) -> Option<f64>,
) -> Vec<Pair> {
    let pair = |((a, b), meeting): (&(usize, usize), &Meeting)| {
        let fitted = strength(*a).zip(strength(*b)).map(|(a, b)| logistic(a - b));
        let observed = meeting.share();
        let chi = |fitted: f64| meeting.weight * (observed - fitted).powi(2) / (fitted * (1.0 - fitted));
        Pair {
            a: names[*a].clone(),
            b: names[*b].clone(),
            votes: meeting.votes,
            wins: meeting.wins,
            ties: meeting.ties,
            observed,
            fitted,
            chi_square: fitted.map(chi),
        }
    };
    meetings.iter().map(pair).collect()
}

/// Circles in which each got more than half against the next: for each such step the shortest way back, the clearest first.
pub(crate) fn cycles(meetings: &Meetings, names: &[String]) -> Vec<Cycle> {
    let mut beats = vec![Vec::new(); names.len()];
    for ((a, b), meeting) in meetings {
        if meeting.share() > 0.5 {
            beats[*a].push(*b);
        } else if meeting.share() < 0.5 {
            beats[*b].push(*a);
        }
    }
    if strong(&beats).len() == names.len() {
        return Vec::new();
    }
    let mut found: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
    for (from, next) in beats.iter().enumerate() {
        for to in next {
            let Some(back) = shortest(*to, from, &beats) else { continue };
            let round = from_least(back);
            let least = least_share(&round, meetings);
            found.insert(round, least);
        }
    }
    let named = |(round, least_share): (Vec<usize>, f64)| Cycle {
        models: round.into_iter().map(|model| names[model].clone()).collect(),
        least_share,
    };
    let mut cycles: Vec<Cycle> = found.into_iter().map(named).collect();
    cycles.sort_by(|one, other| other.least_share.total_cmp(&one.least_share));
    cycles.truncate(NAMED);
    cycles
}

/// The same circle from its least member on.
fn from_least(mut round: Vec<usize>) -> Vec<usize> {
    let least = round.iter().enumerate().min_by_key(|(_, model)| **model).map_or(0, |(at, _)| at);
    round.rotate_left(least);
    round
}

fn least_share(round: &[usize], meetings: &Meetings) -> f64 {
    let steps = round.iter().zip(round.iter().cycle().skip(1));
    let share = |(from, to): (&usize, &usize)| match meetings.get(&(*from, *to)) {
        Some(meeting) => meeting.share(),
        None => meetings.get(&(*to, *from)).map_or(0.0, |meeting| 1.0 - meeting.share()),
    };
    steps.map(share).fold(1.0, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(list: &[(usize, usize, f64)]) -> Vec<Vote> {
        let vote = |(a, b, share): &(usize, usize, f64)| Vote {
            share: *share,
            ..crate::vote::testing::vote(*a, *b)
        };
        list.iter().map(vote).collect()
    }

    #[test]
    fn circles_are_named_once() {
        let names: Vec<String> = ["x", "y", "z", "w"].map(str::to_owned).to_vec();
        let check = |list: &[(usize, usize, f64)], expect: &[(&[&str], f64)]| {
            let votes = votes(list);
            let found = cycles(&meetings(votes.iter()), &names);
            let found: Vec<(Vec<&str>, f64)> = found
                .iter()
                .map(|cycle| (cycle.models.iter().map(String::as_str).collect(), cycle.least_share))
                .collect();
            let expect: Vec<(Vec<&str>, f64)> =
                expect.iter().map(|(names, least)| (names.to_vec(), *least)).collect();
            assert_eq!(found, expect);
        };
        check(&[(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)], &[]);
        check(&[(0, 1, 1.0), (1, 2, 0.75), (2, 0, 1.0)], &[(&["x", "y", "z"], 0.75)]);
        check(&[(0, 1, 1.0), (1, 2, 0.5), (2, 0, 1.0)], &[]);
        let four = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 0.6)];
        check(&four, &[(&["x", "y", "z", "w"], 0.6)]);
    }

    #[test]
    fn meetings_know_no_order() {
        let votes = votes(&[(0, 1, 1.0), (1, 0, 1.0), (1, 0, 0.5)]);
        let all = meetings(votes.iter());
        let meeting = all[&(0, 1)];
        assert_eq!((meeting.votes, meeting.wins, meeting.ties, meeting.losses()), (3, 1, 1, 1));
        assert_eq!(meeting.share(), 0.5);
    }
}
