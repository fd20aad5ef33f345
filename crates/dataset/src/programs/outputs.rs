//! What LiveCodeBench keeps of a model's outputs, as recorded replies: `…_eval_all.json` (`output_list`, `code_list`, `graded_list`),
//! and the lists of `question_id` and `code_list` that it takes as `custom` ones.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::{DatasetError, listed};

/// Rows of replies, as JSON lines, and the name that messages call them. `model` is whose they are; else it is the folder's name,
/// as LiveCodeBench has it.
pub(crate) fn replies_of(files: &[PathBuf], model: Option<&str>) -> Result<(String, Vec<u8>), DatasetError> {
    listed::replies_of(files, "problems with outputs", |path, problems| {
        let model = model.map_or_else(|| folder(path), str::to_owned);
        let of = |(place, problem): (usize, &Value)| {
            let cells = problem.as_object().ok_or_else(|| "is no table".to_owned());
            cells.and_then(|cells| rows(cells, &model)).map_err(|why| format!("problem {}: {why}", place + 1))
        };
        let rows: Vec<Vec<Value>> = problems.iter().enumerate().map(of).collect::<Result<_, _>>()?;
        Ok(rows.concat())
    })
}

fn folder(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name);
    folder.or(path.file_stem()).unwrap_or_default().to_string_lossy().into_owned()
}

/// The samples of a problem: what the model said, else the code that somebody took out of it.
fn rows(cells: &Map<String, Value>, model: &str) -> Result<Vec<Value>, String> {
    let id = match cells.get("question_id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return Err("has no `question_id`".to_owned()),
    };
    let (said, code) = (texts(cells, "output_list")?, texts(cells, "code_list")?);
    if said.is_empty() && code.is_empty() {
        return Err("has neither `output_list` nor `code_list`".to_owned());
    }
    let grades = cells.get("graded_list").and_then(Value::as_array);
    let row = |sample: usize| {
        let text = said.get(sample).map_or_else(|| fenced(&code[sample]), |said| said.clone());
        let grade = grades.and_then(|grades| grades.get(sample));
        json!({"problem_id": id, "model": model, "sample": sample, "response": text, "recorded_grade": grade})
    };
    Ok((0..said.len().max(code.len())).map(row).collect())
}

/// A list of texts; one that is missing is empty.
fn texts(cells: &Map<String, Value>, name: &str) -> Result<Vec<String>, String> {
    let no_list = || format!("`{name}` is no list of texts");
    let Some(list) = cells.get(name).filter(|list| !list.is_null()) else { return Ok(Vec::new()) };
    let list = list.as_array().ok_or_else(no_list)?;
    list.iter().map(|text| text.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or_else(no_list)
}

/// Code as a block, with a fence that does not occur in it.
fn fenced(code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}python\n{code}\n{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, model: Option<&str>) -> Result<Vec<Value>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Model-7B/all_eval_all.json");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        let (_, rows) = replies_of(&[path], model).map_err(|error| error.to_string())?;
        let rows = String::from_utf8(rows).unwrap();
        Ok(rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect())
    }

    #[test]
    fn outputs_go_before_code_and_each_is_a_sample() {
        let all = json!([{"question_id": "q1", "output_list": ["So:\n```python\nprint(1)\n```", "none"],
            "code_list": ["print(1)", ""], "graded_list": [true, false]}]);
        let rows = read(&all.to_string(), None).unwrap();
        let expect = json!([
            {"problem_id": "q1", "model": "Model-7B", "sample": 0, "response": "So:\n```python\nprint(1)\n```", "recorded_grade": true},
            {"problem_id": "q1", "model": "Model-7B", "sample": 1, "response": "none", "recorded_grade": false},
        ]);
        assert_eq!(json!(rows), expect);
        let custom = json!([{"question_id": 2824, "code_list": ["x = '''\n```\n'''"]}]);
        let rows = read(&custom.to_string(), Some("m")).unwrap();
        assert_eq!(rows[0]["response"], "````python\nx = '''\n```\n'''\n````");
        assert_eq!((&rows[0]["problem_id"], &rows[0]["model"]), (&json!("2824"), &json!("m")));
    }

    #[test]
    fn what_is_no_such_file_is_told() {
        let check = |text: &str, expect: &str| {
            let error = read(text, None).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("{", "is no JSON");
        check("{}", "is no list of problems with outputs");
        check("[1]", "problem 1: is no table");
        check("[{\"code_list\": []}]", "problem 1: has no `question_id`");
        check("[{\"question_id\": \"a\"}]", "problem 1: has neither `output_list` nor `code_list`");
        check("[{\"question_id\": \"a\", \"code_list\": [1]}]", "problem 1: `code_list` is no list of texts");
    }
}
