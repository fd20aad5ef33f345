//! Two replies to one problem, and what is known of who is better without asking.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Problem, VoteState};

use super::heard::Heard;

/// What of a reply a judge is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Show {
    /// What follows the thinking.
    #[default]
    Answer,
    /// The thinking, and what follows it.
    Thinking,
}

/// A model's reply to a problem, as far as a vote is about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Side {
    pub(crate) model: String,
    pub(crate) sample: u32,
    /// What a judge is shown of it.
    pub(crate) answer: String,
    pub(crate) right: Option<bool>,
    pub(crate) answer_tokens: u32,
    pub(crate) thinking_tokens: Option<u32>,
    pub(crate) truncated: bool,
    pub(crate) seconds: Option<f64>,
    pub(crate) cost: Option<f64>,
}

/// Two replies to one problem; the models stand in the order of their names.
#[derive(Clone, Debug)]
pub(crate) struct Meeting {
    pub(crate) problem: Arc<Problem>,
    pub(crate) sides: [Arc<Side>; 2],
}

impl Meeting {
    /// What is known without asking: equal answers are a tie, and where grades decide, the only right one wins.
    pub(super) fn known(&self, graded: bool) -> Option<Heard> {
        let [a, b] = &self.sides;
        if a.answer.trim() == b.answer.trim() {
            return Some(Heard::unshown(VoteState::Same, Some(0.5)));
        }
        let decided = a.right.zip(b.right).filter(|(first, second)| graded && first != second);
        decided.map(|(first, _)| Heard::unshown(VoteState::Graded, Some(f64::from(u8::from(first)))))
    }

    /// Bytes of its texts.
    pub(super) fn bytes(&self) -> usize {
        self.problem.problem.len() + self.sides.iter().map(|side| side.answer.len()).sum::<usize>()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn side(model: &str, answer: &str, right: Option<bool>) -> Arc<Side> {
        Arc::new(Side { model: model.into(), answer: answer.into(), right, ..Side::default() })
    }

    pub(crate) fn meeting(first: &str, second: &str, right: [Option<bool>; 2]) -> Meeting {
        let problem = Problem {
            id: "p".into(),
            problem: "2 + 3?".into(),
            gold: vec!["5".into()],
            ..Problem::default()
        };
        Meeting {
            problem: Arc::new(problem),
            sides: [side("x", first, right[0]), side("y", second, right[1])],
        }
    }

    #[test]
    fn what_is_known_is_not_asked() {
        let check = |answers: [&str; 2], right, graded, expect: Option<(VoteState, f64)>| {
            let known = meeting(answers[0], answers[1], right).known(graded);
            assert_eq!(
                known.map(|heard| (heard.state, heard.outcome.unwrap())),
                expect,
                "{answers:?} {right:?}"
            );
        };
        let (yes, no) = (Some(true), Some(false));
        check(["5", "6"], [yes, no], true, Some((VoteState::Graded, 1.0)));
        check(["5", "6"], [no, yes], true, Some((VoteState::Graded, 0.0)));
        check(["5", "6"], [yes, no], false, None);
        check(["It is 5", "5"], [yes, yes], true, None);
        check(["6", "7"], [no, no], true, None);
        check(["5", "6"], [yes, None], true, None);
        check(["5\n", " 5"], [yes, yes], true, Some((VoteState::Same, 0.5)));
        // The same words graded apart are the same words.
        check(["5", "5"], [yes, no], true, Some((VoteState::Same, 0.5)));
    }
}
