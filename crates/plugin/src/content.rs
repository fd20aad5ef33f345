//! What a component is made of beside its configuration.

use std::collections::BTreeMap;

use serde::Serialize;

/// Texts that a result depends on, such as prompts and word lists, by name. A component notes them where it takes them
/// into use, so that what a fingerprint hashes cannot differ from what is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Content(BTreeMap<String, String>);

impl Content {
    /// Notes a text, or the hash of one that is long.
    pub fn note(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.insert(name.into(), text.into());
    }

    /// The text of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
