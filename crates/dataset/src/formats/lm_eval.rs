//! Samples of lm-evaluation-harness: `samples_<task>_<time>.jsonl`.

use std::path::Path;

use records::Row;
use serde_json::{Map, Value};

use super::ForeignFormat;
use crate::DatasetError;
use crate::columns::Field;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Question, Shape, Skipped, Stated, last_hashes, must, own,
    stem, text_list,
};

pub(super) struct LmEval;

impl ForeignFormat for LmEval {
    fn name(&self) -> &'static str {
        "lm-eval"
    }

    fn about(&self) -> &'static str {
        "samples of lm-evaluation-harness (`samples_*.jsonl`, with --log_samples)"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                must("doc", Shape::There),
                must("target", Shape::There),
                own("resps", Shape::List),
                own("filtered_resps", Shape::List),
            ]
        }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        let stem = stem(path);
        let named = stem.strip_prefix("samples_").unwrap_or(&stem);
        let (task, time) =
            named.rsplit_once('_').filter(|(_, time)| time.contains('T')).unwrap_or((named, ""));
        let model = model_beside(path, time).or_else(|| model_by_folder(path));
        Ok(FileFacts { dataset: Some(task.to_owned()), model, ..FileFacts::default() })
    }

    fn bulk(&self) -> &'static [&'static str] {
        &["arguments", "filtered_resps", "doc_hash", "prompt_hash", "target_hash"]
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let replies = replies(cells)?;
        let grade = grade(cells);
        let id = cells.text("doc_id");
        let mut extra = cells.rest(&[
            "arguments",
            "resps",
            "filtered_resps",
            "target",
            "doc",
            "doc_id",
            "metrics",
            "doc_hash",
            "prompt_hash",
            "target_hash",
        ]);
        extra.retain(|name, _| !grade.contains_key(name));
        let count = replies.len();
        let answer = |(index, text): (usize, String)| {
            let mut answer = Answer::text(text);
            answer.reply.trace_id =
                id.as_ref().map(|id| if count > 1 { format!("{id}#{index}") } else { id.clone() });
            answer.grade = (!grade.is_empty()).then(|| Value::Object(grade.clone()));
            answer.extra.clone_from(&extra);
            answer
        };
        let once = id.clone().map(|id| (id, "the same replies again, under another filter"));
        let replies = replies.into_iter().enumerate().map(answer).collect();
        Ok(ForeignRow { question: Some(question(cells)?), replies, once, ..ForeignRow::default() })
    }
}

/// The texts of the one request, each repeat a sample.
fn replies(cells: Cells<'_>) -> Result<Vec<String>, Skipped> {
    let requests = cells.list("resps").ok_or_else(|| Skipped::lacks("`resps`"))?;
    let [request] = requests.as_slice() else {
        return Err(
            "several requests to one document: scores of choices, or parts that cannot be told from samples"
                .into(),
        );
    };
    let repeats = match request {
        Value::Array(repeats) => repeats.as_slice(),
        single => std::slice::from_ref(single),
    };
    let texts: Option<Vec<String>> = repeats.iter().map(|text| text.as_str().map(str::to_owned)).collect();
    let texts = texts.filter(|texts| !texts.is_empty());
    texts.ok_or_else(|| "log probabilities, no generated text".into())
}

/// Each metric's value.
fn grade(cells: Cells<'_>) -> Map<String, Value> {
    // Without names of metrics there is no grade of theirs.
    let names = cells.texts("metrics").unwrap_or_default();
    names.into_iter().filter_map(|name| Some((name.clone(), cells.0.get(&name)?.clone()))).collect()
}

fn question(cells: Cells<'_>) -> Result<Question, Skipped> {
    let doc = cells.inner("doc");
    let doc = Cells(&doc);
    let prompt = || cells.first_text(&["arguments.gen_args_0.arg_0", "arguments.0.0"]);
    let names = Field::Problem.aliases().iter();
    let own = names.flat_map(|name| [(*name).to_owned(), capital(name)]).find_map(|name| doc.question(&name));
    let text = own.or_else(prompt).ok_or_else(|| Skipped::lacks("question in `doc` or `arguments`"))?;
    let target = cells.text("target").filter(|target| !target.trim().is_empty());
    let gold = target.as_deref().map(|target| match text_list(target) {
        Some(texts) => texts,
        None => vec![last_hashes(target).unwrap_or(target).to_owned()],
    });
    let solution = doc.text("solution").or_else(|| target.filter(|target| last_hashes(target).is_some()));
    Ok(Question {
        text,
        // No target: no known answer.
        gold: gold.unwrap_or_default(),
        solution,
        subset: level_of(doc),
        ..Question::default()
    })
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    // An empty word stays one.
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The level of a problem: `Level 3`, also where it is only a number.
pub(super) fn level_of(cells: Cells<'_>) -> Option<String> {
    let level = cells.text("level")?;
    let number = !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_digit());
    Some(if number { format!("Level {level}") } else { level })
}

/// The results file that the run wrote beside its samples names the model.
fn model_beside(path: &Path, time: &str) -> Option<Stated> {
    let name = format!("results_{time}.json");
    let text = std::fs::read_to_string(path.with_file_name(&name)).ok()?;
    let results: Value = serde_json::from_str(&text).ok()?;
    let value = results.get("model_name")?.as_str().filter(|model| !model.is_empty())?.to_owned();
    Some(Stated { value, by: format!("`model_name` in {name}") })
}

/// The run's folder is the model's name, `/` written as `__`.
fn model_by_folder(path: &Path) -> Option<Stated> {
    let folder = path.parent()?.file_name()?.to_string_lossy().into_owned();
    let value = folder.split_once("__").map(|(owner, name)| format!("{owner}/{name}"))?;
    Some(Stated { value, by: format!("the folder `{folder}`") })
}
