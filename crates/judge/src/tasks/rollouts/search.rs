//! Which steps of a reply are drawn from, one after the other.

use std::ops::RangeInclusive;

/// Steps that are left to draw from; they are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// All before the last.
    All { last: u32, begun: bool },
    /// The first error lies from `low` to `high`: the prefix through `asked` is being drawn from.
    Halving { low: u32, high: u32, asked: Option<u32> },
}

impl Search {
    pub(super) fn all(last: u32) -> Self {
        Self::All { last, begun: false }
    }

    /// Of a wrong reply: something in it is the first error, at the latest the last step.
    pub(super) fn halving(last: u32) -> Self {
        Self::Halving { low: 0, high: last, asked: None }
    }

    /// How many steps it will draw from, the least and the most.
    pub(super) fn steps(&self) -> RangeInclusive<u32> {
        match self {
            Self::All { last, .. } => *last..=*last,
            Self::Halving { low, high, .. } => {
                let among = high - low + 1;
                among.ilog2()..=among.next_power_of_two().ilog2()
            }
        }
    }

    /// The steps to draw from next; none at the end. `reached` says of a step that was drawn from whether something came right.
    ///
    /// # Errors
    /// That could not be told of the last one.
    pub(super) fn next(&mut self, reached: impl Fn(u32) -> Option<bool>) -> Result<Vec<u32>, String> {
        match self {
            Self::All { begun: true, .. } => Ok(vec![]),
            Self::All { last, begun } => {
                *begun = true;
                Ok((0..*last).collect())
            }
            Self::Halving { low, high, asked } => {
                match asked.map(|step| (step, reached(step))) {
                    None => {}
                    Some((step, Some(true))) => *low = step + 1,
                    Some((step, Some(false))) => *high = step,
                    Some((step, None)) => {
                        return Err(format!("no completion behind step {step} could be told right or wrong"));
                    }
                }
                *asked = (low < high).then_some((*low + *high) / 2);
                Ok(asked.iter().copied().collect())
            }
        }
    }

    /// The first error, if it is what was looked for.
    pub(super) fn found(&self) -> Option<u32> {
        match self {
            Self::All { .. } => None,
            Self::Halving { low, .. } => Some(*low),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The steps that were drawn from, and what was found, both counted from 1.
    fn halved(steps: u32, first_wrong: u32) -> (Vec<u32>, u32) {
        let mut search = Search::halving(steps - 1);
        let mut asked = Vec::new();
        while let [step] = search.next(|step| Some(step + 1 < first_wrong)).unwrap()[..] {
            asked.push(step + 1);
        }
        (asked, search.found().unwrap() + 1)
    }

    /// The way of OmegaPRM: of lo…hi the prefix through ⌊(lo + hi)/2⌋ is asked about.
    #[test]
    fn halving_asks_about_the_middle_of_what_is_left() {
        let check = |steps, first_wrong, asked: &[u32]| {
            assert_eq!(halved(steps, first_wrong), (asked.to_vec(), first_wrong));
        };
        check(8, 5, &[4, 6, 5]);
        check(8, 1, &[4, 2, 1]);
        check(8, 8, &[4, 6, 7]);
        check(6, 4, &[3, 5, 4]);
        check(5, 3, &[3, 2]);
        check(1, 1, &[]);
    }

    #[test]
    fn all_steps_but_the_last_are_one_round() {
        let mut search = Search::all(3);
        assert_eq!(search.next(|_| None), Ok(vec![0, 1, 2]));
        assert_eq!((search.next(|_| None), search.found()), (Ok(vec![]), None));
        assert_eq!(Search::all(0).next(|_| None), Ok(vec![]));
    }

    #[test]
    fn nothing_is_guessed_where_nothing_could_be_told() {
        let mut search = Search::halving(7);
        search.next(|_| None).unwrap();
        let expect = "no completion behind step 3 could be told right or wrong";
        assert_eq!(search.next(|_| None), Err(expect.to_owned()));
    }

    proptest! {
        #[test]
        fn halving_finds_every_error_within_the_steps_it_foretells(steps in 1_u32..200, at in 0.0_f64..1.0) {
            let first_wrong = 1 + (f64::from(steps) * at) as u32;
            let (asked, found) = halved(steps, first_wrong);
            prop_assert_eq!(found, first_wrong);
            prop_assert!(Search::halving(steps - 1).steps().contains(&(asked.len() as u32)), "{:?}", asked);
        }
    }
}
