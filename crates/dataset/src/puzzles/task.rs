//! One task: pairs that show the rule, and inputs to apply it to.

use grid::Grid;
use serde_json::{Map, Value};

/// Names of the pairs that show the rule, and of those to be solved.
const TRAIN: [&str; 2] = ["train", "fewshots"];
const TEST: [&str; 2] = ["test", "question"];

/// A task.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) name: String,
    /// The part of a collection that it is of: said, or the folder that it lies in.
    pub(super) split: String,
    pub(super) train: Vec<(Grid, Grid)>,
    /// Inputs, and what they become where that is known.
    pub(super) test: Vec<(Grid, Option<Grid>)>,
}

impl Task {
    pub(super) fn is_one(cells: &Map<String, Value>) -> bool {
        named(cells, TRAIN).is_some() && named(cells, TEST).is_some()
    }

    pub(super) fn read(cells: &Map<String, Value>, name: String, folder: &str) -> Result<Self, String> {
        let split = cells.get("split").and_then(Value::as_str).unwrap_or(folder).to_owned();
        let at = |what: &str, number: usize, fault: String| {
            format!("task {name}, {what} pair {}: {fault}", number + 1)
        };
        let mut train = Vec::new();
        for (number, (input, output)) in pairs(cells, TRAIN)?.into_iter().enumerate() {
            let input = input.map_err(|fault| at("train", number, fault))?;
            let output = output.map_err(|fault| at("train", number, fault))?;
            train.push((input, output.ok_or_else(|| at("train", number, "it has no output".to_owned()))?));
        }
        let mut test = Vec::new();
        for (number, (input, output)) in pairs(cells, TEST)?.into_iter().enumerate() {
            let input = input.map_err(|fault| at("test", number, fault))?;
            test.push((input, output.map_err(|fault| at("test", number, fault))?));
        }
        if train.is_empty() || test.is_empty() {
            let what = if train.is_empty() { "no pair shows the rule" } else { "there is no test input" };
            return Err(format!("task {name}: {what}"));
        }
        Ok(Self { name, split, train, test })
    }

    /// Takes in outputs that stand in another file.
    pub(super) fn solve(&mut self, known: Vec<Grid>) -> Result<(), String> {
        if known.len() != self.test.len() {
            return Err(format!(
                "task {}: {} solutions for {} test inputs",
                self.name,
                known.len(),
                self.test.len()
            ));
        }
        self.test.iter_mut().zip(known).for_each(|((_, output), grid)| *output = Some(grid));
        Ok(())
    }
}

fn named<'a>(cells: &'a Map<String, Value>, names: [&str; 2]) -> Option<&'a Vec<Value>> {
    names.iter().find_map(|name| cells.get(*name)?.as_array())
}

/// An input and an output, or what is wrong with them.
type Pair = (Result<Grid, String>, Result<Option<Grid>, String>);

fn pairs(cells: &Map<String, Value>, names: [&str; 2]) -> Result<Vec<Pair>, String> {
    let grid = |grid: &Value, what: &str| Grid::of_json(grid).map_err(|fault| format!("{what}: {fault}"));
    let pair = |pair: &Value| {
        let input =
            pair.get("input").map_or_else(|| Err("it has no input".to_owned()), |value| grid(value, "input"));
        let output = pair.get("output").filter(|output| !output.is_null());
        (input, output.map(|value| grid(value, "output")).transpose())
    };
    Ok(named(cells, names).ok_or("no pairs")?.iter().map(pair).collect())
}
