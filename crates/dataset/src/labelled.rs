//! Traces whose steps somebody labelled: the first wrong step (ProcessBench, PRMBench, MR-GSM8K, TRL's stepwise rows)
//! or the first one that asserts the known answer (our own traces, and labels beside recorded traces).

use std::collections::{BTreeMap, HashMap};

use records::{Input, Origin, Row};

use crate::DatasetError;
use crate::files::Paths;
use crate::foreign::{Cells, LeftOut, Reading, Skipped, golds, recognise};
use crate::sources::{BUILTIN_PROBLEMS, BUILTIN_TRACES};

/// Endings of the files that a folder stands for.
const ENDINGS: &[&str] = &[".jsonl", ".json", ".parquet"];

/// What a label says about the place of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Label<T> {
    /// Nobody labelled it.
    #[default]
    Unknown,
    /// Labelled: no step.
    Nowhere,
    /// Labelled: here.
    At(T),
}

impl<T: Copy> Label<T> {
    /// The place; `None` both for no step and for no label.
    pub fn at(self) -> Option<T> {
        match self {
            Self::At(place) => Some(place),
            Self::Unknown | Self::Nowhere => None,
        }
    }

    /// Somebody labelled it.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

/// A step, and the earliest and latest that a careful reader could defend instead; all 0-based.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The labelled step.
    pub step: usize,
    /// The earliest.
    pub lo: usize,
    /// The latest.
    pub hi: usize,
}

/// A trace by steps, with labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelledTrace {
    /// The source's name of it.
    pub id: String,
    /// The question.
    pub problem: String,
    /// Acceptable answers; empty where the source has none.
    pub gold: Vec<String>,
    /// The options of multiple choice, where the source has them apart from the question.
    pub choices: Vec<String>,
    /// Who wrote it, where the source says so.
    pub model: Option<String>,
    /// The steps as they were labelled: paragraphs of the thinking, or steps that the source cut.
    pub steps: Vec<String>,
    /// The raw reply that the steps were cut from, where the source has it.
    pub response: Option<String>,
    /// The first wrong step.
    pub first_wrong: Label<usize>,
    /// The first step that asserts the known answer.
    pub first_correct: Label<Band>,
    /// Steps at which a round of solution ends, where that is labelled.
    pub solutions: Option<Vec<usize>>,
    /// The final answer is right, where that is labelled.
    pub final_correct: Option<bool>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labelled {
    /// The traces.
    pub traces: Vec<LabelledTrace>,
    /// Rows whose labels do not fit their steps, by reason.
    pub left_out: Vec<LeftOut>,
}

/// Reads labelled traces from a file, a folder or a pattern. Labels that stand apart from their traces, and
/// traces that stand apart from their problems, need [`read_all`].
///
/// # Errors
/// A file that cannot be read, or that holds no labels.
pub fn read(path: &str) -> Result<Labelled, DatasetError> {
    read_all(&[path.to_owned()])
}

/// Reads labelled traces from several files: those with labels, those with the traces that labels name, and those
/// with the problems that traces name, in any order.
///
/// # Errors
/// As [`read`]; also labels of a trace, or traces of a problem, that no file holds.
pub fn read_all(paths: &[String]) -> Result<Labelled, DatasetError> {
    let files = Paths::Several(paths.to_vec()).expand(ENDINGS)?;
    let mut inputs = Vec::new();
    for path in &files {
        inputs.push(recognise(path)?);
    }
    of_inputs(inputs)
}

/// Our own demonstration traces, which are labelled.
///
/// # Errors
/// None, unless the program was built from broken data.
pub fn builtin() -> Result<Labelled, DatasetError> {
    let embedded = |name, text| (Input::Embedded(name, text), Reading::Columns { hint: None });
    of_inputs(vec![embedded("problems.jsonl", BUILTIN_PROBLEMS), embedded("traces.jsonl", BUILTIN_TRACES)])
}

/// A label that stands apart from its trace.
struct Apart {
    at: Origin,
    steps: Option<u64>,
    first_correct: Label<Band>,
    solutions: Option<Vec<usize>>,
    used: bool,
}

/// What is asked.
#[derive(Clone, Default)]
struct Asked {
    text: String,
    gold: Vec<String>,
    choices: Vec<String>,
}

#[derive(Default)]
struct Known {
    /// Problems by their id.
    problems: HashMap<String, Asked>,
    apart: BTreeMap<String, Apart>,
}

fn of_inputs(inputs: Vec<(Input, Reading)>) -> Result<Labelled, DatasetError> {
    let mut known = Known::default();
    let mut holders = Vec::new();
    for (input, reading) in inputs {
        if !known.gather(&input, &reading)? {
            holders.push((input, reading));
        }
    }
    let (mut traces, mut left) = (Vec::new(), BTreeMap::new());
    for (input, reading) in &holders {
        for row in input.open()? {
            let row = row?;
            match trace_of(&row, reading, &mut known)? {
                Ok(trace) => traces.extend(trace),
                Err(reason) => {
                    left.entry(reason.0.into_owned()).or_insert((0, row.origin.to_string())).0 += 1
                }
            }
        }
    }
    known.complain()?;
    let left_out = left.into_iter().map(|(reason, (rows, first))| LeftOut { reason, rows, first });
    let left_out: Vec<LeftOut> = left_out.collect();
    if traces.is_empty() && left_out.is_empty() {
        let names: Vec<String> = holders.iter().map(|(input, _)| input.name()).collect();
        let hint = "expected ProcessBench, PRMBench, MR-GSM8K or TRL stepwise rows, or traces with `labels`";
        return Err(DatasetError::Selection(format!("no labelled step in {}; {hint}", names.join(", "))));
    }
    Ok(Labelled { traces, left_out })
}

/// A trace if the row is one, or why its labels cannot be used.
type Found = Result<Option<LabelledTrace>, Skipped>;

impl Known {
    /// Keeps the problems, or the labels, of a file that holds nothing else.
    fn gather(&mut self, input: &Input, reading: &Reading) -> Result<bool, DatasetError> {
        let Reading::Columns { .. } = reading else { return Ok(false) };
        let first = input.open()?.next().transpose()?;
        let has = |names: &[&str]| {
            first.as_ref().is_some_and(|row| names.iter().all(|name| row.cells.contains_key(*name)))
        };
        let labels = has(&["trace", "step", "lo", "hi"]);
        let problems = has(&["id", "problem", "answer"]) && !has(&["response"]);
        if !labels && !problems {
            return Ok(false);
        }
        for row in input.open()? {
            let row = row?;
            if labels { self.label(&row)? } else { self.problem(&row)? }
        }
        Ok(true)
    }

    fn label(&mut self, row: &Row) -> Result<(), DatasetError> {
        let cells = Cells(&row.cells);
        let id = cells.text("trace").ok_or_else(|| DatasetError::value(&row.origin, "trace", "is empty"))?;
        let label = Apart {
            at: row.origin.clone(),
            steps: cells.count("steps"),
            first_correct: band(cells, "step"),
            solutions: places(cells, "solutions"),
            used: false,
        };
        self.apart.insert(id, label);
        Ok(())
    }

    fn problem(&mut self, row: &Row) -> Result<(), DatasetError> {
        let cells = Cells(&row.cells);
        let gold = golds(row, "answer").map_err(|left| refused(row, &left))?;
        if let (Some(id), Some(text)) = (cells.text("id"), cells.text("problem")) {
            let choices = cells.texts("choices").unwrap_or_else(Vec::new);
            self.problems.insert(id, Asked { text, gold, choices });
        }
        Ok(())
    }

    /// Every label needs its trace.
    fn complain(&self) -> Result<(), DatasetError> {
        let missing = self.apart.iter().find(|(_, label)| !label.used);
        missing.map_or(Ok(()), |(id, label)| {
            let reason = format!(
                "names `{id}`, a trace that none of the files holds; give the files with the traces too"
            );
            Err(DatasetError::value(&label.at, "trace", reason))
        })
    }
}

fn trace_of(row: &Row, reading: &Reading, known: &mut Known) -> Result<Found, DatasetError> {
    let cells = Cells(&row.cells);
    let name = match reading {
        Reading::Format(recognised) => recognised.format.name(),
        Reading::Columns { .. } => "columns",
        Reading::Not { .. } => "none",
    };
    Ok(match name {
        "processbench" => by_steps(row, ["problem", "steps", "id"], label_at(cells, "label", 0)),
        "mr-gsm8k" => {
            let right = cells.flag("model_output_solution_correctness") == Some(true);
            let wrong = label_at(cells, "model_output_solution_first_error_step", 1);
            by_steps(
                row,
                ["question", "model_output_steps", "uuid"],
                if right { Label::Nowhere } else { wrong },
            )
        }
        "prmbench" => {
            by_steps(row, ["modified_question", "modified_process", "id"], first_of(cells, "error_steps"))
        }
        // Our own stepwise rows say whether a round arrives at the answer, not whether a step is wrong.
        "trl-stepwise" if cells.is_ours() => {
            Err("rounds that arrive at the answer or not, no wrong steps".into())
        }
        "trl-stepwise" => by_steps(row, ["prompt", "completions", "id"], first_false(cells, "labels")),
        "columns" => return by_response(row, known),
        _ => Ok(None),
    })
}

/// A row with steps of its own; names of its question, its steps and its id.
fn by_steps(row: &Row, names: [&str; 3], wrong: Label<usize>) -> Found {
    let cells = Cells(&row.cells);
    let steps = cells.texts(names[1]).ok_or_else(|| Skipped::lacks("steps that are texts"))?;
    if wrong.at().is_some_and(|place| place >= steps.len()) {
        return Err("the label names a step behind the last one".into());
    }
    let mut gold = Vec::new();
    for name in ["ground_truth_answer", "ground_truth", "gold", "answer"] {
        gold = if gold.is_empty() { golds(row, name)? } else { gold };
    }
    let problem = cells.question(names[0]).or_else(|| cells.question("question"));
    let problem = problem.ok_or_else(|| Skipped::lacks("question"))?;
    let id = cells.first_text(&[names[2], "idx", "trace_id"]).unwrap_or_else(|| row.origin.to_string());
    let final_correct =
        cells.flag("final_answer_correct").or_else(|| cells.flag("model_output_answer_correctness"));
    Ok(Some(LabelledTrace {
        id,
        problem,
        gold,
        model: cells.first_text(&["generator", "model"]),
        steps,
        first_wrong: wrong,
        final_correct,
        ..LabelledTrace::default()
    }))
}

/// A row with a reply, labelled in itself or in another file.
fn by_response(row: &Row, known: &mut Known) -> Result<Found, DatasetError> {
    let cells = Cells(&row.cells);
    let id = cells.text("id").unwrap_or_else(|| row.origin.to_string());
    let (count, first_correct, solutions) = match (cells.table("labels"), known.apart.get_mut(&id)) {
        (Some(labels), _) => {
            let labels = Cells(&labels);
            (labels.count("steps"), band(labels, "first_assertion"), places(labels, "solutions"))
        }
        (None, Some(label)) => {
            label.used = true;
            (label.steps, label.first_correct, label.solutions.clone())
        }
        (None, None) => return Ok(Ok(None)),
    };
    let response =
        cells.text("response").ok_or_else(|| DatasetError::value(&row.origin, "response", "is empty"))?;
    let steps = paragraphs(&response);
    if count.is_some_and(|count| count != steps.len() as u64) {
        return Ok(Err("the label counts another number of steps than the thinking has paragraphs".into()));
    }
    let Asked { text: problem, gold, choices } = problem_of(row, known)?;
    let own = cells.inner("labels");
    Ok(Ok(Some(LabelledTrace {
        id,
        problem,
        gold,
        choices,
        model: cells.text("model"),
        steps,
        response: Some(response),
        first_correct,
        solutions,
        final_correct: Cells(&own).flag("final_correct"),
        ..LabelledTrace::default()
    })))
}

fn problem_of(row: &Row, known: &Known) -> Result<Asked, DatasetError> {
    let cells = Cells(&row.cells);
    if let Some(text) = cells.text("problem") {
        let gold = golds(row, "gold").map_err(|left| refused(row, &left))?;
        return Ok(Asked { text, gold, choices: cells.texts("choices").unwrap_or_else(Vec::new) });
    }
    let missing = || DatasetError::value(&row.origin, "problem_id", "is missing, and there is no `problem`");
    let id = cells.text("problem_id").ok_or_else(missing)?;
    let reason = || {
        format!("names `{id}`, a problem that none of the files holds; give the file with the problems too")
    };
    known.problems.get(&id).cloned().ok_or_else(|| DatasetError::value(&row.origin, "problem_id", reason()))
}

/// The paragraphs of the text inside the think tags, blank ones dropped.
fn paragraphs(response: &str) -> Vec<String> {
    let inside = response.split_once("<think>").map_or(response, |(_, rest)| rest);
    let inside = inside.rsplit_once("</think>").map_or(inside, |(thinking, _)| thinking);
    let mut paragraphs = vec![String::new()];
    for line in inside.lines() {
        match paragraphs.last_mut() {
            Some(last) if !line.trim().is_empty() => {
                if !last.is_empty() {
                    last.push('\n');
                }
                last.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// A place that is counted from `base`; below it there is none.
fn label_at(cells: Cells<'_>, path: &str, base: i64) -> Label<usize> {
    match cells.at(path).and_then(|value| value.as_i64()) {
        None => Label::Unknown,
        Some(place) => usize::try_from(place - base).map_or(Label::Nowhere, Label::At),
    }
}

/// The first of places counted from 1.
fn first_of(cells: Cells<'_>, path: &str) -> Label<usize> {
    let Some(places) = cells.list(path) else { return Label::Unknown };
    let first = places.iter().filter_map(|place| place.as_u64()).min();
    let first = first.and_then(|place| usize::try_from(place).ok()?.checked_sub(1));
    first.map_or(Label::Nowhere, Label::At)
}

fn first_false(cells: Cells<'_>, path: &str) -> Label<usize> {
    let Some(verdicts) = cells.list(path) else { return Label::Unknown };
    let wrong = verdicts.iter().position(|verdict| *verdict == false || *verdict == 0);
    wrong.map_or(Label::Nowhere, Label::At)
}

/// The labelled step with `lo` and `hi`, which are the step itself where they are missing.
fn band(cells: Cells<'_>, name: &str) -> Label<Band> {
    let place = |name: &str| cells.count(name).and_then(|place| usize::try_from(place).ok());
    match place(name) {
        Some(step) => {
            Label::At(Band { step, lo: place("lo").unwrap_or(step), hi: place("hi").unwrap_or(step) })
        }
        None if cells.0.contains_key(name) => Label::Nowhere,
        None => Label::Unknown,
    }
}

fn places(cells: Cells<'_>, path: &str) -> Option<Vec<usize>> {
    let places = cells.list(path)?;
    places.iter().map(|place| place.as_u64().and_then(|place| usize::try_from(place).ok())).collect()
}

fn refused(row: &Row, left: &Skipped) -> DatasetError {
    DatasetError::Joined { at: row.origin.clone(), reason: left.0.to_string() }
}
