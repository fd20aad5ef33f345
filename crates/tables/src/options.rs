//! The order in which the options of a problem are asked: as they stand, or in one of its own for each sample.

use std::borrow::Cow;

use crate::Problem;

/// A place in a draw: it follows from a seed and a text, so nothing that is drawn beside it changes it.
pub fn rank(seed: u64, text: &str) -> u64 {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let hash = blake3::keyed_hash(&key, text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_be_bytes(first)
}

/// So many options in the order that a seed and a name give them: the place in the source of each.
pub fn drawn_order(seed: u64, name: &str, options: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..u32::try_from(options).unwrap_or(u32::MAX)).collect();
    order.sort_by_key(|place| rank(seed, &format!("{name}\0{place}")));
    order
}

/// The letter of an option, A for the first; none behind Z.
pub fn option_letter(place: usize) -> Option<char> {
    u8::try_from(place).ok().filter(|place| *place < 26).map(|place| char::from(b'A' + place))
}

/// The option that a known answer names by its letter and nothing else: `B`, `(B)`, `B.`.
pub fn lettered(gold: &str, options: usize) -> Option<usize> {
    let mut letters = gold.trim().trim_matches(['(', ')', '.']).chars();
    let letter = letters.next().filter(|letter| letter.is_ascii_uppercase() && letters.next().is_none())?;
    Some(usize::from(u8::try_from(letter).ok()? - b'A')).filter(|place| *place < options)
}

/// The order that undoes an order of places.
pub fn back(order: &[u32]) -> Vec<u32> {
    let mut places: Vec<u32> = (0..u32::try_from(order.len()).unwrap_or(u32::MAX)).collect();
    places.sort_by_key(|place| order.get(*place as usize));
    places
}

impl Problem {
    /// The order in which a sample is asked the options; none where it is the table's own.
    pub fn order_in(&self, sample: u32) -> Option<Vec<u32>> {
        let draw = |seed| drawn_order(seed, &format!("{}\0{sample}", self.id), self.choices.len());
        self.shuffle.filter(|_| self.choices.len() > 1).map(draw)
    }

    /// The problem with its options in an order of places; known answers that are letters follow their options.
    #[must_use]
    pub fn arranged(&self, order: &[u32]) -> Self {
        let option = |place: &u32| self.choices.get(*place as usize).cloned();
        let moved = |gold: &String| {
            let own = lettered(gold, self.choices.len())?;
            option_letter(order.iter().position(|place| *place as usize == own)?).map(String::from)
        };
        Self {
            choices: order.iter().filter_map(option).collect(),
            gold: self.gold.iter().map(|gold| moved(gold).unwrap_or_else(|| gold.clone())).collect(),
            ..self.clone()
        }
    }

    /// The problem as it was asked, where that was in an order of its own.
    pub fn asked(&self, order: Option<&[u32]>) -> Cow<'_, Self> {
        order.map_or(Cow::Borrowed(self), |order| Cow::Owned(self.arranged(order)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(id: &str) -> Problem {
        Problem {
            id: id.into(),
            gold: vec!["C".into()],
            choices: ["one", "two", "three", "four"].map(str::to_owned).to_vec(),
            shuffle: Some(7),
            ..Problem::default()
        }
    }

    #[test]
    fn the_right_option_keeps_being_right_in_every_sample() {
        let mut orders = std::collections::BTreeSet::new();
        for sample in 0..200 {
            let problem = problem("p");
            let order = problem.order_in(sample).unwrap();
            let asked = problem.asked(Some(&order));
            assert_eq!(asked.choices[lettered(&asked.gold[0], 4).unwrap()], "three", "{order:?}");
            let mut places = order.clone();
            places.sort_unstable();
            assert_eq!(places, [0, 1, 2, 3]);
            assert_eq!(problem.order_in(sample), Some(order.clone()), "the same again");
            assert_eq!(asked.arranged(&back(&order)), problem);
            orders.insert(order);
        }
        assert_eq!(orders.len(), 24, "every order comes");
    }

    #[test]
    fn an_order_depends_on_seed_problem_and_sample_alone() {
        let order = |seed, id: &str, sample| Problem { shuffle: seed, ..problem(id) }.order_in(sample);
        assert_eq!(order(None, "p", 0), None);
        let many = |seed, id: &str| (0..20).map(|sample| order(Some(seed), id, sample)).collect::<Vec<_>>();
        assert_ne!(many(1, "p"), many(2, "p"));
        assert_ne!(many(1, "p"), many(1, "q"));
        assert_eq!(Problem { choices: vec!["alone".into()], ..problem("p") }.order_in(0), None);
    }

    #[test]
    fn only_letters_follow_their_options() {
        let check = |gold: &str, expect: &str| {
            let problem = Problem { gold: vec![gold.into()], ..problem("p") };
            assert_eq!(problem.arranged(&[3, 2, 1, 0]).gold, [expect], "{gold}");
        };
        check("A", "D");
        check("(B)", "C");
        check("three", "three");
        check("a", "a");
        check("E", "E");
        let order = |place| option_letter(place);
        assert_eq!((order(0), order(25), order(26)), (Some('A'), Some('Z'), None));
    }
}
