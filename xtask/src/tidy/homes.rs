//! What there is one of stands in one place: one client, one reply cache, one Parquet writer, one look at the environment.
//! `clippy.toml` lists what leads to them and why; only their homes are excused.

use super::source::is_word;
use super::workspace::{TOOLS, Workspace};

/// How a file is excused.
const EXCUSE: &str = "disallowed_methods";

/// The files that are.
const HOMES: [&str; 7] = [
    "crates/cli/src/environment.rs",
    "crates/hub/src/settings.rs",
    "crates/llm/src/cache/file.rs",
    "crates/llm/src/env.rs",
    "crates/llm/src/http.rs",
    "crates/records/src/environment.rs",
    "crates/tables/src/writer.rs",
];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let mut faults = Vec::new();
    let sources = workspace.sources.iter().filter(|source| !TOOLS.contains(&source.krate.as_str()));
    for source in sources.filter(|source| !HOMES.contains(&source.path.as_str())) {
        let found =
            source.code.match_indices(EXCUSE).find(|(at, said)| is_word(&source.code, *at, said.len()));
        faults.extend(found.map(|(at, _)| {
            let line = source.line(at);
            format!("{}:{line} excuses itself from what clippy.toml has one home for", source.path)
        }));
    }
    faults
}
