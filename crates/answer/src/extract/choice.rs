//! A choice letter with a cue, such as "option (C)".

use std::sync::LazyLock;

use regex::Regex;

use super::Extracted;

static CUE: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by every test run")]
    Regex::new(r"(?:(?i:option|choice|choose|select|pick)|选项?)\s*(?i:is\s+)?\**\(?([A-J])\b\)?|^\s*\(?([A-J])\)?[.)]?\s*$")
        .expect("a valid pattern")
});

/// The last letter that stands behind a cue, or a reply that is nothing but a letter.
pub(super) fn with_cue(reply: &str, from: usize) -> Option<Extracted> {
    let found = CUE.captures_iter(&reply[from..]).last()?;
    let letter = found.get(1).or_else(|| found.get(2))?;
    Extracted::at(reply, from + letter.start()..from + letter.end(), "choice")
}
