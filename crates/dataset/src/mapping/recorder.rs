//! From what a row of a foreign format says to a problem and replies.

use records::{Input, Row};
use regex::Regex;
use serde_json::{Value, json};
use tables::{Problem, Reply};

use super::{Mapped, problem, subset_of_file, values};
use crate::DatasetError;
use crate::foreign::{Answer, FileFacts, ForeignRow, Question};
use crate::path::lookup;
use crate::settings::Settings;

/// The settings of a source, ready for entries of one file.
pub(crate) struct Recorder<'a> {
    settings: &'a Settings,
    /// Whose replies these are, where neither rows nor file say it.
    model: Option<&'a str>,
    format: &'static str,
    facts: FileFacts,
    file_subset: Option<String>,
    answer_pattern: Option<Regex>,
    stem: String,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(
        settings: &'a Settings,
        model: Option<&'a str>,
        format: &'static str,
        input: &Input,
        facts: FileFacts,
    ) -> Result<Self, DatasetError> {
        let pattern = |text: &Option<String>| text.as_deref().and_then(|text| Regex::new(text).ok());
        let file = input.file_name();
        let file_subset = match pattern(&settings.subset_from_file) {
            Some(regex) => Some(subset_of_file(&regex, &file)?),
            None => None,
        };
        let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem).to_owned();
        let answer_pattern = pattern(&settings.answer_pattern);
        Ok(Self { settings, model, format, facts, file_subset, answer_pattern, stem })
    }

    /// A problem and its replies; where the entry has no question, its text stays empty.
    pub(crate) fn map(&self, entry: ForeignRow, row: &Row) -> Result<Mapped, DatasetError> {
        let question = entry.question.unwrap_or_default();
        let subset = self.subset(&question, row)?;
        let problem = self.problem(question, subset, row)?;
        let problem_id = problem.id.clone();
        let mut labels = Vec::with_capacity(entry.replies.len());
        let mut replies = Vec::with_capacity(entry.replies.len());
        for answer in entry.replies {
            labels.push(answer.labels);
            replies.push((answer.sample, self.reply(answer, &problem_id, row)?));
        }
        Ok(Mapped {
            problem: Some(problem),
            problem_id,
            tests: Vec::new(),
            replies,
            labels,
            any_subset: true,
        })
    }

    fn problem(&self, question: Question, subset: String, row: &Row) -> Result<Problem, DatasetError> {
        let Question { id, text, gold, choices, solution, dataset, .. } = question;
        let gold = gold.into_iter().map(|text| self.refined(text, row)).collect::<Result<Vec<_>, _>>()?;
        let own_id = id.filter(|_| self.settings.columns.problem_id.as_deref() != Some(""));
        let id = own_id.unwrap_or_else(|| match text.as_str() {
            "" => problem::nameless_id(&row.origin),
            text => problem::content_id(text, &gold),
        });
        let dataset = self.settings.name.clone().or(dataset).or_else(|| self.facts.dataset.clone());
        let dataset = dataset.unwrap_or_else(|| self.stem.clone());
        Ok(Problem { id, dataset, subset, problem: text, gold, choices, solution, ..Problem::default() })
    }

    fn refined(&self, gold: String, row: &Row) -> Result<String, DatasetError> {
        let Some(pattern) = &self.answer_pattern else { return Ok(gold) };
        let found =
            pattern.captures_iter(&gold).last().and_then(|found| found.get(1).or_else(|| found.get(0)));
        found.map(|part| part.as_str().trim().to_owned()).ok_or_else(|| {
            let reason =
                format!("does not match `answer_pattern` ({pattern}); it holds `{}`", problem::tail(&gold));
            DatasetError::value(&row.origin, "answer", reason)
        })
    }

    fn subset(&self, question: &Question, row: &Row) -> Result<String, DatasetError> {
        let raw = match (&self.file_subset, self.settings.subset.as_deref()) {
            (Some(subset), _) => subset.clone(),
            (None, Some(path)) => match lookup(&row.cells, path).filter(|value| !value.is_null()) {
                Some(value) => values::scalar(&value)
                    .ok_or_else(|| values::expected("text or a number", &value, &row.origin, path))?,
                // Rows of other tools have what they have; one that names no group is in none.
                None => String::new(),
            },
            // Empty where the data has no groups.
            (None, None) => question.subset.clone().or_else(|| self.facts.subset.clone()).unwrap_or_default(),
        };
        Ok(problem::formatted(&raw, self.settings.subset_format.as_deref()))
    }

    fn reply(&self, mut answer: Answer, problem_id: &str, row: &Row) -> Result<Reply, DatasetError> {
        answer.settle();
        let told = || self.facts.model.as_ref().map(|told| told.value.clone());
        let model = answer.model.filter(|model| !model.trim().is_empty());
        let model = model.or_else(|| self.model.map(str::to_owned)).or_else(told);
        let no_model = || DatasetError::NoModel { at: row.origin.clone(), format: self.format };
        let model = model.ok_or_else(no_model)?;
        let mut extra = answer.extra;
        extra.retain(|_, value| !value.is_null());
        if let Some(mut grade) = answer.grade {
            // Parquet has a column for every metric of any row.
            if let Value::Object(metrics) = &mut grade {
                metrics.retain(|_, value| !value.is_null());
            }
            extra.insert("recorded_grade".to_owned(), grade);
        }
        if !answer.labels.is_empty() {
            extra.insert("recorded_labels".to_owned(), json!(answer.labels));
        }
        let extra = (!extra.is_empty()).then(|| Value::Object(extra).to_string());
        Ok(Reply { problem_id: problem_id.to_owned(), model, extra, ..answer.reply })
    }
}
