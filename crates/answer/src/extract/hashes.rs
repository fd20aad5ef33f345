//! GSM8K's `#### 42`.

use super::Extracted;

/// What follows the last `####` on its line.
pub(super) fn after_hashes(reply: &str, from: usize) -> Option<Extracted> {
    let at = from + reply[from..].rfind("####")?;
    let start = at + 4;
    let end = reply[start..].find('\n').map_or(reply.len(), |line| start + line);
    // In Markdown it is a heading; only a value is an answer.
    reply[start..end].contains(|c: char| c.is_ascii_digit()).then_some(())?;
    Extracted::at(reply, start..end, "hashes")
}
