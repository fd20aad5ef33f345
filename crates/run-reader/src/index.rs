//! Which traces there are, with what they are looked for by.

use serde::{Deserialize, Serialize};
use tables::{Finish, Generation, Score, TableReader, part};

use crate::error::ReadingError;
use crate::run::Run;

/// How a trace ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The final answer is right.
    Right,
    /// It is wrong, or there is none.
    Wrong,
    /// Nobody could tell, or there is no known answer.
    Undecided,
    /// There is no reply.
    Failed,
}

impl Outcome {
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
pub struct Entry {
    /// The model's place among the run's models.
    pub model: u16,
    /// The trace's place in the model's tables.
    pub place: u32,
    /// The problem.
    pub problem: Box<str>,
    /// The sample.
    pub sample: u32,
    /// The group's place in [`Index::subsets`].
    pub subset: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// The token limit cut the reply, or the thinking never closed.
    pub cut: bool,
    /// The right answer was found in the thinking and is not the final one.
    pub lost: bool,
    /// T.
    pub tokens: u32,
    /// T̂, where a step asserts the answer.
    pub first_correct: Option<u32>,
    /// T − T̂.
    pub reflection: Option<u32>,
}

impl Entry {
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
        (self.tokens > 0).then(|| f64::from(first) / f64::from(self.tokens))
    }
}

/// All traces of a run, model by model, in the order of the tables.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The traces.
    pub entries: Vec<Entry>,
    /// The names of the groups, in the order of their first trace.
    pub subsets: Vec<String>,
}

part! {
    /// The columns that the index needs.
    struct Line of Score {
        problem_id: String,
        sample: u32,
        subset: String,
        correct: Option<bool>,
        reasoning_source: String,
        finish: Finish,
        reasoning_tokens: u32,
        located: bool,
        first_correct_tokens: Option<u32>,
        reflection_tokens: Option<u32>,
        found_then_lost: bool,
    }
}

impl Index {
    /// Reads the scores of all models, those columns alone that are looked for by.
    pub fn of(run: &Run) -> Result<Self, ReadingError> {
        let mut index = Self::default();
        for (model, known) in run.models().iter().enumerate() {
            let model = u16::try_from(model).unwrap_or(u16::MAX);
            for (place, line) in TableReader::<Line>::open(&known.scores())?.enumerate() {
                let entry = index.entry(model, place, line?);
                index.entries.push(entry);
            }
        }
        index.entries.shrink_to_fit();
        Ok(index)
    }

    fn entry(&mut self, model: u16, place: usize, line: Line) -> Entry {
        Entry {
            model,
            place: u32::try_from(place).unwrap_or(u32::MAX),
            sample: line.sample,
            subset: self.subset(&line.subset),
            outcome: match line.correct {
                _ if line.finish == Finish::Error => Outcome::Failed,
                Some(true) => Outcome::Right,
                Some(false) => Outcome::Wrong,
                None => Outcome::Undecided,
            },
            cut: line.finish == Finish::Length || line.reasoning_source == Generation::UNCLOSED,
            lost: line.found_then_lost,
            tokens: line.reasoning_tokens,
            first_correct: line.first_correct_tokens.filter(|_| line.located),
            reflection: line.reflection_tokens.filter(|_| line.located),
            problem: line.problem_id.into(),
        }
    }

    fn subset(&mut self, name: &str) -> u16 {
        let known = self.subsets.iter().position(|known| known == name);
        let at = known.unwrap_or_else(|| {
            self.subsets.push(name.to_owned());
            self.subsets.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// The traces of one problem, of all models and samples.
    pub fn of_problem<'a, 'b>(&'a self, problem: &'b str) -> impl Iterator<Item = &'a Entry> + use<'a, 'b> {
        self.entries.iter().filter(move |entry| &*entry.problem == problem)
    }

    /// The trace of a problem by a model, or of the first model that has one.
    pub fn find(&self, problem: &str, model: Option<u16>, sample: Option<u32>) -> Option<&Entry> {
        self.of_problem(problem).find(|entry| {
            model.is_none_or(|model| entry.model == model)
                && sample.is_none_or(|sample| entry.sample == sample)
        })
    }
}

#[cfg(test)]
mod tests {
    use tables::Row;

    use super::*;

    #[test]
    fn the_columns_of_the_index_are_columns_of_scores() {
        let ours: Vec<String> = Line::fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(ours.len(), 11, "{ours:?}");
        assert!(
            !<Line as Row>::fields()
                .iter()
                .any(|field| field.data_type() == &arrow::datatypes::DataType::Null)
        );
    }

    #[test]
    fn outcomes_have_words_of_their_own() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::named(outcome.word()), Some(outcome));
        }
        assert_eq!(Outcome::named("great"), None);
    }
}
