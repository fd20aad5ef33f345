//! Counting: everything is written out and counted.

use std::collections::BTreeSet;

use super::Check;
use super::tools::{Ratio, count, orders, sequences, subsets, whole};

pub(super) fn checks() -> Vec<Check> {
    vec![
        ("count-1-01", count((0..4).flat_map(|soup| (0..5).map(move |sandwich| (soup, sandwich))))),
        ("count-1-02", count((10..=99).filter(|n| n / 10 % 2 == 1 && n % 2 == 1))),
        ("count-2-01", count(orders(b"LEVEL").into_iter().collect::<BTreeSet<_>>().iter())),
        ("count-2-02", whole(subsets(8, 3))),
        ("count-3-01", count((100..=999).filter(|n| n / 100 < n / 10 % 10 && n / 10 % 10 < n % 10))),
        (
            "count-3-02",
            Ratio(sequences(6, 2).filter(|dice| dice[0] + dice[1] + 2 == 9).count() as i64, 36).found(),
        ),
        ("count-4-01", count(orders(b"ABCDE").into_iter().filter(|row| !ann_beside_ben(row)))),
        ("count-4-02", count(sequences(2, 9).filter(|path| goes_through(path)))),
        ("count-5-01", count(sequences(2, 10).filter(|bits| bits.windows(2).all(|pair| pair != [1, 1])))),
        ("count-5-02", count(sequences(3, 6).filter(|shelves| (0..3).all(|shelf| shelves.contains(&shelf))))),
    ]
}

fn ann_beside_ben(row: &[u8]) -> bool {
    row.windows(2).any(|pair| pair == b"AB" || pair == b"BA")
}

/// Zero is a step to the right, one a step up: from (0, 0) through (2, 2) to (5, 4).
fn goes_through(path: &[usize]) -> bool {
    let up = |steps: usize| path[..steps].iter().sum::<usize>();
    up(9) == 4 && up(4) == 2
}
