//! Rounds of solution: their tokens, and how much of the thinking they took (Chen et al., arXiv 2412.21187).
//!
//! A round's tokens are those of the steps since the end of the round before it. What is thought behind the last round
//! belongs to none and counts into T all the same. A conclusion that a judge found to be a mere tail (`complete` is
//! false) belongs to the round before it.
//!
//! A reply in whose thinking no round was found is **one solution as a whole**: all of T, as right as its final answer. So
//! a model that gives one solution a reply has ξ_O = accuracy and ξ_P = 1, whether or not it thinks.

use tables::{Judgment, SolutionScore, Split};

use crate::row::Misfit;

/// What is measured on the rounds of one reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rounds {
    /// The rounds; none when nobody looked for them.
    pub(crate) solutions: Option<Vec<SolutionScore>>,
    /// The reply itself is the only one.
    pub(crate) implied: bool,
    /// The first right one.
    pub(crate) first_correct: Option<u32>,
    /// ξ_O.
    pub(crate) outcome: Option<f64>,
    /// ξ_P.
    pub(crate) process: Option<f64>,
}

impl Rounds {
    /// `correct` is σ of the final answer.
    pub(crate) fn of(split: &Split, judgment: &Judgment, correct: Option<bool>) -> Result<Self, Misfit> {
        let found = found(split, judgment)?;
        let looked = judgment.solutions.is_some() || split.tokens == 0;
        if !looked {
            return Ok(Self::default());
        }
        let implied = found.is_empty();
        let whole = SolutionScore { tokens: split.tokens, correct, strategy: Some(0) };
        let solutions = if implied { vec![whole] } else { found };
        let first = solutions.iter().position(|solution| solution.correct == Some(true));
        Ok(Self {
            implied,
            first_correct: first.and_then(|at| u32::try_from(at).ok()),
            outcome: correct
                .map(|correct| if correct { outcome(&solutions, first, split.tokens) } else { 0.0 }),
            process: process(&solutions, split.tokens),
            solutions: Some(solutions),
        })
    }
}

/// The rounds that a judge found.
fn found(split: &Split, judgment: &Judgment) -> Result<Vec<SolutionScore>, Misfit> {
    let mut rounds: Vec<SolutionScore> = Vec::new();
    let mut done = 0;
    for solution in judgment.solutions.iter().flatten() {
        let steps = split.steps.get(done..=solution.end as usize).filter(|steps| !steps.is_empty());
        let steps = steps.ok_or(Misfit::Step { column: "solutions", step: solution.end })?;
        let tokens = steps.iter().map(|step| step.tokens).sum();
        done += steps.len();
        match rounds.last_mut() {
            Some(before) if solution.complete == Some(false) => {
                before.tokens += tokens;
                before.correct = before.correct.or(solution.correct);
            }
            _ => {
                rounds.push(SolutionScore { tokens, correct: solution.correct, strategy: solution.strategy })
            }
        }
    }
    Ok(rounds)
}

/// T̂ / T of a right reply, T̂ through its first right solution. Where no solution was found to be right the reply
/// arrives at its right answer at its end.
fn outcome(solutions: &[SolutionScore], first: Option<usize>, total: u32) -> f64 {
    let Some(first) = first else { return 1.0 };
    ratio(solutions.iter().take(first + 1).map(|solution| solution.tokens).sum(), total)
}

/// D / T, D the tokens of the solutions that open a strategy not seen before in the reply; none where that is
/// unknown. The first solution always does.
fn process(solutions: &[SolutionScore], total: u32) -> Option<f64> {
    let mut opening = 0;
    for (at, solution) in solutions.iter().enumerate() {
        if opens(solutions, at)? {
            opening += solution.tokens;
        }
    }
    Some(ratio(opening, total))
}

/// Whether a solution opens a strategy that none before it followed; none where that is unknown.
pub(crate) fn opens(solutions: &[SolutionScore], at: usize) -> Option<bool> {
    if at == 0 {
        return Some(true);
    }
    let own = solutions.get(at)?.strategy?;
    let before = solutions.iter().take(at).map(|solution| solution.strategy).collect::<Option<Vec<u32>>>()?;
    Some(!before.contains(&own))
}

/// 1 where there is nothing to divide: a reply without thinking wastes none.
fn ratio(part: u32, total: u32) -> f64 {
    if total == 0 { 1.0 } else { f64::from(part) / f64::from(total) }
}

#[cfg(test)]
mod tests {
    use tables::{Solution, Step};

    use super::*;

    /// A trace with one step a solution, and `tail` tokens behind the last one.
    fn trace(tokens: &[u32], tail: u32) -> Split {
        let lengths: Vec<u32> = tokens.iter().copied().chain((tail > 0).then_some(tail)).collect();
        let steps = lengths.iter().map(|tokens| Step { tokens: *tokens, ..Step::default() }).collect();
        Split { steps, tokens: lengths.iter().sum(), ..Split::default() }
    }

    fn judged(correct: &[u8], strategies: &[u32]) -> Judgment {
        let solution = |(at, correct): (usize, &u8)| Solution {
            end: at as u32,
            correct: Some(*correct == 1),
            strategy: strategies.get(at).copied(),
            ..Solution::default()
        };
        Judgment {
            solutions: Some(correct.iter().enumerate().map(solution).collect()),
            ..Judgment::default()
        }
    }

    /// ξ_O and ξ_P to six digits.
    fn check(tokens: &[u32], correct: &[u8], strategies: &[u32], expect: (f64, f64)) {
        let is_right = Some(correct.contains(&1));
        let rounds = Rounds::of(&trace(tokens, 0), &judged(correct, strategies), is_right).unwrap();
        let (outcome, process) = (rounds.outcome.unwrap(), rounds.process.unwrap());
        let near = |a: f64, b: f64| (a - b).abs() < 5e-7;
        assert!(near(outcome, expect.0) && near(process, expect.1), "{tokens:?}: {outcome} {process}");
    }

    #[test]
    fn five_recorded_responses_come_out_to_six_digits() {
        check(&[264, 103, 103, 114], &[1, 1, 1, 1], &[0, 0, 1, 1], (0.452055, 0.628425));
        check(&[276, 259], &[0, 1], &[0, 0], (1.0, 0.515888));
        check(&[294, 184], &[1, 1], &[0, 1], (0.615063, 1.0));
        let six = [854, 686, 221, 177, 325, 259, 145];
        check(&six, &[1; 7], &[0, 1, 0, 1, 1, 0, 2], (0.320210, 0.631796));
        check(&[7958, 26, 272, 386, 196], &[0; 5], &[2, 2, 3, 3, 1], (0.0, 0.953383));
    }

    /// "2 + 3": 13 solutions, 901 tokens, new strategies in solutions 1, 2, 3, 7, 8, 9 and 12.
    #[test]
    fn two_plus_three_is_outcome_39_and_process_323_of_901() {
        let opening = [(0, 39), (1, 109), (2, 39), (6, 29), (7, 29), (8, 19), (11, 59)];
        let rest = 901 - opening.iter().map(|(_, tokens)| tokens).sum::<u32>();
        let mut tokens = vec![rest / 6; 13];
        tokens[12] += rest % 6;
        let mut strategies = [0; 13];
        for (number, (at, own)) in opening.iter().enumerate() {
            tokens[*at] = *own;
            strategies[*at] = number as u32;
        }
        let rounds = Rounds::of(&trace(&tokens, 0), &judged(&[1; 13], &strategies), Some(true)).unwrap();
        assert_eq!(tokens.iter().sum::<u32>(), 901);
        assert_eq!(rounds.outcome, Some(39.0 / 901.0));
        assert_eq!(rounds.process, Some(323.0 / 901.0));
        assert_eq!(rounds.solutions.map(|all| all.len()), Some(13));
    }

    #[test]
    fn a_reply_without_a_round_is_one_solution() {
        let nothing = Judgment { solutions: Some(vec![]), ..Judgment::default() };
        for (correct, outcome) in [(Some(true), Some(1.0)), (Some(false), Some(0.0)), (None, None)] {
            let rounds = Rounds::of(&trace(&[], 70), &nothing, correct).unwrap();
            assert_eq!((rounds.outcome, rounds.process, rounds.implied), (outcome, Some(1.0), true));
            assert_eq!(
                rounds.solutions,
                Some(vec![SolutionScore { tokens: 70, correct, strategy: Some(0) }])
            );
        }
        let unseen = Rounds::of(&trace(&[], 70), &Judgment::default(), Some(true)).unwrap();
        assert_eq!(unseen, Rounds::default(), "nobody looked");
        let silent = Rounds::of(&trace(&[], 0), &Judgment::default(), Some(true)).unwrap();
        assert_eq!((silent.outcome, silent.process, silent.first_correct), (Some(1.0), Some(1.0), Some(0)));
    }

    #[test]
    fn the_tail_counts_into_the_whole() {
        let rounds = Rounds::of(&trace(&[30, 20], 50), &judged(&[0, 1], &[0, 1]), Some(true)).unwrap();
        assert_eq!((rounds.outcome, rounds.process, rounds.first_correct), (Some(0.5), Some(0.5), Some(1)));
        let lost = Rounds::of(&trace(&[30, 20], 50), &judged(&[0, 1], &[0, 1]), Some(false)).unwrap();
        assert_eq!((lost.outcome, lost.first_correct), (Some(0.0), Some(1)));
        let unseen = Rounds::of(&trace(&[30, 20], 50), &judged(&[0, 0], &[]), Some(true)).unwrap();
        assert_eq!(
            (unseen.outcome, unseen.process),
            (Some(1.0), None),
            "right at its end; strategies unknown"
        );
        let single = Rounds::of(&trace(&[30], 70), &judged(&[1], &[]), Some(true)).unwrap();
        assert_eq!(single.process, Some(0.3), "the first always opens a strategy");
    }

    #[test]
    fn a_mere_conclusion_belongs_to_the_round_before_it() {
        let mut judgment = judged(&[1, 1, 0], &[0, 1, 1]);
        judgment.solutions.as_mut().unwrap()[1].complete = Some(false);
        let rounds = Rounds::of(&trace(&[40, 10, 50], 0), &judgment, Some(true)).unwrap();
        let tokens: Vec<u32> = rounds.solutions.iter().flatten().map(|solution| solution.tokens).collect();
        assert_eq!((tokens, rounds.outcome, rounds.process), (vec![50, 50], Some(0.5), Some(1.0)));
    }

    #[test]
    fn rounds_must_end_at_steps_in_order() {
        let check = |ends: &[u32], step| {
            let solutions = Some(ends.iter().map(|end| Solution::ending_at(*end)).collect());
            let judgment = Judgment { solutions, ..Judgment::default() };
            let refused = Rounds::of(&trace(&[1, 2], 0), &judgment, None).unwrap_err();
            assert_eq!(refused, Misfit::Step { column: "solutions", step });
        };
        check(&[2], 2);
        check(&[1, 1], 1);
        check(&[1, 0], 0);
    }
}
