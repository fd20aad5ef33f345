//! Arrows point down, stages never meet but in tables, and what is pure stays pure.

use std::collections::BTreeSet;

use super::dependencies::{Graph, short};

/// From the bottom up; a crate may use crates of lower layers only.
const LAYERS: [&[&str]; 9] = [
    &["tables", "plugin", "records", "testkit"],
    &["answer", "chat", "tokens", "hub"],
    &["stage"],
    &["llm", "run-reader"],
    &["dataset", "generate", "split", "judge", "score", "pairs", "report", "curate"],
    &["pipeline"],
    &["calibrate", "compare", "doctor", "plot", "view"],
    &["cli"],
    &["bench", "xtask"],
];

/// Crates whose tests need a string and no server.
const PURE: [&str; 12] = [
    "tables",
    "plugin",
    "records",
    "answer",
    "chat",
    "tokens",
    "stage",
    "split",
    "score",
    "pairs",
    "curate",
    "run-reader",
];

/// What a pure crate never links.
const IMPURE: [&str; 4] = ["tokio", "reqwest", "hyper", "ureq"];

pub(super) fn check(graph: &Graph) -> Vec<String> {
    let ours = graph.ours();
    let mut faults = Vec::new();
    for (name, package) in &ours {
        let Some(layer) = layer_of(name) else {
            faults.push(format!("{name} is in no layer: put it into xtask/src/tidy/layering.rs"));
            continue;
        };
        let direct: BTreeSet<&str> =
            package.needs.iter().filter_map(|id| Some(graph.packages.get(id)?.name.as_str())).collect();
        for used in direct.iter().map(|used| short(used)).filter(|used| ours.contains_key(used)) {
            if layer_of(used).is_some_and(|below| below >= layer) {
                faults.push(format!("{name} uses {used}, which is not below it"));
            }
        }
        if direct.contains("reqwest") && *name != "llm" {
            faults.push(format!("{name} names reqwest: only llm speaks HTTP to models"));
        }
        if PURE.contains(name) {
            let reached = graph.reach(package);
            let impure = IMPURE.iter().filter(|impure| reached.contains(**impure));
            faults.extend(impure.map(|impure| format!("{name} links {impure}, but is to stay pure")));
        }
    }
    faults
}

fn layer_of(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}
