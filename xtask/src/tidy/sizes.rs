//! Functions stay short, and how large everything is can be asked.

use super::source::{Source, is_word, item_end};
use super::workspace::Workspace;

/// The most lines of a function, from its `fn` to its brace: of half of them, and of 99 in 100.
const MOST: [(usize, usize); 2] = [(50, 8), (99, 40)];

/// The most lines of a file, tests left out.
const MOST_OF_FILE: usize = 500;

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let mut functions: Vec<Function> = workspace.sources.iter().flat_map(functions).collect();
    functions.sort_by_key(|function| function.lines);
    let mut faults = Vec::new();
    for (share, most) in MOST {
        if let Some(function) = at_share(&functions, share).filter(|function| function.lines > most) {
            let Function { place, lines } = function;
            faults.push(format!(
                "{share} % of functions are to have {most} lines at most; {place} has {lines}"
            ));
        }
    }
    let long = workspace.sources.iter().filter(|source| source.lines > MOST_OF_FILE);
    faults.extend(
        long.map(|source| format!("{} has {} lines, the most is {MOST_OF_FILE}", source.path, source.lines)),
    );
    faults
}

/// What stands at a hundredth of a sorted list.
fn at_share<T>(sorted: &[T], share: usize) -> Option<&T> {
    sorted.get(sorted.len().checked_sub(1)? * share / 100)
}

/// A function and its length.
struct Function {
    place: String,
    lines: usize,
}

/// The functions with a body of a file.
fn functions(source: &Source) -> Vec<Function> {
    let code = &source.code;
    let begins = code.match_indices("fn ").filter(|(at, _)| is_word(code, *at, 2));
    let items = begins.map(|(at, _)| (at, item_end(code, at)));
    let whole = items.filter(|(at, end)| code.get(*at..*end).is_some_and(|item| item.ends_with('}')));
    whole
        .map(|(at, end)| Function {
            place: format!("{}:{}", source.path, source.line(at)),
            lines: source.line(end) - source.line(at) + 1,
        })
        .collect()
}

/// Lines outside tests, and the lengths of functions and files.
pub(super) fn tell(workspace: &Workspace) -> String {
    let mut functions: Vec<usize> =
        workspace.sources.iter().flat_map(functions).map(|function| function.lines).collect();
    let mut files: Vec<usize> = workspace.sources.iter().map(|source| source.lines).collect();
    functions.sort_unstable();
    files.sort_unstable();
    format!(
        "{} lines outside tests in {} files\nfiles: {}\n{} functions: {}",
        files.iter().sum::<usize>(),
        files.len(),
        spread(&files),
        functions.len(),
        spread(&functions),
    )
}

fn spread(sorted: &[usize]) -> String {
    let at = |share: usize| at_share(sorted, share).copied().unwrap_or(0);
    format!("{} / {} / {} / {} lines (median / p90 / p99 / most)", at(50), at(90), at(99), at(100))
}
