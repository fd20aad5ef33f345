//! Whether those who voted on the same pairs say the same.

use std::collections::BTreeMap;

use stats::kappa;

use super::bias::side;
use crate::result::Agreement;
use crate::vote::{Vote, Votes};

/// A problem, and two models of which the first has the lower number.
type Item = (usize, usize, usize);

/// Each two who have a verdict on the same pairs. A judge's verdict on a pair is what all its votes say, else a tie; that of
/// people is what most of them say.
pub(crate) fn agreement(votes: &Votes) -> Vec<Agreement> {
    let mut said: BTreeMap<String, BTreeMap<Item, Vec<i64>>> = BTreeMap::new();
    for vote in &votes.votes {
        if let Some((rater, item)) = rater(votes, vote).zip(item(vote)) {
            let side = side(vote.share) * if vote.a < vote.b { 1 } else { -1 };
            said.entry(rater).or_default().entry(item).or_default().push(side);
        }
    }
    let verdicts: Vec<(String, BTreeMap<Item, i64>)> = said.into_iter().map(settled).collect();
    let pairs = verdicts
        .iter()
        .enumerate()
        .flat_map(|(at, one)| verdicts[at + 1..].iter().filter_map(move |other| of(one, other)));
    pairs.collect()
}

/// Who voted: a judge, or people. Votes that nobody cast follow from grades or equal answers.
fn rater(votes: &Votes, vote: &Vote) -> Option<String> {
    match vote.judge {
        Some(judge) => Some(votes.judges[judge].clone()),
        None => (vote.placed || vote.voter.is_some()).then(|| Agreement::PEOPLE.to_owned()),
    }
}

fn item(vote: &Vote) -> Option<Item> {
    Some((vote.problem?, vote.a.min(vote.b), vote.a.max(vote.b)))
}

fn settled((rater, items): (String, BTreeMap<Item, Vec<i64>>)) -> (String, BTreeMap<Item, i64>) {
    let most = rater == Agreement::PEOPLE;
    let verdict = |sides: Vec<i64>| match (most, sides.first()) {
        (true, _) => sides.iter().sum::<i64>().signum(),
        (false, Some(first)) if sides.iter().all(|side| side == first) => *first,
        _ => 0,
    };
    (rater, items.into_iter().map(|(item, sides)| (item, verdict(sides))).collect())
}

fn of(
    (one, said): &(String, BTreeMap<Item, i64>),
    (other, said_too): &(String, BTreeMap<Item, i64>),
) -> Option<Agreement> {
    let both: Vec<(i64, i64)> =
        said.iter().filter_map(|(item, side)| Some((*side, *said_too.get(item)?))).collect();
    let count = |is: fn(&(i64, i64)) -> bool| both.iter().filter(|pair| is(pair)).count() as u64;
    (!both.is_empty()).then(|| Agreement {
        raters: [one.clone(), other.clone()],
        pairs: both.len() as u64,
        same: count(|(a, b)| a == b),
        decided: count(|(a, b)| a * b != 0),
        decided_same: count(|(a, b)| a * b == 1),
        kappa: kappa(&both),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vote::testing::vote;

    /// Votes of two judges and some people on pairs of the same two models.
    fn votes(all: &[(Option<usize>, usize, f64)]) -> Votes {
        let one = |(judge, problem, share): &(Option<usize>, usize, f64)| Vote {
            judge: *judge,
            problem: Some(*problem),
            share: *share,
            ..vote(0, 1)
        };
        Votes {
            models: vec!["x".into(), "y".into()],
            judges: vec!["j".into(), "k".into()],
            votes: all.iter().map(one).collect(),
            ..Votes::default()
        }
    }

    #[test]
    fn judges_are_held_against_each_other_and_against_people() {
        let (j, k, people) = (Some(0), Some(1), None);
        let found = agreement(&votes(&[
            (j, 0, 1.0),
            (k, 0, 1.0),
            (people, 0, 1.0),
            (people, 0, 1.0),
            (people, 0, 0.0),
            (j, 1, 1.0),
            (k, 1, 0.0),
            (people, 1, 0.0),
            (j, 2, 0.5),
            (k, 2, 0.5),
            (j, 3, 1.0),
            (j, 3, 0.0),
            (k, 3, 1.0),
            (j, 4, 0.0),
        ]));
        let told = |at: usize| {
            let Agreement { raters, pairs, same, decided, decided_same, .. } = &found[at];
            (raters.join(" "), [*pairs, *same, *decided, *decided_same])
        };
        assert_eq!(found.len(), 3);
        assert_eq!(told(0), ("j k".to_owned(), [4, 2, 2, 1]));
        assert_eq!(told(1), ("j people".to_owned(), [2, 1, 2, 1]));
        assert_eq!(told(2), ("k people".to_owned(), [2, 2, 2, 2]));
        assert_eq!(found[2].kappa, Some(1.0));
        // j: x x tie tie, k: x y tie x.
        let expected = (2.0 * 2.0 + 2.0 * 1.0) / 16.0;
        assert!((found[0].kappa.unwrap() - (0.5 - expected) / (1.0 - expected)).abs() < 1e-12);
    }

    #[test]
    fn the_place_at_which_a_model_stood_changes_no_agreement() {
        let mut both = votes(&[(Some(0), 0, 1.0), (Some(1), 0, 1.0)]);
        both.votes[1] = Vote { a: 1, b: 0, share: 0.0, ..both.votes[1].clone() };
        assert_eq!(agreement(&both)[0].same, 1);
    }

    #[test]
    fn what_nobody_said_agrees_with_nobody() {
        let mut graded = votes(&[(Some(0), 0, 1.0), (None, 0, 1.0)]);
        graded.votes[1].placed = false;
        assert!(agreement(&graded).is_empty());
    }
}
