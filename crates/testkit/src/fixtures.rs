//! Small files to test with.

use std::{
    io,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

/// Writes rows as JSON lines and gives the file's path back.
pub fn write_jsonl(folder: &Path, name: &str, rows: &[Value]) -> io::Result<PathBuf> {
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    write(folder, name, lines)
}

/// Writes a file, with the folders that it needs, and gives its path back.
pub fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> io::Result<PathBuf> {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(&path, content)?;
    Ok(path)
}

/// So many sums that the scripted solver can solve, as rows with `id`, `problem` and `answer`.
pub fn sums(count: usize) -> Vec<Value> {
    let row = |index: usize| {
        let (left, right) = (index * 7 + 3, index * 5 + 11);
        json!({
            "id": format!("sum-{index}"),
            "problem": format!("What is {left} + {right}?"),
            "answer": (left + right).to_string(),
        })
    };
    (0..count).map(row).collect()
}
