//! Recipes: how much of a right sample is kept. A cut stands at the end of a step, so what is kept is a prefix.

use plugin::nearest;
use serde::Serialize;
use solutions::{Round, opens};

/// How much of a sample is kept (arXiv 2412.21187).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipe {
    /// The whole of it.
    Shortest,
    /// Through the first correct solution.
    Fcs,
    /// Through the second solution that reaches the right answer; through the first where there is no second.
    FcsReflection,
    /// Through the first correct solution, and on while each next one opens a new strategy and is not wrong.
    Gds,
}

impl Recipe {
    /// All recipes, in the order of the published table.
    pub const ALL: [Self; 4] = [Self::Shortest, Self::Fcs, Self::FcsReflection, Self::Gds];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shortest => "shortest",
            Self::Fcs => "fcs",
            Self::FcsReflection => "fcs_reflection",
            Self::Gds => "gds",
        }
    }

    /// The recipe of that name, dashes and underscores alike; else what was probably meant.
    pub fn named(word: &str) -> Result<Self, String> {
        let plain = word.replace('-', "_").to_lowercase();
        let names = Self::ALL.map(Self::name);
        let found = Self::ALL.into_iter().find(|recipe| recipe.name() == plain);
        found.ok_or_else(|| match nearest(&plain, names) {
            Some(near) => format!("unknown recipe `{word}` (did you mean `{near}`?)"),
            None => format!("unknown recipe `{word}` (known: {})", names.join(", ")),
        })
    }
}

/// What a recipe keeps of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The step at whose end the thinking is cut; null where all of it is kept.
    pub cut: Option<u32>,
    /// Rounds that are kept.
    pub rounds: usize,
    /// Why the cut stands there.
    pub why: &'static str,
}

/// Why a recipe has nothing to keep of a right sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No judge looked for rounds of solution.
    NoSolutions,
    /// Rounds are known, but none of them is known to be correct.
    NoCorrectSolution,
    /// No judge looked for strategies.
    NoStrategies,
}

/// What `recipe` keeps of a right sample with these rounds (null where nobody looked for them).
pub fn keep(recipe: Recipe, rounds: Option<&[Round]>) -> Result<Kept, Refusal> {
    if recipe == Recipe::Shortest {
        return Ok(Kept { cut: None, rounds: rounds.map_or(0, <[Round]>::len), why: "whole" });
    }
    let rounds = rounds.ok_or(Refusal::NoSolutions)?;
    let mut correct = rounds.iter().enumerate().filter(|(_, round)| round.correct == Some(true));
    let (first, _) = correct.next().ok_or(Refusal::NoCorrectSolution)?;
    let (last, why) = match recipe {
        Recipe::FcsReflection => match correct.next() {
            Some((second, _)) => (second, "second correct solution"),
            None => (first, "first correct solution, there is no second"),
        },
        Recipe::Gds => (diverse(rounds, first)?, "last of the new strategies"),
        Recipe::Fcs | Recipe::Shortest => (first, "first correct solution"),
    };
    Ok(Kept { cut: Some(rounds[last].end), rounds: last + 1, why })
}

fn diverse(rounds: &[Round], first: usize) -> Result<usize, Refusal> {
    let strategies: Vec<Option<u32>> = rounds.iter().map(|round| round.strategy).collect();
    let mut last = first;
    for (index, round) in rounds.iter().enumerate().skip(first + 1) {
        let fresh = opens(&strategies, index).ok_or(Refusal::NoStrategies)?;
        if !fresh || round.correct == Some(false) {
            break;
        }
        last = index;
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rounds from their tokens, whether they are correct, and their strategies.
    fn of(tokens: &[u32], correct: &[u32], strategies: &[u32]) -> Vec<Round> {
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

    #[test]
    fn each_recipe_cuts_where_it_says() {
        // Tokens, correct, strategies → rounds kept by fcs, fcs_reflection, gds.
        let check = |tokens: &[u32], correct: &[u32], strategies: &[u32], expect: [Option<usize>; 3]| {
            let rounds = of(tokens, correct, strategies);
            let kept = [Recipe::Fcs, Recipe::FcsReflection, Recipe::Gds]
                .map(|recipe| keep(recipe, Some(&rounds)).ok().map(|kept| kept.rounds));
            assert_eq!(kept, expect, "{tokens:?}");
        };
        check(&[264, 103, 103, 114], &[1], &[0, 0, 1, 1], [Some(1), Some(2), Some(1)]);
        check(&[276, 259], &[0, 1], &[0, 0], [Some(2), Some(2), Some(2)]);
        check(&[294, 184], &[1], &[0, 1], [Some(1), Some(2), Some(2)]);
        check(
            &[854, 686, 221, 177, 325, 259, 145],
            &[1],
            &[0, 1, 0, 1, 1, 0, 2],
            [Some(1), Some(2), Some(2)],
        );
        check(&[7958, 26, 272, 386, 196], &[0], &[2, 2, 3, 3, 1], [None, None, None]);
        // A new strategy that fails ends the thinking before it.
        check(&[10, 10, 10], &[1, 0, 1], &[0, 1, 2], [Some(1), Some(3), Some(1)]);
        // Nobody looked at strategies: only what needs none is kept.
        check(&[10, 10], &[1], &[], [Some(1), Some(2), None]);
        check(&[10], &[1], &[], [Some(1), Some(1), Some(1)]);
    }

    #[test]
    fn refusals_say_what_is_missing() {
        let check = |recipe, rounds: Option<&[Round]>, expect| assert_eq!(keep(recipe, rounds).err(), expect);
        check(Recipe::Shortest, None, None);
        check(Recipe::Fcs, None, Some(Refusal::NoSolutions));
        check(Recipe::Fcs, Some(&[]), Some(Refusal::NoCorrectSolution));
        check(Recipe::Gds, Some(&of(&[1, 1], &[1], &[])), Some(Refusal::NoStrategies));
    }

    #[test]
    fn names_are_found_and_typos_corrected() {
        assert_eq!(Recipe::named("FCS-reflection"), Ok(Recipe::FcsReflection));
        assert_eq!(
            Recipe::named("shortst").unwrap_err(),
            "unknown recipe `shortst` (did you mean `shortest`?)"
        );
    }

    proptest! {
        #[test]
        fn longer_recipes_keep_at_least_what_fcs_keeps(
            rows in prop::collection::vec((1u32..500, 0u32..2, 0u32..4), 0..12)
        ) {
            let (tokens, rest): (Vec<u32>, Vec<(u32, u32)>) = rows.into_iter().map(|(t, c, s)| (t, (c, s))).unzip();
            let (correct, strategies): (Vec<u32>, Vec<u32>) = rest.into_iter().unzip();
            let rounds = if tokens.is_empty() { vec![] } else { of(&tokens, &correct, &strategies) };
            let fcs = keep(Recipe::Fcs, Some(&rounds));
            prop_assert_eq!(fcs.is_ok(), correct.contains(&1));
            for recipe in [Recipe::FcsReflection, Recipe::Gds] {
                let longer = keep(recipe, Some(&rounds));
                prop_assert_eq!(longer.is_ok(), fcs.is_ok());
                if let (Ok(fcs), Ok(longer)) = (fcs, longer) {
                    prop_assert!(longer.rounds >= fcs.rounds);
                    // Every cut is the end of a round, and the last round kept is never known to be wrong.
                    let last = rounds[longer.rounds - 1];
                    prop_assert_eq!(longer.cut, Some(last.end));
                    prop_assert_eq!(last.correct, Some(true));
                }
            }
        }
    }
}
