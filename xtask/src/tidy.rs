//! `cargo xtask tidy`: the rules of ARCHITECTURE.md that no compiler checks, one a file.

mod circles;
mod components;
mod dependencies;
mod documents;
mod graph;
mod homes;
mod layering;
mod page;
mod paths;
mod plugins;
mod purity;
mod sizes;
mod source;
mod workspace;

use workspace::{Check, Workspace};

/// Every check, sorted; ARCHITECTURE.md names each of them after a ✓.
static CHECKS: [Check; 11] = [
    Check { name: "circles", faults: circles::check },
    Check { name: "components", faults: components::check },
    Check { name: "documents", faults: documents::check },
    Check { name: "homes", faults: homes::check },
    Check { name: "layers", faults: layering::check },
    Check { name: "licences", faults: dependencies::licences },
    Check { name: "page", faults: |workspace| page::check(workspace, &CHECKS) },
    Check { name: "plugins", faults: plugins::check },
    Check { name: "purity", faults: purity::check },
    Check { name: "sizes", faults: sizes::check },
    Check { name: "versions", faults: dependencies::versions },
];

/// Checks everything and names every fault; `--write` prints the table of crates into the page first, `--sizes`
/// says how large everything is.
pub(crate) fn run(args: &[std::ffi::OsString]) -> anyhow::Result<()> {
    let root = crate::place::root();
    let mut workspace = Workspace::read(&root)?;
    if args.iter().any(|arg| arg == "--write") {
        let written = page::written(&workspace);
        std::fs::write(root.join(page::PATH), &written)?;
        workspace.texts.insert(page::PATH.to_owned(), written);
    }
    if args.iter().any(|arg| arg == "--sizes") {
        crate::place::say(&sizes::tell(&workspace));
    }
    let named = |check: &Check| {
        let faults = (check.faults)(&workspace).into_iter();
        faults.map(|fault| format!("{}: {fault}", check.name)).collect::<Vec<_>>()
    };
    let faults: Vec<String> = CHECKS.iter().flat_map(named).collect();
    if faults.is_empty() {
        let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        crate::place::say(&format!("tidy: in order are {}", names.join(", ")));
        return Ok(());
    }
    anyhow::bail!("tidy found {}:\n{}", faults.len(), faults.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use graph::{Graph, Made};

    /// The check, files by path and text, packages, and what the check says of them.
    type Broken<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [Made<'a>], &'a str);

    fn made(files: &[(&str, &str)], packages: &[Made]) -> Workspace {
        let texts = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Workspace::of(texts, Graph::made(packages))
    }

    fn faults(name: &str, workspace: &Workspace) -> Vec<String> {
        let check = CHECKS.iter().find(|check| check.name == name).unwrap();
        (check.faults)(workspace)
    }

    #[test]
    fn every_check_fails_when_its_rule_is_broken() {
        let long = format!("//! A.\nfn f() {{\n{}}}\n", "    g();\n".repeat(50));
        let (a, b, long) = ("crates/plugin/src/a.rs", "crates/plugin/src/b.rs", long.as_str());
        let kind = "impl Component for X { const KIND: &'static str = \"keywords\"; }";
        let broken: [Broken; 17] = [
            ("circles", &[(a, "use crate::b::B;"), (b, "fn f() { super::a::g(); }")], &[], "a.rs:1 uses"),
            (
                "components",
                &[("crates/split/src/a.rs", kind), (a, "f(\"keywords\");")],
                &[],
                "plugin/src/a.rs:1 names `keywords`",
            ),
            ("documents", &[(a, "fn f() {}")], &[], "does not say what it is"),
            ("documents", &[], &[], "README.md is missing"),
            ("homes", &[(a, "//! A.\n#![expect(clippy::disallowed_methods)]")], &[], "a.rs:2 excuses itself"),
            ("layers", &[], &[("thinkmeter-tables", &["thinkmeter-split"], "")], "tables uses split"),
            ("layers", &[], &[("thinkmeter-split", &["thinkmeter-judge"], "")], "split uses judge"),
            ("layers", &[], &[("thinkmeter-new", &[], "")], "new is in no layer"),
            ("licences", &[], &[("foreign", &[], "GPL-3.0")], "`GPL-3.0`"),
            ("page", &[("ARCHITECTURE.md", "\n- ✓ `nothing` No such check.")], &[], "`nothing`"),
            (
                "page",
                &[("ARCHITECTURE.md", "[`T`](a.rs) [`U`](crates/plugin/src/a.rs)"), (a, "")],
                &[],
                "no such trait",
            ),
            ("page", &[("ARCHITECTURE.md", "[`T`](a.rs)")], &[], "which is not there"),
            ("plugins", &[("crates/split/src/splitters/a.rs", "")], &[], "a.rs is no module"),
            ("purity", &[], &[("thinkmeter-score", &["tokio"], ""), ("tokio", &[], "")], "score links tokio"),
            ("sizes", &[(a, long)], &[], "a.rs:2 has 52"),
            ("versions", &[], &[("tokio", &[], "MIT"), ("tokio", &[], "MIT")], "tokio is built in 2"),
            ("versions", &[], &[("thinkmeter-score", &["reqwest"], ""), ("reqwest", &[], "")], "only llm"),
        ];
        for (name, files, packages, expect) in broken {
            let found = faults(name, &made(files, packages));
            assert!(found.iter().any(|fault| fault.contains(expect)), "{name}: {expect} is not in {found:?}");
        }
        for check in &CHECKS {
            assert!(broken.iter().any(|(name, ..)| *name == check.name), "{} is never broken", check.name);
        }
        assert!(CHECKS.is_sorted_by_key(|check| check.name));
    }
}
