//! `cargo xtask tidy`: the invariants of ARCHITECTURE.md that no compiler checks.

mod dependencies;
mod layering;
mod plugins;
mod sources;

use std::path::Path;

use anyhow::bail;

/// Checks everything and names every fault.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = crate::root();
    let graph = dependencies::Graph::read()?;
    let mut faults = layering::check(&graph);
    faults.extend(dependencies::check(&graph));
    faults.extend(plugins::check(&root)?);
    faults.extend(sources::check(&root)?);
    if faults.is_empty() {
        crate::say("tidy: layers, dependencies, plug-ins and sources are in order");
        return Ok(());
    }
    bail!("tidy found {}:\n{}", faults.len(), faults.join("\n"));
}

/// Every Rust file below a folder, sorted.
fn rust_files(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
