//! What has to be known of all scores before the first figure: how many samples there are, how long they are.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use solutions::Sought;
use stage::{Interrupted, Observer};
use tables::{MetricValue as Row, Score, Verdict};

use crate::ScoreError;
use crate::reasons::is_graded;
use crate::scores::Scores;

/// The observer is asked whether to stop every so many rows.
const ASK_ROWS: u64 = 4096;

/// Lengths that cut the replies of a group into fifths.
pub(crate) type Quintiles = [u32; 4];

/// A first look at all scores. It keeps one number a reply and nothing else.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// The most samples of a problem.
    pub(crate) samples: u32,
    /// Problems, those of each model.
    pub(crate) problems: usize,
    /// Selectors that have a value of some reply.
    pub(crate) selectors: BTreeSet<String>,
    /// The longest thinking.
    pub(crate) tokens: u32,
    /// The most solutions in a reply.
    pub(crate) solutions: u32,
    /// Whether strategies were looked for where there are any.
    pub(crate) sought: Sought,
    /// Some reply was asked for by a strategy.
    pub(crate) manners: bool,
    /// Of some reply the answer was demanded behind its steps.
    pub(crate) converged: bool,
    /// Some replies answer with grids.
    pub(crate) grids: bool,
    /// Some problem is known to be graded unfairly.
    pub(crate) flawed: bool,
    /// Some answer could not be decided.
    pub(crate) undecided: bool,
    /// Budgets at which thinking was ended.
    pub(crate) forced: BTreeSet<u64>,
    /// Some samples were drawn until a rule had enough.
    pub(crate) drawn: bool,
    /// Some reply is a path of a search.
    pub(crate) searched: bool,
    /// A verifier has a score of some step.
    pub(crate) stepped: bool,
    /// Dataset, model, subset: the lengths of its graded replies.
    lengths: BTreeMap<[String; 3], Vec<u32>>,
    rows: u64,
}

impl Survey {
    /// Reads every table once.
    pub(crate) fn of(tables: &[impl Scores], observer: &dyn Observer) -> Result<Self, ScoreError> {
        let surveys = tables.par_iter().map(|table| Self::of_one(table, observer));
        surveys.try_reduce(Self::default, |one, other| Ok(one.and(other)))
    }

    fn of_one(table: &impl Scores, observer: &dyn Observer) -> Result<Self, ScoreError> {
        let (mut survey, mut run) = (Self::default(), Run::default());
        for score in table.read()? {
            survey.look(&score?, &mut run);
            if survey.rows.is_multiple_of(ASK_ROWS) && observer.interrupted() {
                return Err(Interrupted { done: 0 }.into());
            }
        }
        Ok(survey)
    }

    /// Of the tables of both.
    fn and(mut self, other: Self) -> Self {
        for (group, lengths) in other.lengths {
            self.lengths.entry(group).or_default().extend(lengths);
        }
        self.selectors.extend(other.selectors);
        self.forced.extend(other.forced);
        Self {
            samples: self.samples.max(other.samples),
            problems: self.problems + other.problems,
            selectors: self.selectors,
            tokens: self.tokens.max(other.tokens),
            solutions: self.solutions.max(other.solutions),
            sought: self.sought.and(other.sought),
            manners: self.manners || other.manners,
            converged: self.converged || other.converged,
            grids: self.grids || other.grids,
            flawed: self.flawed || other.flawed,
            undecided: self.undecided || other.undecided,
            forced: self.forced,
            drawn: self.drawn || other.drawn,
            searched: self.searched || other.searched,
            stepped: self.stepped || other.stepped,
            lengths: self.lengths,
            rows: self.rows + other.rows,
        }
    }

    /// How many scores there are.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    fn look(&mut self, score: &Score, run: &mut Run) {
        self.rows += 1;
        self.manners |= score.strategy.is_some();
        self.converged |= score.converged_tokens.is_some();
        self.grids |= score.grid.is_some();
        self.flawed |= score.flaw.is_some();
        self.undecided |= score.grade == Verdict::Undecided;
        self.forced.extend(score.forced_at);
        self.drawn |= score.drawn.is_some();
        self.searched |= score.spent_tokens.is_some();
        self.stepped |= score.least_step_score.is_some();
        self.count(score, run);
        for confidence in &score.confidences {
            if !self.selectors.contains(&confidence.selector) {
                self.selectors.insert(confidence.selector.clone());
            }
        }
        // What is unknown makes nothing longer.
        self.tokens = self.tokens.max(score.reasoning_tokens.unwrap_or_default());
        if let Some(solutions) = &score.solutions {
            self.solutions = self.solutions.max(u32::try_from(solutions.len()).unwrap_or(u32::MAX));
            self.sought.look(solutions.iter().map(|solution| solution.strategy));
        }
        if let Some(tokens) = score.reasoning_tokens.filter(|_| is_graded(score) && !score.drawn_later()) {
            let key = [&score.dataset, &score.model, &score.subset].map(String::clone);
            self.lengths.entry(key).or_default().push(tokens);
        }
    }

    /// Samples that are there whatever those before them said.
    fn count(&mut self, score: &Score, run: &mut Run) {
        if !score.drawn_later() {
            let count = run.count(score);
            self.samples = self.samples.max(count);
            self.problems += usize::from(count == 1);
        }
    }

    /// The fifths of a group; [`Row::OVERALL`] is all groups of the dataset together.
    pub(crate) fn fifths(&self, dataset: &str, model: &str, subset: &str) -> Quintiles {
        let first = [dataset, model, if subset == Row::OVERALL { "" } else { subset }].map(str::to_owned);
        let of_model =
            self.lengths.range(first..).take_while(|(key, _)| key[0] == dataset && key[1] == model);
        let groups = of_model.filter(|(key, _)| subset == Row::OVERALL || key[2] == subset);
        let mut lengths: Vec<u32> = groups.flat_map(|(_, lengths)| lengths.iter().copied()).collect();
        lengths.sort_unstable();
        [1, 2, 3, 4].map(|fifth: usize| {
            let last = (lengths.len() * fifth).div_ceil(5).saturating_sub(1);
            // A group without a graded reply has no fifths, and nobody who asks for them.
            lengths.get(last).copied().unwrap_or(0)
        })
    }
}

/// The samples of one problem so far.
#[derive(Default)]
struct Run {
    key: [String; 3],
    samples: u32,
}

impl Run {
    fn count(&mut self, score: &Score) -> u32 {
        if [&score.dataset, &score.model, &score.problem_id].into_iter().eq(self.key.iter()) {
            self.samples += 1;
        } else {
            self.key = [&score.dataset, &score.model, &score.problem_id].map(String::clone);
            self.samples = 1;
        }
        self.samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_cut_into_fifths_and_equal_lengths_stay_together() {
        let mut survey = Survey::default();
        let mut run = Run::default();
        for (subset, tokens) in [("a", 10), ("a", 20), ("a", 30), ("a", 40), ("a", 50), ("b", 7), ("b", 7)] {
            let (subset, correct) = (subset.to_owned(), Some(true));
            let score = Score {
                subset,
                correct,
                reasoning_tokens: Some(tokens),
                grade: tables::Verdict::Right,
                ..Score::default()
            };
            survey.look(&score, &mut run);
        }
        assert_eq!(survey.fifths("", "", "a"), [10, 20, 30, 40]);
        assert_eq!(survey.fifths("", "", "b"), [7; 4]);
        assert_eq!(survey.fifths("", "", Row::OVERALL), [7, 10, 30, 40]);
        assert_eq!(survey.fifths("", "", "c"), [0; 4]);
        assert_eq!((survey.samples, survey.tokens), (7, 50));
    }
}
