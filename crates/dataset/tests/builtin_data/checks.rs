//! One computation a problem, grouped by kind.

mod algebra;
mod arithmetic;
mod choices;
mod counting;
mod expressions;
mod fractions;
mod geometry;
mod intervals;
mod number_theory;
pub(crate) mod tools;
pub(crate) mod trivial;
mod tuples;

use crate::expected::Expected;

/// A problem's id and what was found for it.
pub(crate) type Check = (&'static str, Expected);

/// Every check.
pub(crate) fn all() -> Vec<Check> {
    let kinds = [
        algebra::checks,
        arithmetic::checks,
        choices::checks,
        counting::checks,
        expressions::checks,
        fractions::checks,
        geometry::checks,
        intervals::checks,
        number_theory::checks,
        tuples::checks,
    ];
    kinds.into_iter().flat_map(|checks| checks()).collect()
}
