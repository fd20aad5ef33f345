//! No component is known by name outside its crate.

use std::collections::{BTreeMap, BTreeSet};

use super::source::Source;
use super::workspace::{TOOLS, Workspace};

/// Crates whose components a pipeline file chooses. The words of the others (`csv`, `messages`) mean more than a
/// component.
const HOMES: [&str; 4] = ["generate", "grade", "judge", "split"];

/// Crates in which a kind's word stands nevertheless, and why.
const ALLOWED: [(&str, &str, &str); 21] = [
    ("answer", "cap", "TeX's word for the intersection of sets"),
    ("chat", "plain", "a way to have a server go on with a reply"),
    ("curate", "long", "a set of distillation, next to `short` and `medium`"),
    ("dataset", "code", "the name of an embedded set"),
    ("generate", "code", "a tag of HTML, and the grader that is asked for a program"),
    ("generate", "grid", "the grader whose problems say themselves what is wanted"),
    ("grade", "plain", "a word behind the fence of a block"),
    ("llm", "code", "a key in the errors of servers"),
    ("pairs", "rule", "a column: by which rule the answer was extracted"),
    ("pipeline", "recorded", "the name of an embedded pipeline"),
    ("pipeline", "search", "the name of an embedded pipeline"),
    ("plot", "budget", "a kind of picture"),
    ("report", "budget", "the figures `budget@b`"),
    ("report", "forced", "the points `forced@b`"),
    ("report", "grid", "the lines behind a chart"),
    ("report", "recorded", "a word of the report, next to `live` and `demonstration`"),
    ("report", "rule", "a column: the rule of a length reward"),
    ("report", "search", "the point `search`"),
    ("score", "search", "the point `search`"),
    ("tables", "search", "the column in which a path says what its search took"),
    ("verify", "separator", "a key: what stands behind the steps of a process reward model"),
];

/// Kind → the crates that have a component of this kind.
type Kinds<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let kinds = kinds(workspace);
    let sources = workspace.sources.iter().filter(|source| !TOOLS.contains(&source.krate.as_str()));
    let (mut faults, mut used) = (Vec::new(), BTreeSet::new());
    for source in sources {
        for (line, kind) in named(source, &kinds) {
            if ALLOWED.iter().any(|(krate, allowed, _)| *krate == source.krate && *allowed == kind) {
                used.insert((source.krate.as_str(), kind));
            } else {
                let homes: Vec<&str> = kinds.get(kind).into_iter().flatten().copied().collect();
                faults.push(format!(
                    "{}:{line} names `{kind}`, a component of {}",
                    source.path,
                    homes.join(", ")
                ));
            }
        }
    }
    let crates: BTreeSet<&str> = workspace.sources.iter().map(|source| source.krate.as_str()).collect();
    let late =
        ALLOWED.iter().filter(|(krate, kind, _)| crates.contains(krate) && !used.contains(&(*krate, *kind)));
    faults.extend(
        late.map(|(krate, kind, _)| format!("{krate} names `{kind}` no longer: take it out of ALLOWED")),
    );
    faults
}

/// The kinds that a pipeline file chooses.
fn kinds(workspace: &Workspace) -> Kinds<'_> {
    let mut kinds = Kinds::new();
    for source in &workspace.sources {
        for kind in kinds_of(source) {
            kinds.entry(kind).or_default().insert(&source.krate);
        }
    }
    kinds.retain(|_, homes| homes.iter().any(|home| HOMES.contains(home)));
    kinds
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
