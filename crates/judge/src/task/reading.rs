//! Reading a model's words: JSON wherever it stands, a rating, a yes or no.
//!
//! Lenient about dress, strict about meaning, as [`crate::verdict`] is: what says two things says nothing, and what lies
//! outside its range is refused, never pulled in.

use std::sync::LazyLock;

pub(crate) use chat::json;
use chat::said;
use regex::Regex;
use serde_json::{Map, Value};

/// The reply without its thinking; an error if nothing is left.
pub(crate) fn words(reply: &str) -> Result<&str, String> {
    let words = said::after_thinking(reply)?.trim();
    if words.is_empty() { Err("the reply is empty".to_owned()) } else { Ok(words) }
}

/// The one value that all of `found` agree on; nothing if there are none.
pub(crate) fn agreed<T: PartialEq>(mut found: Vec<T>, what: &str) -> Result<Option<T>, String> {
    let Some(first) = found.pop() else { return Ok(None) };
    if found.iter().all(|other| *other == first) {
        Ok(Some(first))
    } else {
        Err(format!("the reply gives more than one {what}, and they differ"))
    }
}

/// The whole number in a JSON value; numbers in quotes count.
pub(crate) fn whole(value: &Value) -> Option<u32> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        _ => value.as_u64().and_then(|number| u32::try_from(number).ok()),
    }
}

/// The key of an object, whatever its case and whether its words are joined by `_`, `-` or a blank.
pub(crate) fn field<'a>(object: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    let plain = |key: &str| key.trim().to_lowercase().replace([' ', '-'], "_");
    names.iter().find_map(|name| object.iter().find(|(key, _)| plain(key) == *name)).map(|(_, value)| value)
}

/// A text of LaTeX that came in JSON with single backslashes: `"\frac"` is a form feed and `rac` to a JSON reader.
pub(crate) fn latex(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{8}' => plain.push_str("\\b"),
            '\u{c}' => plain.push_str("\\f"),
            '\n' => plain.push_str("\\n"),
            '\r' => plain.push_str("\\r"),
            '\t' => plain.push_str("\\t"),
            c => plain.push(c),
        }
    }
    plain.trim().to_owned()
}

/// The list under one of the keys, or the array that stands alone.
pub(crate) fn lists(words: &str, names: &[&str]) -> Vec<Vec<Value>> {
    let list = |value: Value| match value {
        Value::Array(items) => Some(items),
        Value::Object(object) => field(&object, names)?.as_array().cloned(),
        _ => None,
    };
    json(words).into_iter().filter_map(list).collect()
}

/// Pairs of a name and what is said of it in prose: `**Verbosity**: 4`, `verbosity = 4`, `verbosity is 4`.
static SAID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b([a-z][a-z_ -]*?[a-z])["'*_` ]*(?:\bis\b|[:=])[\s"'*_`$]*([^\s"'*`$][^\n"*`$]*)"#)
        .ok()
});

/// What the prose says of one of `names`.
fn said<'a>(words: &'a str, names: &[&str]) -> Vec<&'a str> {
    let all = SAID.iter().flat_map(|pattern| pattern.captures_iter(words));
    let pairs = all.filter_map(|pair| Some((pair.get(1)?.as_str(), pair.get(2)?.as_str())));
    let named = |name: &str| {
        let name = name.trim().to_lowercase().replace([' ', '-'], "_");
        names.iter().any(|known| {
            name.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('_'))
        })
    };
    pairs.filter(|(name, _)| named(name)).map(|(_, value)| value.trim()).collect()
}

/// A rating from 0 to 9 under one of `names`: in JSON, in a box, in words, or as the whole reply.
pub(crate) fn rating(words: &str, names: &[&str], alone: bool) -> Result<u32, String> {
    let what = names.first().copied().unwrap_or("rating");
    let objects = json(words);
    let values = objects.iter().filter_map(|value| field(value.as_object()?, names));
    let from_json = values.map(rating_in).collect::<Result<Vec<u32>, String>>()?;
    if let Some(rating) = agreed(from_json, what)? {
        return Ok(rating);
    }
    if alone {
        let boxes = said::boxes(words)?;
        let boxes = boxes.into_iter().filter(|inside| !inside.trim().is_empty());
        let from_boxes = boxes.map(rating_of).collect::<Result<Vec<u32>, String>>()?;
        if let Some(rating) = agreed(from_boxes, what)? {
            return Ok(rating);
        }
        if words.chars().all(|c| !c.is_alphabetic()) {
            return rating_of(words);
        }
    }
    let from_words = said(words, names).into_iter().map(rating_of).collect::<Result<Vec<u32>, String>>()?;
    agreed(from_words, what)?.ok_or_else(|| format!("the reply gives no {what}"))
}

/// A rating from 0 to 9 in a JSON value.
pub(crate) fn rating_in(value: &Value) -> Result<u32, String> {
    match value {
        Value::String(text) => rating_of(text),
        Value::Number(number) => rating_of(&number.to_string()),
        _ => Err(format!("`{value}` is no whole number from 0 to 9")),
    }
}

static RATING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[\s*_`$({\[]*(?:\\(?:text|mathrm|mathbf)\{)?([-−]?\d+)\s*(?:/\s*9|out of 9)?[\s*_`$)}\]]*(?:[.,;](?:\s.*)?|[(–—-]\s*[^\d\s].*|\s+[^\d\s/–—-].*)?$")
        .ok()
});

/// The rating at the start of a phrase, such as `4`, `**4**`, `4/9`, `4 (moderate)`; a range or a fraction is none.
fn rating_of(text: &str) -> Result<u32, String> {
    let phrase = text.trim();
    let none = || format!("`{}` is no whole number from 0 to 9", phrase.chars().take(40).collect::<String>());
    let number = RATING.as_ref().and_then(|pattern| pattern.captures(phrase)?.get(1)).ok_or_else(none)?;
    // "4 to 5" and "4 or 5" are no rating either.
    let behind = phrase[number.end()..].trim_start().to_lowercase();
    if ["to ", "or ", "and ", "out of ", "of "].iter().any(|word| behind.starts_with(word))
        && !behind.starts_with("out of 9")
    {
        return Err(none());
    }
    let number: u32 = number.as_str().parse().map_err(|_| none())?;
    if number <= 9 { Ok(number) } else { Err(none()) }
}

/// Yes or no under one of `names`, in JSON or in words.
pub(crate) fn truth(words: &str, names: &[&str]) -> Result<bool, String> {
    let what = names.first().copied().unwrap_or("verdict");
    let objects = json(words);
    let values = objects.iter().filter_map(|value| field(value.as_object()?, names));
    let from_json = values.map(truth_in).collect::<Result<Vec<bool>, String>>()?;
    if let Some(truth) = agreed(from_json, what)? {
        return Ok(truth);
    }
    let from_words = said(words, names).into_iter().map(truth_of).collect::<Result<Vec<bool>, String>>()?;
    agreed(from_words, what)?.ok_or_else(|| format!("the reply does not say `{what}`"))
}

/// Yes or no in a JSON value.
pub(crate) fn truth_in(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        Value::String(text) => truth_of(text),
        _ => Err(format!("`{value}` is neither true nor false")),
    }
}

fn truth_of(text: &str) -> Result<bool, String> {
    let phrase = text.trim().trim_matches(|c: char| !c.is_alphanumeric());
    // Cut before the case is folded: `Ⱥ` takes two bytes and `ⱥ` three.
    let (first, behind) = phrase.split_at(phrase.find(|c: char| !c.is_alphabetic()).unwrap_or(phrase.len()));
    let behind = behind.trim_start();
    // "valid" alone or with an explanation behind a sign; "valid only if …" is neither.
    let ends = behind.is_empty() || behind.starts_with(['.', ',', ';', '(', '–', '—', '-', ':']);
    match first.to_lowercase().as_str() {
        "true" | "yes" | "valid" | "correct" if ends => Ok(true),
        "false" | "no" | "invalid" | "incorrect" if ends => Ok(false),
        "not" if behind == "valid" || behind == "correct" => Ok(false),
        _ => {
            let shown: String = phrase.chars().take(40).collect();
            Err(format!("`{shown}` is neither true nor false"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json as j;

    use super::*;

    #[test]
    fn json_is_found_wherever_it_stands() {
        let check = |text: &str, expect: &[Value]| assert_eq!(json(text), expect, "{text}");
        check(r#"{"a": 1}"#, &[j!({"a": 1})]);
        check("Here it is:\n```json\n[[0, 2], [1]]\n```\nDone.", &[j!([[0, 2], [1]])]);
        check(r#"The set {0, 2} and then {"a": [1]} and [2]"#, &[j!({"a": [1]}), j!([2])]);
        check(r"\boxed{[[0], [1]]}", &[j!([[0], [1]])]);
        check(
            "{'a': True, 'b': None, 'c': ['it\\'s', \"x\"],}",
            &[j!({"a": true, "b": null, "c": ["it's", "x"]})],
        );
        check(r#"{"answer": "\frac{1}{2}"}"#, &[j!({"answer": "\u{c}rac{1}{2}"})]);
        check(r#"{"answer": "$\sqrt{2}$"}"#, &[j!({"answer": "$\\sqrt{2}$"})]);
        check("{\"a\": \"two\nlines\"}", &[j!({"a": "two\nlines"})]);
        check("{ [ ( } ]", &[]);
        check(r#"{"a": 1"#, &[]);
    }

    #[test]
    fn latex_survives_json() {
        let check = |text: &str, expect: &str| {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(latex(value.as_str().unwrap()), expect, "{text}");
        };
        check(r#""\\frac{1}{2}""#, r"\frac{1}{2}");
        check(r#""\frac{1}{2}""#, r"\frac{1}{2}");
        check(r#""\frac{1}{2}\text{ m}""#, r"\frac{1}{2}\text{ m}");
        check(r#"" 12 ""#, "12");
    }

    #[test]
    fn ratings_are_read_in_every_dress() {
        let check = |text: &str, expect: u32| {
            assert_eq!(rating(text, &["verbosity", "rv", "rating"], true), Ok(expect), "{text}");
        };
        check("4", 4);
        check("**4**", 4);
        check(" 0.\n", 0);
        check(r"It is thorough. \boxed{7}", 7);
        check(r"\boxed{\text{7}}", 7);
        check(r#"{"verbosity": 4}"#, 4);
        check("```json\n{\"reason\": \"two checks, 12 steps\", \"verbosity\": \"5\"}\n```", 5);
        check("{'Verbosity': 6}", 6);
        check("It explores 3 ways.\n\n**Verbosity:** 6", 6);
        check("Verbosity = 6 (thorough)", 6);
        check("The reasoning verbosity is 6.", 6);
        check("RV: 9/9", 9);
        check("Rating: 3 out of 9", 3);
        check("Rating: 3, because it is brief.", 3);
        check("Verbosity: 3 – brief", 3);
    }

    #[test]
    fn what_is_no_rating_is_refused_and_never_pulled_in() {
        let check = |text: &str, expect: &str| {
            assert_eq!(rating(text, &["verbosity", "rv"], true), Err(expect.to_owned()), "{text}");
        };
        check("10", "`10` is no whole number from 0 to 9");
        check("-1", "`-1` is no whole number from 0 to 9");
        check(r#"{"verbosity": 10}"#, "`10` is no whole number from 0 to 9");
        check(r#"{"verbosity": 4.5}"#, "`4.5` is no whole number from 0 to 9");
        check(r#"{"verbosity": null}"#, "`null` is no whole number from 0 to 9");
        check("Verbosity: 4-5", "`4-5` is no whole number from 0 to 9");
        check("Verbosity: 4 to 5", "`4 to 5` is no whole number from 0 to 9");
        check("Verbosity: 4 or 5", "`4 or 5` is no whole number from 0 to 9");
        check("Verbosity: 7/10", "`7/10` is no whole number from 0 to 9");
        check("Verbosity: 7 out of 10", "`7 out of 10` is no whole number from 0 to 9");
        check("Verbosity: 4.5", "`4.5` is no whole number from 0 to 9");
        check("Verbosity: high", "`high` is no whole number from 0 to 9");
        check(r"\boxed{3} or \boxed{4}", "the reply gives more than one verbosity, and they differ");
        check(
            r#"{"verbosity": 3} {"verbosity": 4}"#,
            "the reply gives more than one verbosity, and they differ",
        );
        check("It has 12 steps.", "the reply gives no verbosity");
        check("", "`` is no whole number from 0 to 9");
    }

    #[test]
    fn yes_and_no_are_read_and_everything_else_is_refused() {
        let read = |text: &str| truth(text, &["reasoning_valid", "reasoning"]);
        let check = |text: &str, expect: bool| assert_eq!(read(text), Ok(expect), "{text}");
        check(r#"{"reasoning_valid": true, "solution_valid": false}"#, true);
        check(r#"{"solution_valid": true, "Reasoning Valid": "No"}"#, false);
        check("{'reasoning_valid': False}", false);
        check("**Reasoning valid:** yes, each step follows", true);
        check("Reasoning: invalid (step 3)", false);
        check("The reasoning is not valid.", false);
        check("reasoning_valid = true\nsolution_valid = false", true);
        let refuse = |text: &str, expect: &str| assert_eq!(read(text), Err(expect.to_owned()), "{text}");
        refuse("Reasoning: partly", "`partly` is neither true nor false");
        refuse("Reasoning: Ⱥ−yes", "`Ⱥ−yes` is neither true nor false");
        refuse("Reasoning: valid only if x > 0", "`valid only if x > 0` is neither true nor false");
        refuse(r#"{"reasoning_valid": 1}"#, "`1` is neither true nor false");
        refuse(
            "Reasoning: yes\nReasoning: no",
            "the reply gives more than one reasoning_valid, and they differ",
        );
        refuse("I cannot tell.", "the reply does not say `reasoning_valid`");
        refuse(r#"{"solution_valid": true}"#, "the reply does not say `reasoning_valid`");
    }

    #[test]
    fn thinking_aloud_is_not_the_reply() {
        assert_eq!(words("<think>{\"a\": 1}</think> 4 "), Ok("4"));
        assert_eq!(words("<think>hm"), Err("the reply ends in the middle of its thinking".to_owned()));
        assert_eq!(words(" "), Err("the reply is empty".to_owned()));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic_and_never_out_of_range(
            text in r#"([0-9−\-{}\[\]\\"':,*/ .]|\\boxed\{|verbosity|reasoning|true|no|valid|: |[Ⱥİ\u{212a}]|\PC){0,60}"#
        ) {
            let _ = json(&text);
            let _ = lists(&text, &["a"]);
            let _ = truth(&text, &["reasoning_valid", "reasoning"]);
            if let Ok(rating) = rating(&text, &["verbosity"], true) {
                prop_assert!(rating <= 9);
            }
        }

        #[test]
        fn a_value_is_found_whatever_stands_around_it(before in "[a-z ,.\n]{0,30}", number in 0_u32..10) {
            let text = format!("{before}{{\"verbosity\": {number}}}{before}");
            prop_assert_eq!(rating(&text, &["verbosity"], true), Ok(number));
        }
    }
}
