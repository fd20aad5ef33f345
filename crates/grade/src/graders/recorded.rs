//! Verdicts that came with the replies: what another tool's grader, or a person, said of them.

use answer::Policy;
use chat::{Dialogue, done};
use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tables::{Generation, Grade, Verdict};

use crate::{Grader, Item, by_engine};

/// Takes the verdict from a column of the recorded replies; the answer itself is extracted as by the grader `answer`. A
/// reply whose column says neither right nor wrong is undecided.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Recorded {
    /// The column; what lies inside it is named with dots, such as `recorded_grade.accuracy`.
    column: String,
    /// What counts as the same answer among the samples of a problem.
    policy: Policy,
}

impl Default for Recorded {
    fn default() -> Self {
        Self { column: "recorded_grade".to_owned(), policy: Policy::default() }
    }
}

impl Component for Recorded {
    const KIND: &'static str = "recorded";
    const ABOUT: &'static str = "takes the verdict from a column of recorded replies";
    type Built = dyn Grader;

    fn build(self, _: &mut Content) -> Result<Box<dyn Grader>, ConfigErrors> {
        if self.column.trim().is_empty() {
            return Err(ConfigError::new("column", "must name a column").into());
        }
        Ok(Box::new(self))
    }
}

impl Grader for Recorded {
    fn name(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: Item<'a>) -> Box<dyn Dialogue<Grade> + 'a> {
        let grade = by_engine(item, &self.policy);
        Box::new(done(if grade.verdict == Verdict::Failed {
            grade
        } else {
            self.with_recorded(item.generation, grade)
        }))
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl Recorded {
    /// The grade with the recorded verdict in place of the engine's.
    fn with_recorded(&self, generation: &Generation, grade: Grade) -> Grade {
        let said = column(generation, &self.column);
        let verdict = match said.as_ref().and_then(is_right) {
            Some(true) => Verdict::Right,
            Some(false) => Verdict::Wrong,
            None => Verdict::Undecided,
        };
        let how = match &said {
            None => format!("there is no column `{}`", self.column),
            Some(value) if verdict == Verdict::Undecided => {
                format!("`{}` is {value}, which says neither right nor wrong", self.column)
            }
            Some(value) => format!("`{}` is {value}", self.column),
        };
        Grade { grader: Self::KIND.to_owned(), verdict, how: Some(how), ..grade }
    }
}

/// The value at a path of the source's own columns.
fn column(generation: &Generation, path: &str) -> Option<Value> {
    let columns: Value = serde_json::from_str(generation.extra.as_deref()?).ok()?;
    let whole = columns.get(path);
    let inside = || path.split('.').try_fold(&columns, |value, key| value.get(key));
    whole.or_else(inside).filter(|value| !value.is_null()).cloned()
}

/// What a recorded value says: a truth value, 1 or 0, or a word for it; alone in a table or a list it is meant itself.
fn is_right(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(right) => Some(*right),
        Value::Number(number) if number.as_f64() == Some(1.0) => Some(true),
        Value::Number(number) if number.as_f64() == Some(0.0) => Some(false),
        Value::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "right" | "correct" | "c" | "1" | "1.0" => Some(true),
            "false" | "no" | "wrong" | "incorrect" | "i" | "0" | "0.0" => Some(false),
            _ => None,
        },
        Value::Array(values) if values.len() == 1 => is_right(&values[0]),
        Value::Object(values) if values.len() == 1 => values.values().next().and_then(is_right),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tables::{Finish, Problem};

    use super::*;
    use crate::{GRADERS, at_once};

    fn graded(table: &Value, extra: Option<Value>, finish: Finish) -> Grade {
        let grader = GRADERS.build(table, "grade").unwrap_or_else(|faults| panic!("{faults}")).built;
        let problem = Problem { gold: vec!["5".into()], ..Problem::default() };
        let generation = Generation {
            answer_text: "\\boxed{5}".into(),
            extra: extra.map(|extra| extra.to_string()),
            finish,
            ..Generation::default()
        };
        at_once(grader.as_ref(), Item::new(&problem, &generation))
    }

    #[test]
    fn the_column_decides_whatever_the_engine_says() {
        let check = |column: &str, extra: Value, expect: Verdict| {
            let grade =
                graded(&json!({"kind": "recorded", "column": column}), Some(extra.clone()), Finish::Stop);
            assert_eq!(
                (grade.verdict, grade.extracted.as_deref()),
                (expect, Some("5")),
                "{column} of {extra}"
            );
            assert_eq!(grade.grader, "recorded");
        };
        check("ok", json!({"ok": false}), Verdict::Wrong);
        check("ok", json!({"ok": 1.0}), Verdict::Right);
        check("ok", json!({"ok": "C"}), Verdict::Right);
        check("grade.acc", json!({"grade": {"acc": 0, "f1": 0.5}}), Verdict::Wrong);
        check("grade", json!({"grade": {"acc": [true]}}), Verdict::Right);
        check("grade", json!({"grade": {"acc": 0, "f1": 1}}), Verdict::Undecided);
        check("a.b", json!({"a.b": true}), Verdict::Right);
        check("ok", json!({"ok": 0.5}), Verdict::Undecided);
        check("ok", json!({"other": true}), Verdict::Undecided);
    }

    #[test]
    fn the_reason_names_the_column() {
        let how = |extra| graded(&json!({"kind": "recorded"}), extra, Finish::Stop).how.unwrap_or_default();
        assert_eq!(how(None), "there is no column `recorded_grade`");
        let said = how(Some(json!({"recorded_grade": "maybe"})));
        assert_eq!(said, "`recorded_grade` is \"maybe\", which says neither right nor wrong");
        let failed = graded(&json!({"kind": "recorded"}), Some(json!({"recorded_grade": 1})), Finish::Error);
        assert_eq!(failed.verdict, Verdict::Failed);
    }
}
