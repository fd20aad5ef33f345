//! No component is known by name outside its crate.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;
use super::workspace::{TOOLS, Workspace};

/// Crates whose components a pipeline file chooses. The words of the others (`csv`, `messages`) mean more than a
/// component.
const HOMES: [&str; 3] = ["generate", "judge", "split"];

/// Where a kind's word stands nevertheless, and why.
const ALLOWED: [(&str, &str, &str); 20] = [
    ("crates/cli/src/args/stages.rs", "openai", "the stages' own commands wait for the generic one"),
    ("crates/cli/src/args/stages.rs", "rule", "the stages' own commands wait for the generic one"),
    ("crates/cli/src/args/stages.rs", "separator", "the stages' own commands wait for the generic one"),
    ("crates/cli/src/commands/calibrate.rs", "llm", "waits for an entry that says whether it asks"),
    ("crates/cli/src/commands/calibrate.rs", "recorded", "waits for an entry that says whether it asks"),
    ("crates/cli/src/commands/calibrate.rs", "rule", "waits for an entry that says whether it asks"),
    ("crates/cli/src/commands/doctor.rs", "openai", "the advice of `doctor` is a model's table"),
    ("crates/cli/src/commands/generate.rs", "recorded", "waits for an entry that says whether it asks"),
    ("crates/cli/src/commands/import.rs", "recorded", "a dataset's kind, not a component's"),
    ("crates/cli/src/commands/judge.rs", "llm", "waits for an entry that says whether it asks"),
    ("crates/cli/src/commands/run.rs", "recorded", "waits for an entry that says whether it asks"),
    ("crates/doctor/src/advice.rs", "openai", "the advice of `doctor` is a model's table"),
    ("crates/pipeline/src/embedded.rs", "recorded", "the name of an embedded pipeline"),
    ("crates/pipeline/src/pipeline.rs", "recorded", "waits for an entry that says whether it asks"),
    ("crates/pipeline/src/pipeline.rs", "rule", "the default waits for the stage to say it"),
    ("crates/pipeline/src/pipeline.rs", "separator", "the default waits for the stage to say it"),
    ("crates/pairs/src/judge.rs", "rule", "a column: by which rule the answer was extracted"),
    (
        "crates/report/src/model/about.rs",
        "recorded",
        "a word of the report, next to `live` and `demonstration`",
    ),
    ("crates/report/src/views/rewards.rs", "rule", "a column: the rule of a length reward"),
    ("crates/tables/src/rows/grade.rs", "rule", "a column: by which rule the answer was extracted"),
];

/// Kind → the crates that have a component of this kind.
type Kinds<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let mut kinds = Kinds::new();
    for source in &workspace.sources {
        for kind in kinds_of(source) {
            kinds.entry(kind).or_default().insert(&source.krate);
        }
    }
    kinds.retain(|_, homes| homes.iter().any(|home| HOMES.contains(home)));
    let sources = workspace.sources.iter().filter(|source| !TOOLS.contains(&source.krate.as_str()));
    let found: Vec<(&str, usize, &str)> = sources
        .flat_map(|source| {
            named(source, &kinds).into_iter().map(|(line, kind)| (source.path.as_str(), line, kind))
        })
        .collect();
    let allowed = |path: &str, kind: &str| ALLOWED.iter().any(|(p, k, _)| *p == path && *k == kind);
    let tell = |(path, line, kind): &(&str, usize, &str)| {
        let homes: Vec<&str> = kinds.get(kind).into_iter().flatten().copied().collect();
        format!("{path}:{line} names `{kind}`, a component of {}", homes.join(", "))
    };
    let mut faults: Vec<String> =
        found.iter().filter(|(path, _, kind)| !allowed(path, kind)).map(tell).collect();
    for (path, kind, _) in ALLOWED {
        let is_used = found.iter().any(|(p, _, k)| *p == path && *k == kind);
        if !is_used && workspace.texts.contains_key("Cargo.toml") {
            faults.push(format!("{path} names `{kind}` no longer: take it out of ALLOWED"));
        }
    }
    faults
}

/// The kinds that a file defines.
fn kinds_of(source: &Source) -> Vec<&str> {
    let lines: Vec<&str> = source.code.lines().collect();
    let defines = |line: usize| lines.get(line - 1).is_some_and(|line| line.contains("const KIND:"));
    source.literals.iter().filter(|(line, _)| defines(*line)).map(|(_, kind)| kind.as_str()).collect()
}

/// The kinds of other crates that a file names, each with its line. Where one word is a kind of several crates,
/// each of these means its own.
fn named<'a>(source: &'a Source, kinds: &Kinds) -> Vec<(usize, &'a str)> {
    let foreign = |kind: &str| kinds.get(kind).is_some_and(|homes| !homes.contains(source.krate.as_str()));
    let found = source.literals.iter().filter(|(_, text)| foreign(text));
    found.map(|(line, text)| (*line, text.as_str())).collect()
}
