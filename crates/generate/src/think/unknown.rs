//! Tags that nobody knows: where most replies of a model open alike, they may be thinking that would count as answer.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chat::KNOWN_TAGS;
use regex::Regex;

/// What every tag begins with.
const BRACKETS: [char; 4] = ['<', '[', '◁', '{'];
/// What a reply may open with: `<word>`, `[WORD]`, `<|word|>` and their kin, or special tokens with a word between them.
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "a constant pattern, compiled by every test run")]
    Regex::new(concat!(
        r"^\s*(<\|(?:open|start|begin|channel)\|>[a-z]{1,20}<\|[^|<>\s]{1,40}\|>|<\|[^|<>\s]{1,40}\|>|<\|[^|<>\s]{1,40}>[a-z]{0,20}",
        r"|<[A-Za-z][\w:.-]{0,40}>|\[[A-Z][A-Z_]{1,40}\]|◁[^▷\s]{1,40}▷|\{\{?[a-z_]{1,40}\}?\})"
    ))
    .expect("a valid pattern")
});

/// Tags of answers, of markup and of calls of tools, which are no thinking.
const INNOCENT: &[&str] = &[
    "answer",
    "final",
    "final_answer",
    "response",
    "output",
    "result",
    "solution",
    "p",
    "div",
    "span",
    "b",
    "i",
    "ol",
    "ul",
    "li",
    "h1",
    "h2",
    "h3",
    "html",
    "body",
    "table",
    "code",
    "pre",
    "br",
    "math",
    "svg",
    "tool_call",
    "function",
    "json",
    "s",
    "bos",
    "channel",
    "message",
    "start",
    "im_start",
    "assistant",
    "turn",
];

/// Openings that no known pair explains, each with how often it came and whether its closing tag came too.
#[derive(Clone, Debug, Default)]
pub(super) struct UnknownTags {
    replies: u64,
    openings: BTreeMap<String, Opening>,
}

#[derive(Clone, Debug, Default)]
struct Opening {
    replies: u64,
    closed: u64,
}

/// A tag that most replies of a model open with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTag {
    /// The tag.
    pub open: String,
    /// What closes it, where that is seen in the replies.
    pub close: Option<String>,
    /// Replies that open with it.
    pub replies: u64,
}

impl UnknownTags {
    /// Looks at a reply; one that a known pair explains only counts.
    pub(super) fn add(&mut self, text: &str, known: bool) {
        self.replies += 1;
        // Most replies open with a word, and for these alone the pattern is not worth compiling.
        if known || !text.trim_start().starts_with(BRACKETS) {
            return;
        }
        let Some(open) = OPENING.captures(text).and_then(|found| found.get(1)) else {
            return;
        };
        if is_innocent(open.as_str()) {
            return;
        }
        let close = closing(open.as_str());
        let opening = self.openings.entry(open.as_str().to_owned()).or_default();
        opening.replies += 1;
        opening.closed += u64::from(close.is_some_and(|close| text[open.end()..].contains(&close)));
    }

    /// The one that more than half of the replies open with.
    pub(super) fn most(&self) -> Option<UnknownTag> {
        let (open, opening) = self.openings.iter().max_by_key(|(_, opening)| opening.replies)?;
        (opening.replies * 2 > self.replies).then(|| UnknownTag {
            open: open.clone(),
            close: closing(open).filter(|_| opening.closed > 0),
            replies: opening.replies,
        })
    }
}

impl UnknownTag {
    /// The line that makes it known.
    pub fn line(&self) -> String {
        let close = self.close.as_deref().unwrap_or("…");
        format!("think = {{ open = {:?}, close = {close:?} }}", self.open)
    }
}

fn is_innocent(open: &str) -> bool {
    let word = open.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
    INNOCENT.contains(&word.as_str()) || KNOWN_TAGS.iter().any(|(known, ..)| *known == open)
}

/// What closes a tag, by how such tags are made.
fn closing(open: &str) -> Option<String> {
    let swapped = [("begin", "end"), ("BEGIN", "END"), ("start", "end"), ("START", "END"), ("open", "close")];
    if let Some((from, to)) = swapped.iter().find(|(from, _)| open.contains(from)) {
        return Some(open.replace(from, to));
    }
    let ends =
        |first: &str, slash: &str| open.strip_prefix(first).map(|rest| format!("{first}{slash}{rest}"));
    if open.starts_with("<|") && !open.contains("|>") {
        // `<|name>word` is closed by `<name|>`.
        return open.strip_prefix("<|")?.split_once('>').map(|(name, _)| format!("<{name}|>"));
    }
    ["<|", "<", "[", "◁"].iter().find_map(|first| ends(first, "/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most(texts: &[&str]) -> Option<(String, String)> {
        let mut tags = UnknownTags::default();
        texts.iter().for_each(|text| tags.add(text, false));
        tags.most().map(|tag| (tag.open.clone(), tag.line()))
    }

    #[test]
    fn the_line_to_write_is_told() {
        let check = |text: &str, open: &str, close: &str| {
            let line = format!("think = {{ open = {open:?}, close = {close:?} }}");
            assert_eq!(most(&[text]), Some((open.to_owned(), line)), "{text}");
        };
        check("<ponder>hm</ponder>5", "<ponder>", "</ponder>");
        check("\n<my:inner-voice>\nhm</my:inner-voice>5", "<my:inner-voice>", "</my:inner-voice>");
        check("[PONDER]hm[/PONDER]5", "[PONDER]", "[/PONDER]");
        check("<|ponder_start|>hm<|ponder_end|>5", "<|ponder_start|>", "<|ponder_end|>");
        check("<|begin_of_plan|>hm<|end_of_plan|>5", "<|begin_of_plan|>", "<|end_of_plan|>");
        check("<|ponder|>hm<|/ponder|>5", "<|ponder|>", "<|/ponder|>");
        check("◁muse▷hm◁/muse▷5", "◁muse▷", "◁/muse▷");
        check("<|stream>muse\nhm<stream|>5", "<|stream>muse", "<stream|>");
        check("<|open|>muse<|sep|>hm<|close|>muse<|sep|>5", "<|open|>muse<|sep|>", "<|close|>muse<|sep|>");
        // What closes it is not seen, so it is left to whoever knows.
        check("<ponder>hm", "<ponder>", "…");
    }

    #[test]
    fn answers_and_markup_are_no_thinking_and_few_are_not_most() {
        let check = |texts: &[&str]| assert_eq!(most(texts), None, "{texts:?}");
        check(&["<answer>5</answer>", "<p>5</p>", "[5]", "5", "**5**", "\\boxed{5}", "{\"answer\": 5}"]);
        check(&["<answer>5</answer>", "<answer>6</answer>"]);
        check(&["<ponder>hm</ponder>5", "5"]);
    }
}
