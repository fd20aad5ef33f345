//! Which traces there are, with what they are looked for by.

use serde::{Deserialize, Serialize};
use tables::{Finish, Generation, Score, TableReader, part};

use crate::error::RunReaderError;
use crate::run::Run;

/// How a trace ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceOutcome {
    /// The final answer is right.
    Right,
    /// It is wrong, or there is none.
    Wrong,
    /// Nobody could tell, or there is no known answer.
    Undecided,
    /// There is no reply.
    Failed,
}

impl TraceOutcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Right, Self::Wrong, Self::Undecided, Self::Failed];

    /// The word for people and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Undecided => "undecided",
            Self::Failed => "failed",
        }
    }

    /// The outcome of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// One trace in the index.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TraceEntry {
    /// The model's place among the run's models.
    pub model: u16,
    /// The trace's place in the model's tables.
    pub place: u32,
    /// The problem.
    pub problem: Box<str>,
    /// The sample.
    pub sample: u32,
    /// The group's place in [`TraceIndex::subsets`].
    pub subset: u32,
    /// How it ended.
    pub outcome: TraceOutcome,
    /// The token limit cut the reply, or the thinking never closed.
    pub cut: bool,
    /// The right answer was found in the thinking and is not the final one.
    pub lost: bool,
    /// T.
    pub tokens: Option<u32>,
    /// T̂, where a step asserts the answer.
    pub first_correct: Option<u32>,
    /// T − T̂.
    pub reflection: Option<u32>,
}

impl TraceEntry {
    /// How it ended, in a word or two.
    pub fn ended(&self) -> String {
        let mut words = vec![self.outcome.word()];
        words.extend(self.lost.then_some("lost"));
        words.extend(self.cut.then_some("cut"));
        words.join(", ")
    }

    /// T̂ / T.
    pub fn efficiency(&self) -> Option<f64> {
        let first = self.first_correct?;
        self.tokens.filter(|all| *all > 0).map(|all| f64::from(first) / f64::from(all))
    }
}

/// All traces of a run, model by model, in the order of the tables.
#[derive(Clone, Debug, Default)]
pub struct TraceIndex {
    /// The traces.
    pub entries: Vec<TraceEntry>,
    /// The names of the models, in the order of the run.
    pub models: Vec<String>,
    /// The names of the groups, in the order of their first trace.
    pub subsets: Vec<String>,
}

part! {
    /// The columns that the index needs.
    struct ScoreColumns of Score {
        problem_id: String,
        sample: u32,
        subset: String,
        correct: Option<bool>,
        reasoning_source: String,
        finish: Finish,
        reasoning_tokens: Option<u32>,
        located: bool,
        first_correct_tokens: Option<u32>,
        reflection_tokens: Option<u32>,
        found_then_lost: bool,
    }
}

impl TraceIndex {
    /// Reads the scores of all models, those columns alone that are looked for by.
    pub fn of(run: &Run) -> Result<Self, RunReaderError> {
        let models = run.models().iter().map(|model| model.name.clone()).collect();
        let mut index = Self { models, ..Self::default() };
        for (at, model) in run.models().iter().enumerate() {
            let model_place = fitting(at, "models")?;
            for (row, score) in TableReader::<ScoreColumns>::open(&model.scores())?.enumerate() {
                let entry = index.entry(model_place, fitting(row, "traces of a model")?, score?)?;
                index.entries.push(entry);
            }
        }
        index.entries.shrink_to_fit();
        Ok(index)
    }

    fn entry(&mut self, model: u16, place: u32, score: ScoreColumns) -> Result<TraceEntry, RunReaderError> {
        Ok(TraceEntry {
            model,
            place,
            sample: score.sample,
            subset: self.subset(&score.subset)?,
            outcome: match score.correct {
                _ if score.finish == Finish::Error => TraceOutcome::Failed,
                Some(true) => TraceOutcome::Right,
                Some(false) => TraceOutcome::Wrong,
                None => TraceOutcome::Undecided,
            },
            cut: score.finish == Finish::Length || score.reasoning_source == Generation::UNCLOSED,
            lost: score.found_then_lost,
            tokens: score.reasoning_tokens,
            first_correct: score.first_correct_tokens.filter(|_| score.located),
            reflection: score.reflection_tokens.filter(|_| score.located),
            problem: score.problem_id.into(),
        })
    }

    fn subset(&mut self, name: &str) -> Result<u32, RunReaderError> {
        let known = self.subsets.iter().position(|known| known == name);
        let at = known.unwrap_or_else(|| {
            self.subsets.push(name.to_owned());
            self.subsets.len() - 1
        });
        fitting(at, "groups of problems")
    }

    /// The name of a trace's model; `?` for a trace of another run.
    pub fn model_of(&self, entry: &TraceEntry) -> &str {
        self.models.get(usize::from(entry.model)).map_or(UNKNOWN, String::as_str)
    }

    /// The name of a trace's group; `?` for a trace of another run.
    pub fn subset_of(&self, entry: &TraceEntry) -> &str {
        let known = usize::try_from(entry.subset).ok().and_then(|at| self.subsets.get(at));
        known.map_or(UNKNOWN, String::as_str)
    }

    /// The traces of one problem, of all models and samples.
    pub fn of_problem<'a, 'b>(
        &'a self,
        problem: &'b str,
    ) -> impl Iterator<Item = &'a TraceEntry> + use<'a, 'b> {
        self.entries.iter().filter(move |entry| &*entry.problem == problem)
    }

    /// The trace of a problem by a model, or of the first model that has one.
    pub fn find(&self, problem: &str, model: Option<u16>, sample: Option<u32>) -> Option<&TraceEntry> {
        self.of_problem(problem).find(|entry| {
            model.is_none_or(|model| entry.model == model)
                && sample.is_none_or(|sample| entry.sample == sample)
        })
    }
}

const UNKNOWN: &str = "?";

fn fitting<T: TryFrom<usize>>(place: usize, what: &'static str) -> Result<T, RunReaderError> {
    T::try_from(place).map_err(|_| RunReaderError::TooMany { what })
}

#[cfg(test)]
mod tests {
    use tables::Row;

    use super::*;

    #[test]
    fn the_columns_of_the_index_are_columns_of_scores() {
        let ours: Vec<String> = ScoreColumns::fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(ours.len(), 11, "{ours:?}");
    }

    #[test]
    fn outcomes_have_words_of_their_own() {
        for outcome in TraceOutcome::ALL {
            assert_eq!(TraceOutcome::named(outcome.word()), Some(outcome));
        }
        assert_eq!(TraceOutcome::named("great"), None);
    }
}
