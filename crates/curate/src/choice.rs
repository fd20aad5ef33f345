//! The best of a problem's samples: one after the other is looked at, and only the best so far are held.

use std::collections::BTreeMap;
use std::sync::Arc;

use solutions::{Measures, measure};

use crate::walk::{Sample, Unfit};
use crate::{Chain, Kept, Recipe, Refusal, Said, keep};

/// What a recipe keeps of one sample.
#[derive(Clone, Debug)]
pub(crate) struct Excerpt {
    pub(crate) sample: Arc<Sample>,
    pub(crate) kept: Kept,
    pub(crate) tokens: u32,
}

impl Excerpt {
    fn of(sample: &Arc<Sample>, kept: Kept) -> Self {
        let tokens = kept.cut.map_or(sample.split.tokens, |step| sample.split.tokens_through(step));
        Self { sample: Arc::clone(sample), kept, tokens }
    }

    /// The text that is kept, a prefix of what was thought.
    pub(crate) fn chain(&self) -> Chain {
        let generation = &self.sample.generation;
        // Whoever read the sample has checked that every step ends at a place in its text.
        let said = self.cut_byte().and_then(|end| Said::through(generation, end));
        Chain {
            said: said.unwrap_or_else(|| Said::whole(generation)),
            model: generation.model.clone(),
            sample: generation.sample,
            trace_id: generation.trace_id.clone(),
            tokens: Some(self.tokens),
            ..Chain::default()
        }
    }

    /// What is measured on it: as on a whole reply, though it may be a part of one.
    pub(crate) fn measures(&self) -> Option<Measures> {
        let rounds = self.sample.rounds.as_deref().and_then(|rounds| rounds.get(..self.kept.rounds));
        measure(rounds, self.sample.correct, self.tokens)
    }

    /// Where the thinking is cut; null where it is not.
    pub(crate) fn cut_byte(&self) -> Option<usize> {
        self.kept.cut.and_then(|step| self.sample.end_of(step))
    }
}

/// The samples of one problem so far.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub(crate) samples: u32,
    pub(crate) right: u32,
    pub(crate) longest: Option<Excerpt>,
    best: BTreeMap<Recipe, Excerpt>,
    refused: BTreeMap<Recipe, Refusal>,
}

impl Choice {
    /// Looks at a sample; says why it is of no use, if so. Of equals the first one counts.
    pub(crate) fn add(&mut self, sample: Sample, confusing: bool) -> Option<Unfit> {
        self.samples += 1;
        if let Some(fault) = sample.fault() {
            return Some(fault);
        }
        if confusing {
            return Some(Unfit::HoldsThinkTag);
        }
        self.right += 1;
        let sample = Arc::new(sample);
        let rounds = sample.rounds.as_deref();
        let whole =
            Excerpt::of(&sample, Kept { cut: None, rounds: rounds.map_or(0, <[_]>::len), why: "longest" });
        if self.longest.as_ref().is_none_or(|longest| whole.tokens > longest.tokens) {
            self.longest = Some(whole);
        }
        for recipe in Recipe::ALL {
            match keep(recipe, rounds) {
                Ok(kept) => self.consider(recipe, Excerpt::of(&sample, kept)),
                Err(refusal) => {
                    self.refused.entry(recipe).or_insert(refusal);
                }
            }
        }
        None
    }

    fn consider(&mut self, recipe: Recipe, result: Excerpt) {
        match self.best.get_mut(&recipe) {
            Some(best) if best.tokens <= result.tokens => {}
            Some(best) => *best = result,
            None => {
                self.best.insert(recipe, result);
            }
        }
    }

    /// The shortest result of a recipe over the right samples.
    pub(crate) fn best(&self, recipe: Recipe) -> Option<&Excerpt> {
        self.best.get(&recipe)
    }

    /// Why a recipe has no result; null if it has one.
    pub(crate) fn refusal(&self, recipe: Recipe) -> Option<&'static str> {
        match (self.right, self.best(recipe), self.refused.get(&recipe)) {
            (_, Some(_), _) => None,
            (0, ..) => Some("no_right_sample"),
            (_, None, Some(Refusal::NoSolutions)) => Some("no_solutions"),
            (_, None, Some(Refusal::NoStrategies)) => Some("no_strategies"),
            (_, None, _) => Some("no_correct_solution"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use solutions::rounds;
    use tables::{Generation, Problem, Solution, Split, Step};

    use super::*;

    /// A right sample whose steps are the given words, and whose rounds end at the given steps.
    fn sample(number: u32, words: &[String], solutions: &[(u32, bool)]) -> Sample {
        let (mut reasoning, mut steps) = (String::new(), Vec::new());
        for word in words {
            let start = u32::try_from(reasoning.len()).unwrap();
            reasoning.push_str(word);
            let end = u32::try_from(reasoning.len()).unwrap();
            steps.push(Step { start, end, tokens: end - start });
            reasoning.push_str("\n\n");
        }
        let tokens = steps.iter().map(|step| step.tokens).sum();
        let split = Split { steps, tokens, ..Split::default() };
        let solutions: Vec<Solution> = solutions
            .iter()
            .map(|(end, correct)| Solution { correct: Some(*correct), ..Solution::ending_at(*end) })
            .collect();
        let found = rounds(&solutions, &split).unwrap();
        let generation = Generation {
            sample: number,
            reasoning,
            answer_text: "5".into(),
            reasoning_source: "tags".into(),
            ..Generation::default()
        };
        let problem = Arc::new(Problem { problem: "What is it?".into(), ..Problem::default() });
        let (rollouts, first_error, step_scores) = (None, None, None);
        let (rounds, correct) = (Some(found), Some(true));
        Sample { problem, generation, split, rounds, rollouts, first_error, step_scores, correct }
    }

    fn words(count: usize) -> Vec<String> {
        (0..count).map(|index| "é".repeat(index + 1)).collect()
    }

    #[test]
    fn the_shortest_result_and_the_longest_sample_of_all() {
        let mut choice = Choice::default();
        assert_eq!(choice.add(sample(0, &words(6), &[(1, true), (5, true)]), false), None);
        assert_eq!(choice.add(sample(1, &words(3), &[(2, true)]), false), None);
        assert_eq!(choice.add(sample(2, &words(6), &[(1, true), (2, true)]), false), None);
        let wrong = Sample { correct: Some(false), ..sample(3, &words(1), &[]) };
        assert_eq!(choice.add(wrong, false), Some(Unfit::Wrong));
        assert_eq!(choice.add(sample(4, &words(1), &[]), true), Some(Unfit::HoldsThinkTag));
        assert_eq!((choice.samples, choice.right), (5, 3));
        let check = |recipe, number, cut, text: &str| {
            let best = choice.best(recipe).unwrap();
            assert_eq!((best.sample.generation.sample, best.kept.cut), (number, cut), "{recipe:?}");
            assert_eq!(best.chain().said.thinking.unwrap(), text);
        };
        check(Recipe::Shortest, 1, None, "é\n\néé\n\nééé\n\n");
        check(Recipe::Fcs, 0, Some(1), "é\n\néé");
        check(Recipe::FcsReflection, 1, Some(2), "é\n\néé\n\nééé");
        assert_eq!(choice.longest.as_ref().unwrap().sample.generation.sample, 0);
        assert_eq!(choice.refusal(Recipe::Fcs), None);
    }

    #[test]
    fn what_has_no_result_says_why() {
        let check = |samples: Vec<Sample>, recipe, expect| {
            let mut choice = Choice::default();
            for sample in samples {
                choice.add(sample, false);
            }
            assert_eq!(choice.refusal(recipe), expect);
        };
        check(vec![], Recipe::Fcs, Some("no_right_sample"));
        check(vec![sample(0, &words(2), &[(1, false)])], Recipe::Fcs, Some("no_correct_solution"));
        let unjudged = Sample { rounds: None, ..sample(0, &words(2), &[]) };
        check(vec![unjudged.clone()], Recipe::Gds, Some("no_solutions"));
        check(vec![unjudged], Recipe::Shortest, None);
    }

    proptest! {
        #[test]
        fn whatever_is_kept_is_a_prefix_that_ends_with_a_step(
            samples in prop::collection::vec(
                (prop::collection::vec("[a-zé ]{0,5}[a-zé]", 1..8), prop::collection::vec((0u32..8, any::<bool>()), 0..5)),
                1..6,
            )
        ) {
            let mut choice = Choice::default();
            for (number, (words, ends)) in samples.iter().enumerate() {
                let mut ends: Vec<(u32, bool)> =
                    ends.iter().copied().filter(|(end, _)| (*end as usize) < words.len()).collect();
                ends.sort_by_key(|(end, _)| *end);
                ends.dedup_by_key(|(end, _)| *end);
                choice.add(sample(u32::try_from(number).unwrap(), words, &ends), false);
            }
            let longest = choice.longest.as_ref().unwrap().tokens;
            for recipe in Recipe::ALL {
                let Some(best) = choice.best(recipe) else { continue };
                let thought = &best.sample.generation.reasoning;
                let kept = best.chain().said.thinking.unwrap();
                prop_assert!(thought.starts_with(&kept));
                prop_assert!(best.tokens <= longest);
                match best.cut_byte() {
                    Some(end) => {
                        prop_assert_eq!(kept.len(), end);
                        prop_assert!(best.sample.split.steps.iter().any(|step| step.end as usize == end));
                    }
                    None => prop_assert_eq!(&kept, thought),
                }
            }
        }
    }
}
