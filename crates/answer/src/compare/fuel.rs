//! What keeps a comparison short: counted work in place of clocks.

/// Longest text that is read, in bytes.
pub(crate) const MAX_BYTES: usize = 4096;
/// Deepest nesting of brackets, fractions, exponents.
pub(crate) const MAX_DEPTH: usize = 64;
/// Most bits of an exact integer.
pub(crate) const MAX_BITS: u64 = 16 * 1024;
/// Visits of expression nodes and steps of loops in one comparison.
const MAX_VISITS: u32 = 200_000;

/// Why a value could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fail {
    /// This way of calculating does not cover the expression; another may.
    NotCovered,
    /// Division by zero, a logarithm of zero and the like.
    Undefined,
    /// Outside the reals where a principal value would have to be chosen.
    Domain,
    /// A limit was reached.
    Limit(&'static str),
}

/// The work that is left.
#[derive(Debug)]
pub(crate) struct Fuel {
    left: u32,
}

impl Fuel {
    pub(crate) fn new() -> Self {
        Self { left: MAX_VISITS }
    }

    /// The units that were taken.
    pub(crate) fn used(&self) -> u32 {
        MAX_VISITS - self.left
    }

    /// Takes one unit.
    pub(crate) fn visit(&mut self) -> Result<(), Fail> {
        self.take(1)
    }

    /// Takes several units at once.
    pub(crate) fn take(&mut self, units: u32) -> Result<(), Fail> {
        self.left = self.left.checked_sub(units).ok_or(Fail::Limit("too much work"))?;
        Ok(())
    }
}
