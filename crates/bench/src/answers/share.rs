//! Counting how many of how many.

use std::fmt;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    pub(super) count: usize,
    pub(super) of: usize,
}

impl Share {
    pub(super) fn add(&mut self, holds: bool) {
        self.count += usize::from(holds);
        self.of += 1;
    }

    /// 0 to 1; 0 of nothing.
    pub(super) fn value(self) -> f64 {
        self.count as f64 / self.of.max(1) as f64
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{} = {:.1} %", self.count, self.of, 100.0 * self.value()))
    }
}
