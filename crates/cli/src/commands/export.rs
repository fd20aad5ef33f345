//! `thinkmeter export`: what a run answered, in the form that somebody else scores.

use std::collections::BTreeMap;
use std::path::Path;

use plugin::Value;
use serde_json::{Map, json};
use stage::{RunLayout, table};
use tables::{Aligned, Generation, Grade, Keyed, TableReader};

use crate::args::{ExportArgs, Exported, Global};
use crate::exit::{About, Exit, Result, Usage};
use crate::output;

/// Attempts that ARC Prize counts; what was drawn beyond them is not submitted.
const ATTEMPTS: u32 = 2;

/// Attempts by their names, of each test input of each task.
type Tasks = BTreeMap<String, BTreeMap<usize, Map<String, Value>>>;

pub(crate) fn run(args: ExportArgs, global: &Global) -> Result<Exit> {
    let Exported::ArcSubmission = args.what;
    let reading = || format!("cannot read {}", args.run.display());
    let models = RunLayout::new(&args.run).models_with(table::GRADES).about(reading)?;
    if models.is_empty() {
        return Err(Usage(format!("{}: there are no grades in it", args.run.display())).into());
    }
    for model in models {
        let tasks = attempts(&model)?;
        let folder = args.output.join(model.file_name().unwrap_or_default());
        write(&tasks, &folder)?;
        if !global.quiet {
            output::say(&format!("{}: {} tasks", folder.display(), tasks.len()));
        }
    }
    Ok(Exit::Done)
}

/// Of the model whose folder this is.
fn attempts(model: &Path) -> Result<Tasks> {
    let path = model.join(table::GENERATIONS.file);
    let generations = TableReader::<Generation>::open(&path)?;
    let mut grades = Aligned::<Grade>::new(TableReader::open(&model.join(table::GRADES.file))?);
    let mut tasks = Tasks::new();
    for generation in generations {
        let generation = generation?;
        let grade = grades.next_for(&generation.key(), &path)?;
        let Some((task, input)) = place(&generation.problem_id).filter(|_| generation.sample < ATTEMPTS)
        else {
            continue;
        };
        let attempt = format!("attempt_{}", generation.sample + 1);
        let of_input = tasks.entry(task.to_owned()).or_default().entry(input).or_default();
        of_input.insert(attempt, answer(&generation, &grade, task, input));
    }
    Ok(tasks)
}

/// `00576224/0` is the first test input of a task.
fn place(problem_id: &str) -> Option<(&str, usize)> {
    let (task, input) = problem_id.rsplit_once('/')?;
    Some((task, input.parse().ok()?))
}

fn answer(generation: &Generation, grade: &Grade, task: &str, input: usize) -> Value {
    // No grid is an empty one, as theirs has it.
    let grid = grade.extracted.as_deref().and_then(|grid| serde_json::from_str::<Value>(grid).ok());
    let mut message = json!({ "role": "assistant", "content": generation.answer_text });
    if let Some(message) = message.as_object_mut().filter(|_| !generation.reasoning.is_empty()) {
        message.insert("reasoning_content".to_owned(), generation.reasoning.clone().into());
    }
    let usage = json!({
        "prompt_tokens": generation.prompt_tokens,
        "completion_tokens": generation.completion_tokens,
    });
    json!({
        "answer": grid.unwrap_or_else(|| json!([])),
        "metadata": {
            "model": generation.model,
            "task_id": task,
            "pair_index": input,
            "choices": [{ "index": 0, "message": message }],
            "usage": usage,
        },
    })
}

fn write(tasks: &Tasks, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).about(|| format!("cannot make {}", folder.display()))?;
    for (task, inputs) in tasks {
        // Whatever a task is called, its file stays in the folder.
        let name: String = task
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' })
            .collect();
        let path = folder.join(format!("{name}.json"));
        let last = inputs.keys().last().copied().unwrap_or_default();
        let rows: Vec<Value> =
            (0..=last).map(|at| inputs.get(&at).cloned().unwrap_or_default().into()).collect();
        let text = format!("{:#}\n", Value::from(rows));
        std::fs::write(&path, text).about(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
