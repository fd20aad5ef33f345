//! What every reader of a model's words needs: what stands behind its thinking, and what in a box.

use crate::{KNOWN_TAGS, Style};

/// A model that thinks aloud has its answer after the thinking, whichever tags it uses: those that the reply opens with,
/// or `</think>` wherever it stands, since the opening tag may be part of the prompt.
pub fn after_thinking(reply: &str) -> Result<&str, String> {
    let opened = KNOWN_TAGS.iter().find(|(open, ..)| reply.trim_start().starts_with(open));
    let opened = opened.filter(|(.., style)| *style == Style::Around);
    let close = opened.map_or("</think>", |(_, close, ..)| close);
    match reply.rfind(close) {
        Some(at) => Ok(&reply[at + close.len()..]),
        None if opened.is_some() => Err("the reply ends in the middle of its thinking".to_owned()),
        None => Ok(reply),
    }
}

/// What stands in each `\boxed{…}`.
pub fn boxes(text: &str) -> Result<Vec<&str>, String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("\\boxed") {
        let Some(inside) = behind.trim_start().strip_prefix('{') else {
            rest = behind;
            continue;
        };
        let end = closing_brace(inside).ok_or("a box is not closed")?;
        found.push(&inside[..end]);
        rest = &inside[end..];
    }
    Ok(found)
}

fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}
