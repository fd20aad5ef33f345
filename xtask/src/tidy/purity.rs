//! What is pure stays pure: its tests need a string and no server.

use super::graph::{Graph, Package};
use super::workspace::{TOOLS, Workspace};

/// What a pure crate never links.
const IMPURE: [&str; 4] = ["hyper", "reqwest", "tokio", "ureq"];

/// The crates that do link some of it, and what; **every crate that is not here is pure**.
const LINKS: [(&str, &[&str]); 9] = [
    ("calibrate", &["ureq"]),
    ("cli", &IMPURE),
    ("dataset", &["ureq"]),
    ("doctor", &["hyper", "reqwest", "tokio"]),
    ("hub", &["ureq"]),
    ("llm", &["hyper", "reqwest", "tokio"]),
    ("pipeline", &IMPURE),
    ("py", &["ureq"]),
    ("view", &["hyper", "tokio"]),
];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, package) in workspace.graph.ours() {
        let allowed = LINKS.iter().find(|(impure, _)| *impure == name).map_or(&[][..], |(_, links)| links);
        let found = impure(&workspace.graph, package);
        for library in found.iter().filter(|library| !allowed.contains(library) && !TOOLS.contains(&name)) {
            faults.push(format!("{name} links {library}, but is to stay pure"));
        }
        for library in allowed.iter().filter(|library| !found.contains(library)) {
            faults.push(format!("{name} links {library} no longer: take it out of LINKS"));
        }
    }
    faults
}

/// What a package links of what pure crates do not.
pub(super) fn impure(graph: &Graph, package: &Package) -> Vec<&'static str> {
    let reached = graph.reach(package);
    IMPURE.into_iter().filter(|library| reached.contains(library)).collect()
}
