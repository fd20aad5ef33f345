//! Answers between marks on a line: bold text on the last one, and GSM8K's `#### 42`.

use super::Extracted;

/// The last `**…**` of the last line that is not blank.
pub(super) fn bold_on_last_line(reply: &str, from: usize) -> Option<Extracted> {
    let text = reply[from..].trim_end();
    let start = from + text.rfind('\n').map_or(0, |line| line + 1);
    let line = &reply[start..from + text.len()];
    let close = line.rfind("**")?;
    let open = line[..close].rfind("**")?;
    Extracted::at(reply, start + open + 2..start + close, "bold")
}

/// What follows the last `####` on its line.
pub(super) fn after_hashes(reply: &str, from: usize) -> Option<Extracted> {
    let at = from + reply[from..].rfind("####")?;
    let start = at + 4;
    let end = reply[start..].find('\n').map_or(reply.len(), |line| start + line);
    // In Markdown it is a heading; only a value is an answer.
    reply[start..end].contains(|c: char| c.is_ascii_digit()).then_some(())?;
    Extracted::at(reply, start..end, "hashes")
}
