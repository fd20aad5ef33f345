//! The judges, one a file. A new one is a new file, a `mod` line and a word in the sorted list.

mod cascade;
mod checked;
mod llm;
mod panel;
mod recorded;
pub(crate) mod rule;
/// The example of the manual, which has to work.
#[cfg(test)]
#[path = "../../../../docs/src/verbatim.rs"]
mod verbatim;

use plugin::{Component, ConfigError, ConfigErrors, Configured, Registry, Value, entry};

use crate::Judge;

/// All judges, by kind.
pub static JUDGES: Registry<dyn Judge> = Registry::new(
    "judge",
    &[
        entry::<cascade::Cascade>(),
        entry::<checked::Checked>(),
        entry::<llm::Llm>(),
        entry::<panel::Panel>(),
        entry::<recorded::Recorded>(),
        entry::<rule::Rule>(),
    ],
)
.usually(rule::Rule::KIND);

/// The judge that a table describes. A key that judges no longer have is refused with what to write instead.
pub fn parse(table: &Value, path: &str) -> Result<Configured<dyn Judge>, ConfigErrors> {
    if table.get("equality").is_some() {
        let fault = ConfigError::new(format!("{path}.equality"), "judges no longer compare final answers");
        return Err(fault.hint("write [grade] with kind = \"llm\", a `model` and a `base_url`").into());
    }
    JUDGES.build(table, path)
}
