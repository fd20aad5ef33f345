//! A judge against the truth: pairs of replies of which exactly one is right.

use std::collections::BTreeMap;

use crate::formats::RIGHT;
use crate::markup::LENGTH;
use crate::result::AgainstTruth;
use crate::vote::{Vote, Votes};

/// What tells the length of an answer, the better first.
const LENGTHS: [&str; 2] = ["answer_tokens", LENGTH];

/// How often each judge prefers the wrong reply, where votes know which one that is.
pub(crate) fn truth(votes: &Votes) -> Vec<AgainstTruth> {
    let Some(right) = votes.features.get(RIGHT) else { return Vec::new() };
    let lengths = LENGTHS.iter().find_map(|name| votes.features.get(*name));
    let mut judges: BTreeMap<Option<usize>, AgainstTruth> = BTreeMap::new();
    for (at, vote) in votes.votes.iter().enumerate() {
        let truth = right[at].filter(|[first, second]| first != second);
        let (Some(truth), true) = (truth, vote.placed) else { continue };
        let length = lengths.and_then(|column| column[at]);
        judges.entry(vote.judge).or_default().add(vote, truth, length);
    }
    let named = |(judge, found): (Option<usize>, AgainstTruth)| AgainstTruth {
        judge: judge.map(|at| votes.judges[at].clone()),
        ..found
    };
    judges.into_iter().map(named).collect()
}

impl AgainstTruth {
    fn add(&mut self, vote: &Vote, [first, second]: [f64; 2], length: Option<[f64; 2]>) {
        let for_right = if first > second { vote.share } else { 1.0 - vote.share };
        let preferred = if for_right > 0.5 {
            &mut self.right
        } else if for_right < 0.5 {
            &mut self.wrong
        } else {
            &mut self.ties
        };
        *preferred += 1;
        self.votes += 1;
        let Some([first_length, second_length]) = length else { return };
        // How much longer the wrong one is.
        let longer = if first > second { second_length - first_length } else { first_length - second_length };
        let side = if longer > 0.0 { &mut self.longer } else { &mut self.shorter };
        if longer != 0.0 {
            side[0] += 1;
            side[1] += u64::from(for_right < 0.5);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vote::testing::vote;

    /// Which reply is right, how long both are, and how much of the vote is for the first.
    type Row = ([f64; 2], [f64; 2], f64);

    #[test]
    fn wrong_replies_that_are_preferred_are_counted_by_length() {
        // Who was shown first is right or not, how long both are, and what the judge says.
        let rows: [Row; 6] = [
            ([1.0, 0.0], [10.0, 20.0], 1.0),
            ([1.0, 0.0], [10.0, 20.0], 0.0),
            ([0.0, 1.0], [10.0, 20.0], 1.0),
            ([0.0, 1.0], [30.0, 20.0], 0.0),
            ([0.0, 1.0], [20.0, 20.0], 0.5),
            ([1.0, 1.0], [20.0, 20.0], 1.0),
        ];
        let column = |of: fn(&Row) -> [f64; 2]| rows.iter().map(|row| Some(of(row))).collect();
        let votes = Votes {
            models: vec!["x".into(), "y".into()],
            judges: vec!["j".into()],
            votes: rows.iter().map(|row| Vote { share: row.2, judge: Some(0), ..vote(0, 1) }).collect(),
            features: [
                (RIGHT.to_owned(), column(|row| row.0)),
                ("answer_tokens".to_owned(), column(|row| row.1)),
            ]
            .into(),
            ..Votes::default()
        };
        let expect = AgainstTruth {
            judge: Some("j".into()),
            votes: 5,
            right: 2,
            ties: 1,
            wrong: 2,
            longer: [3, 1],
            shorter: [1, 1],
        };
        assert_eq!(truth(&votes), [expect]);
        assert!(truth(&Votes { features: [].into(), ..votes }).is_empty());
    }
}
