//! Problems that are the same: equal texts, and texts so similar that nobody learns twice from both.

use std::collections::HashMap;

use answer::{Outcome, Policy, compare};
use rayon::prelude::*;
use serde::Serialize;

use super::problems::{Brief, Problems};
use super::similar::{BANDS, shingles, similarity};
use crate::CurateError;
use crate::output::List;

/// A problem of a bucket is compared with so many others of it at most.
const COMPARED: usize = 128;

/// Which problems are the same.
#[derive(Debug)]
pub(super) struct Groups {
    /// For each problem the first one of its group.
    pub(super) first: Vec<u32>,
    /// Problems whose text stands in another source as well.
    pub(super) equal: u64,
    /// Problems that resemble an earlier one.
    pub(super) similar: u64,
    /// Pairs of equal or similar problems with different answers; they stay apart.
    pub(super) conflicts: u64,
    /// Comparisons that were left out because a text resembles very many others.
    pub(super) left_out: u64,
}

/// Two problems that were taken for the same, or were not because of their answers; a line of `duplicates.jsonl`.
#[derive(Serialize)]
struct Duplicate<'a> {
    kind: &'static str,
    similarity: f64,
    kept: &'a Brief,
    merged: &'a Brief,
}

impl Groups {
    /// Groups problems of equal text, and those whose similarity reaches `threshold` (above 1: none). Two problems whose
    /// known answers differ are never the same.
    pub(super) fn find(problems: &Problems, threshold: f64, list: &mut List) -> Result<Self, CurateError> {
        let count = u32::try_from(problems.entries.len()).unwrap_or(u32::MAX);
        let mut groups =
            Self { first: (0..count).collect(), equal: 0, similar: 0, conflicts: 0, left_out: 0 };
        groups.merge_equal(problems, list)?;
        if threshold <= 1.0 {
            for band in 0..BANDS {
                groups.merge_band(problems, band, threshold, list)?;
            }
        }
        for index in 0..count {
            groups.first[index as usize] = groups.root(index);
        }
        Ok(groups)
    }

    fn root(&self, mut index: u32) -> u32 {
        while self.first[index as usize] != index {
            index = self.first[index as usize];
        }
        index
    }

    fn merge_equal(&mut self, problems: &Problems, list: &mut List) -> Result<(), CurateError> {
        let mut seen: HashMap<u64, u32> = HashMap::with_capacity(problems.entries.len());
        for (index, entry) in (0..).zip(&problems.entries) {
            let Some(first) = seen.get(&entry.text).copied() else {
                seen.insert(entry.text, index);
                continue;
            };
            let other = &problems.entries[first as usize];
            // The same problem in another source is what merging is for; two names for one text are worth a line.
            if (entry.gold, entry.id) != (other.gold, other.id) {
                let (kept, merged) = (problems.brief(first)?, problems.brief(index)?);
                let agree = answers_agree(&kept.gold, &merged.gold);
                let kind = if agree { "equal" } else { "other_answer" };
                list.push(&Duplicate { kind, similarity: 1.0, kept: &kept, merged: &merged })?;
                if !agree {
                    self.conflicts += 1;
                    continue;
                }
            }
            self.first[index as usize] = first;
            self.equal += 1;
        }
        Ok(())
    }

    /// Compares the problems that agree in one band: sketches, then the texts of what is left, both on all cores.
    fn merge_band(
        &mut self,
        problems: &Problems,
        band: usize,
        threshold: f64,
        list: &mut List,
    ) -> Result<(), CurateError> {
        let apart = (0..).zip(&problems.entries).filter(|(index, _)| self.first[*index as usize] == *index);
        let mut keyed: Vec<(u32, u32)> =
            apart.map(|(index, entry)| (entry.signature.bands[band], index)).collect();
        keyed.par_sort_unstable();
        let buckets: Vec<&[(u32, u32)]> = keyed.chunk_by(|a, b| a.0 == b.0).filter(|b| b.len() > 1).collect();
        let alike = |bucket| Alike::of(problems, band, bucket, threshold);
        let found: Vec<Alike> = buckets.into_par_iter().map(alike).collect::<Result<_, _>>()?;
        for Alike { pairs, left_out } in found {
            self.left_out += left_out;
            for pair in pairs {
                self.merge_pair(problems, &pair, list)?;
            }
        }
        Ok(())
    }

    fn merge_pair(
        &mut self,
        problems: &Problems,
        &Pair { earlier, later, similarity }: &Pair,
        list: &mut List,
    ) -> Result<(), CurateError> {
        let root = self.root(earlier);
        if self.first[later as usize] != later || root == later {
            return Ok(());
        }
        let (kept, merged) = (problems.brief(earlier)?, problems.brief(later)?);
        let agree = answers_agree(&kept.gold, &merged.gold);
        let kind = if agree { "similar" } else { "other_answer" };
        list.push(&Duplicate { kind, similarity, kept: &kept, merged: &merged })?;
        if agree {
            self.first[later as usize] = root;
            self.similar += 1;
        } else {
            self.conflicts += 1;
        }
        Ok(())
    }
}

/// Two problems whose similarity reaches the threshold.
struct Pair {
    earlier: u32,
    later: u32,
    similarity: f64,
}

/// The pairs of one bucket that are alike, in order.
struct Alike {
    pairs: Vec<Pair>,
    left_out: u64,
}

impl Alike {
    fn of(
        problems: &Problems,
        band: usize,
        bucket: &[(u32, u32)],
        threshold: f64,
    ) -> Result<Self, CurateError> {
        let mut alike = Self { pairs: Vec::new(), left_out: 0 };
        let texts = |index| problems.brief(index).map(|brief| shingles(&brief.problem));
        for (at, (_, later)) in bucket.iter().enumerate() {
            let before = &bucket[at.saturating_sub(COMPARED)..at];
            alike.left_out += (at - before.len()) as u64;
            let own = &problems.entries[*later as usize];
            let mut own_text: Option<Vec<u64>> = None;
            for (_, earlier) in before {
                let other = &problems.entries[*earlier as usize];
                // Equal texts were compared before, and a pair that agreed in an earlier band was compared there.
                let known = || (0..band).any(|b| own.signature.bands[b] == other.signature.bands[b]);
                if own.text == other.text || !own.signature.may_reach(&other.signature, threshold) || known()
                {
                    continue;
                }
                let own_text = match &mut own_text {
                    Some(text) => text,
                    none => none.insert(texts(*later)?),
                };
                let similarity = similarity(&texts(*earlier)?, own_text);
                if similarity >= threshold {
                    alike.pairs.push(Pair { earlier: *earlier, later: *later, similarity });
                }
            }
        }
        Ok(alike)
    }
}

/// Whether two lists of acceptable answers can belong to one problem: one of them is empty, or an answer stands in both.
fn answers_agree(a: &[String], b: &[String]) -> bool {
    if a.is_empty() || b.is_empty() || a == b {
        return true;
    }
    let policy = Policy::default();
    a.iter().any(|one| b.iter().any(|other| compare(one, other, &policy).outcome == Outcome::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_decide_whether_two_texts_are_one_problem() {
        let check = |a: &[&str], b: &[&str], expect| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            assert_eq!(answers_agree(&owned(a), &owned(b)), expect, "{a:?} {b:?}");
        };
        check(&["1/2"], &["0.5"], true);
        check(&["1/2"], &["7", "0.5"], true);
        check(&["1/2"], &["7"], false);
        check(&["1/2"], &[], true);
    }
}
