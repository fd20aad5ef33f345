//! Rounds of solution with their tokens, and the two efficiencies of Chen and others (arXiv 2412.21187).

use tables::{Solution, Split};

/// A round of solution: a stretch of the thinking that ends with an explicit answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// The step at which it starts.
    pub first: u32,
    /// The step at which it ends.
    pub end: u32,
    /// Its tokens.
    pub tokens: u32,
    /// Its answer is right; null when nobody could tell.
    pub correct: Option<bool>,
    /// The strategy that it follows; null when nobody looked.
    pub strategy: Option<u32>,
}

/// The rounds of a thinking. A tail that only repeats the conclusion before it (`complete` is false) is part of that
/// round. The error says which solution does not fit the steps.
pub fn rounds(solutions: &[Solution], split: &Split) -> Result<Vec<Round>, String> {
    let mut rounds: Vec<Round> = Vec::with_capacity(solutions.len());
    let mut next = 0;
    for (index, solution) in solutions.iter().enumerate() {
        let steps = split.steps.get(next as usize..=solution.end as usize);
        let steps = steps.filter(|_| solution.end >= next).ok_or_else(|| {
            format!(
                "solution {index} ends at step {}, but there are {} steps and the next round starts at step {next}",
                solution.end,
                split.steps.len()
            )
        })?;
        let tokens = steps.iter().map(|step| step.tokens).sum();
        let round = Round {
            first: next,
            end: solution.end,
            tokens,
            correct: solution.correct,
            strategy: solution.strategy,
        };
        next = solution.end + 1;
        match rounds.last_mut() {
            Some(before) if is_tail(solution, before) => {
                before.end = round.end;
                before.tokens += round.tokens;
            }
            _ => rounds.push(round),
        }
    }
    Ok(rounds)
}

/// A repeated conclusion; one that says something else than the round before is a round of its own.
fn is_tail(solution: &Solution, before: &Round) -> bool {
    let agrees = solution.correct.is_none() || solution.correct == before.correct;
    solution.complete == Some(false) && agrees
}

/// ξ_O of one response: the share of its tokens that it took to the end of the first correct round; 0 for a wrong
/// response. Null for an empty response, and for a right one in which no round is known to be correct.
pub fn outcome_efficiency(rounds: &[Round], correct: bool, total: u32) -> Option<f64> {
    if total == 0 {
        return None;
    }
    if !correct {
        return Some(0.0);
    }
    let first = rounds.iter().position(|round| round.correct == Some(true))?;
    let tokens: u32 = rounds[..=first].iter().map(|round| round.tokens).sum();
    Some(f64::from(tokens) / f64::from(total))
}

/// ξ_P of one response: the share of its tokens in rounds that open a strategy not seen before in it. Null where a
/// strategy is not known, unless there is only one round.
pub fn process_efficiency(rounds: &[Round], total: u32) -> Option<f64> {
    if total == 0 || rounds.is_empty() {
        return None;
    }
    let mut fresh = 0;
    for (index, round) in rounds.iter().enumerate() {
        if opens_strategy(rounds, index)? {
            fresh += round.tokens;
        }
    }
    Some(f64::from(fresh) / f64::from(total))
}

/// The round follows a strategy that no round before it follows; null where that is not known.
pub(crate) fn opens_strategy(rounds: &[Round], index: usize) -> Option<bool> {
    let own = rounds.get(index)?.strategy;
    if index == 0 {
        return Some(true);
    }
    let own = own?;
    let mut seen = false;
    for before in &rounds[..index] {
        seen |= before.strategy? == own;
    }
    Some(!seen)
}

#[cfg(test)]
pub(crate) mod tests {
    use tables::Step;

    use super::*;

    /// Rounds from their tokens, whether they are correct, and their strategies.
    pub(crate) fn of(tokens: &[u32], correct: &[u32], strategies: &[u32]) -> Vec<Round> {
        let round = |(index, tokens): (usize, &u32)| {
            let at = u32::try_from(index).unwrap();
            Round {
                first: at,
                end: at,
                tokens: *tokens,
                correct: Some(correct[index % correct.len()] == 1),
                strategy: strategies.get(index).copied(),
            }
        };
        tokens.iter().enumerate().map(round).collect()
    }

    type Case = (&'static [u32], &'static [u32], &'static [u32], f64, f64);

    const RECORDED: [Case; 5] = [
        (&[264, 103, 103, 114], &[1], &[0, 0, 1, 1], 0.452_055, 0.628_425),
        (&[276, 259], &[0, 1], &[0, 0], 1.0, 0.515_888),
        (&[294, 184], &[1], &[0, 1], 0.615_063, 1.0),
        (&[854, 686, 221, 177, 325, 259, 145], &[1], &[0, 1, 0, 1, 1, 0, 2], 0.320_210, 0.631_796),
        (&[7958, 26, 272, 386, 196], &[0], &[2, 2, 3, 3, 1], 0.0, 0.953_383),
    ];

    #[test]
    fn the_five_recorded_responses() {
        let (mut outcome, mut process, mut count) = (0.0, 0.0, 0);
        for (tokens, correct, strategies, expect_outcome, expect_process) in RECORDED {
            let rounds = of(tokens, correct, strategies);
            let total = tokens.iter().sum();
            let right = correct.contains(&1);
            let found = outcome_efficiency(&rounds, right, total).unwrap();
            assert!((found - expect_outcome).abs() < 5e-7, "{tokens:?}: {found}");
            outcome += found;
            let found = process_efficiency(&rounds, total).unwrap();
            assert!((found - expect_process).abs() < 5e-7, "{tokens:?}: {found}");
            process += found;
            count += rounds.len();
        }
        assert_eq!(format!("{:.4} {:.4}", outcome / 5.0, process / 5.0), "0.4775 0.7459");
        assert_eq!(count, 20);
    }

    #[test]
    fn the_two_plus_three_example() {
        let mut tokens = [0; 13];
        let strategies = [0, 1, 2, 0, 0, 0, 3, 4, 5, 0, 0, 6, 0];
        for (at, own) in [(0, 39), (1, 109), (2, 39), (6, 29), (7, 29), (8, 19), (11, 59)] {
            tokens[at] = own;
        }
        let rounds = of(&tokens, &[1], &strategies);
        let outcome = outcome_efficiency(&rounds, true, 901).unwrap();
        let process = process_efficiency(&rounds, 901).unwrap();
        assert_eq!(format!("{:.1} {:.1}", 100.0 * outcome, 100.0 * process), "4.3 35.8");
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        let mut rounds = of(&[10, 20], &[0], &[]);
        assert_eq!(outcome_efficiency(&rounds, true, 30), None);
        assert_eq!(outcome_efficiency(&rounds, false, 30), Some(0.0));
        assert_eq!(process_efficiency(&rounds, 30), None);
        assert_eq!(process_efficiency(&rounds[..1], 10), Some(1.0));
        assert_eq!(process_efficiency(&[], 10), None);
        rounds[0].correct = Some(true);
        assert_eq!(outcome_efficiency(&rounds, true, 0), None);
    }

    fn split(tokens: &[u32]) -> Split {
        let step = |tokens: &u32| Step { tokens: *tokens, ..Step::default() };
        Split { steps: tokens.iter().map(step).collect(), ..Split::default() }
    }

    #[test]
    fn tails_belong_to_the_round_before_and_misfits_are_refused() {
        let steps = split(&[1, 2, 4, 8, 16]);
        let solution = |end, correct, complete| Solution {
            correct: Some(correct),
            complete,
            ..Solution::ending_at(end)
        };
        let check = |solutions: &[Solution], expect: &[(u32, u32, u32)]| {
            let found = rounds(solutions, &steps).unwrap();
            let found: Vec<_> = found.iter().map(|round| (round.first, round.end, round.tokens)).collect();
            assert_eq!(found, expect);
        };
        check(&[solution(1, true, None), solution(3, true, Some(true))], &[(0, 1, 3), (2, 3, 12)]);
        check(&[solution(1, true, None), solution(3, true, Some(false))], &[(0, 3, 15)]);
        check(&[solution(1, false, None), solution(3, true, Some(false))], &[(0, 1, 3), (2, 3, 12)]);
        check(&[solution(0, true, Some(false))], &[(0, 0, 1)]);
        for bad in [vec![solution(5, true, None)], vec![solution(2, true, None), solution(2, true, None)]] {
            assert!(rounds(&bad, &steps).unwrap_err().contains("ends at step"));
        }
    }
}
