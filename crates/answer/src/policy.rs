//! Questions of convention: where two readers who agree on the mathematics still disagree.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What counts as the same answer beyond mathematics. Printed with every result, never hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Policy {
    /// `9` and `9%` are the same answer, as are `0.15` and `15%`.
    pub percent_optional: bool,
    /// `52_8` and `52` are the same answer when the question fixed the base.
    pub base_optional: bool,
    /// A decimal is the same as an exact value that it approximates when it has at least this many
    /// significant digits and is right in all of them; 0 turns this off. Two decimals are compared exactly.
    pub decimal_digits: u32,
    /// `(1,2)`, `⟨1,2⟩` and a column vector are the same answer.
    pub vector_forms: bool,
    /// `180°` and `π` are the same answer.
    pub angle_units: bool,
    /// A unit may be missing on one side, and units of one dimension are converted (`1 m` = `100 cm`).
    pub units_optional: bool,
    /// A ratio is the same as its quotient and as its multiples (`1:2`, `2:4`, `1/2`).
    pub ratio_as_quotient: bool,
    /// Words differ in nothing but letter case.
    pub ignore_case: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            percent_optional: true,
            base_optional: true,
            decimal_digits: 8,
            vector_forms: true,
            angle_units: true,
            units_optional: true,
            ratio_as_quotient: true,
            ignore_case: true,
        }
    }
}
