//! What there is one of stands in one place: one client, one reply cache, one Parquet writer, one look at the environment.

use super::source::is_word;
use super::workspace::{TOOLS, Workspace};

/// What code says, the files that may say it, and why no other.
const HOMES: [(&str, &[&str], &str); 5] = [
    (
        "reqwest::Client",
        &["crates/llm/src/http.rs"],
        "there is one client, and it sets limits, proxies and certificates",
    ),
    (
        "Connection::open",
        &["crates/llm/src/cache/file.rs"],
        "there is one reply cache, and it knows older ones",
    ),
    (
        "ArrowWriter::try_new",
        &["crates/tables/src/writer.rs"],
        "there is one Parquet writer, and it signs the footer",
    ),
    ("env::var", &ENVIRONMENT, "`thinkmeter --help` lists every variable that is read"),
    ("env::var_os", &ENVIRONMENT, "`thinkmeter --help` lists every variable that is read"),
];

const ENVIRONMENT: [&str; 4] = [
    "crates/cli/src/environment.rs",
    "crates/hub/src/settings.rs",
    "crates/llm/src/env.rs",
    "crates/records/src/environment.rs",
];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let mut faults = Vec::new();
    let sources = workspace.sources.iter().filter(|source| !TOOLS.contains(&source.krate.as_str()));
    for source in sources {
        for (said, homes, why) in HOMES {
            let found =
                source.code.match_indices(said).find(|(at, said)| is_word(&source.code, *at, said.len()));
            if let Some((at, _)) = found.filter(|_| !homes.contains(&source.path.as_str())) {
                faults.push(format!("{}:{} says {said}: {why}", source.path, source.line(at)));
            }
        }
    }
    faults
}
