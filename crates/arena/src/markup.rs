//! How a reply is laid out: headers, lists, bold, and its length.

use serde_json::Value;

/// By which names the counts are known.
pub(crate) const HEADERS: &str = "headers";
pub(crate) const LISTS: &str = "lists";
pub(crate) const BOLD: &str = "bold";
/// Characters of the answer: what there is where nobody counted tokens.
pub(crate) const LENGTH: &str = "answer_chars";

/// The counts of two replies, each with its name.
pub(crate) fn counts(first: &str, second: &str) -> Vec<(String, [f64; 2])> {
    let [first_layout, second_layout] = [first, second].map(Layout::of);
    let pair = |name: &str, count: fn(&Layout) -> u32| {
        (name.to_owned(), [&first_layout, &second_layout].map(|layout| f64::from(count(layout))))
    };
    vec![
        pair(HEADERS, |layout| layout.headers),
        pair(LISTS, |layout| layout.lists),
        pair(BOLD, |layout| layout.bold),
        (LENGTH.to_owned(), [first, second].map(|text| text.chars().count() as f64)),
    ]
}

/// What the model said in a conversation; a text is one as it is.
pub(crate) fn reply(value: &Value) -> Option<String> {
    let Some(turns) = value.as_array() else { return value.as_str().map(str::to_owned) };
    let own = turns.iter().filter(|turn| turn.get("role").and_then(Value::as_str) == Some("assistant"));
    let texts: Vec<&str> = own.filter_map(|turn| turn.get("content")?.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The layout of a text.
#[derive(Default)]
pub(crate) struct Layout {
    pub(crate) headers: u32,
    pub(crate) lists: u32,
    pub(crate) bold: u32,
}

impl Layout {
    /// Of a text in Markdown; blocks of code hold none of it.
    pub(crate) fn of(text: &str) -> Self {
        let (mut found, mut in_code) = (Self::default(), false);
        for line in text.lines() {
            if line.trim_start().starts_with("```") {
                in_code = !in_code;
            } else if !in_code {
                found.headers += u32::from(is_header(line));
                found.lists += u32::from(is_item(line.trim_start()));
                found.bold += spans(line, "**") + spans(line, "__");
            }
        }
        found
    }
}

fn is_header(line: &str) -> bool {
    let rest = line.trim_start_matches('#');
    (1..=6).contains(&(line.len() - rest.len())) && rest.starts_with(char::is_whitespace)
}

fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest =
        if number.len() < line.len() { number.strip_prefix('.') } else { line.strip_prefix(['-', '*', '+']) };
    rest.is_some_and(|rest| rest.starts_with(char::is_whitespace))
}

/// Stretches between two marks that are not empty.
fn spans(line: &str, mark: &str) -> u32 {
    let parts: Vec<&str> = line.split(mark).collect();
    let closed = parts.len().saturating_sub(1) / 2;
    parts.iter().skip(1).step_by(2).take(closed).filter(|inner| !inner.trim().is_empty()).map(|_| 1).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn layout_is_counted_outside_of_code() {
        let check = |text: &str, expect: [u32; 3]| {
            let found = Layout::of(text);
            assert_eq!([found.headers, found.lists, found.bold], expect, "{text}");
        };
        check("# One\n## Two\n####### none\n#none", [2, 0, 0]);
        check("- a\n  * b\n+ c\n1. d\n12. e\n-f\n3) g\n2.5", [0, 5, 0]);
        check("**a** and __b__ and **c", [0, 0, 2]);
        check("```\n# no\n- no\n**no**\n```\n# yes", [1, 0, 0]);
        check("", [0, 0, 0]);
        check("****", [0, 0, 0]);
    }

    #[test]
    fn a_reply_is_what_the_model_said() {
        let turns = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "**yes**"}]);
        assert_eq!(reply(&turns).unwrap(), "**yes**");
        assert_eq!(reply(&json!("plain")).unwrap(), "plain");
        assert_eq!(reply(&json!([{"role": "user", "content": "hi"}])), None);
        assert_eq!(counts("**yes**", "no")[2], ("bold".to_owned(), [1.0, 0.0]));
        assert_eq!(counts("é", "no")[3], ("answer_chars".to_owned(), [1.0, 2.0]));
    }
}
