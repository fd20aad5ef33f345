//! What the workspace is built from: one version of what is heavy, and nothing but permissive licences.

use super::graph::Package;
use super::workspace::Workspace;

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

/// Crates that must not be built at all, and what to take in their place.
const BULKY: [(&str, &str); 2] = [
    (
        "arrow",
        "it brings every kernel, a quarter of the first build; name the part that is needed, such as arrow-array",
    ),
    ("openssl-sys", "it wants a library that a fresh machine lacks; TLS comes through rustls"),
];

/// What one crate of ours alone may name, and why.
const ALONE: [(&str, &str, &str); 4] = [
    ("landlock", "sandbox", "only sandbox confines programs"),
    ("nix", "sandbox", "only sandbox confines programs"),
    ("reqwest", "llm", "only llm speaks HTTP to models"),
    ("seccompiler", "sandbox", "only sandbox confines programs"),
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

/// One version of what is heavy, and one crate that names the HTTP library.
pub(super) fn versions(workspace: &Workspace) -> Vec<String> {
    let graph = &workspace.graph;
    let mut faults = Vec::new();
    for heavy in HEAVY {
        let copies = graph.packages.values().filter(|package| package.name == heavy).count();
        if copies > 1 {
            faults.push(format!("{heavy} is built in {copies} versions: make its users agree on one"));
        }
    }
    for (bulky, instead) in BULKY {
        if graph.packages.values().any(|package| package.name == bulky) {
            faults.push(format!("{bulky} is built: {instead}"));
        }
    }
    for (name, package) in graph.ours() {
        let direct = graph.direct(package);
        let strays = ALONE.iter().filter(|(library, home, _)| direct.contains(library) && name != *home);
        faults.extend(strays.map(|(library, _, why)| format!("{name} names {library}: {why}")));
    }
    faults
}

/// Whatever is built in may be given on.
pub(super) fn licences(workspace: &Workspace) -> Vec<String> {
    let foreign = workspace.graph.packages.values().filter(|package| !package.ours);
    let refused = foreign
        .filter(|package| !is_permissive(&package.license) && !TOLERATED.contains(&package.name.as_str()));
    let tell = |package: &Package| {
        format!("{} has the licence `{}`, which is not on the list", package.name, package.license)
    };
    refused.map(tell).collect()
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
