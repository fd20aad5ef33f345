//! No file uses another that uses it, straight or by way of others: each crate reads from the bottom up.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::paths::Modules;
use super::workspace::Workspace;

/// File → the files that it names, each with the line.
type Names<'a> = BTreeMap<&'a str, Vec<(&'a str, usize)>>;

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let crates: BTreeSet<&str> = workspace.sources.iter().map(|source| source.krate.as_str()).collect();
    let mut faults = Vec::new();
    for krate in crates {
        let modules = Modules::of(workspace.sources.iter().filter(|source| source.krate == krate));
        faults.extend(circles(&modules.named_by()));
    }
    faults
}

/// The shortest circle through each file, every circle once.
fn circles(names: &Names) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    for start in names.keys() {
        let Some(circle) = through(names, start) else { continue };
        let files: BTreeSet<&str> = circle.iter().map(|(file, _)| *file).collect();
        if seen.insert(files) {
            told.push(tell(&circle));
        }
    }
    told
}

/// The way from a file back to itself: each file of it and the line at which it names the next one.
fn through<'a>(names: &Names<'a>, start: &'a str) -> Option<Vec<(&'a str, usize)>> {
    let mut from: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    let mut left = VecDeque::from([start]);
    while let Some(file) = left.pop_front() {
        for (named, line) in names.get(file).into_iter().flatten() {
            if !from.contains_key(named) {
                from.insert(named, (file, *line));
                left.push_back(named);
            }
        }
    }
    let (mut circle, mut at) = (vec![*from.get(start)?], start);
    while let Some((before, _)) = from.get(at).filter(|(before, _)| *before != start) {
        circle.push(*from.get(before)?);
        at = before;
    }
    circle.reverse();
    Some(circle)
}

fn tell(circle: &[(&str, usize)]) -> String {
    let next = circle.iter().cycle().skip(1);
    let steps = circle.iter().zip(next).map(|((file, line), (next, _))| format!("{file}:{line} uses {next}"));
    format!("circle: {}", steps.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::graph::Graph;
    use super::*;

    #[test]
    fn circles_are_found_by_the_paths_of_code() {
        let check = |files: &[(&str, &str)], expect: &[&str]| {
            let path = |name: &str| format!("crates/plugin/src/{name}.rs");
            let texts = files.iter().map(|(name, text)| (path(name), (*text).to_owned())).collect();
            let found = check(&Workspace::of(texts, Graph::made(&[])));
            let found: Vec<String> =
                found.iter().map(|fault| fault.replace("crates/plugin/src/", "")).collect();
            assert_eq!(found, expect, "{files:?}");
        };
        let both = ["circle: a.rs:1 uses b.rs, b.rs:1 uses a.rs"];
        check(&[("a", "use crate::b::B;"), ("b", "use super::a::A;")], &both);
        check(&[("a", "use crate::{b::{self, B}, c};"), ("b", "fn f() { crate::a::g() }"), ("c", "")], &both);
        check(&[("a", "use super::b::B;"), ("b", "// crate::a\nfn f() { say(\"crate::a::B\") }")], &[]);
        check(&[("a", "use crate::b::B;"), ("b", "#[cfg(test)]\nmod tests { use crate::a::A; }")], &[]);
        // By way of a third one, and of a name that is handed on.
        check(
            &[
                ("a", "use crate::b::B;"),
                ("b", "use crate::c::C;"),
                ("c", "\nuse crate::A;"),
                ("lib", "pub use a::A;"),
            ],
            &["circle: a.rs:1 uses b.rs, b.rs:1 uses c.rs, c.rs:2 uses a.rs"],
        );
        check(
            &[
                ("a", "use crate::b::B;"),
                ("b", "use crate::A;"),
                ("lib", "pub use a::*;"),
                ("c", "struct A;"),
            ],
            &[],
        );
        check(
            &[("a", "use crate::b::B; struct A;"), ("b", "use crate::A;"), ("lib", "pub use a::*;")],
            &both,
        );
        // What a module holds is part of it.
        check(&[("a/mod", "use b::B;"), ("a/b", "use super::A;")], &[]);
        check(&[("lib", "fn f() { a::g() }"), ("a", "use crate::f;")], &[]);
        check(&[("a", "mod inner { use super::A; }"), ("lib", "use a::A;")], &[]);
        // Another crate's module of the same name is none of ours.
        check(&[("a", "use crate::b::B;"), ("b", "use other::a::A; fn f() { x.a::<A>() }")], &[]);
    }
}
