//! What cargo says of the packages that the workspace is built from.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

/// The resolved packages and what each needs to be built into a program.
pub(super) struct Graph {
    pub(super) packages: BTreeMap<String, Package>,
}

/// A resolved package.
#[derive(Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) license: String,
    pub(super) ours: bool,
    /// Ids of the packages that it links, build scripts and tests left out.
    pub(super) needs: Vec<String>,
}

impl Graph {
    /// Asks cargo.
    pub(super) fn read() -> anyhow::Result<Self> {
        let output = Command::new(crate::place::cargo())
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
        let members = metadata.get("workspace_members")?.as_array()?;
        let members: BTreeSet<&str> = members.iter().filter_map(Value::as_str).collect();
        let mut packages = BTreeMap::new();
        for package in metadata.get("packages")?.as_array()? {
            let id = text(package, "id")?;
            let package = Package {
                name: text(package, "name")?,
                // A package may leave these out; no licence is a licence that is not on the list.
                about: text(package, "description").unwrap_or_default(),
                license: text(package, "license").unwrap_or_default(),
                ours: members.contains(id.as_str()),
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

    /// Names of what a package names itself.
    pub(super) fn direct(&self, package: &Package) -> BTreeSet<&str> {
        package.needs.iter().filter_map(|id| Some(self.packages.get(id)?.name.as_str())).collect()
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

    #[cfg(test)]
    pub(super) fn made(packages: &[Made]) -> Self {
        let id = |name: &str| format!("{name} 0");
        let package = |(at, (name, needs, license)): (usize, &Made)| {
            let package = Package {
                name: (*name).to_owned(),
                license: (*license).to_owned(),
                ours: name.starts_with("thinkmeter"),
                needs: needs.iter().map(|name| id(name)).collect(),
                ..Package::default()
            };
            (
                if packages.iter().take(at).any(|(n, ..)| n == name) {
                    format!("{name} 1")
                } else {
                    id(name)
                },
                package,
            )
        };
        let mut made: BTreeMap<String, Package> = packages.iter().enumerate().map(package).collect();
        for (_, needs, _) in packages {
            for name in *needs {
                let ours = name.starts_with("thinkmeter");
                let package = Package { name: (*name).to_owned(), ours, ..Package::default() };
                made.entry(id(name)).or_insert(package);
            }
        }
        Self { packages: made }
    }
}

/// A package by its name, what it needs, and its licence.
#[cfg(test)]
pub(super) type Made<'a> = (&'a str, &'a [&'a str], &'a str);

/// A normal dependency has the kind `null`.
fn links(dependency: &Value) -> bool {
    let kinds = dependency.get("dep_kinds").and_then(Value::as_array);
    kinds.into_iter().flatten().any(|kind| kind.get("kind").is_some_and(Value::is_null))
}

/// `thinkmeter-tables` is called `tables`, and the binary `cli`.
pub(super) fn short(name: &str) -> &str {
    if name == "thinkmeter" { "cli" } else { name.strip_prefix("thinkmeter-").unwrap_or(name) }
}
