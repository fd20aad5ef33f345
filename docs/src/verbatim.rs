//! Takes the first step in which the answer stands as it is written.

use chat::Dialogue;
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Judgment;

use crate::item::{absent, found, known};
use crate::{Item, Judge};

/// Looks for the text of an acceptable answer.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Verbatim {
    /// Upper and lower case are the same.
    ignore_case: bool,
}

impl Component for Verbatim {
    const KIND: &'static str = "verbatim";
    const ABOUT: &'static str = "looks for the answer as it is written";
    type Built = dyn Judge;

    fn build(self, _: &mut Content) -> Result<Box<dyn Judge>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Verbatim {
    fn holds(&self, step: &str, gold: &str) -> bool {
        if self.ignore_case {
            step.to_lowercase().contains(&gold.to_lowercase())
        } else {
            step.contains(gold)
        }
    }
}

impl Judge for Verbatim {
    fn name(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        let holds = |step: &str| item.problem.gold.iter().any(|gold| self.holds(step, gold));
        known(match (0..).zip(item.step_texts()).find(|(_, step)| holds(step)) {
            Some((step, _)) => found(step),
            None => absent(),
        })
    }
}

#[cfg(test)]
mod tests {
    use plugin::{Registry, entry};
    use serde_json::json;
    use tables::{Generation, Grade, JudgeState, Problem, Step};

    use super::*;

    /// What `judges/mod.rs` would say.
    static JUDGES: Registry<dyn Judge> = Registry::new("judge", &[entry::<Verbatim>()]);

    #[test]
    fn the_first_step_that_holds_the_text() {
        let check = |reasoning: &str, gold: &str, expect: Option<u32>| {
            let judge = JUDGES.build(&json!({"kind": "verbatim", "ignore_case": true}), "judge").unwrap();
            let problem = Problem { gold: vec![gold.to_owned()], ..Problem::default() };
            let generation = Generation { reasoning: reasoning.to_owned(), ..Generation::default() };
            let ends = reasoning.match_indices('.').map(|(at, _)| at as u32 + 1);
            let steps: Vec<Step> = ends
                .scan(0, |start, end| {
                    Some(Step { start: std::mem::replace(start, end), end, ..Step::default() })
                })
                .collect();
            let grade = Grade::default();
            let item = Item { problem: &problem, generation: &generation, grade: &grade, steps: &steps };
            let verdict = crate::at_once(&*judge.built, &item);
            assert_eq!(verdict.step, expect, "{reasoning}");
            assert_eq!(verdict.state == JudgeState::Found, expect.is_some());
        };
        check("Add. It is 42. Yes, 42.", "42", Some(1));
        check("The colour is Red.", "red", Some(0));
        check("Add. It is 41.", "42", None);
    }

    #[test]
    fn a_misspelt_key_is_found() {
        let fault = JUDGES.build(&json!({"kind": "verbatim", "ignore_cas": true}), "judge").err().unwrap();
        assert!(fault.to_string().contains("did you mean `ignore_case`?"), "{fault}");
    }
}
