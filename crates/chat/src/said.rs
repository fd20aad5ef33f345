//! What every reader of a model's words needs: what stands behind its thinking, and what in a box.

/// A model that thinks aloud has its answer after the thinking.
pub fn after_thinking(reply: &str) -> Result<&str, String> {
    match reply.rfind("</think>") {
        Some(at) => Ok(&reply[at + "</think>".len()..]),
        None if reply.trim_start().starts_with("<think>") => {
            Err("the reply ends in the middle of its thinking".to_owned())
        }
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
