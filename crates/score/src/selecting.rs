//! Selectors as a configuration lists them.

use plugin::{ConfigError, ConfigErrors, Value};

use crate::selector::Selector;
use crate::selectors::SELECTORS;

/// Builds a list of selectors; a word stands for a table with this `kind`. `path` is the place of the list.
///
/// # Errors
/// All faults of all of them; two of one name.
pub(crate) fn parse(list: &[Value], path: &str) -> Result<Vec<Box<dyn Selector>>, ConfigErrors> {
    let mut selectors: Vec<Box<dyn Selector>> = Vec::new();
    let mut faults = Vec::new();
    for (at, item) in list.iter().enumerate() {
        let place = format!("{path}[{at}]");
        match SELECTORS.build_named(item, &place) {
            Ok(built) if selectors.iter().any(|known| known.label() == built.built.label()) => {
                faults
                    .push(ConfigError::new(place, format!("`{}` stands there already", built.built.label())));
            }
            Ok(built) => selectors.push(built.built),
            Err(more) => faults.extend(more.0),
        }
    }
    if faults.is_empty() { Ok(selectors) } else { Err(ConfigErrors(faults)) }
}
