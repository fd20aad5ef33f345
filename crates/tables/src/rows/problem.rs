//! A problem with its known answers.

use crate::row;

row! {
    /// A problem, as the `load` stage writes it.
    pub struct Problem is "problem", version 3 since 1 {
        /// Unique in its table.
        id: String as label,
        /// The collection that it belongs to, such as `MATH-500`.
        dataset: String as label,
        /// The group that figures are reported for, such as `Level 3`; empty where the data has no groups.
        subset: String as label,
        /// The text that is asked.
        problem: String,
        /// Acceptable answers, any of which is right; empty when none is known.
        gold: Vec<String>,
        /// The options of a multiple-choice problem in their order (A, B, …); empty otherwise.
        choices: Vec<String>,
        /// A reference solution.
        solution: Option<String>,
        /// The source's other columns as one JSON object.
        extra: Option<String>,
        /// What it is a variant of, with all others of it: the id of the original, or of a template. Variants are no problems of
        /// their own where intervals count problems.
        cluster: Option<String> as label,
        /// What was changed: `original` for nothing, else a kind of variation; null where there are no variants.
        variant: Option<String> as label,
        /// The id of the original, where it is a variant.
        origin: Option<String> as label,
        /// The seed by which each sample is asked the options in an order of its own ([`Problem::order_in`]); null where all are
        /// asked them as they stand here.
        shuffle: Option<u64>,
        /// Why it is known to be graded unfairly, such as tests that refuse right programs; null where nobody knows of anything.
        flaw: Option<String> as label,
    }
}
