//! ARCHITECTURE.md tells what is checked: each ✓ names a check, each check has a ✓, and the table of crates is ours.

use super::layering;
use super::workspace::{Check, Workspace};

pub(super) const PATH: &str = "ARCHITECTURE.md";

/// What stands before and after the printed table.
const MARKS: (&str, &str) =
    ("<!-- printed by cargo xtask tidy --write -->\n", "\n<!-- end of what is printed -->");

pub(super) fn check(workspace: &Workspace, checks: &[Check]) -> Vec<String> {
    let Some(page) = workspace.texts.get(PATH) else { return vec![] };
    let names: Vec<&str> = checks.iter().map(|check| check.name).collect();
    let ticked = ticked(page);
    let mut faults = Vec::new();
    for tick in &ticked {
        if !names.contains(tick) {
            faults.push(format!("a ✓ names `{tick}`, which is no check: {}", names.join(", ")));
        }
    }
    let silent = names.iter().filter(|name| !ticked.contains(name));
    faults.extend(silent.map(|name| format!("no ✓ of {PATH} tells of the check `{name}`")));
    faults.extend(links(page).filter_map(|(what, path)| broken(workspace, what, path)));
    if written(workspace) != *page {
        faults.push(format!("the table of {PATH} is not today's: cargo xtask tidy --write"));
    }
    faults
}

/// The first words in code after each ✓ that begins an item of a list.
fn ticked(page: &str) -> Vec<&str> {
    let ticks = page.split("\n- ✓").skip(1);
    ticks.map(|rest| rest.strip_prefix(" `").and_then(|rest| rest.split('`').next()).unwrap_or("")).collect()
}

/// Links to source files: what they say and where they lead.
fn links(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let found = page.split("[`").skip(1).filter_map(|rest| rest.split_once("`](")?.into());
    let found = found.filter_map(|(what, rest)| Some((what, rest.split_once(')')?.0)));
    found.filter(|(_, path)| path.ends_with(".rs"))
}

/// What is wrong with a link: its file is not there, or does not hold the trait that it says.
fn broken(workspace: &Workspace, what: &str, path: &str) -> Option<String> {
    let Some(text) = workspace.texts.get(path) else {
        return Some(format!("`{what}` leads to {path}, which is not there"));
    };
    let is_trait = what.starts_with(char::is_uppercase);
    (is_trait && !text.contains(&format!("trait {what}")))
        .then(|| format!("`{what}` leads to {path}, which has no such trait"))
}

/// The page with the table of today.
pub(super) fn written(workspace: &Workspace) -> String {
    let page = workspace.texts.get(PATH).map_or("", String::as_str);
    let (before, after) = (page.split_once(MARKS.0), page.split_once(MARKS.1));
    match (before, after) {
        (Some((before, _)), Some((_, after))) => {
            [before, MARKS.0, &layering::table(&workspace.graph), MARKS.1, after].concat()
        }
        _ => page.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_say_where_they_lead() {
        let found: Vec<(&str, &str)> =
            links("a [`B`](c/d.rs), [e](f.rs) [`g.md`](g.md) [`h`](i.rs)").collect();
        assert_eq!(found, [("B", "c/d.rs"), ("h", "i.rs")]);
    }

    #[test]
    fn the_names_after_ticks_are_read() {
        assert_eq!(ticked("✓ marks.\n- ✓ `a`: b `c`.\n- ✓ d"), ["a", ""]);
    }
}
