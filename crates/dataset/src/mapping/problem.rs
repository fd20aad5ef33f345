//! The problem of a row.

use serde_json::Value;
use tables::{Problem, option_letter};

use super::options::{Options, arranged, of_columns};
use super::view::{Cell, View};
use super::{Mapper, conversation, values};
use crate::columns::Field;
use crate::path::{Piece, lookup_text, template};
use crate::{DatasetError, Holds};
use records::Origin;

/// Names of a group by difficulty: whoever asks for one of them means the other as well.
const LEVELS: &[&str] = &["level", "difficulty"];

/// The problem that a row describes.
pub(super) fn map(mapper: &Mapper<'_>, view: &mut View<'_>) -> Result<Problem, DatasetError> {
    let problem = match mapper.holds {
        Holds::Both => text(view)?.unwrap_or_default(),
        _ => text(view)?.ok_or_else(|| no_text(view))?,
    };
    let options = options_of(mapper, view)?;
    let solution = optional(view, Field::Solution);
    let dataset = match &mapper.settings.name {
        Some(name) => Some(name.clone()),
        None => optional(view, Field::Dataset),
    };
    let subset = subset(mapper, view)?;
    let id = match own_id(mapper, view)? {
        Some(id) => id,
        None if problem.is_empty() => nameless_id(view.origin()),
        None => content_id(&problem, &options.gold),
    };
    let dataset = dataset.unwrap_or_else(|| mapper.dataset.clone());
    // Each alone is a word that may mean anything.
    let [cluster, variant, origin] = if view.has(Field::Cluster) && view.has(Field::Variant) {
        [Field::Cluster, Field::Variant, Field::Origin].map(|field| optional(view, field))
    } else {
        [None, None, None]
    };
    let fault = |reason: String| DatasetError::value(view.origin(), "answer", reason);
    let Options { choices, gold } = options;
    let extra = view.rest();
    let problem = Problem {
        id,
        dataset,
        subset,
        problem,
        gold,
        choices,
        solution,
        extra,
        cluster,
        variant,
        origin,
        shuffle: None,
        flaw: None,
    };
    arranged(mapper.settings, problem).map_err(fault)
}

fn options_of(mapper: &Mapper<'_>, view: &mut View<'_>) -> Result<Options, DatasetError> {
    if !mapper.settings.choice_columns.is_empty() {
        return of_columns(mapper.settings, view);
    }
    let choices = match view.find(Field::Choices) {
        Some(cell) => values::list(&cell, view.origin())?,
        None => Vec::new(),
    };
    Ok(Options { gold: golds(mapper, view, &choices)?, choices })
}

/// The id of the problem in a row that holds only a reply to it.
pub(super) fn named_id(view: &mut View<'_>) -> Result<String, DatasetError> {
    let cell = view.require(Field::ProblemId)?;
    let cell = cell.ok_or_else(|| view.missing(Field::ProblemId))?;
    values::exact(&cell.value, view.origin(), &cell.path)
}

/// An id that follows from the content, so that it is the same wherever the problem stands.
pub(super) fn content_id(problem: &str, gold: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in std::iter::once(problem).chain(gold.iter().map(String::as_str)) {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    format!("p-{}", &hasher.finalize().to_hex()[..12])
}

/// An id for what nobody wrote down: every row is a problem of its own, for nothing says that two are the same.
pub(crate) fn nameless_id(at: &Origin) -> String {
    let name = std::path::Path::new(&*at.file).file_name().map(|name| name.to_string_lossy().into_owned());
    content_id("", &[name.unwrap_or_default(), at.line.to_string()])
}

/// A text that is nice to have; what is no text stays among the other columns.
fn optional(view: &mut View<'_>, field: Field) -> Option<String> {
    let cell = view.find(field)?;
    let text = values::scalar(&cell.value);
    if text.is_none() {
        view.give_back(&cell);
    }
    text
}

fn own_id(mapper: &Mapper<'_>, view: &mut View<'_>) -> Result<Option<String>, DatasetError> {
    // In a row with a reply, `id` is the reply's.
    let field = if mapper.holds == Holds::Problems { Field::Id } else { Field::ProblemId };
    let Some(cell) = view.find(field) else { return Ok(None) };
    values::exact(&cell.value, view.origin(), &cell.path).map(Some)
}

/// The text; `None` where the row has none, which a path that leads nowhere does not mean.
fn text(view: &mut View<'_>) -> Result<Option<String>, DatasetError> {
    if let Some(pieces) = view.path(Field::Problem).and_then(template) {
        return filled(view, &pieces).map(Some);
    }
    let named = view.path(Field::Problem).is_some_and(|path| !path.is_empty());
    let text = match view.find(Field::Problem) {
        Some(cell) => text_of(&cell, view)?,
        None if named && !view.has(Field::Problem) => return Err(view.missing(Field::Problem)),
        None if view.has(Field::Problem) => None,
        None => view.find(Field::Messages).and_then(|cell| conversation::question(&cell.value)),
    };
    Ok(text.filter(|text| !text.trim().is_empty()))
}

/// A row with neither a problem nor a reply lacks its problem first.
pub(super) fn neither(problem: &Problem, error: DatasetError, view: &View<'_>) -> DatasetError {
    match error {
        DatasetError::MissingColumn { wanted, .. }
            if wanted == Field::Response.key() && problem.problem.is_empty() =>
        {
            no_text(view)
        }
        error => error,
    }
}

/// The error about a row that must have a text.
fn no_text(view: &View<'_>) -> DatasetError {
    if view.has(Field::Problem) {
        return DatasetError::value(view.origin(), "problem", "is empty; a problem needs a text");
    }
    view.missing(Field::Problem)
}

fn text_of(cell: &Cell<'_>, view: &View<'_>) -> Result<Option<String>, DatasetError> {
    if conversation::is_conversation(&cell.value) {
        return Ok(conversation::question(&cell.value));
    }
    let text = values::scalar(&cell.value);
    let expected = || values::expected("the text of a problem", &cell.value, view.origin(), &cell.path);
    text.map(Some).ok_or_else(expected)
}

fn filled(view: &mut View<'_>, pieces: &[Piece<'_>]) -> Result<String, DatasetError> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(fixed) => text.push_str(fixed),
            Piece::Column(path) => {
                let found = view.at(path).ok_or_else(|| view.missing_path("problem", path))?;
                view.mark_used(path);
                text.push_str(&lookup_text(&found));
            }
        }
    }
    Ok(text.trim().to_owned())
}

fn golds(mapper: &Mapper<'_>, view: &mut View<'_>, choices: &[String]) -> Result<Vec<String>, DatasetError> {
    let cell = match mapper.holds {
        Holds::Problems => view.require(Field::Answer)?,
        _ => view.find(Field::Answer),
    };
    let Some(cell) = cell else { return Ok(Vec::new()) };
    let at = view.origin();
    let raw = match &*cell.value {
        Value::Array(items) => {
            items.iter().map(|item| values::exact(item, at, &cell.path)).collect::<Result<_, _>>()?
        }
        value => vec![values::exact(value, at, &cell.path)?],
    };
    let refine = |text: String| refine(mapper, view, &cell, choices, text);
    let golds = raw.into_iter().filter(|text| !text.trim().is_empty()).map(refine);
    golds.collect()
}

fn refine(
    mapper: &Mapper<'_>,
    view: &View<'_>,
    cell: &Cell<'_>,
    choices: &[String],
    text: String,
) -> Result<String, DatasetError> {
    let fault = |reason: String| DatasetError::value(view.origin(), &cell.path, reason);
    if mapper.settings.answer_is_choice_index {
        let letter = text.trim().parse().ok().filter(|index| *index < choices.len());
        let letter = letter.and_then(option_letter).map(String::from);
        let reason =
            || format!("should hold the 0-based number of one of {} choices, found `{text}`", choices.len());
        return letter.ok_or_else(|| fault(reason()));
    }
    if let Some(pattern) = &mapper.answer_pattern {
        let found =
            pattern.captures_iter(&text).last().and_then(|found| found.get(1).or_else(|| found.get(0)));
        let reason = || format!("does not match `answer_pattern` ({pattern}); it holds `{}`", tail(&text));
        return found.map(|part| part.as_str().trim().to_owned()).ok_or_else(|| fault(reason()));
    }
    // A worked solution stands in for the answer that it puts into a box.
    let boxed = if cell.path.eq_ignore_ascii_case("solution") { values::last_boxed(&text) } else { None };
    Ok(boxed.map_or(text.clone(), str::to_owned))
}

pub(super) fn tail(text: &str) -> String {
    let skip = text.chars().count().saturating_sub(60);
    text.chars().skip(skip).collect()
}

fn subset(mapper: &Mapper<'_>, view: &mut View<'_>) -> Result<String, DatasetError> {
    let raw = match (&mapper.file_subset, mapper.settings.subset.as_deref()) {
        (Some(subset), _) => subset.clone(),
        (None, Some(path)) => named_subset(view, path)?,
        (None, None) => own_subset(view),
    };
    Ok(formatted(&raw, mapper.settings.subset_format.as_deref()))
}

/// The column that our own tables have; here it needs no mention among the others.
fn own_subset(view: &mut View<'_>) -> String {
    let found = view.at("subset").and_then(|value| values::scalar(&value));
    if found.is_some() {
        view.mark_used("subset");
    }
    // No group is what an empty one says.
    found.unwrap_or_default()
}

fn named_subset(view: &View<'_>, path: &str) -> Result<String, DatasetError> {
    let others = LEVELS.iter().filter(|name| LEVELS.contains(&path) && **name != path);
    let found = std::iter::once(path).chain(others.copied()).find_map(|path| view.at(path));
    let value = found.ok_or_else(|| view.missing_path("subset", path))?;
    if value.is_null() {
        return Ok(String::new());
    }
    values::scalar(&value).ok_or_else(|| values::expected("text or a number", &value, view.origin(), path))
}

/// `3` by `Level {}` is `Level 3`; what already has that form stays.
pub(super) fn formatted(raw: &str, format: Option<&str>) -> String {
    let Some((before, after)) = format.and_then(|format| format.split_once("{}")) else {
        return raw.to_owned();
    };
    let already = raw.len() > before.len() + after.len() && raw.starts_with(before) && raw.ends_with(after);
    if raw.is_empty() || (already && !(before.is_empty() && after.is_empty())) {
        return raw.to_owned();
    }
    format!("{before}{raw}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_take_their_form_once() {
        let check = |raw, format, expect| assert_eq!(formatted(raw, format), expect);
        check("3", Some("Level {}"), "Level 3");
        check("Level 3", Some("Level {}"), "Level 3");
        check("3", None, "3");
        check("", Some("Level {}"), "");
        check("3", Some("{}"), "3");
    }

    #[test]
    fn ids_follow_from_the_content_and_nothing_else() {
        let id = |problem: &str, gold: &[&str]| {
            content_id(problem, &gold.iter().map(|g| (*g).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(id("a", &["b"]), id("a", &["b"]));
        assert_ne!(id("a", &["b"]), id("ab", &[]));
        assert_ne!(id("a", &["b", "c"]), id("a", &["bc"]));
        assert!(id("a", &[]).starts_with("p-") && id("a", &[]).len() == 14);
    }
}
