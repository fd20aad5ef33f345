//! Every file says what it is, and the documents are there.

use super::workspace::Workspace;

const DOCUMENTS: [&str; 5] =
    ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE-MIT", "LICENSE-APACHE"];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let rust = workspace.texts.iter().filter(|(path, _)| path.ends_with(".rs"));
    let silent = rust.filter(|(path, text)| !path.starts_with("docs/") && !text.starts_with("//!"));
    let silent = silent.map(|(path, _)| format!("{path} does not say what it is in a first line `//!`"));
    let missing = DOCUMENTS.iter().filter(|document| !workspace.texts.contains_key(**document));
    silent.chain(missing.map(|document| format!("{document} is missing"))).collect()
}
