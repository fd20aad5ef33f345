//! ξ_O and ξ_P of one text: how much of it stood before the first right solution was there, and how much of it tried
//! something new.
//!
//! What follows the last round belongs to none and counts into the whole all the same. A text in which no round was
//! found is **one solution as a whole**, as right as its final answer; so is one of no tokens, where there is nothing to
//! look for. So a model that gives one solution a reply has ξ_O = accuracy and ξ_P = 1, whether or not it thinks.

use tables::SolutionScore;

use crate::Round;

/// What is measured on the solutions of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// The solutions, one at least.
    pub solutions: Vec<SolutionScore>,
    /// The text itself is the only one.
    pub implied: bool,
    /// The first right one.
    pub first_correct: Option<u32>,
    /// ξ_O; null where nobody knows whether the final answer is right.
    pub outcome: Option<f64>,
    /// ξ_P; null where the strategies are not known.
    pub process: Option<f64>,
}

/// Measures a text of `total` tokens with these rounds (null where nobody looked for them), the final answer of which is
/// right or not. Null where nobody looked.
pub fn measure(rounds: Option<&[Round]>, correct: Option<bool>, total: u32) -> Option<Measures> {
    let found = rounds.or_else(|| (total == 0).then_some(&[]))?;
    let implied = found.is_empty();
    let whole = implied.then_some(SolutionScore { tokens: total, correct, strategy: Some(0) });
    let solutions: Vec<SolutionScore> = found.iter().map(Round::score).chain(whole).collect();
    let first = solutions.iter().position(|solution| solution.correct == Some(true));
    Some(Measures {
        implied,
        first_correct: first.and_then(|at| u32::try_from(at).ok()),
        outcome: correct.map(|correct| if correct { outcome(&solutions, first, total) } else { 0.0 }),
        process: process(&solutions, total),
        solutions,
    })
}

/// T̂ / T of a right text, T̂ through its first right solution. Where no solution is known to be right the text arrives
/// at its right answer at its end.
fn outcome(solutions: &[SolutionScore], first: Option<usize>, total: u32) -> f64 {
    let Some(first) = first else { return 1.0 };
    ratio(solutions.iter().take(first + 1).map(|solution| solution.tokens).sum(), total)
}

/// D / T, D the tokens of the solutions that open a strategy; none where that is unknown.
fn process(solutions: &[SolutionScore], total: u32) -> Option<f64> {
    let strategies: Vec<Option<u32>> = solutions.iter().map(|solution| solution.strategy).collect();
    let mut fresh = 0;
    for (at, solution) in solutions.iter().enumerate() {
        fresh += if opens(&strategies, at)? { solution.tokens } else { 0 };
    }
    Some(ratio(fresh, total))
}

/// Whether a solution opens a strategy that none before it followed; none where that is unknown. The first always does.
pub fn opens(strategies: &[Option<u32>], at: usize) -> Option<bool> {
    let own = strategies.get(at)?;
    if at == 0 {
        return Some(true);
    }
    let (own, before) = ((*own)?, strategies.get(..at)?);
    let known = before.iter().copied().collect::<Option<Vec<u32>>>()?;
    Some(!known.contains(&own))
}

/// 1 where there is nothing to divide: a text without tokens wastes none.
fn ratio(part: u32, total: u32) -> f64 {
    if total == 0 { 1.0 } else { f64::from(part) / f64::from(total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounds from their tokens, whether they are right, and their strategies as far as they are known.
    fn of(tokens: &[u32], correct: &[u32], strategies: &[u32]) -> Vec<Round> {
        let round = |(index, tokens): (usize, &u32)| Round {
            tokens: *tokens,
            correct: Some(correct[index % correct.len()] == 1),
            strategy: strategies.get(index).copied(),
            ..Round::default()
        };
        tokens.iter().enumerate().map(round).collect()
    }

    /// A right text of these rounds alone, if any of them is right: ξ_O, ξ_P.
    fn measured(tokens: &[u32], correct: &[u32], strategies: &[u32]) -> (f64, f64) {
        let rounds = of(tokens, correct, strategies);
        let found = measure(Some(&rounds), Some(correct.contains(&1)), tokens.iter().sum()).unwrap();
        assert_eq!((found.solutions.len(), found.implied), (tokens.len(), false));
        (found.outcome.unwrap(), found.process.unwrap())
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
    fn the_five_recorded_responses_to_six_digits() {
        let mut sums = (0.0, 0.0);
        for (tokens, correct, strategies, outcome, process) in RECORDED {
            let found = measured(tokens, correct, strategies);
            let near = (found.0 - outcome).abs() < 5e-7 && (found.1 - process).abs() < 5e-7;
            assert!(near, "{tokens:?}: {found:?}");
            sums = (sums.0 + found.0, sums.1 + found.1);
        }
        assert_eq!(format!("{:.4} {:.4}", sums.0 / 5.0, sums.1 / 5.0), "0.4775 0.7459");
    }

    /// "2 + 3": 13 solutions, 901 tokens, new strategies in solutions 1, 2, 3, 7, 8, 9 and 12.
    #[test]
    fn two_plus_three_is_outcome_39_and_process_323_of_901() {
        let opening = [(0, 39), (1, 109), (2, 39), (6, 29), (7, 29), (8, 19), (11, 59)];
        let rest = 901 - opening.iter().map(|(_, tokens)| tokens).sum::<u32>();
        let mut tokens = [rest / 6; 13];
        tokens[12] += rest % 6;
        let mut strategies = [0; 13];
        for (number, (at, own)) in (0..).zip(opening) {
            tokens[at] = own;
            strategies[at] = number;
        }
        assert_eq!(measured(&tokens, &[1], &strategies), (39.0 / 901.0, 323.0 / 901.0));
    }

    #[test]
    fn a_text_without_a_round_is_one_solution() {
        for (correct, outcome) in [(Some(true), Some(1.0)), (Some(false), Some(0.0)), (None, None)] {
            let found = measure(Some(&[]), correct, 70).unwrap();
            assert_eq!((found.outcome, found.process, found.implied), (outcome, Some(1.0), true));
            assert_eq!(found.solutions, [SolutionScore { tokens: 70, correct, strategy: Some(0) }]);
        }
        assert_eq!(measure(None, Some(true), 70), None, "nobody looked");
        let silent = measure(None, Some(true), 0).unwrap();
        assert_eq!((silent.outcome, silent.process, silent.first_correct), (Some(1.0), Some(1.0), Some(0)));
    }

    #[test]
    fn what_follows_the_last_round_counts_into_the_whole() {
        let check = |rounds: &[Round], correct, outcome, process, first| {
            let found = measure(Some(rounds), correct, 100).unwrap();
            assert_eq!((found.outcome, found.process, found.first_correct), (outcome, process, first));
        };
        let second = of(&[30, 20], &[0, 1], &[0, 1]);
        check(&second, Some(true), Some(0.5), Some(0.5), Some(1));
        check(&second, Some(false), Some(0.0), Some(0.5), Some(1));
        check(&second, None, None, Some(0.5), Some(1));
        // Right at its end; strategies unknown.
        check(&of(&[30, 20], &[0], &[]), Some(true), Some(1.0), None, None);
        // The first always opens a strategy.
        check(&of(&[30], &[1], &[]), Some(true), Some(0.3), Some(0.3), Some(0));
    }
}
