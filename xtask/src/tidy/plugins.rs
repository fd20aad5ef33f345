//! A plug-in is one file, one module line and one entry in a sorted registry.

use super::workspace::Workspace;

/// Folders in which every file is a plug-in.
const FOLDERS: [&str; 13] = [
    "crates/arena/src/formats",
    "crates/curate/src/exports",
    "crates/dataset/src/formats",
    "crates/dataset/src/sources",
    "crates/generate/src/generators",
    "crates/grade/src/graders",
    "crates/judge/src/judges",
    "crates/judge/src/tasks",
    "crates/score/src/metrics",
    "crates/score/src/selectors",
    "crates/split/src/splitters",
    "crates/stopping/src/rules",
    "crates/vary/src/kinds",
];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    FOLDERS
        .iter()
        .flat_map(|folder| check_folder(folder, &files(workspace, folder), registry(workspace, folder)))
        .collect()
}

/// The names of a folder's files; a folder next to a file belongs to that file.
fn files(workspace: &Workspace, folder: &str) -> Vec<String> {
    let names = workspace.texts.keys().filter_map(|path| {
        let name = path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".rs")?;
        (!name.contains('/') && name != "mod" && name != "tests").then(|| name.to_owned())
    });
    names.collect()
}

fn registry<'a>(workspace: &'a Workspace, folder: &str) -> &'a str {
    workspace.texts.get(&format!("{folder}/mod.rs")).map_or("", String::as_str)
}

fn check_folder(folder: &str, files: &[String], registry: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        if !registry.contains(&format!("mod {file};")) {
            faults.push(format!("{folder}/{file}.rs is no module of {folder}/mod.rs"));
        } else if !registry.contains(&format!("{file}::")) {
            faults.push(format!("{folder}/{file}.rs is not registered in {folder}/mod.rs"));
        }
    }
    let entries = entries(registry);
    if !entries.is_sorted() {
        faults.push(format!("the registry of {folder}/mod.rs is not sorted: {}", entries.join(", ")));
    }
    faults
}

/// The modules that the entries of a registry name, in their order. A list that has an order of its own, such
/// as the figures of a report, holds no `entry`.
fn entries(registry: &str) -> Vec<&str> {
    let named = registry.split("entry::<").skip(1);
    named.filter_map(|rest| rest.split_once("::").map(|(module, _)| module)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "mod keywords;\nmod regex;\n\npub static ALL: R = R::new(\"x\", &[\n    \
                            entry::<keywords::Keywords>(),\n    entry::<regex::Regex>(),\n]);\n";

    #[test]
    fn files_that_nobody_registered_are_found() {
        let check = |files: &[&str], expect: &[&str]| {
            let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
            assert_eq!(check_folder("f", &files, REGISTRY), expect);
        };
        check(&["keywords", "regex"], &[]);
        check(&["keywords", "llm"], &["f/llm.rs is no module of f/mod.rs"]);
    }

    #[test]
    fn an_unsorted_registry_is_found() {
        let swapped = REGISTRY.replace("keywords", "zebra");
        let faults = check_folder("f", &[], &swapped);
        assert_eq!(faults, ["the registry of f/mod.rs is not sorted: zebra, regex"]);
    }
}
