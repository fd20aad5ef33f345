//! Question by question: how many tokens each model, or each manner of asking it, spends on the same questions.
//!
//! The first figure of "Do NOT Think That Much for 2+3=?" (arXiv 2412.21187) as a table. Tokens are those of the whole reply,
//! thinking and answer, so that a model that was told not to think can stand beside one that thinks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tables::{Finish, Problem, Score, TableReader};

use crate::error::ReportError;
use crate::numbers::{NOTHING, Unit};
use crate::sheet::Sheet;
use crate::views::{Cell, Column, View, ViewRow};

/// So many questions are shown; a longer table is for programs.
const SHOWN: usize = 200;
/// A question is shown up to so many characters.
const LONGEST: usize = 60;

/// Questions with what every model spent on each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Questions {
    models: Vec<String>,
    questions: Vec<Question>,
    places: HashMap<(String, String), usize>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Question {
    id: String,
    /// What is asked, where the problems are at hand.
    text: Option<String>,
    /// One for each model.
    spent: Vec<Spent>,
}

/// The replies of one model to one question.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Spent {
    replies: u32,
    thinking: u64,
    answer: u64,
    graded: u32,
    right: u32,
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
            let mut texts: HashMap<String, String> = HashMap::new();
            let wanted: HashMap<&str, ()> = questions.questions.iter().map(|q| (q.id.as_str(), ())).collect();
            for problem in TableReader::<Problem>::open(path)? {
                let problem = problem?;
                if wanted.contains_key(problem.id.as_str()) {
                    texts.insert(problem.id, problem.problem);
                }
            }
            for question in &mut questions.questions {
                question.text = texts.remove(&question.id);
            }
        }
        Ok(questions)
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

    /// The table.
    pub fn sheet(&self) -> Sheet {
        let rows = self.questions.iter().take(SHOWN).map(|question| ViewRow {
            label: question.label(),
            cells: (0..self.models.len()).map(|model| question.of(model).cell()).collect(),
            ..ViewRow::default()
        });
        let total = |model: usize| {
            self.questions.iter().fold(Spent::default(), |sum, question| sum.plus(question.of(model)))
        };
        let mean = ViewRow {
            label: "mean over replies".to_owned(),
            total: true,
            cells: (0..self.models.len()).map(|model| total(model).cell()).collect(),
            ..ViewRow::default()
        };
        let models = self.models.iter().map(|model| Column::plain(model));
        let view = View {
            caption: self.caption(),
            columns: [Column::plain("question")].into_iter().chain(models).collect(),
            rows: rows.chain([mean]).collect(),
        };
        Sheet {
            views: vec![view],
            keys: KEYS,
            records: self.records(),
            nothing: "There is no reply to show.",
        }
    }

    fn caption(&self) -> String {
        let caption = "Tokens of the reply to each question; ✗ marks wrong ones".to_owned();
        match self.questions.len().checked_sub(SHOWN) {
            Some(more) if more > 0 => format!("{caption}; {more} more questions are in the other formats"),
            _ => caption,
        }
    }

    fn records(&self) -> Vec<Vec<Value>> {
        let asked = self
            .questions
            .iter()
            .flat_map(|question| self.models.iter().enumerate().map(move |m| (question, m)));
        let record = |(question, (at, model)): (&Question, (usize, &String))| {
            let spent = question.of(at);
            let mean = |sum: u64| (spent.replies > 0).then(|| sum as f64 / f64::from(spent.replies));
            vec![
                json!(question.id),
                json!(question.text),
                json!(model),
                json!(spent.replies),
                json!(mean(spent.thinking + spent.answer)),
                json!(mean(spent.thinking)),
                json!(mean(spent.answer)),
                json!(spent.graded),
                json!(spent.right),
            ]
        };
        asked.map(record).collect()
    }
}

const KEYS: &[&str] = &[
    "problem_id",
    "question",
    "model",
    "replies",
    "tokens",
    "reasoning_tokens",
    "answer_tokens",
    "graded",
    "right",
];

impl Question {
    fn label(&self) -> String {
        let words: Vec<&str> = self.text.as_deref().unwrap_or(&self.id).split_whitespace().collect();
        let text = words.join(" ");
        if text.chars().count() <= LONGEST {
            return text;
        }
        text.chars().take(LONGEST - 1).chain(['…']).collect()
    }

    fn of(&self, model: usize) -> Spent {
        self.spent.get(model).copied().unwrap_or_default()
    }
}

impl Spent {
    fn add(&mut self, score: &Score) {
        if score.finish == Finish::Error {
            return;
        }
        self.replies += 1;
        self.thinking += u64::from(score.reasoning_tokens);
        self.answer += u64::from(score.answer_tokens);
        self.graded += u32::from(score.correct.is_some());
        self.right += u32::from(score.correct == Some(true));
    }

    fn plus(self, other: Self) -> Self {
        Self {
            replies: self.replies + other.replies,
            thinking: self.thinking + other.thinking,
            answer: self.answer + other.answer,
            graded: self.graded + other.graded,
            right: self.right + other.right,
        }
    }

    /// The mean over replies, and how many of them are wrong.
    fn cell(self) -> Cell {
        if self.replies == 0 {
            return Cell::text(NOTHING);
        }
        let mean = (self.thinking + self.answer) as f64 / f64::from(self.replies);
        let tokens = Unit::Tokens.show(mean.round());
        let tokens = tokens.trim_end_matches(".0");
        let text = match (self.graded - self.right, self.replies) {
            (0, _) => tokens.to_owned(),
            (_, 1) => format!("{tokens} ✗"),
            (wrong, replies) => format!("{tokens} ✗{wrong}/{replies}"),
        };
        Cell { exact: Some(mean), ..Cell::text(text) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    fn score(problem: &str, model: &str, thinking: u32, correct: Option<bool>) -> Score {
        Score {
            problem_id: problem.into(),
            model: model.into(),
            reasoning_tokens: thinking,
            answer_tokens: 2,
            correct,
            finish: Finish::Stop,
            ..Score::default()
        }
    }

    fn questions() -> Questions {
        let mut questions = Questions::default();
        let failed = Score { finish: Finish::Error, ..score("2+3", "terse", 0, None) };
        for score in [
            score("2+3", "long", 899, Some(true)),
            score("2+3", "long", 901, Some(false)),
            score("7-7", "long", 100, Some(true)),
            score("2+3", "terse", 3, Some(true)),
            score("9*9", "terse", 4, Some(false)),
            failed,
        ] {
            questions.add(&score);
        }
        questions.questions[0].text = Some("What is 2 + 3?".into());
        questions
    }

    #[test]
    fn questions_stand_beside_each_other() {
        insta::assert_snapshot!(questions().sheet().render(Format::Table, 80, false), @r"
        Tokens of the reply to each question; ✗ marks wrong ones
         question                long    terse
        ──────────────────────────────────────
         What is 2 + 3?      902 ✗1/2        5
         7-7                      102        –
         9*9                        –      6 ✗
        ──────────────────────────────────────
         mean over replies   635 ✗1/3   6 ✗1/2
        ");
    }

    #[test]
    fn every_format_has_the_numbers() {
        let sheet = questions().sheet();
        assert!(sheet.render(Format::Md, 80, false).contains("| What is 2 + 3? | 902 ✗1/2 | 5 |"));
        let csv = sheet.render(Format::Csv, 80, false);
        assert_eq!(csv.lines().nth(1), Some("2+3,What is 2 + 3?,long,2,902.0,900.0,2.0,2,1"), "{csv}");
        assert_eq!(csv.lines().nth(4), Some("7-7,,terse,0,,,,0,0"), "{csv}");
        let json: Value = serde_json::from_str(&sheet.render(Format::Json, 80, false)).unwrap();
        assert_eq!((&json[0]["tokens"], &json[0]["right"]), (&json!(902.0), &json!(1)));
        assert_eq!(sheet.render(Format::Jsonl, 80, false).lines().count(), 6);
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        let text = Questions::default().sheet().render(Format::Table, 80, false);
        assert_eq!(text, "There is no reply to show.\n");
    }
}
