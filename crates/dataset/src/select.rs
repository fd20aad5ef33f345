//! Which problems are taken.

use std::collections::BTreeMap;

use crate::DatasetError;
use crate::settings::Settings;

/// A problem as far as the selection is concerned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    /// The number of its group.
    pub(crate) subset: u32,
    /// Its place in the draw; a hash of its id, so it does not depend on where the problem stands.
    pub(crate) rank: u64,
    /// `sample_ids` names it.
    pub(crate) listed: bool,
}

/// The places of the problems that are taken, in the source's order. `sample_ids` and `range` say which may be
/// taken at all, then `limit_per_subset` and `limit` leave the first ones, or with `seed` those of lowest rank.
pub(crate) fn select(candidates: &[Candidate], settings: &Settings) -> Result<Vec<usize>, DatasetError> {
    let mut chosen: Vec<usize> = (0..candidates.len()).collect();
    if !settings.sample_ids.is_empty() {
        chosen.retain(|&place| candidates[place].listed);
    }
    if let Some((first, last)) = settings.range() {
        chosen.retain(|&place| (first..=last).contains(&(place as u64 + 1)));
    }
    if settings.seed.is_some() {
        // Equal ranks need equal ids, which a table does not have; the place is there for form's sake.
        chosen.sort_by_key(|&place| (candidates[place].rank, place));
    }
    if let Some(limit) = settings.limit_per_subset {
        let mut taken: BTreeMap<u32, u64> = BTreeMap::new();
        chosen.retain(|&place| {
            let count = taken.entry(candidates[place].subset).or_default();
            *count += 1;
            *count <= limit
        });
    }
    if let Some(limit) = settings.limit {
        chosen.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    chosen.sort_unstable();
    if chosen.is_empty() {
        return Err(DatasetError::Selection(nothing_left(candidates.len(), settings)));
    }
    Ok(chosen)
}

fn nothing_left(count: usize, settings: &Settings) -> String {
    match settings.range() {
        Some((first, last)) => format!(
            "`range` {first}-{last} leaves nothing of the {count} problems; choose numbers from 1 to {count}"
        ),
        None => format!("the selection leaves nothing of the {count} problems; check `sample_ids`"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tables::rank;

    use super::*;

    /// Problems `0`, `1`, … in groups as given.
    fn candidates(subsets: &[u32], seed: u64, listed: &[usize]) -> Vec<Candidate> {
        let one = |(place, subset): (usize, &u32)| Candidate {
            subset: *subset,
            rank: rank(seed, &place.to_string()),
            listed: listed.contains(&place),
        };
        subsets.iter().enumerate().map(one).collect()
    }

    #[test]
    fn limits_take_the_first_ones() {
        let check = |settings: Settings, expect: &[usize]| {
            let all = candidates(&[0, 0, 0, 1, 1, 2], 0, &[1, 4]);
            assert_eq!(select(&all, &settings).unwrap(), expect, "{settings:?}");
        };
        let plain = Settings::default;
        check(plain(), &[0, 1, 2, 3, 4, 5]);
        check(Settings { limit: Some(2), ..plain() }, &[0, 1]);
        check(Settings { limit: Some(9), ..plain() }, &[0, 1, 2, 3, 4, 5]);
        check(Settings { limit_per_subset: Some(1), ..plain() }, &[0, 3, 5]);
        check(Settings { limit_per_subset: Some(2), limit: Some(3), ..plain() }, &[0, 1, 3]);
        check(Settings { range: Some("2-4".into()), ..plain() }, &[1, 2, 3]);
        check(Settings { range: Some("2-4".into()), limit: Some(1), ..plain() }, &[1]);
        check(Settings { sample_ids: vec!["1".into(), "4".into()], ..plain() }, &[1, 4]);
    }

    #[test]
    fn nothing_is_no_selection() {
        let settings = Settings { range: Some("7-9".into()), ..Settings::default() };
        let error = select(&candidates(&[0, 0], 0, &[]), &settings).unwrap_err().to_string();
        assert_eq!(error, "`range` 7-9 leaves nothing of the 2 problems; choose numbers from 1 to 2");
    }

    #[test]
    fn another_seed_draws_others() {
        let draw = |seed| {
            let settings = Settings { seed: Some(seed), limit: Some(10), ..Settings::default() };
            select(&candidates(&[0; 100], seed, &[]), &settings).unwrap()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    proptest! {
        #[test]
        fn a_draw_does_not_depend_on_the_order(
            seed in 0_u64..50,
            limit in 1_u64..20,
            per in proptest::option::of(1_u64..5),
            order in Just((0..30_usize).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let settings = Settings { seed: Some(seed), limit: Some(limit), limit_per_subset: per, ..Settings::default() };
            let of = |order: &[usize]| {
                let all: Vec<Candidate> = order.iter().map(|id| Candidate {
                    subset: u32::try_from(id % 3).unwrap(), rank: rank(seed, &id.to_string()), listed: false,
                }).collect();
                let mut ids: Vec<usize> = select(&all, &settings).unwrap().into_iter().map(|p| order[p]).collect();
                ids.sort_unstable();
                ids
            };
            prop_assert_eq!(of(&order), of(&(0..30).collect::<Vec<_>>()));
        }
    }
}
