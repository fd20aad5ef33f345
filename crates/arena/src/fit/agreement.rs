//! Whether those who voted on the same pairs say the same.

use std::collections::BTreeMap;

use stats::kappa;

use super::bias::side;
use crate::result::Agreement;
use crate::vote::{Vote, Votes};

/// A problem, and two models of which the first has the lower number.
type Item = (usize, usize, usize);

/// Each two who have a verdict on the same pairs, those with most pairs first. A judge's verdict on a pair is what all its votes say,
/// else a tie; that of people is what most of them say.
pub(crate) fn agreement(votes: &Votes) -> Vec<Agreement> {
    let mut items: BTreeMap<Item, BTreeMap<String, Vec<i64>>> = BTreeMap::new();
    for vote in &votes.votes {
        if let Some((rater, item)) = rater(votes, vote).zip(item(vote)) {
            let side = side(vote.share) * if vote.a < vote.b { 1 } else { -1 };
            items.entry(item).or_default().entry(rater).or_default().push(side);
        }
    }
    let mut both: BTreeMap<[String; 2], Vec<(i64, i64)>> = BTreeMap::new();
    for raters in items.into_values() {
        let verdicts: Vec<(String, i64)> = raters.into_iter().map(settled).collect();
        for (at, (one, said)) in verdicts.iter().enumerate() {
            for (other, too) in &verdicts[at + 1..] {
                both.entry([one.clone(), other.clone()]).or_default().push((*said, *too));
            }
        }
    }
    let mut found: Vec<Agreement> = both.into_iter().map(of).collect();
    found.sort_by_key(|pair| std::cmp::Reverse(pair.pairs));
    found
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

fn settled((rater, sides): (String, Vec<i64>)) -> (String, i64) {
    let verdict = match sides.first() {
        _ if rater == Agreement::PEOPLE => sides.iter().sum::<i64>().signum(),
        Some(first) if sides.iter().all(|side| side == first) => *first,
        _ => 0,
    };
    (rater, verdict)
}

fn of((raters, both): ([String; 2], Vec<(i64, i64)>)) -> Agreement {
    let count = |is: fn(&(i64, i64)) -> bool| both.iter().filter(|pair| is(pair)).count() as u64;
    Agreement {
        raters,
        pairs: both.len() as u64,
        same: count(|(a, b)| a == b),
        decided: count(|(a, b)| a * b != 0),
        decided_same: count(|(a, b)| a * b == 1),
        kappa: kappa(&both),
    }
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
