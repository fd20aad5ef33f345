//! The paths that a file's code names, and which file of its crate each of them leads to.

use std::collections::BTreeMap;

use super::source::{Source, is_word, item_end};

/// A path that stands in code.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Path {
    /// Where it stands.
    pub(super) at: usize,
    /// Its segments; the last one of a glob is `*`.
    pub(super) segments: Vec<String>,
    /// The name that a `use` gives it.
    pub(super) name: Option<String>,
    /// A `pub use`: it hands a name on.
    pub(super) hands_on: bool,
}

/// Every path in code: those of `use`, and those of more than one segment elsewhere.
pub(super) fn paths(code: &str) -> Vec<Path> {
    let (mut found, mut at, mut before) = (Vec::new(), 0, String::new());
    while let Some(rest) = code.get(at..).filter(|rest| !rest.is_empty()) {
        let word = word(rest);
        if word == "use" && !rest.get(3..).is_some_and(|rest| rest.trim_start().starts_with('<')) {
            let end = use_end(code, at);
            tree(code, at + 3, end, &[], before.ends_with("pub") || before.ends_with(')'), &mut found);
            at = end;
        } else if word.is_empty() {
            before.push_str(rest.get(..1).unwrap_or_default().trim());
            at += rest.chars().next().map_or(1, char::len_utf8);
        } else {
            let (segments, length) = chain(rest);
            if segments.len() > 1 && !before.ends_with("::") && !before.ends_with('.') {
                found.push(Path { at, segments, ..Path::default() });
            }
            before = rest.get(..length).unwrap_or_default().to_owned();
            at += length;
        }
    }
    found
}

fn word(rest: &str) -> &str {
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// The segments of the path that begins here, and its bytes.
fn chain(rest: &str) -> (Vec<String>, usize) {
    let (mut segments, mut at) = (Vec::new(), 0);
    loop {
        let segment = word(rest.get(at..).unwrap_or_default());
        segments.push(segment.to_owned());
        at += segment.len();
        let more = rest.get(at..).and_then(|rest| rest.strip_prefix("::"));
        if more.is_none_or(|more| word(more).is_empty()) {
            return (segments, at);
        }
        at += 2;
    }
}

/// The end of a `use`, whose braces do not end it.
fn use_end(code: &str, at: usize) -> usize {
    code.get(at..).and_then(|rest| rest.find(';')).map_or(code.len(), |end| at + end)
}

/// The paths of a tree of a `use`, which stands between two places.
fn tree(code: &str, from: usize, to: usize, above: &[String], hands_on: bool, found: &mut Vec<Path>) {
    let text = code.get(from..to).unwrap_or_default();
    let at = from + text.len() - text.trim_start().len();
    let text = text.trim();
    if let Some(open) = text.find('{') {
        let mut segments = above.to_vec();
        segments.extend(steps(text.get(..open).unwrap_or_default()));
        let inside = (at + open + 1, at + text.rfind('}').unwrap_or(text.len()));
        for (from, to) in branches(code, inside.0, inside.1) {
            tree(code, from, to, &segments, hands_on, found);
        }
        return;
    }
    let (path, alias) = text.split_once(" as ").map_or((text, None), |(path, alias)| (path, Some(alias)));
    let mut segments = above.to_vec();
    segments.extend(steps(path));
    if segments.last().is_some_and(|last| last == "self") {
        segments.pop();
    }
    let name = alias.map(|alias| alias.trim().to_owned()).or_else(|| segments.last().cloned());
    if name.as_ref().is_some_and(|name| !name.is_empty()) {
        found.push(Path { at, segments, name, hands_on });
    }
}

fn steps(path: &str) -> impl Iterator<Item = String> {
    path.split("::").map(|step| step.trim().to_owned()).filter(|step| !step.is_empty())
}

/// The parts between the outer commas.
fn branches(code: &str, from: usize, to: usize) -> Vec<(usize, usize)> {
    let (mut parts, mut depth, mut begin) = (Vec::new(), 0_usize, from);
    for (at, byte) in code.bytes().enumerate().take(to).skip(from) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push((begin, at));
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push((begin, to));
    parts
}

/// The modules of one crate and the names that each of them has from elsewhere.
pub(super) struct Modules<'a> {
    files: BTreeMap<&'a [String], (&'a Source, Vec<Path>)>,
}

/// How often a name may lead to another name.
const LONGEST: usize = 20;

impl<'a> Modules<'a> {
    pub(super) fn of(sources: impl Iterator<Item = &'a Source>) -> Self {
        let files = sources.map(|source| (source.module.as_slice(), (source, paths(&source.code)))).collect();
        Self { files }
    }

    /// Every file that a file names: whose path, at which line.
    pub(super) fn named_by(&self) -> BTreeMap<&'a str, Vec<(&'a str, usize)>> {
        let files = self.files.values();
        files.map(|(source, paths)| (source.path.as_str(), self.named(source, paths))).collect()
    }

    fn named(&self, source: &'a Source, paths: &[Path]) -> Vec<(&'a str, usize)> {
        let inner = inner_modules(&source.code);
        let uses = paths.iter().filter(|path| !path.hands_on || is_used(&source.code, path));
        uses.filter_map(|path| {
            let mut segments = path.segments.as_slice();
            // Within a module that stands in the file, `super` is the file itself.
            if inner.iter().any(|(from, to)| (*from..*to).contains(&path.at)) && first(segments) == "super" {
                segments = segments.get(1..)?;
                if first(segments) != "super" {
                    return None;
                }
            }
            let target = self.resolve(&source.module, segments, 0)?;
            // What a module holds is part of it, so it may use that and be used by it.
            let part = target.module.starts_with(&source.module);
            (!part).then(|| (target.path.as_str(), source.line(path.at)))
        })
        .collect()
    }

    /// The file in which a path's item stands, seen from a module; `None` for another crate's.
    fn resolve(&self, from: &[String], segments: &[String], depth: usize) -> Option<&'a Source> {
        let mut at = from.to_vec();
        let mut rest = segments;
        match first(rest) {
            "crate" => at.clear(),
            "self" => {}
            "super" => {
                while first(rest) == "super" {
                    at.pop();
                    rest = rest.get(1..)?;
                }
                return self.walk(&at, rest, depth);
            }
            name if self.child(from, name).is_some() || self.binding(from, name).is_some() => {
                return self.walk(from, rest, depth);
            }
            _ => return None,
        }
        self.walk(&at, rest.get(1..)?, depth)
    }

    /// The file of an item of a module.
    fn walk(&self, at: &[String], rest: &[String], depth: usize) -> Option<&'a Source> {
        if let Some((child, more)) =
            rest.split_first().and_then(|(name, more)| Some((self.child(at, name)?, more)))
        {
            return self.walk(&child, more, depth + 1);
        }
        let (source, paths) = self.files.get(at)?;
        let Some((name, more)) = rest.split_first().filter(|(name, _)| *name != "*" && depth < LONGEST)
        else {
            return Some(source);
        };
        if let Some(binding) = self.binding(at, name).filter(|binding| binding.segments != [name.clone()]) {
            return self.resolve(at, &[&binding.segments, more].concat(), depth + 1);
        }
        if defines(&source.code, name) {
            return Some(source);
        }
        let globs = paths.iter().filter_map(|path| path.segments.strip_suffix(&["*".to_owned()]));
        let mut named = globs
            .filter_map(|glob| self.resolve(at, &[glob, std::slice::from_ref(name)].concat(), depth + 1));
        named.find(|found| defines(&found.code, name)).or(Some(source))
    }

    fn child(&self, of: &[String], name: &str) -> Option<Vec<String>> {
        let mut child = of.to_vec();
        child.push(name.to_owned());
        self.files.contains_key(child.as_slice()).then_some(child)
    }

    fn binding(&self, of: &[String], name: &str) -> Option<&Path> {
        let (_, paths) = self.files.get(of)?;
        paths.iter().find(|path| path.name.as_deref() == Some(name))
    }
}

fn first(segments: &[String]) -> &str {
    segments.first().map_or("", String::as_str)
}

/// A name that is handed on is used as well if it stands elsewhere in the code.
fn is_used(code: &str, path: &Path) -> bool {
    let Some(name) = path.name.as_deref() else { return false };
    let found = code.match_indices(name).filter(|(at, _)| is_word(code, *at, name.len()));
    found.filter(|(at, _)| !in_use(code, *at)).count() > 0
}

/// The statement around a place is a `use` or a `mod`.
fn in_use(code: &str, at: usize) -> bool {
    let before = code.get(..at).unwrap_or_default();
    let begin = before.rfind(';').map_or(0, |end| end + 1);
    let statement = code.get(begin..at).unwrap_or_default();
    statement.split_whitespace().any(|word| word == "use" || word == "mod")
}

/// The code has an item of this name.
fn defines(code: &str, name: &str) -> bool {
    const KINDS: [&str; 9] =
        ["fn", "struct", "enum", "trait", "type", "const", "static", "union", "macro_rules!"];
    KINDS.iter().any(|kind| {
        let wanted = format!("{kind} {name}");
        code.match_indices(&wanted).any(|(at, found)| is_word(code, at, found.len()))
    })
}

/// Where the modules that stand in the file itself begin and end.
fn inner_modules(code: &str) -> Vec<(usize, usize)> {
    let found = code.match_indices("mod ").filter(|(at, _)| is_word(code, *at, 3));
    let items = found.map(|(at, _)| (at, item_end(code, at)));
    items.filter(|(at, end)| code.get(*at..*end).is_some_and(|item| item.ends_with('}'))).collect()
}
