//! Whether selectors that somebody named have anything to go by.

use stage::Observer;
use tables::{Finish, Score};

use crate::selector::Selector;

/// Replies of a model, and those of them that each selector has a value of.
pub(crate) struct Valued {
    model: String,
    replies: u64,
    /// Name, what to do where it says nothing, and how many replies it has a value of.
    selectors: Vec<(String, String, u64)>,
}

impl Valued {
    /// Nothing yet; `selectors` are those that were named.
    pub(crate) fn new(selectors: &[Box<dyn Selector>]) -> Self {
        let named = selectors.iter().map(|selector| (selector.label().to_owned(), selector.remedy(), 0));
        Self { model: String::new(), replies: 0, selectors: named.collect() }
    }

    pub(crate) fn add(&mut self, score: &Score) {
        if score.finish == Finish::Error {
            return;
        }
        self.replies += 1;
        if self.model.is_empty() {
            self.model.clone_from(&score.model);
        }
        for (name, _, valued) in &mut self.selectors {
            *valued += u64::from(score.confidence(name).is_some());
        }
    }

    /// Says where there is nothing, or not everywhere something: such replies never win and never vote.
    pub(crate) fn tell(&self, observer: &dyn Observer) {
        let Self { model, replies, selectors } = self;
        for (name, remedy, valued) in selectors.iter().filter(|(.., valued)| valued < replies) {
            observer.note(&match valued {
                0 => format!("no reply of {model} has a value for the selector `{name}`, so its figures are empty: {remedy}"),
                _ => format!(
                    "{} of {replies} replies of {model} have no value for the selector `{name}`: they never win, never vote, and \
                     are left out of its figures",
                    replies - valued
                ),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::json;
    use tables::Confidence;

    use super::*;

    #[derive(Default)]
    struct Ear(Mutex<Vec<String>>);

    impl Observer for Ear {
        fn note(&self, message: &str) {
            self.0.lock().unwrap().push(message.to_owned());
        }
    }

    #[test]
    fn a_selector_without_its_column_is_told_and_so_are_replies_without_a_value() {
        let named = [json!("logprob"), json!("stated"), json!({"kind": "column", "column": "reward"})];
        let mut valued = Valued::new(&crate::selecting::parse(&named, "selectors").unwrap());
        let score = |stated: Option<f64>| Score {
            model: "m".into(),
            confidences: stated
                .map(|value| Confidence { selector: "stated".into(), value })
                .into_iter()
                .collect(),
            ..Score::default()
        };
        [Some(0.5), None, Some(1.0)].map(score).iter().for_each(|score| valued.add(score));
        let ear = Ear::default();
        valued.tell(&ear);
        let expect = [
            "no reply of m has a value for the selector `logprob`, so its figures are empty: ask for it with `logprobs = 5` under the \
             model, where its server tells them",
            "1 of 3 replies of m have no value for the selector `stated`: they never win, never vote, and are left out of its figures",
            "no reply of m has a value for the selector `reward`, so its figures are empty: no recorded reply holds a number in a column \
             `reward`",
        ];
        assert_eq!(ear.0.into_inner().unwrap(), expect);
    }
}
