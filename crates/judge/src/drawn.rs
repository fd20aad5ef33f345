//! Completions of all replies together: what has to be known about them.

use tables::Judgment;

/// How many there are, and how many of them say less than they seem to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    asked: u64,
    cut: u64,
    restarted: u64,
    undecided: u64,
}

impl Drawn {
    pub(crate) fn add(&mut self, judgment: &Judgment) {
        for rollout in judgment.rollouts.iter().flatten() {
            self.asked += u64::from(rollout.asked);
            self.cut += u64::from(rollout.cut);
            self.restarted += u64::from(rollout.restarted);
            self.undecided += u64::from(rollout.undecided);
        }
    }

    /// A sentence for each that there is any of.
    pub(crate) fn notes(self) -> Vec<String> {
        let told = [
            (
                self.cut,
                "were cut by the token limit and count as not right; `max_tokens` of the task raises it",
            ),
            (
                self.restarted,
                "began the reply anew, so they say nothing of the step that they were drawn from",
            ),
            (self.undecided, "came to an answer that is told neither right nor wrong, and count as neither"),
        ];
        let some = told.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, what)| format!("rollouts: {count} of {} completions {what}", self.asked)).collect()
    }
}

#[cfg(test)]
mod tests {
    use tables::Rollout;

    use super::*;

    #[test]
    fn what_says_less_than_it_seems_is_told() {
        let mut drawn = Drawn::default();
        let rollout = |cut, restarted| Rollout { asked: 8, cut, restarted, ..Rollout::default() };
        drawn.add(&Judgment { rollouts: Some(vec![rollout(0, 0)]), ..Judgment::default() });
        assert_eq!(drawn.notes(), Vec::<String>::new());
        drawn.add(&Judgment { rollouts: Some(vec![rollout(3, 0), rollout(2, 1)]), ..Judgment::default() });
        let notes = drawn.notes();
        assert!(
            notes[0].starts_with("rollouts: 5 of 24 completions were cut by the token limit"),
            "{notes:?}"
        );
        assert!(notes[1].starts_with("rollouts: 1 of 24 completions began the reply anew"), "{notes:?}");
        assert_eq!(notes.len(), 2);
    }
}
