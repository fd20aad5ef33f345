//! The workspace as its checks see it: every text and the graph of packages, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;

use super::graph::Graph;
use super::source::{Source, TestModule};

/// What is read.
const FOLDERS: [&str; 4] = ["crates", "docs/src", "tests", "xtask"];

/// Crates that are no part of the program: they may say what they measure, and link what they like.
pub(super) const TOOLS: [&str; 3] = ["bench", "testkit", "xtask"];

/// A rule that no compiler checks.
pub(super) struct Check {
    /// What a ✓ in ARCHITECTURE.md calls it.
    pub(super) name: &'static str,
    /// Every place that breaks it.
    pub(super) faults: fn(&Workspace) -> Vec<String>,
}

/// Texts and packages.
pub(super) struct Workspace {
    /// Path from the root → text of every Rust, Markdown and TOML file, and of the licences.
    pub(super) texts: BTreeMap<String, String>,
    /// The modules of every crate, without those for tests.
    pub(super) sources: Vec<Source>,
    /// The resolved packages.
    pub(super) graph: Graph,
}

impl Workspace {
    /// Reads all of it.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut texts = BTreeMap::new();
        read_folder(root, root, false, &mut texts)?;
        for folder in FOLDERS {
            read_folder(root, &root.join(folder), true, &mut texts)?;
        }
        Ok(Self::of(texts, Graph::read()?))
    }

    pub(super) fn of(texts: BTreeMap<String, String>, graph: Graph) -> Self {
        let rust = texts.iter().filter(|(path, _)| path.ends_with(".rs"));
        let mut sources: Vec<Source> = rust.filter_map(|(path, text)| Source::read(path, text)).collect();
        let tests: BTreeSet<String> =
            sources.iter().flat_map(|source| source.tests.iter().map(|test| key(source, test))).collect();
        sources.retain(|source| !is_test(source, &tests));
        Self { texts, sources, graph }
    }
}

/// A module of tests by its crate and name, or by its file.
fn key(source: &Source, test: &TestModule) -> String {
    match test {
        TestModule::Named(module) => format!("{}::{}", source.krate, module.join("::")),
        TestModule::Placed(path) => path.clone(),
    }
}

/// The file is a module of tests, or stands in one.
fn is_test(source: &Source, tests: &BTreeSet<String>) -> bool {
    let named = (1..=source.module.len()).filter_map(|length| source.module.get(..length));
    let mut named = named.map(|module| format!("{}::{}", source.krate, module.join("::")));
    tests.contains(&source.path) || named.any(|module| tests.contains(&module))
}

fn read_folder(
    root: &Path,
    folder: &Path,
    deep: bool,
    texts: &mut BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let kind = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        if path.is_dir() && deep && path.file_name().is_some_and(|name| name != "target") {
            read_folder(root, &path, deep, texts)?;
        } else if path.is_file() && (["rs", "md", "toml"].contains(&kind) || is_licence(&path)) {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            texts.insert(path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"), text);
        }
    }
    Ok(())
}

fn is_licence(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("LICENSE"))
}
