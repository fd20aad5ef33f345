//! Which chains are taken: of every problem that has enough of them, by draw.

use std::collections::HashSet;

use serde::Serialize;

use super::chains::{Chains, State};
use super::groups::Groups;
use super::length_triples::{RatedChain, length_triple};
use super::problems::Problems;
use super::weight::{draw, key, weight};
use super::{DistillSettings, histogram::Histogram};
use crate::Ledger;

/// The sets that a chain belongs to, as bits.
pub(super) const SELECTED: u8 = 1;
/// The bits of the ladder's sets: short, medium, long.
pub(super) const TRIPLE: [u8; 3] = [2, 4, 8];

/// What was taken and what was not.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Selection {
    /// For each chain the sets that it belongs to.
    #[serde(skip)]
    pub(super) sets: Vec<u8>,
    pub(super) chains: Ledger,
    pub(super) problems: Ledger,
    pub(super) ladders: Ledger,
    /// Chains that could be drawn.
    pub(super) verified: u64,
    pub(super) verbosity: Histogram,
    pub(super) difficulty: Histogram,
    pub(super) selected_verbosity: Histogram,
    pub(super) selected_difficulty: Histogram,
}

/// A chain that can be drawn.
struct Candidate {
    chain: u32,
    draw: f64,
    weight: f64,
    key: f64,
}

/// Those with the best draws first.
fn best_first(candidates: &mut [Candidate]) {
    candidates.sort_by(|a, b| b.key.total_cmp(&a.key).then(a.chain.cmp(&b.chain)));
}

pub(super) fn select(
    settings: &DistillSettings,
    problems: &Problems,
    groups: &Groups,
    chains: &Chains,
) -> Selection {
    let mut selection = Selection { sets: vec![0; chains.entries.len()], ..Selection::default() };
    let group_of = |chain: &u32| groups.first[chains.entries[*chain as usize].problem as usize];
    let mut order: Vec<u32> = (0..u32::try_from(chains.entries.len()).unwrap_or(u32::MAX)).collect();
    order.sort_by_key(group_of);
    let mut drawn: Vec<Candidate> = Vec::new();
    let mut with_chains = 0;
    for group in order.chunk_by(|a, b| group_of(a) == group_of(b)) {
        with_chains += 1;
        let first = group.first().map_or(0, group_of);
        let barred = group
            .iter()
            .find_map(|chain| problems.entries[chains.entries[*chain as usize].problem as usize].barred);
        drawn.extend(selection.group(settings, problems.entries[first as usize].text, barred, chains, group));
    }
    selection.merged(groups, with_chains);
    selection.draw(settings, drawn);
    for (entry, sets) in chains.entries.iter().zip(&selection.sets) {
        if sets & SELECTED > 0 {
            selection.selected_verbosity.add(entry.verbosity);
            selection.selected_difficulty.add(entry.difficulty);
        }
    }
    selection
}

impl Selection {
    /// The candidates of one problem.
    fn group(
        &mut self,
        settings: &DistillSettings,
        problem: u64,
        barred: Option<&'static str>,
        chains: &Chains,
        group: &[u32],
    ) -> Vec<Candidate> {
        if let Some(why) = barred {
            self.problems.leave(why);
            self.chains.leave_many(why, group.len() as u64);
            return vec![];
        }
        let verified = self.verified_of(chains, group);
        if (verified.len() as u64) < settings.least_chains {
            self.problems.leave(if verified.is_empty() {
                "no_verified_chain"
            } else {
                "too_few_verified_chains"
            });
            self.chains.leave_many("too_few_verified_chains", verified.len() as u64);
            return vec![];
        }
        self.problems.keep();
        self.verified += verified.len() as u64;
        let (mut candidates, mut rated) = (Vec::new(), Vec::new());
        for chain in verified {
            let entry = &chains.entries[chain as usize];
            self.verbosity.add(entry.verbosity);
            self.difficulty.add(entry.difficulty);
            let draw = draw(settings.seed, problem, entry.text);
            if let Some(verbosity) = entry.verbosity {
                rated.push(RatedChain { chain, verbosity, draw });
            }
            let weight = match (settings.kappa, entry.verbosity.zip(entry.difficulty)) {
                (None, _) => Some(1.0),
                (Some(kappa), Some((verbosity, difficulty))) => {
                    Some(weight(kappa, settings.beta, verbosity.into(), difficulty.into()))
                }
                (Some(_), None) => None,
            };
            match weight {
                Some(weight) => candidates.push(Candidate { chain, draw, weight, key: key(draw, weight) }),
                None => self.chains.leave("unrated"),
            }
        }
        if settings.ladder {
            self.choose_triple(&rated);
        }
        self.best_of(settings, candidates)
    }

    /// The distinct chains of a problem that are verified.
    fn verified_of(&mut self, chains: &Chains, group: &[u32]) -> Vec<u32> {
        let (mut verified, mut texts) = (Vec::new(), HashSet::new());
        for &chain in group {
            let entry = &chains.entries[chain as usize];
            if entry.state != State::Verified {
                self.chains.leave(entry.state.name());
            } else if !texts.insert(entry.text) {
                self.chains.leave("duplicate_chain");
            } else {
                verified.push(chain);
            }
        }
        verified
    }

    fn choose_triple(&mut self, rated: &[RatedChain]) {
        let Some(chosen) = length_triple(rated) else {
            self.ladders.leave("no_three_chains_far_enough_apart");
            return;
        };
        self.ladders.keep();
        for (chain, set) in chosen.into_iter().zip(TRIPLE) {
            self.sets[chain as usize] |= set;
        }
    }

    /// At most so many chains of one problem, those with the best draws.
    fn best_of(&mut self, settings: &DistillSettings, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        let Some(most) = settings.per_problem.and_then(|most| usize::try_from(most).ok()) else {
            return candidates;
        };
        best_first(&mut candidates);
        self.chains.leave_many("beyond_per_problem", candidates.len().saturating_sub(most) as u64);
        candidates.truncate(most);
        candidates
    }

    /// Without a limit every chain is taken with the probability of its weight; with one, so many are drawn.
    fn draw(&mut self, settings: &DistillSettings, mut candidates: Vec<Candidate>) {
        let all = candidates.len();
        match settings.limit.and_then(|limit| usize::try_from(limit).ok()) {
            None => candidates.retain(|candidate| candidate.draw < candidate.weight),
            Some(limit) => {
                best_first(&mut candidates);
                candidates.truncate(limit);
            }
        }
        self.chains.leave_many("not_drawn", (all - candidates.len()) as u64);
        for candidate in candidates {
            self.chains.keep();
            self.sets[candidate.chain as usize] |= SELECTED;
        }
    }

    fn merged(&mut self, groups: &Groups, with_chains: u64) {
        let all = groups.first.len() as u64;
        self.problems.leave_many("the_same_as_another", groups.equal);
        self.problems.leave_many("nearly_the_same_as_another", groups.similar);
        self.problems.leave_many("no_chain", all - groups.equal - groups.similar - with_chains);
    }
}
