//! From what is thought of the steps to what is thought of the whole.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How scores of steps become one of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The n-th root of the product: a product that long replies do not lose by.
    Geometric,
    /// That of the last step.
    Last,
    /// Their mean.
    Mean,
    /// The least: a reply is as good as its worst step (Math-Shepherd, arXiv 2312.08935).
    #[default]
    Min,
    /// Their product; the longer the reply, the less of it is left.
    Product,
}

impl Aggregate {
    /// All, by their words.
    pub const ALL: [Self; 5] = [Self::Geometric, Self::Last, Self::Mean, Self::Min, Self::Product];

    /// Its word in tables and pipeline files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Geometric => "geometric",
            Self::Last => "last",
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Product => "product",
        }
    }

    /// The score of the whole, from those of its steps that have one; by `last` there is none where the last step has none.
    pub fn of(self, steps: &[Option<f64>]) -> Option<f64> {
        let known = || steps.iter().copied().flatten();
        let count = known().count();
        if count == 0 {
            return None;
        }
        match self {
            Self::Last => steps.last().copied().flatten(),
            Self::Mean => Some(known().sum::<f64>() / count as f64),
            Self::Min => known().reduce(f64::min),
            Self::Product => Some(known().product()),
            // Of what is below 0 there is no root.
            Self::Geometric if known().any(|score| score < 0.0) => None,
            Self::Geometric => Some(known().product::<f64>().powf(1.0 / count as f64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(aggregate: Aggregate, steps: &[f64]) -> f64 {
        let steps: Vec<Option<f64>> = steps.iter().copied().map(Some).collect();
        (aggregate.of(&steps).unwrap() * 1e6).round() / 1e6
    }

    /// Worked out by hand: .9·.8·.95·.7 = .4788, .9⁴ = .6561, .99²·.75 = .735075, .6·.99⁴ = .576358.
    #[test]
    fn goldens_and_no_two_of_them_choose_alike() {
        use Aggregate::{Last, Mean, Min, Product};
        let replies: [&[f64]; 4] =
            [&[0.9, 0.8, 0.95, 0.7], &[0.9; 4], &[0.99, 0.99, 0.75], &[0.6, 0.99, 0.99, 0.99, 0.99]];
        let check = |aggregate: Aggregate, expect: [f64; 4], best: usize| {
            let scores = replies.map(|steps| of(aggregate, steps));
            assert_eq!(scores, expect, "{aggregate:?}");
            let most = scores.iter().copied().fold(f64::MIN, f64::max);
            assert_eq!(scores.iter().position(|score| *score == most), Some(best), "{aggregate:?}");
        };
        check(Min, [0.7, 0.9, 0.75, 0.6], 1);
        check(Product, [0.4788, 0.6561, 0.735_075, 0.576_358], 2);
        check(Last, [0.7, 0.9, 0.75, 0.99], 3);
        check(Mean, [0.8375, 0.9, 0.91, 0.912], 3);
        assert_eq!((of(Product, &[0.95; 5]) * 1e3).round(), 774.0);
        assert_eq!((of(Product, &[0.95; 40]) * 1e3).round(), 129.0);
        assert_eq!(of(Aggregate::Geometric, &[0.95; 40]), 0.95);
    }

    #[test]
    fn steps_without_a_score_do_not_count_and_a_last_one_has_none() {
        let steps = [Some(0.9), None, Some(0.5), None];
        let all: Vec<Option<f64>> = Aggregate::ALL.iter().map(|aggregate| aggregate.of(&steps)).collect();
        assert_eq!(all[1..], [None, Some(0.7), Some(0.5), Some(0.45)]);
        assert!((all[0].unwrap() - 0.45_f64.sqrt()).abs() < 1e-12);
        for aggregate in Aggregate::ALL {
            assert_eq!((aggregate.of(&[]), aggregate.of(&[None])), (None, None), "{aggregate:?}");
            assert_eq!(serde_json::to_value(aggregate).unwrap(), aggregate.word());
        }
        assert_eq!(Aggregate::Geometric.of(&[Some(-2.0)]), None);
    }

    proptest! {
        #[test]
        fn each_lies_between_the_least_and_the_most(steps in proptest::collection::vec(0.0_f64..=1.0, 1..30)) {
            let known: Vec<Option<f64>> = steps.iter().copied().map(Some).collect();
            let (least, most) = (steps.iter().copied().fold(1.0, f64::min), steps.iter().copied().fold(0.0, f64::max));
            for aggregate in [Aggregate::Geometric, Aggregate::Last, Aggregate::Mean, Aggregate::Min] {
                let score = aggregate.of(&known).unwrap();
                prop_assert!(least - 1e-9 <= score && score <= most + 1e-9, "{:?}", aggregate);
            }
            prop_assert!(Aggregate::Product.of(&known) <= Aggregate::Min.of(&known).map(|least| least + 1e-12));
        }
    }
}
