//! Puzzles of the ARC-AGI kind: files of tasks become rows, one a test input, that are read like any others.

mod submission;
mod task;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use grid::Grid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::DatasetError;
pub(crate) use submission::replies_of;
use task::Task;

/// How grids are written in what is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GridAs {
    /// `[[0,1],[2,3]]`.
    #[default]
    Json,
    /// A line a row, with blanks between the digits.
    Rows,
}

impl GridAs {
    fn text(self, grid: &Grid) -> String {
        let row = |row: &Vec<u8>| row.iter().map(u8::to_string).collect::<Vec<_>>().join(" ");
        match self {
            Self::Json => grid.to_string(),
            Self::Rows => grid.rows().iter().map(row).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// What is asked, around the grids.
const RULES: &str = "A grid is a rectangle of cells; each cell is a digit from 0 to 9 that stands for a colour. \
One rule turns every input grid below into its output grid. Find the rule, and apply it to the last input.";
const WANTED: &str = "Give the output grid for the last input, and nothing but that grid, in one fenced code block: \
a line a row, with blanks between the digits.";

/// Tasks in the order in which they come, and solutions that stand apart from them.
#[derive(Debug, Default)]
pub(crate) struct Puzzles {
    tasks: Vec<Task>,
    solutions: BTreeMap<String, Vec<Grid>>,
}

impl Puzzles {
    /// Reads a file: a task, tasks a line, a table of tasks by their names, or of solutions.
    pub(crate) fn read(&mut self, path: &Path) -> Result<(), DatasetError> {
        let unread = |reason: String| DatasetError::Format { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| unread(error.to_string()))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        self.take(&text, &stem, folder.as_deref().unwrap_or_default()).map_err(unread)
    }

    /// The same of a text; a lone task has the name of its file.
    pub(crate) fn take(&mut self, text: &str, stem: &str, folder: &str) -> Result<(), String> {
        let rows = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        for (line, row) in (1..).zip(rows) {
            let row = row.map_err(|error| format!("is no JSON: {error}"))?;
            let listed = match row {
                Value::Array(rows) => rows,
                row => vec![row],
            };
            for row in listed {
                let Value::Object(cells) = row else { return Err(format!("row {line} is no task: {row}")) };
                self.table(cells, stem, folder)?;
            }
        }
        Ok(())
    }

    fn table(&mut self, cells: Map<String, Value>, stem: &str, folder: &str) -> Result<(), String> {
        if Task::is_one(&cells) {
            let named = ["id", "task_id"].iter().find_map(|name| cells.get(*name)?.as_str());
            let name = named.unwrap_or(stem).to_owned();
            self.tasks.push(Task::read(&cells, name, folder)?);
            return Ok(());
        }
        for (name, value) in cells {
            match value {
                Value::Object(cells) if Task::is_one(&cells) => {
                    self.tasks.push(Task::read(&cells, name, folder)?);
                }
                Value::Array(grids) => {
                    let grid = |grid: &Value| {
                        Grid::of_json(grid).map_err(|fault| format!("solution of {name}: {fault}"))
                    };
                    let grids = grids.iter().map(grid).collect::<Result<_, _>>()?;
                    self.solutions.insert(name, grids);
                }
                _ => {
                    return Err(format!(
                        "`{name}` is neither a task (`train`, `test`) nor a list of solutions"
                    ));
                }
            }
        }
        Ok(())
    }

    /// The rows, as JSON lines: one a test input.
    pub(crate) fn rows(self, grid_as: GridAs) -> Result<Vec<u8>, String> {
        let Self { tasks, mut solutions } = self;
        let mut out = String::new();
        for mut task in tasks {
            if let Some(known) = solutions.remove(&task.name) {
                task.solve(known)?;
            }
            for at in 0..task.test.len() {
                out.push_str(&format!("{}\n", row(&task, at, grid_as)));
            }
        }
        match solutions.keys().next() {
            Some(stray) => Err(format!("there is a solution of `{stray}`, and no such task")),
            None => Ok(out.into_bytes()),
        }
    }
}

fn row(task: &Task, at: usize, grid_as: GridAs) -> Value {
    let (input, output) = &task.test[at];
    json!({
        "id": format!("{}/{at}", task.name),
        "subset": task.split,
        "problem": asked(task, input, grid_as),
        // None is no answer that is known: it can be submitted, and not graded.
        "gold": output.iter().map(Grid::to_string).collect::<Vec<_>>(),
        "task": task.name,
        // The inputs of a task are one unit of intervals; none is a variant of another.
        "cluster": task.name,
        "variant": null,
        "tests": task.test.len(),
        "train": task.train.iter().map(|(input, output)| [input.rows(), output.rows()]).collect::<Vec<_>>(),
        "test_input": input.rows(),
    })
}

fn asked(task: &Task, input: &Grid, grid_as: GridAs) -> String {
    let mut text = RULES.to_owned();
    for (number, (input, output)) in (1..).zip(&task.train) {
        let (input, output) = (grid_as.text(input), grid_as.text(output));
        text.push_str(&format!("\n\nInput {number}:\n{input}\n\nOutput {number}:\n{output}"));
    }
    text.push_str(&format!("\n\nLast input:\n{}\n\n{WANTED}", grid_as.text(input)));
    text
}

/// The rows of files, and the name that messages call them.
pub(crate) fn of_files(files: &[PathBuf], grid_as: GridAs) -> Result<(String, Vec<u8>), DatasetError> {
    let mut puzzles = Puzzles::default();
    files.iter().try_for_each(|file| puzzles.read(file))?;
    let path = files.first().cloned().unwrap_or_default();
    let name = path.display().to_string();
    let rows = puzzles.rows(grid_as).map_err(|reason| DatasetError::Format { path, reason })?;
    Ok((name, rows))
}
