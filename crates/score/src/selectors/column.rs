//! `column`: a number that the source recorded with each reply.

use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::selector::{Seen, Selector};

/// A recorded column.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Column {
    /// The column's name; the higher its number, the better the reply.
    column: String,
}

impl Component for Column {
    const KIND: &str = "column";
    const ABOUT: &str = "a number that the source recorded with each reply";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        // These two are what names of figures are made with.
        if self.column.trim().is_empty() || self.column.contains([':', '@']) {
            let fault = ConfigError::new("column", format!("`{}` cannot name a figure", self.column));
            return Err(fault.hint("give it a name without `:` and `@`").into());
        }
        Ok(Box::new(self))
    }
}

impl Selector for Column {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        recorded(seen, &self.column)
    }

    fn remedy(&self) -> String {
        format!("no recorded reply holds a number in a column `{}`", self.column)
    }

    fn label(&self) -> &str {
        &self.column
    }
}

/// The number in a recorded column, be it written as a text; anything else is none.
pub(super) fn recorded(seen: &Seen<'_>, column: &str) -> Option<f64> {
    let extra: Value = serde_json::from_str(seen.generation.extra.as_deref()?).ok()?;
    let value = extra.get(column)?;
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use tables::Generation;

    use super::*;
    use crate::selector::Verified;

    #[test]
    fn a_number_is_read_from_the_column_that_is_named() {
        let check = |extra: &str, expect| {
            let generation = Generation { extra: Some(extra.into()), ..Generation::default() };
            assert_eq!(
                recorded(
                    &Seen { generation: &generation, thinking: None, verified: Verified::default() },
                    "reward"
                ),
                expect,
                "{extra}"
            );
        };
        check("{\"reward\": 0.25}", Some(0.25));
        check("{\"reward\": \" -3\"}", Some(-3.0));
        check("{\"reward\": \"good\"}", None);
        check("{\"reward\": \"NaN\"}", None);
        check("{\"reward\": \"inf\"}", None);
        check("{\"other\": 1}", None);
        check("no json", None);
    }
}
