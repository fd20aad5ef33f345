//! From what a person named to the file, and from the file to a name.

use std::path::{Path, PathBuf};

use crate::TokenizerError;

const FILE: &str = "tokenizer.json";
/// Files of other tokenizer libraries, worth a word when they are all there is.
const OTHERS: [&str; 4] = ["tokenizer.model", "tiktoken.model", "vocab.json", "spiece.model"];

/// The file itself, or the `tokenizer.json` of a folder.
pub(crate) fn file(path: &Path) -> Result<PathBuf, TokenizerError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let inside = path.join(FILE);
    if inside.is_file() {
        return Ok(inside);
    }
    let others: Vec<&str> = OTHERS.into_iter().filter(|other| path.join(other).exists()).collect();
    let found = if others.is_empty() { String::new() } else { format!(" (only {})", others.join(", ")) };
    Err(TokenizerError::NoTokenizer { folder: path.to_owned(), found })
}

/// What to call the tokenizer in `file`.
pub(crate) fn name(file: &Path) -> String {
    if file.file_name().is_none_or(|own| own != FILE) {
        return text(file.file_stem());
    }
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = absolute.parent();
    match folder.and_then(repository) {
        Some(name) => name,
        None => text(folder.and_then(Path::file_name)),
    }
}

/// `org/model` of a folder in the hub's cache, `models--org--model/snapshots/<revision>`.
fn repository(folder: &Path) -> Option<String> {
    let snapshots = folder.parent().filter(|parent| parent.ends_with("snapshots"))?;
    let repository = snapshots.parent()?.file_name()?.to_str()?;
    Some(repository.strip_prefix("models--")?.replace("--", "/"))
}

fn text(name: Option<&std::ffi::OsStr>) -> String {
    name.map_or_else(|| "tokenizer".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |path: &str, expect: &str| assert_eq!(name(Path::new(path)), expect, "{path}");
        check("/models/qwen3/tokenizer.json", "qwen3");
        check("/models/qwen3/our-own.json", "our-own");
        check("/hub/models--Qwen--Qwen3-8B/snapshots/0123abcd/tokenizer.json", "Qwen/Qwen3-8B");
        check("/tokenizer.json", "tokenizer");
    }

    #[test]
    fn a_folder_without_the_file_says_what_it_has_instead() {
        let folder = tempfile::tempdir().unwrap();
        let message = |folder: &Path| file(folder).unwrap_err().to_string();
        assert!(message(folder.path()).contains("holds no tokenizer.json;"));
        std::fs::write(folder.path().join("tokenizer.model"), "").unwrap();
        assert!(message(folder.path()).contains("(only tokenizer.model)"));
        std::fs::write(folder.path().join(FILE), "").unwrap();
        assert_eq!(file(folder.path()).unwrap(), folder.path().join(FILE));
    }
}
