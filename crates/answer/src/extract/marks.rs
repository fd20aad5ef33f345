//! Answers between marks on a line: bold text on the last one, and GSM8K's `#### 42`.

use super::source::Source;
use super::{Extracted, prose, stated};

/// The last `**…**` of the last line that is not blank, unless the line's value stands beside it.
pub(super) fn bold_on_last_line(source: &Source<'_>) -> Option<Extracted> {
    let line = source.tail(&last_line(source));
    let text = source.part(line.clone());
    let close = text.rfind("**")?;
    let open = text[..close].rfind("**")? + 2;
    let found = stated::whole(source, &(line.start + open..line.start + close), "bold")?;
    let lead = text[open..close].trim_end().ends_with([':', '：']);
    let beside = || !text[open..close].contains(|c: char| c.is_ascii_digit()) && prose::has_value(text);
    (!lead && !beside()).then_some(found)
}

/// The last line that holds more than blanks, rules and the end of a fence.
pub(super) fn last_line(source: &Source<'_>) -> std::ops::Range<usize> {
    let blank = |c: char| c.is_whitespace() || matches!(c, '-' | '_');
    let from = source.span().start;
    let text = source.all().trim_end_matches(blank);
    let fenced = text.strip_suffix("```").filter(|inside| inside.ends_with('\n'));
    let text = fenced.map_or(text, |inside| inside.trim_end_matches(blank));
    let start = text.rfind('\n').map_or(0, |line| line + 1);
    from + start..from + text.len()
}

/// What follows the last `####` on its line.
pub(super) fn after_hashes(source: &Source<'_>) -> Option<Extracted> {
    let start = source.span().start + source.all().rfind("####")? + 4;
    let text = source.head(start, source.span().end);
    let line = &text[..text.find('\n').unwrap_or(text.len())];
    // In Markdown it is a heading; only a value is an answer.
    let value = line.contains(|c: char| c.is_ascii_digit()) && !line.starts_with('#');
    value.then(|| stated::whole(source, &(start..start + line.len()), "hashes")).flatten()
}
