//! Arrows point down: a crate uses crates of lower layers, and stages never meet but in tables.

use super::graph::{Graph, short};
use super::purity;
use super::workspace::Workspace;

/// From the bottom up; a crate may use crates of lower layers only.
const LAYERS: [&[&str]; 10] = [
    &["tables", "plugin", "secrets", "stats", "testkit"],
    &["records", "answer", "chat", "solutions", "stopping", "tokens", "hub", "sandbox", "grid", "vary"],
    &["stage", "prompt"],
    &["llm", "run-reader", "verify"],
    &["dataset", "generate", "split", "grade", "judge", "score", "pairs", "report", "curate"],
    &["pipeline"],
    &["arena", "calibrate", "compare", "doctor", "plot", "view"],
    &["leaderboard"],
    &["cli"],
    &["bench", "py", "toys", "xtask"],
];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let ours = workspace.graph.ours();
    let mut faults = Vec::new();
    for (name, package) in &ours {
        let Some(layer) = layer_of(name) else {
            faults.push(format!("{name} is in no layer: put it into xtask/src/tidy/layering.rs"));
            continue;
        };
        let direct = workspace.graph.direct(package);
        for used in direct.iter().map(|used| short(used)).filter(|used| ours.contains_key(used)) {
            if layer_of(used).is_some_and(|below| below >= layer) {
                faults.push(format!("{name} uses {used}, which is not below it"));
            }
        }
    }
    faults
}

/// The table of all crates, from the bottom up.
pub(super) fn table(graph: &Graph) -> String {
    let ours = graph.ours();
    let mut lines =
        vec!["| layer | crate | what it holds | links |".to_owned(), "|---|---|---|---|".to_owned()];
    for (layer, crates) in LAYERS.iter().enumerate() {
        for name in *crates {
            let Some(package) = ours.get(name) else { continue };
            let links = purity::impure(graph, package).join(", ");
            lines.push(format!("| {layer} | `{name}` | {} | {links} |", package.about));
        }
    }
    lines.join("\n")
}

fn layer_of(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}
