//! Where the rounds of a thinking end, and their tokens: those of the steps since the end of the round before.

use tables::{Solution, SolutionScore, Split};

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

impl Round {
    /// What is measured on it.
    pub(crate) fn score(&self) -> SolutionScore {
        SolutionScore { tokens: self.tokens, correct: self.correct, strategy: self.strategy }
    }

    /// Takes in a tail, the verdict on which is its own where it had none.
    fn extend(&mut self, tail: &Self) {
        self.end = tail.end;
        self.tokens += tail.tokens;
        self.correct = self.correct.or(tail.correct);
    }
}

/// A solution that does not end at a step after the end of the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "solution {index} ends at step {end}, but there are {steps} steps and the next round starts at step {next}"
)]
pub struct RoundError {
    /// Which solution.
    pub index: usize,
    /// Where it is said to end.
    pub end: u32,
    /// How many steps there are.
    pub steps: usize,
    /// Where it has to start.
    pub next: u32,
}

/// The rounds that a judge found. A tail that only repeats the conclusion before it (`complete` is false) is part of
/// that round.
pub fn rounds(solutions: &[Solution], split: &Split) -> Result<Vec<Round>, RoundError> {
    let mut rounds: Vec<Round> = Vec::with_capacity(solutions.len());
    let mut next = 0;
    for (index, solution) in solutions.iter().enumerate() {
        let misfit = RoundError { index, end: solution.end, steps: split.steps.len(), next };
        let round = round(solution, next, split).ok_or(misfit)?;
        next = solution.end + 1;
        match rounds.last_mut() {
            Some(before) if is_tail(solution, before) => before.extend(&round),
            _ => rounds.push(round),
        }
    }
    Ok(rounds)
}

fn round(solution: &Solution, first: u32, split: &Split) -> Option<Round> {
    let end = solution.end;
    let steps = split.steps.get(first as usize..=end as usize).filter(|steps| !steps.is_empty())?;
    let tokens = steps.iter().map(|step| step.tokens).sum();
    Some(Round { first, end, tokens, correct: solution.correct, strategy: solution.strategy })
}

/// A repeated conclusion. One that is right where the round before is wrong, or the other way round, repeats nothing:
/// it is a round of its own, or the first right answer would be lost in a wrong round.
fn is_tail(solution: &Solution, before: &Round) -> bool {
    let contradicts = solution.correct.zip(before.correct).is_some_and(|(own, before)| own != before);
    solution.complete == Some(false) && !contradicts
}

#[cfg(test)]
mod tests {
    use tables::Step;

    use super::*;

    fn split(tokens: &[u32]) -> Split {
        let step = |tokens: &u32| Step { tokens: *tokens, ..Step::default() };
        Split { steps: tokens.iter().map(step).collect(), ..Split::default() }
    }

    fn solution(end: u32, correct: Option<bool>, complete: Option<bool>) -> Solution {
        Solution { correct, complete, ..Solution::ending_at(end) }
    }

    #[test]
    fn tails_belong_to_the_round_before_unless_they_say_something_else() {
        let (right, wrong, tail) = (Some(true), Some(false), Some(false));
        let check = |solutions: &[Solution], expect: &[(u32, u32, u32, Option<bool>)]| {
            let found = rounds(solutions, &split(&[1, 2, 4, 8, 16])).unwrap();
            let told = |round: &Round| (round.first, round.end, round.tokens, round.correct);
            assert_eq!(found.iter().map(told).collect::<Vec<_>>(), expect);
        };
        let first = solution(1, right, None);
        check(&[first.clone(), solution(3, right, Some(true))], &[(0, 1, 3, right), (2, 3, 12, right)]);
        check(&[first.clone(), solution(3, right, tail)], &[(0, 3, 15, right)]);
        check(&[first.clone(), solution(3, None, tail)], &[(0, 3, 15, right)]);
        check(&[first, solution(3, wrong, tail)], &[(0, 1, 3, right), (2, 3, 12, wrong)]);
        let wrong_first = solution(1, wrong, None);
        check(&[wrong_first, solution(3, right, tail)], &[(0, 1, 3, wrong), (2, 3, 12, right)]);
        check(&[solution(1, None, None), solution(3, right, tail)], &[(0, 3, 15, right)]);
        check(&[solution(0, right, tail)], &[(0, 0, 1, right)]);
    }

    #[test]
    fn rounds_must_end_at_steps_in_order() {
        let check = |ends: &[u32], end, next| {
            let solutions: Vec<Solution> = ends.iter().map(|end| Solution::ending_at(*end)).collect();
            let misfit = rounds(&solutions, &split(&[1, 2])).unwrap_err();
            assert_eq!((misfit.end, misfit.next, misfit.steps), (end, next, 2), "{misfit}");
        };
        check(&[2], 2, 0);
        check(&[1, 1], 1, 2);
        check(&[1, 0], 0, 2);
    }
}
