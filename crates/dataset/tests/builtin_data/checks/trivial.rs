//! The trivial questions, by counting where the text computes.

use super::Check;
use super::tools::{count, only, whole};
use crate::expected::Expected::{Notations, Number};

pub(crate) fn checks() -> Vec<Check> {
    vec![
        ("trivial-01", count((0..2).chain(0..3))),
        ("trivial-02", count((0..7).skip(7))),
        ("trivial-03", count((0..6).flat_map(|_| 0..7))),
        ("trivial-04", whole(only((0..=12).filter(|share| share * 4 == 12)))),
        ("trivial-05", whole(only((0..=10).filter(|half| half + half == 10)))),
        ("trivial-06", whole((0..5).map(|_| 0).sum())),
        // The corners of a cube.
        ("trivial-07", count(super::tools::sequences(2, 3))),
        ("trivial-08", whole(only((0..=16).filter(|root| root * root == 16)))),
        ("trivial-09", Number([0.5; 2].iter().sum())),
        // In hundredths.
        ("trivial-10", Notations(vec![if 990 > 911 { "9.9" } else { "9.11" }.to_owned()])),
        (
            "trivial-11",
            whole(only([3, 8, 5].into_iter().filter(|one| [3, 8, 5].iter().all(|other| one >= other)))),
        ),
        ("trivial-12", whole(only((0..1000).filter(|number| number > &99 && number - 1 <= 99)))),
        ("trivial-13", count("cat".chars())),
        ("trivial-14", count("strawberry".chars().filter(|letter| *letter == 'r'))),
        ("trivial-15", count((1..=10).filter(|number| number % 2 == 0))),
        ("trivial-16", count([0; 3].iter().chain([0; 2].iter()))),
        ("trivial-17", count((0..2).flat_map(|_| 0..4))),
        ("trivial-18", count((0..2).flat_map(|_| 0..60))),
        ("trivial-19", whole(only((0..2).filter(|rest| (7 - rest) % 2 == 0)))),
        ("trivial-20", whole(only((-10..=10).filter(|x| x + 1 == 4)))),
    ]
}
