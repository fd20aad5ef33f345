//! Rows that somebody holds in memory, each a problem with a reply to it, read as a file's rows are.

use std::collections::HashMap;
use std::sync::Arc;

use plugin::{ConfigError, ConfigErrors, Value};
use records::{Input, Origin, Row};
use schemars::JsonSchema;
use serde::Deserialize;
use tables::{Problem, Reply};

use crate::mapping::{Mapper, nameless_id};
use crate::options::OptionsRead;
use crate::{Columns, DatasetError, Holds, Settings};

/// What messages call the rows.
pub const BATCH: &str = "batch";

/// The keys of `[dataset]` that say what columns mean. Those that choose files or problems have no meaning here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Keys {
    /// The collection's name; else a column `dataset`, else `batch`.
    name: Option<String>,
    /// Which column holds what, where the names do not tell.
    columns: Columns,
    /// The column whose values group the problems; else a column `subset`.
    subset: Option<String>,
    /// The form of a group's name, such as `Level {}`.
    subset_format: Option<String>,
    /// A regular expression that finds the answer in its column: the last match's first group.
    answer_pattern: Option<String>,
    /// The answer is the 0-based number of a choice.
    answer_is_choice_index: bool,
    /// The model of all replies.
    model: Option<String>,
}

/// How rows are read.
#[derive(Clone, Debug)]
pub struct BatchReader {
    settings: Settings,
    model: Option<String>,
}

/// A reply with its problem, and the place of the row that holds both, from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The problem; samples of one problem share it.
    pub problem: Arc<Problem>,
    /// The reply.
    pub reply: Reply,
    /// The place of its row.
    pub row: usize,
}

impl BatchReader {
    /// Reads the keys of a `[dataset]` table; `path` is its place.
    ///
    /// # Errors
    /// Every fault at once, each with its key's path.
    pub fn parse(table: &Value, path: &str) -> Result<Self, ConfigErrors> {
        let keys: Keys = plugin::parse(table, path)?;
        let settings = Settings {
            name: keys.name,
            columns: keys.columns,
            subset: keys.subset,
            subset_format: keys.subset_format,
            answer_pattern: keys.answer_pattern,
            answer_is_choice_index: keys.answer_is_choice_index,
            ..Settings::default()
        };
        let faults = settings.faults().into_iter();
        let placed = |fault: ConfigError| ConfigError { path: format!("{path}.{}", fault.path), ..fault };
        let faults: Vec<ConfigError> = faults.map(placed).collect();
        if faults.is_empty() { Ok(Self { settings, model: keys.model }) } else { Err(ConfigErrors(faults)) }
    }

    /// Problems and replies in the order of the rows. A row without the number of its sample gets the next one of its
    /// model and problem; a row with a list of replies is several.
    ///
    /// # Errors
    /// The first row that lacks a column, holds something else in it, or contradicts another.
    pub fn read(
        &self,
        rows: impl Iterator<Item = Result<Row, DatasetError>>,
    ) -> Result<Vec<Asked>, DatasetError> {
        let input = Input::Embedded(BATCH, b"");
        let mapper = Mapper::new(&self.settings, self.model.as_deref(), Holds::Both, &input)?;
        let mut gathered = Gathered::default();
        for (at, row) in rows.enumerate() {
            let row = row?;
            let mapped = mapper.map(&row)?;
            let problem = mapped.problem.unwrap_or_default();
            named(&problem, &row.origin)?;
            let problem = gathered.problem(problem, &row.origin)?;
            for (sample, reply) in mapped.replies {
                gathered.reply(&problem, (sample, reply), at, &row.origin)?;
            }
        }
        mapper.finish()?;
        Ok(gathered.asked)
    }
}

/// A file's rows can stand for problems that nobody wrote down; the rows of a batch have no place that lasts.
fn named(problem: &Problem, at: &Origin) -> Result<(), DatasetError> {
    if problem.id != nameless_id(at) {
        return Ok(());
    }
    let reason = "is empty, and no column `problem_id` names the problem: nothing tells it from those of other batches";
    Err(DatasetError::value(at, "problem", reason))
}

#[derive(Default)]
struct Gathered {
    problems: HashMap<String, (Arc<Problem>, Origin)>,
    samples: HashMap<(String, String, u32), Origin>,
    /// The next number of a sample, by problem and model.
    counted: HashMap<(String, String), u32>,
    options: OptionsRead,
    asked: Vec<Asked>,
}

impl Gathered {
    /// The problem as its first row has it.
    fn problem(&mut self, mut problem: Problem, at: &Origin) -> Result<Arc<Problem>, DatasetError> {
        if let Some((known, first)) = self.problems.get(&problem.id) {
            let differs = [
                ("text", known.problem != problem.problem),
                ("answer", known.gold != problem.gold),
                ("subset", known.subset != problem.subset),
            ];
            let Some((what, _)) = differs.iter().find(|(_, differs)| *differs) else {
                return Ok(Arc::clone(known));
            };
            let reason = crate::collect::not_the_same(&problem.id, what);
            return Err(DatasetError::Conflict { first: first.clone(), second: at.clone(), reason });
        }
        self.options.fill(&mut problem);
        let problem = Arc::new(problem);
        self.problems.insert(problem.id.clone(), (Arc::clone(&problem), at.clone()));
        Ok(problem)
    }

    fn reply(
        &mut self,
        problem: &Arc<Problem>,
        (sample, reply): (Option<u32>, Reply),
        row: usize,
        at: &Origin,
    ) -> Result<(), DatasetError> {
        let sample = sample.unwrap_or_else(|| {
            let next = self.counted.entry((problem.id.clone(), reply.model.clone())).or_default();
            *next += 1;
            *next - 1
        });
        let key = (problem.id.clone(), reply.model.clone(), sample);
        if let Some(first) = self.samples.insert(key, at.clone()) {
            let reason = format!("both are sample {sample} of `{}` to problem `{}`", reply.model, problem.id);
            return Err(DatasetError::Conflict { first, second: at.clone(), reason });
        }
        let reply = Reply { sample, ..reply };
        self.asked.push(Asked { problem: Arc::clone(problem), reply, row });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(table: Value, rows: &[Value]) -> Result<Vec<Asked>, String> {
        let reader = BatchReader::parse(&table, "dataset").map_err(|faults| faults.to_string())?;
        let rows = rows.iter().zip(1..).map(|(cells, line)| {
            let cells = cells.as_object().unwrap().clone();
            let origin = Origin { file: BATCH.into(), line };
            Ok(Row { origin, key: None, cells, mended: records::Mended::default() })
        });
        reader.read(rows).map_err(|error| error.to_string())
    }

    fn row(problem: &str, gold: &str, response: &str) -> Value {
        json!({"problem": problem, "gold": gold, "response": response, "model": "m"})
    }

    #[test]
    fn rows_come_in_their_order_and_samples_are_counted() {
        let asked = read(json!({}), &[row("a", "1", "x"), row("b", "2", "y"), row("a", "1", "z")]).unwrap();
        let seen: Vec<(&str, &str, u32, usize)> = asked
            .iter()
            .map(|one| (one.problem.problem.as_str(), one.reply.content.as_str(), one.reply.sample, one.row))
            .collect();
        assert_eq!(seen, [("a", "x", 0, 0), ("b", "y", 0, 1), ("a", "z", 1, 2)]);
        assert_eq!(asked[0].problem.dataset, BATCH);
        assert!(Arc::ptr_eq(&asked[0].problem, &asked[2].problem));
        assert_eq!(read(json!({}), &[]).unwrap(), []);
    }

    #[test]
    fn a_row_with_several_replies_is_several() {
        let asked = read(
            json!({"model": "m", "columns": {"response": "texts"}}),
            &[json!({"problem": "a", "gold": null, "texts": ["x", "y"]})],
        );
        let asked = asked.unwrap();
        assert_eq!(asked.iter().map(|one| (one.reply.sample, one.row)).collect::<Vec<_>>(), [(0, 0), (1, 0)]);
        assert_eq!(asked[0].problem.gold, Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let check = |table: Value, rows: &[Value], expect: &str| {
            let error = read(table, rows).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check(json!({"limit": 3}), &[], "dataset.limit: unknown key");
        check(json!({"answer_pattern": "("}), &[], "dataset.answer_pattern: not a regular expression");
        check(json!({}), &[json!({"problem": "a", "model": "m"})], "batch:1: no column for `response`");
        check(json!({}), &[json!({"problem": "a", "response": "b"})], "batch:1: no column for `model`");
        check(
            json!({}),
            &[json!({"response": "b", "model": "m"})],
            "batch:1: column `problem` is empty, and no",
        );
        let typo = json!({"columns": {"response": "respones"}});
        check(typo, &[row("a", "1", "x")], "no column for `response` (looked for `respones`)");
        let named = |gold: &str| json!({"problem_id": "p", "problem": "a", "gold": gold, "response": "x", "model": "m"});
        check(
            json!({}),
            &[named("1"), named("2")],
            "batch:1 and batch:2: problem `p` has not the same answer",
        );
        let numbered = json!({"problem": "a", "response": "x", "model": "m", "sample": 3});
        check(json!({}), &[numbered.clone(), numbered], "both are sample 3 of `m`");
    }
}
