//! Every file says what it is, and the README's commands exist.

use std::path::Path;

use anyhow::Context;

pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut faults = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        for path in super::rust_files(&root.join(folder))? {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            if !text.starts_with("//!") {
                let path = path.strip_prefix(root).unwrap_or(&path);
                faults.push(format!("{} does not say what it is in a first line `//!`", path.display()));
            }
        }
    }
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        if !root.join(document).is_file() {
            faults.push(format!("{document} is missing"));
        }
    }
    Ok(faults)
}
