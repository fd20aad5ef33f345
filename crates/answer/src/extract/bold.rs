//! Bold text on the last line.

use super::Extracted;

/// The last `**…**` of the last line that is not blank.
pub(super) fn last_line(reply: &str, from: usize) -> Option<Extracted> {
    let text = reply[from..].trim_end();
    let start = from + text.rfind('\n').map_or(0, |line| line + 1);
    let line = &reply[start..from + text.len()];
    let close = line.rfind("**")?;
    let open = line[..close].rfind("**")?;
    Extracted::at(reply, start + open + 2..start + close, "bold")
}
