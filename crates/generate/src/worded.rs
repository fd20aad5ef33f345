//! What is asked by default where the answer is no value in a box: a program, or a grid.

use plugin::Value;

use crate::GENERATORS;

/// By the grader: the question that fits what it reads. The text of a grid's problem says itself what is wanted.
const QUESTIONS: &[(&str, &str)] =
    &[("code", include_str!("../prompts/code.txt")), ("grid", include_str!("../prompts/grid.txt"))];

/// Keys that say what is asked.
const WORDS: [&str; 3] = ["prompt", "prompt_file", "strategy"];

/// A model's table with the question that fits its grader, unless it says itself what is asked.
pub(crate) fn for_grader(table: &Value, grader: Option<&str>) -> Value {
    let mut table = table.clone();
    let question = QUESTIONS.iter().find(|(kind, _)| Some(*kind) == grader).map(|(_, text)| *text);
    if let (Some(keys), Some(question)) = (table.as_object_mut(), question) {
        let kind = keys.get("kind").and_then(Value::as_str).unwrap_or(GENERATORS.usual);
        let takes = GENERATORS.get(kind).is_some_and(|entry| entry.takes("prompt"));
        if takes && !WORDS.iter().any(|word| keys.contains_key(*word)) {
            keys.insert("prompt".to_owned(), question.trim_end().into());
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn programs_and_grids_are_not_asked_for_in_a_box() {
        let check = |table: Value, grader: Option<&str>, expect: Option<&str>| {
            let asked = for_grader(&table, grader);
            let prompt = asked.get("prompt").and_then(Value::as_str);
            assert_eq!(
                prompt.map(|text| text.contains("```python")),
                expect.map(|word| word == "code"),
                "{table}"
            );
            let mut rest = asked.clone();
            rest.as_object_mut().unwrap().remove("prompt");
            let mut own = table.clone();
            own.as_object_mut().unwrap().remove("prompt");
            assert_eq!(rest, own);
        };
        let model = || json!({"name": "m", "kind": "openai", "model": "x"});
        check(model(), None, None);
        check(model(), Some("answer"), None);
        check(model(), Some("code"), Some("code"));
        check(model(), Some("grid"), Some("grid"));
        check(json!({"name": "m", "model": "x"}), Some("code"), Some("code"));
        check(json!({"name": "m", "kind": "recorded"}), Some("code"), None);
        check(json!({"name": "m", "kind": "openai", "strategy": "direct"}), Some("code"), None);
        check(json!({"name": "m", "kind": "openai", "prompt": "{{ problem }}"}), Some("code"), Some("own"));
    }
}
