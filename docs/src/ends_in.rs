//! Takes a reply for right that ends in an acceptable answer, letter by letter.

use answer::Policy;
use chat::{Dialogue, done};
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Grade, Verdict};

use crate::{Grader, Item};

/// Compares the end of the reply.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct EndsIn {
    /// Full stops after the answer do not count.
    full_stops: bool,
    #[serde(skip)]
    policy: Policy,
}

impl Component for EndsIn {
    const KIND: &'static str = "ends_in";
    const ABOUT: &'static str = "wants the reply to end in the answer, letter by letter";
    type Built = dyn Grader;

    fn build(self, _: &mut Content) -> Result<Box<dyn Grader>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Grader for EndsIn {
    fn name(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: Item<'a>) -> Box<dyn Dialogue<Grade> + 'a> {
        let mut reply = item.generation.answer_text.trim_end();
        if self.full_stops {
            reply = reply.trim_end_matches('.');
        }
        let is_right = item.problem.gold.iter().any(|gold| reply.ends_with(gold.as_str()));
        let verdict = if is_right { Verdict::Right } else { Verdict::Wrong };
        Box::new(done(Grade { verdict, how: Some("by its end".to_owned()), ..Grade::default() }))
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }
}

#[cfg(test)]
mod tests {
    use plugin::{Registry, entry};
    use serde_json::json;
    use tables::{Generation, Problem};

    use super::*;

    /// What `graders/mod.rs` would say.
    static GRADERS: Registry<dyn Grader> = Registry::new("grader", &[entry::<EndsIn>()]);

    #[test]
    fn the_end_decides() {
        let check = |reply: &str, full_stops: bool, expect: Verdict| {
            let grader =
                GRADERS.build(&json!({"kind": "ends_in", "full_stops": full_stops}), "grade").unwrap();
            let problem = Problem { gold: vec!["41".to_owned(), "42".to_owned()], ..Problem::default() };
            let generation = Generation { answer_text: reply.to_owned(), ..Generation::default() };
            let item = Item::new(&problem, &generation);
            assert_eq!(crate::at_once(&*grader.built, item).verdict, expect, "{reply}");
        };
        check("It is 42\n", false, Verdict::Right);
        check("It is 42.", false, Verdict::Wrong);
        check("It is 42.", true, Verdict::Right);
    }
}
