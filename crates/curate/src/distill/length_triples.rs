//! `short`, `medium` and `long`: three chains of one problem whose verbosity differs by more than 3 each.

/// Ratings of neighbours differ by at least so much.
const APART: u8 = 4;

/// A verified chain of a problem: its verbosity and its draw; of equals the larger draw is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RatedChain {
    pub(crate) chain: u32,
    pub(crate) verbosity: u8,
    pub(crate) draw: f64,
}

/// The briefest, the most verbose, and the one nearest to the middle between them; null where no three chains are far
/// enough apart.
pub(crate) fn length_triple(chains: &[RatedChain]) -> Option<[u32; 3]> {
    let best = |wanted: u8| {
        let equal = chains.iter().filter(|rated| rated.verbosity == wanted);
        equal.max_by(|a, b| a.draw.total_cmp(&b.draw)).map(|rated| rated.chain)
    };
    let ratings = || chains.iter().map(|rated| rated.verbosity);
    let (short, long) = (ratings().min()?, ratings().max()?);
    let between = ratings().filter(|middle| *middle >= short + APART && *middle + APART <= long);
    let medium = between.min_by_key(|middle| ((2 * middle).abs_diff(short + long), *middle))?;
    Some([best(short)?, best(medium)?, best(long)?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chains(ratings: &[u8]) -> Vec<RatedChain> {
        let rated = |(chain, verbosity): (u32, &u8)| RatedChain {
            chain,
            verbosity: *verbosity,
            draw: 1.0 / f64::from(chain + 2),
        };
        (0..).zip(ratings).map(rated).collect()
    }

    #[test]
    fn neighbours_are_more_than_three_apart() {
        let check =
            |ratings: &[u8], expect| assert_eq!(length_triple(&chains(ratings)), expect, "{ratings:?}");
        check(&[0, 4, 8], Some([0, 1, 2]));
        check(&[8, 0, 4], Some([1, 2, 0]));
        check(&[0, 3, 8], None);
        check(&[0, 4, 7], None);
        check(&[0, 5, 4, 9], Some([0, 2, 3]));
        check(&[1, 1, 5, 9, 9], Some([0, 2, 3]));
        check(&[2, 5, 9], None);
        check(&[], None);
    }

    proptest! {
        #[test]
        fn a_triple_is_found_wherever_there_is_one(ratings in prop::collection::vec(0u8..10, 0..8)) {
            let mut exists = false;
            for a in &ratings {
                for b in &ratings {
                    exists |= b.abs_diff(*a) > 3 && b > a && ratings.iter().any(|c| c > b && c - b > 3);
                }
            }
            let found = length_triple(&chains(&ratings));
            prop_assert_eq!(found.is_some(), exists);
            if let Some(chosen) = found {
                let [short, medium, long] = chosen.map(|chain| ratings[chain as usize]);
                prop_assert!(short + 3 < medium && medium + 3 < long);
            }
        }
    }
}
