//! Reading an index out of a judge's words.
//!
//! Lenient about dress (a box, JSON, bold, "step 3", a LaTeX wrapper), strict about meaning: what names two
//! steps, half a step, or one that does not exist is unreadable. Only a written -1 means "no step": silence
//! and nonsense never do.

use std::ops::Range;
use std::sync::LazyLock;

use chat::said::{after_thinking, boxes};
use regex::Regex;
use serde_json::Value;

/// What a judge said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The 0-based step.
    Step(u32),
    /// No step.
    Absent,
}

/// Reads a verdict on `steps` steps; an error says why there is none.
pub fn read(reply: &str, steps: usize) -> Result<Verdict, String> {
    read_within(reply, 0..steps)
}

/// The reply comes to a conclusion: it has something in a box.
pub fn concludes(reply: &str) -> bool {
    let boxes = after_thinking(reply).and_then(boxes);
    boxes.is_ok_and(|boxes| boxes.iter().any(|inside| !inside.trim().is_empty()))
}

/// Reads a verdict on a run of steps that keep their numbers.
pub fn read_within(reply: &str, steps: Range<usize>) -> Result<Verdict, String> {
    let words = after_thinking(reply)?;
    if words.trim().is_empty() {
        return Err("the reply is empty".to_owned());
    }
    let mut boxes = boxes(words)?;
    // "I put it into \boxed{}: \boxed{3}" speaks of a box before it makes one.
    if boxes.iter().any(|inside| !inside.trim().is_empty()) {
        boxes.retain(|inside| !inside.trim().is_empty());
    }
    let named = agreed(&boxes, "boxes", |inside| {
        integer(inside).ok_or_else(|| format!("the box holds `{}`, which is no index", inside.trim()))
    })?;
    let named = match named {
        Some(index) => index,
        None => from_prose(words)?,
    };
    in_range(named, &steps)
}

fn in_range(index: i64, steps: &Range<usize>) -> Result<Verdict, String> {
    match u32::try_from(index) {
        Ok(step) if steps.contains(&(step as usize)) => Ok(Verdict::Step(step)),
        _ if index == -1 => Ok(Verdict::Absent),
        _ => Err(format!(
            "{index} is no step: they run from {} to {}",
            steps.start,
            steps.end.saturating_sub(1)
        )),
    }
}

/// The index that all of `found` name, `None` if nothing was found.
fn agreed<'a>(
    found: &[&'a str],
    what: &str,
    read: impl Fn(&'a str) -> Result<i64, String>,
) -> Result<Option<i64>, String> {
    let mut indices = found.iter().map(|text| read(text)).collect::<Result<Vec<i64>, String>>()?;
    indices.sort_unstable();
    indices.dedup();
    match indices.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        [first, .., last] => Err(format!("the {what} disagree: {first} and {last}")),
    }
}

/// Words that may stand beside the index without changing it.
const DRESS: &[&str] = &["step", "paragraph", "index", "number", "no", "the", "is", "answer", "i"];
/// LaTeX commands that only style what they hold.
const STYLES: &[&str] =
    &["text", "textbf", "texttt", "textrm", "mathrm", "mathbf", "mathit", "boldsymbol", "mbox", "quad"];

/// The only integer of a text that otherwise holds nothing but dress.
fn integer(text: &str) -> Option<i64> {
    let mut found = None;
    let mut minus = false;
    let mut rest = text.trim().trim_end_matches('.');
    while let Some(first) = rest.chars().next() {
        let length = run_length(rest, first);
        let (token, behind) = rest.split_at(length);
        match first {
            '0'..='9' if found.is_none() => {
                let number: i64 = token.parse().ok()?;
                found = Some(if minus { -number } else { number });
                minus = false;
            }
            '-' | '−' if found.is_none() && !minus => minus = true,
            '\\' => is_style(token).then_some(())?,
            _ if first.is_alphabetic() => {
                DRESS.contains(&token.to_lowercase().as_str()).then_some(())?;
            }
            _ if first.is_whitespace() || "{}()[]<>$*_`\"'#:=~".contains(first) => {}
            _ => return None,
        }
        rest = behind;
    }
    found.filter(|_| !minus)
}

/// Bytes of the token that starts `text`.
fn run_length(text: &str, first: char) -> usize {
    let run = |belongs: fn(char) -> bool| text.find(|c: char| !belongs(c)).unwrap_or(text.len());
    match first {
        '0'..='9' => run(|c| c.is_ascii_digit()),
        '\\' => {
            let name = text[1..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len() - 1);
            let symbol = text[1..].chars().next().map_or(0, char::len_utf8);
            1 + if name > 0 { name } else { symbol }
        }
        _ if first.is_alphabetic() => run(char::is_alphabetic),
        _ => first.len_utf8(),
    }
}

fn is_style(command: &str) -> bool {
    let name = &command[1..];
    STYLES.contains(&name) || matches!(name, " " | "," | ";" | "!" | "_" | "{" | "}" | "(" | ")" | "[" | "]")
}

static BOLD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\*\*([^*\n]{1,40})\*\*").ok());
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:step|paragraph|index)[\s_#:=*`\\{\[(]*(?:(?:is|number|no\.)[\s#:=*`]*)?([-−]?\d+(?:[.,]\d+)*)",
    )
    .ok()
});
static CONCLUDED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:answer|verdict|result|conclusion)(?:\s+is)?\s*[:=]?[\s*`$]*(?:(?:step|paragraph|index)[\s_#:=*`]*)?([-−]?\d+(?:[.,]\d+)*)[\s*`$.]*$",
    )
    .ok()
});

/// Without a box: the whole reply, JSON, the last line's conclusion, bold, or the steps that are named.
fn from_prose(words: &str) -> Result<i64, String> {
    if let Some(index) = integer(words) {
        return Ok(index);
    }
    if let Some(index) = from_json(words)? {
        return Ok(index);
    }
    // Weak models begin to write the steps down once more, tags and all.
    if words.trim_start().starts_with("<step_") {
        return Err("the reply copies the steps".to_owned());
    }
    let last_line = words.trim_end().lines().last().unwrap_or_default();
    let whole = |text: &str| integer(text).ok_or_else(|| format!("`{text}` is no index"));
    if let Some(index) = agreed(&captures(&CONCLUDED, last_line), "conclusions", whole)? {
        return Ok(index);
    }
    let bold: Vec<&str> = captures(&BOLD, words).into_iter().filter(|bold| integer(bold).is_some()).collect();
    if let Some(index) = agreed(&bold, "bold numbers", whole)? {
        return Ok(index);
    }
    let named = agreed(&captures(&NAMED, words), "named steps", whole)?;
    named.ok_or_else(|| "the reply names no step".to_owned())
}

fn captures<'a>(pattern: &Option<Regex>, text: &'a str) -> Vec<&'a str> {
    let all = pattern.iter().flat_map(|pattern| pattern.captures_iter(text));
    all.filter_map(|captures| captures.get(1)).map(|found| found.as_str()).collect()
}

/// Keys under which judges hand over an index.
const KEYS: &[&str] = &[
    "step",
    "index",
    "paragraph",
    "answer",
    "verdict",
    "result",
    "step_index",
    "first_step",
    "paragraph_index",
];

/// A JSON object with one of the known keys, bare, fenced, or the last thing of the reply.
fn from_json(words: &str) -> Result<Option<i64>, String> {
    let (Some(start), Some(end)) = (words.find('{'), words.rfind('}')) else { return Ok(None) };
    let Some(Ok(Value::Object(object))) = words.get(start..=end).map(serde_json::from_str) else {
        return Ok(None);
    };
    let values: Vec<String> = KEYS.iter().filter_map(|key| object.get(*key)).map(plain).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    agreed(&values, "JSON values", |value| {
        integer(value).ok_or_else(|| format!("the JSON holds `{value}`, which is no index"))
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(reply: &str, expect: Verdict) {
        assert_eq!(read(reply, 10), Ok(expect), "{reply}");
    }

    fn unreadable(reply: &str, expect: &str) {
        assert_eq!(read(reply, 10), Err(expect.to_owned()), "{reply}");
    }

    #[test]
    fn an_index_is_read_in_every_dress() {
        use Verdict::{Absent, Step};
        check(r"\boxed{3}", Step(3));
        check(r"So the answer first stands in step 5, not in step 4: \boxed{5}", Step(5));
        check(r"\boxed{\text{Paragraph } 4}", Step(4));
        check(r"\boxed{\text{step}_4}", Step(4));
        check(r"\boxed{\text{step\_4}}", Step(4));
        check(r"\boxed{<step_4>}", Step(4));
        check(r"$$\boxed{ \mathbf{0} }$$", Step(0));
        check(r"\boxed {7}.", Step(7));
        check(r"I put the index into \boxed{}: \boxed{3}", Step(3));
        check(r"\boxed{3}, that is \boxed{\text{step 3}}", Step(3));
        check(r"\boxed{-1}", Absent);
        check(r"\boxed{−1}", Absent);
        check(r"\boxed{{-}1}", Absent);
        check("-1", Absent);
        check("3", Step(3));
        check("  3.\n", Step(3));
        check("**3**", Step(3));
        check("The first one is **step 3**.", Step(3));
        check("Step 3", Step(3));
        check("It is first asserted in step 3.", Step(3));
        check("The answer is stated in `<step_6>`.", Step(6));
        check("paragraph number 2", Step(2));
        check("<step_6>", Step(6));
        check("<step_0> only restates.\n\n\\boxed{1}", Step(1));
        check("Step 1 only restates. Step 2 guesses.\nAnswer: 7", Step(7));
        check("Step 1 only restates.\n**Final answer: step 7**", Step(7));
        check(r#"{"step": 3}"#, Step(3));
        check("Here:\n```json\n{\"reason\": \"step 1 is a guess\", \"index\": \"2\"}\n```", Step(2));
        check(r#"{"paragraph": -1}"#, Absent);
        check(r"<think>step 1? \boxed{1}</think>\boxed{2}", Step(2));
    }

    #[test]
    fn what_is_not_one_index_is_no_verdict() {
        unreadable(r"\boxed{2} or \boxed{5}", "the boxes disagree: 2 and 5");
        unreadable(r"\boxed{2, 5}", "the box holds `2, 5`, which is no index");
        unreadable(r"\boxed{\{2, 5\}}", r"the box holds `\{2, 5\}`, which is no index");
        unreadable(r"\boxed{1.5}", "the box holds `1.5`, which is no index");
        unreadable(r"\boxed{\frac{3}{2}}", r"the box holds `\frac{3}{2}`, which is no index");
        unreadable(r"\boxed{2-5}", "the box holds `2-5`, which is no index");
        unreadable(r"\boxed{x}", "the box holds `x`, which is no index");
        unreadable(r"\boxed{}", "the box holds ``, which is no index");
        unreadable(r"\boxed{\text{none}}", r"the box holds `\text{none}`, which is no index");
        unreadable(r"\boxed{3", "a box is not closed");
        unreadable(r"\boxed{10}", "10 is no step: they run from 0 to 9");
        unreadable(r"\boxed{-2}", "-2 is no step: they run from 0 to 9");
        unreadable(
            r"\boxed{99999999999999999999}",
            "the box holds `99999999999999999999`, which is no index",
        );
        unreadable("", "the reply is empty");
        unreadable("<think>hm, step 3", "the reply ends in the middle of its thinking");
        unreadable("I cannot tell.", "the reply names no step");
        unreadable("No step does.", "the reply names no step");
        unreadable("Step 3, or maybe step 4.", "the named steps disagree: 3 and 4");
        unreadable("step 1.5", "`1.5` is no index");
        unreadable(r#"{"step": 1.5}"#, "the JSON holds `1.5`, which is no index");
        unreadable(r#"{"step": [2, 5]}"#, "the JSON holds `[2,5]`, which is no index");
        unreadable(r#"{"step": null}"#, "the JSON holds `null`, which is no index");
        unreadable("12", "12 is no step: they run from 0 to 9");
        unreadable("<step_0>\nOkay, let me see.\n</step_0>", "the reply copies the steps");
        unreadable("<step_3> So it is 5.", "the reply copies the steps");
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic_and_never_out_of_range(
            text in r"([0-9−\-{}\\. ,*]|\\boxed\{|step |</think>|[Ⱥİ\u{212a}]|\PC){0,40}", steps in 1_usize..20
        ) {
            if let Ok(Verdict::Step(step)) = read(&text, steps) {
                prop_assert!((step as usize) < steps);
            }
        }

        #[test]
        fn a_box_is_read_whatever_stands_around_it(before in "[a-z ,.]{0,30}", index in -1_i64..20) {
            let read = read(&format!("{before}\\boxed{{{index}}}{before}"), 20).unwrap();
            prop_assert_eq!(read, u32::try_from(index).map_or(Verdict::Absent, Verdict::Step));
        }
    }
}
