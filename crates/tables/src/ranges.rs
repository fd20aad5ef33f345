//! Which rows of a table are about whom, as a note in its footer: who wants those of one model of thousands reads no others.

use std::ops::Range;

/// The note; a table without it has rows of everybody anywhere.
pub const ROWS_OF: &str = "rows_of";

/// The note of replies of which models are about which rows of the problems, as [`ranges_note`] writes it.
pub const PROBLEMS_OF: &str = "problems_of";

/// The note of generations before which row of the problems none of theirs stands.
pub const PROBLEMS_FROM: &str = "problems_from";

/// The note's text: a JSON object of `name: [first row, rows]`.
pub fn ranges_note<'a>(ranges: impl IntoIterator<Item = (&'a str, Range<u64>)>) -> String {
    let entry = |(name, rows): (&str, Range<u64>)| {
        format!("{}:[{},{}]", quoted(name), rows.start, rows.end - rows.start)
    };
    format!("{{{}}}", ranges.into_iter().map(entry).collect::<Vec<_>>().join(","))
}

/// The rows about one, as the note tells; `None` if it names none. The note is searched and not read: it may be long, and be
/// asked for everybody in it.
pub fn range_in(note: &str, name: &str) -> Option<Range<u64>> {
    let key = format!("{}:[", quoted(name));
    // A name that ends as another one begins after its quote.
    let found = note
        .match_indices(&key)
        .find(|(at, _)| matches!(note.as_bytes().get(at.wrapping_sub(1)), Some(b'{' | b',')))?;
    let rest = &note[found.0 + key.len()..];
    let (first, rows) = rest[..rest.find(']')?].split_once(',')?;
    let (first, rows): (u64, u64) = (first.parse().ok()?, rows.parse().ok()?);
    Some(first..first.checked_add(rows)?)
}

/// A name in quotes, without a quote or a backslash of its own in between.
fn quoted(name: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\u{:04x}", c as u32),
        c if c.is_control() => format!("\\u{:04x}", c as u32),
        c => c.to_string(),
    };
    format!("\"{}\"", name.chars().map(escaped).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_found_and_nobody_else() {
        let names = ["a", "b\"", "a\":[7,7],\"x", "", "é", "{\"a"];
        let note = ranges_note(names.iter().zip(0..).map(|(name, at)| (*name, at * 10..at * 10 + at)));
        for (name, at) in names.iter().zip(0..) {
            assert_eq!(range_in(&note, name), Some(at * 10..at * 10 + at), "{name} in {note}");
        }
        for name in ["x", "b", "c", "\"a"] {
            assert_eq!(range_in(&note, name), None, "{name} in {note}");
        }
        let value: serde_json::Value = serde_json::from_str(&note).unwrap();
        assert_eq!(value["b\""], serde_json::json!([10, 1]));
        assert_eq!(range_in("", "a"), None);
    }
}
