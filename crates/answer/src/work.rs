//! Counted work of reading a text, in place of clocks: a looped trace costs what it is long, and what would cost more
//! ends as a state that is told.

use std::cell::Cell;

/// Units that one visit of an expression counts for; a byte that is looked at counts one.
const VISIT: u64 = 32;

/// The work that may be done for one text, and what was done of it. It never changes what is found until it is spent.
#[derive(Debug)]
pub struct Work {
    most: u64,
    done: Cell<u64>,
}

impl Work {
    /// So many units.
    pub fn within(most: u64) -> Self {
        Self { most, done: Cell::new(0) }
    }

    /// As much as it takes.
    pub fn unbounded() -> Self {
        Self::within(u64::MAX)
    }

    /// Units that were spent: about the bytes that were looked at.
    pub fn done(&self) -> u64 {
        self.done.get()
    }

    /// What was found since may be incomplete.
    pub fn is_spent(&self) -> bool {
        self.done() >= self.most
    }

    /// So many bytes were looked at.
    pub fn bytes(&self, bytes: usize) {
        self.add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// So many expressions were visited.
    pub(crate) fn visits(&self, visits: u32) {
        self.add(u64::from(visits) * VISIT);
    }

    fn add(&self, units: u64) {
        self.done.set(self.done().saturating_add(units));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_spent_when_all_of_it_is_done() {
        let work = Work::within(40);
        work.bytes(8);
        assert!(!work.is_spent());
        work.visits(1);
        assert_eq!((work.done(), work.is_spent()), (40, true));
        assert!(!Work::unbounded().is_spent());
    }
}
