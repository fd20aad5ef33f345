//! Submissions in ARC Prize's form as recorded replies: a file a task, in it a list of its test inputs with attempts.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{DatasetError, listed};

/// Rows of replies, as JSON lines, and the name that messages call them. `model` is whose they are where they do not say.
pub(crate) fn replies_of(files: &[PathBuf], model: Option<&str>) -> Result<(String, Vec<u8>), DatasetError> {
    listed::replies_of(files, "test inputs", |path, pairs| {
        let mut rows = Vec::new();
        for (place, pair) in pairs.iter().enumerate() {
            let attempts = pair.as_object().ok_or_else(|| format!("test input {} is no table", place + 1))?;
            // An attempt that is null was not made.
            for (name, attempt) in attempts.iter().filter(|(_, attempt)| !attempt.is_null()) {
                let number = name.strip_prefix("attempt_").and_then(|number| number.parse::<u32>().ok());
                let number = number.ok_or_else(|| format!("`{name}` is no attempt"))?;
                rows.push(row(attempt, &stem(path), place, number.saturating_sub(1), model));
            }
        }
        Ok(rows)
    })
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// A reply. What the metadata say of the test input goes before the place in the list, and what the model said before the grid
/// that somebody took out of it.
fn row(attempt: &Value, file: &str, place: usize, sample: u32, model: Option<&str>) -> Value {
    let metadata = &attempt["metadata"];
    let input = metadata["pair_index"].as_u64().unwrap_or(place as u64);
    let task = metadata["task_id"].as_str().unwrap_or(file);
    let message =
        metadata["choices"].as_array().and_then(|choices| choices.last()).map(|last| &last["message"]);
    let said = message.and_then(|message| message["content"].as_str()).map(str::to_owned);
    json!({
        "problem_id": format!("{task}/{input}"),
        "model": metadata["model"].as_str().or(model).unwrap_or("submission"),
        "sample": sample,
        "response": said.unwrap_or_else(|| attempt["answer"].to_string()),
        "reasoning": message.and_then(|message| message["reasoning_content"].as_str()),
        "prompt_tokens": metadata["usage"]["prompt_tokens"],
        "completion_tokens": metadata["usage"]["completion_tokens"],
    })
}
