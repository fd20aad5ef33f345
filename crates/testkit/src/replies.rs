//! Where a scripted model takes its words from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::going_on::Beginning;
use crate::solver::{by_strategy, doubtful, judge, solve};
use crate::{Asked, Chain, Doubter, Said};

/// Where a scripted model takes its words from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Replies {
    /// Solves sums, see [`solve`].
    #[default]
    Solver,
    /// Names the step that first holds the gold answer, see [`judge`].
    Judge {
        /// Part of a prompt → the number to give, before anything is looked for.
        #[serde(default)]
        known: BTreeMap<String, i64>,
    },
    /// Part of a prompt → the reply; the longest part that fits wins.
    Lookup {
        /// The replies.
        replies: BTreeMap<String, Said>,
    },
    /// The same to everybody.
    Fixed(Said),
    /// Solves sums, and errs now and then, see [`doubtful`].
    Doubtful {
        /// The chance of the right answer.
        right: f64,
    },
    /// Solves sums in the manner that it is asked for, see [`by_strategy`].
    Strategies {
        /// Budgets, in words or as a key, change nothing.
        #[serde(default)]
        ignores_budgets: bool,
    },
    /// Solves sums step by step, with figures that are known beforehand.
    Chain(Chain),
    /// Says whether a chain is right so far.
    Doubter(Doubter),
}

impl Replies {
    /// The reply to a request, or what is said behind its beginning; `None` if a lookup knows none.
    pub(crate) fn said(&self, asked: &Asked, beginning: Option<&Beginning>) -> Option<Said> {
        match (self, beginning) {
            (Self::Chain(chain), Some(begun)) => {
                Some(begun.ended_word().unwrap_or_else(|| chain.go_on(asked, begun)))
            }
            (_, Some(begun)) => Some(begun.go_on(self.reply(asked)?)),
            (_, None) => self.reply(asked),
        }
    }

    /// The reply to a request; `None` if a lookup knows none.
    pub fn reply(&self, asked: &Asked) -> Option<Said> {
        match self {
            Self::Solver => Some(solve(&asked.prompt, asked.body.get("seed").and_then(Value::as_i64))),
            Self::Judge { known } => {
                let number = best(known, &asked.prompt).copied().unwrap_or_else(|| judge(&asked.prompt));
                Some(Said::plain(format!("\\boxed{{{number}}}")))
            }
            Self::Lookup { replies } => best(replies, &asked.prompt).cloned(),
            Self::Fixed(said) => Some(said.clone()),
            Self::Doubtful { right } => Some(doubtful(asked, *right)),
            Self::Strategies { ignores_budgets } => Some(by_strategy(asked, *ignores_budgets)),
            Self::Chain(chain) => Some(chain.reply(asked)),
            Self::Doubter(doubter) => Some(doubter.reply(asked)),
        }
    }
}

fn best<'a, V>(known: &'a BTreeMap<String, V>, prompt: &str) -> Option<&'a V> {
    let fitting = known.iter().filter(|(part, _)| prompt.contains(part.as_str()));
    fitting.max_by_key(|(part, _)| part.len()).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_part_that_fits_wins() {
        let replies =
            BTreeMap::from([("a".to_owned(), Said::plain("short")), ("ab".to_owned(), Said::plain("long"))]);
        let lookup = Replies::Lookup { replies };
        let asked = |prompt: &str| Asked { prompt: prompt.into(), ..Asked::default() };
        assert_eq!(lookup.reply(&asked("xab")).unwrap().content, "long");
        assert_eq!(lookup.reply(&asked("x a")).unwrap().content, "short");
        assert_eq!(lookup.reply(&asked("x")), None);
    }
}
