//! Rules as a configuration lists them.

use plugin::{ConfigError, ConfigErrors, Value};

use crate::{STOPPING, Stopping};

/// Builds a list of rules; a word stands for a table with this `kind`. `path` is the place of the list.
///
/// # Errors
/// All faults of all of them; two that are the same.
pub fn parse(list: &[Value], path: &str) -> Result<Vec<Stopping>, ConfigErrors> {
    let mut rules: Vec<Stopping> = Vec::new();
    let mut faults = Vec::new();
    for (at, item) in list.iter().enumerate() {
        let place = format!("{path}[{at}]");
        match STOPPING.build_named(item, &place) {
            Ok(built) if rules.contains(&built.built) => {
                faults.push(ConfigError::new(place, format!("`{}` stands there already", built.built.label)));
            }
            Ok(built) => rules.push(*built.built),
            Err(more) => faults.extend(more.0),
        }
    }
    if faults.is_empty() { Ok(rules) } else { Err(ConfigErrors(faults)) }
}
