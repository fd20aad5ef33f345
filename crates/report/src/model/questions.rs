//! Question by question: how many tokens each model, or each manner of asking it, spends on the same questions.
//!
//! The first figure of "Do NOT Think That Much for 2+3=?" (arXiv 2412.21187). Tokens are those of the whole reply, thinking
//! and answer, so that a model that was told not to think can be compared with one that thinks.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use tables::{Finish, Problem, Score, TableReader};

use crate::error::ReportError;

/// Questions with what every model spent on each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questions {
    pub(crate) models: Vec<String>,
    pub(crate) questions: Vec<Question>,
    places: HashMap<(String, String), usize>,
}

/// One question.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Question {
    pub(crate) id: String,
    /// What is asked, where the problems are at hand.
    pub(crate) text: Option<String>,
    /// One for each model, up to the last that replied.
    spent: Vec<Spent>,
}

/// The replies of one model to one question.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spent {
    pub(crate) replies: u32,
    pub(crate) thinking: u64,
    pub(crate) answer: u64,
    pub(crate) graded: u32,
    pub(crate) right: u32,
}

impl Questions {
    /// Reads the scores of every model, and the problems for what they ask.
    pub fn read(problems: Option<&Path>, scores: &[PathBuf]) -> Result<Self, ReportError> {
        let mut questions = Self::default();
        for path in scores {
            for score in TableReader::<Score>::open(path)? {
                questions.add(&score?);
            }
        }
        if let Some(path) = problems {
            questions.add_texts(path)?;
        }
        Ok(questions)
    }

    fn add_texts(&mut self, problems: &Path) -> Result<(), ReportError> {
        let wanted: HashSet<&str> = self.questions.iter().map(|question| question.id.as_str()).collect();
        let mut texts: HashMap<String, String> = HashMap::new();
        for problem in TableReader::<Problem>::open(problems)? {
            let problem = problem?;
            if wanted.contains(problem.id.as_str()) {
                texts.insert(problem.id, problem.problem);
            }
        }
        for question in &mut self.questions {
            question.text = texts.get(&question.id).cloned();
        }
        Ok(())
    }

    /// Counts one reply.
    pub(crate) fn add(&mut self, score: &Score) {
        let known = self.models.iter().position(|model| *model == score.model);
        let model = known.unwrap_or_else(|| {
            self.models.push(score.model.clone());
            self.models.len() - 1
        });
        let key = (score.dataset.clone(), score.problem_id.clone());
        let place = *self.places.entry(key).or_insert_with(|| {
            self.questions.push(Question { id: score.problem_id.clone(), ..Question::default() });
            self.questions.len() - 1
        });
        let spent = &mut self.questions[place].spent;
        spent.resize(spent.len().max(model + 1), Spent::default());
        spent[model].add(score);
    }
}

impl Question {
    /// What a model spent; nothing where it gave no reply.
    pub(crate) fn of(&self, model: usize) -> Spent {
        self.spent.get(model).copied().unwrap_or_default()
    }
}

impl Spent {
    fn add(&mut self, score: &Score) {
        // A mean with a length that nobody counted would be none.
        let Some(thinking) = score.reasoning_tokens.filter(|_| score.finish != Finish::Error) else { return };
        self.replies += 1;
        self.thinking += u64::from(thinking);
        self.answer += u64::from(score.answer_tokens);
        self.graded += u32::from(score.correct.is_some());
        self.right += u32::from(score.correct == Some(true));
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            replies: self.replies + other.replies,
            thinking: self.thinking + other.thinking,
            answer: self.answer + other.answer,
            graded: self.graded + other.graded,
            right: self.right + other.right,
        }
    }
}
