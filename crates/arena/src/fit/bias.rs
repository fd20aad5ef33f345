//! Whether a judge prefers a place: pairs that were shown both ways round.

use std::collections::BTreeMap;

use stats::{kappa, mcnemar};

use crate::result::PositionBias;
use crate::vote::{Vote, Votes};

/// A judge, a problem, and two models of which the first has the lower number.
type Shown = (Option<usize>, usize, usize, usize);

/// Somebody saw a pair both ways round.
pub(crate) fn both_ways(votes: &Votes) -> bool {
    !seen(votes).is_empty()
}

/// For each judge that saw pairs both ways round: what it said of them.
pub(crate) fn bias(votes: &Votes) -> Vec<PositionBias> {
    let judges = seen(votes).into_iter();
    judges.map(|(judge, pairs)| of_judge(judge.map(|at| votes.judges[at].clone()), &pairs, votes)).collect()
}

/// Pairs of each judge with the share of whoever was shown first, each way. A vote that does not know its problem, or who was
/// shown first, says nothing here, and neither does a pair with other than one vote each way.
fn seen(votes: &Votes) -> BTreeMap<Option<usize>, Vec<[f64; 2]>> {
    let mut shown: BTreeMap<Shown, [Vec<f64>; 2]> = BTreeMap::new();
    for vote in votes.votes.iter().filter(|vote| vote.placed) {
        let Some(problem) = vote.problem else { continue };
        let pair = (vote.judge, problem, vote.a.min(vote.b), vote.a.max(vote.b));
        shown.entry(pair).or_default()[usize::from(vote.a > vote.b)].push(vote.share);
    }
    let mut judges: BTreeMap<Option<usize>, Vec<[f64; 2]>> = BTreeMap::new();
    for ((judge, ..), [one_way, other_way]) in shown {
        if let ([first], [second]) = (one_way.as_slice(), other_way.as_slice()) {
            judges.entry(judge).or_default().push([*first, *second]);
        }
    }
    judges
}

/// Of pairs with the share of whoever was shown first, each way.
fn of_judge(judge: Option<String>, pairs: &[[f64; 2]], votes: &Votes) -> PositionBias {
    let count = |is: fn([i64; 2]) -> bool| pairs.iter().filter(|pair| is(pair.map(side))).count() as u64;
    let first_both = count(|pair| pair == [1, 1]);
    let second_both = count(|pair| pair == [-1, -1]);
    // The second way round, the first model stands second.
    let of_model: Vec<(i64, i64)> =
        pairs.iter().map(|[first, second]| (side(*first), -side(*second))).collect();
    let own = |vote: &&Vote| vote.placed && vote.judge.map(|at| &votes.judges[at]) == judge.as_ref();
    let decided: Vec<f64> =
        votes.votes.iter().filter(own).map(|vote| vote.share).filter(|share| *share != 0.5).collect();
    let firsts = decided.iter().filter(|share| **share > 0.5).count();
    PositionBias {
        pairs: pairs.len() as u64,
        consistent: count(|pair| pair[0] * pair[1] == -1),
        first_both,
        second_both,
        with_tie: count(|pair| pair.contains(&0)),
        p: mcnemar(first_both, second_both),
        first_share: (!decided.is_empty()).then(|| firsts as f64 / decided.len() as f64),
        kappa: kappa(&of_model),
        judge,
    }
}

/// 1 for the first, −1 for the second, 0 for a tie.
pub(crate) fn side(share: f64) -> i64 {
    i64::from(share > 0.5) - i64::from(share < 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Votes on pairs of two models, each way round once.
    fn both_ways(kinds: &[([f64; 2], usize)]) -> Votes {
        let all = kinds.iter().flat_map(|(shares, times)| std::iter::repeat_n(*shares, *times));
        let votes = all.enumerate().flat_map(|(problem, shares)| {
            shares.into_iter().enumerate().map(move |(way, share)| Vote {
                share,
                problem: Some(problem),
                judge: Some(0),
                ..crate::vote::testing::vote(way, 1 - way)
            })
        });
        Votes {
            models: vec!["x".into(), "y".into()],
            judges: vec!["j".into()],
            votes: votes.collect(),
            ..Votes::default()
        }
    }

    #[test]
    fn places_are_counted_and_tested() {
        let votes = both_ways(&[
            ([1.0, 0.0], 20),
            ([0.0, 1.0], 10),
            ([1.0, 1.0], 9),
            ([0.0, 0.0], 2),
            ([0.5, 1.0], 4),
        ]);
        let found = bias(&votes);
        assert_eq!(found.len(), 1);
        let PositionBias {
            judge,
            pairs,
            consistent,
            first_both,
            second_both,
            with_tie,
            p,
            first_share,
            kappa,
        } = &found[0];
        assert_eq!(judge.as_deref(), Some("j"));
        assert_eq!([*pairs, *consistent, *first_both, *second_both, *with_tie], [45, 30, 9, 2, 4]);
        assert!((p - 0.065_43).abs() < 1e-4, "{p}");
        assert!((first_share.unwrap() - 52.0 / 86.0).abs() < 1e-12, "{first_share:?}");
        assert!(kappa.unwrap() > 0.3 && kappa.unwrap() < 0.8, "{kappa:?}");
    }

    #[test]
    fn a_judge_that_always_prefers_the_first_agrees_with_itself_by_chance_alone() {
        let found = &bias(&both_ways(&[([1.0, 1.0], 30)]))[0];
        assert_eq!((found.consistent, found.first_both, found.first_share), (0, 30, Some(1.0)));
        assert!(found.p < 1e-6, "{}", found.p);
    }

    #[test]
    fn pairs_that_were_not_seen_both_ways_say_nothing() {
        let mut votes = both_ways(&[([1.0, 0.0], 5)]);
        votes.votes.iter_mut().skip(1).step_by(2).for_each(|vote| vote.placed = false);
        assert!(bias(&votes).is_empty());
        let mut twice = both_ways(&[([1.0, 0.0], 5)]);
        twice.votes.extend(twice.votes.clone());
        assert!(bias(&twice).is_empty());
    }
}
