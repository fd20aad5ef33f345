//! What a file's place and name say about its rows.

use std::path::{Component, Path};

/// What holds for all rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileFacts {
    /// The collection.
    pub(crate) dataset: Option<String>,
    /// The model, where rows do not say it.
    pub(crate) model: Option<Stated>,
    /// The group.
    pub(crate) subset: Option<String>,
    /// What is equal in the names of files that describe one run.
    pub(crate) run: String,
}

/// A fact and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) value: String,
    /// For the report, such as `the folder under predictions`.
    pub(crate) by: String,
}

/// The file's name without its ending, and without one that names a packing.
pub(crate) fn stem(path: &Path) -> String {
    // What is read as a file has a name.
    records::bare_name(path).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The folders between the last folder of one of these names and the file.
pub(crate) fn between(path: &Path, names: &[&str]) -> Option<(String, Vec<String>)> {
    let folders = path.parent()?.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    let folders: Vec<String> = folders.collect();
    let at = folders.iter().rposition(|folder| names.contains(&folder.as_str()))?;
    Some((folders[at].clone(), folders[at + 1..].to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_between_a_known_one_and_the_file() {
        let check = |path: &str, expect: Option<(&str, &[&str])>| {
            let found = between(Path::new(path), &["predictions", "details"]);
            let found =
                found.as_ref().map(|(name, rest)| (name.as_str(), rest.iter().map(String::as_str).collect()));
            assert_eq!(found, expect.map(|(name, rest)| (name, rest.to_vec())), "{path}");
        };
        check("out/predictions/Qwen3-8B/math.jsonl", Some(("predictions", &["Qwen3-8B"])));
        check("/x/details/org/name/2026/a.parquet", Some(("details", &["org", "name", "2026"])));
        check("predictions/a.jsonl", Some(("predictions", &[])));
        check("a.jsonl", None);
    }
}
