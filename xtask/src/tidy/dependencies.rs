//! What the workspace is built from: one version of what is heavy, and nothing but permissive licences.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

/// Crates that must not be built twice.
const HEAVY: [&str; 9] = [
    "arrow-array",
    "hyper",
    "parquet",
    "reqwest",
    "rustls",
    "serde_arrow",
    "tokenizers",
    "tokio",
    "zstd-sys",
];

/// Licences that let anybody use what is built from them.
const PERMISSIVE: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates under the MPL, which asks only that changes to their own files are published; we change none.
/// `option-ext` comes with the hub's client, `colored` with the tokenizer.
const TOLERATED: [&str; 2] = ["colored", "option-ext"];

/// The resolved packages and what each needs to be built into a program.
pub(super) struct Graph {
    pub(super) packages: BTreeMap<String, Package>,
}

/// A resolved package.
pub(super) struct Package {
    pub(super) name: String,
    pub(super) license: String,
    pub(super) ours: bool,
    /// Ids of the packages that it links, build scripts and tests left out.
    pub(super) needs: Vec<String>,
}

impl Graph {
    /// Asks cargo.
    pub(super) fn read() -> anyhow::Result<Self> {
        let output = Command::new(crate::cargo())
            .args(["metadata", "--format-version", "1", "--locked"])
            .output()
            .context("cannot start cargo metadata")?;
        if !output.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is not JSON")?;
        Self::from_metadata(&metadata).context("cargo metadata has another shape than expected")
    }

    fn from_metadata(metadata: &Value) -> Option<Self> {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let members: BTreeSet<String> = metadata
            .get("workspace_members")?
            .as_array()?
            .iter()
            .filter_map(|m| Some(m.as_str()?.to_owned()))
            .collect();
        let mut packages = BTreeMap::new();
        for package in metadata.get("packages")?.as_array()? {
            let id = text(package, "id")?;
            let license = text(package, "license").unwrap_or_default();
            let package = Package {
                name: text(package, "name")?,
                license,
                ours: members.contains(&id),
                needs: Vec::new(),
            };
            packages.insert(id, package);
        }
        for node in metadata.get("resolve")?.get("nodes")?.as_array()? {
            let needs =
                node.get("deps")?.as_array()?.iter().filter(|dep| links(dep)).filter_map(|d| text(d, "pkg"));
            packages.get_mut(&text(node, "id")?)?.needs = needs.collect();
        }
        Some(Self { packages })
    }

    /// Our own packages by their short name, such as `tables`.
    pub(super) fn ours(&self) -> BTreeMap<&str, &Package> {
        let ours = self.packages.values().filter(|package| package.ours);
        ours.map(|package| (short(&package.name), package)).collect()
    }

    /// Names of everything that ends up in a program that links the package.
    pub(super) fn reach(&self, package: &Package) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut left: Vec<&String> = package.needs.iter().collect();
        while let Some(id) = left.pop() {
            let Some(needed) = self.packages.get(id) else { continue };
            if reached.insert(needed.name.as_str()) {
                left.extend(&needed.needs);
            }
        }
        reached
    }
}

/// A normal dependency has the kind `null`.
fn links(dependency: &Value) -> bool {
    let kinds = dependency.get("dep_kinds").and_then(Value::as_array);
    kinds.into_iter().flatten().any(|kind| kind.get("kind").is_some_and(Value::is_null))
}

/// `thinkmeter-tables` is called `tables`, and the binary `cli`.
pub(super) fn short(name: &str) -> &str {
    if name == "thinkmeter" { "cli" } else { name.strip_prefix("thinkmeter-").unwrap_or(name) }
}

pub(super) fn check(graph: &Graph) -> Vec<String> {
    let mut faults = Vec::new();
    for heavy in HEAVY {
        let copies = graph.packages.values().filter(|package| package.name == heavy).count();
        if copies > 1 {
            faults.push(format!("{heavy} is built in {copies} versions: make its users agree on one"));
        }
    }
    for package in graph.packages.values().filter(|package| !package.ours) {
        if !is_permissive(&package.license) && !TOLERATED.contains(&package.name.as_str()) {
            faults.push(format!(
                "{} has the licence `{}`, which is not on the list",
                package.name, package.license
            ));
        }
    }
    faults
}

/// One of the alternatives of an SPDX expression consists of permissive licences only.
fn is_permissive(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    let known = |word: &str| {
        let base = word.split(" WITH ").next().unwrap_or(word).trim();
        PERMISSIVE.contains(&base)
    };
    flat.split(" OR ").any(|all| all.split(" AND ").all(|word| known(word.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_read_as_expressions() {
        let check = |expression, expect| assert_eq!(is_permissive(expression), expect, "{expression}");
        check("MIT OR Apache-2.0", true);
        check("Unlicense/MIT", true);
        check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
        check("Apache-2.0 WITH LLVM-exception", true);
        check("GPL-3.0 OR MIT", true);
        check("GPL-3.0", false);
        check("MIT AND LGPL-2.1", false);
        check("", false);
    }
}
