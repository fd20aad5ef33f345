//! One-file plug-ins.
//!
//! A component (a splitter, a judge, a dataset source …) is a configuration struct that can build itself.
//! Each stage crate lists its components in a [`Registry`]; whoever reads a pipeline hands over the table
//! with its `kind` and gets either the built component with what goes into fingerprints, or
//! **every** fault of the table at once, each with its key's path and the nearest known word.
//!
//! ```text
//! #[derive(Serialize, Deserialize, JsonSchema)]       a field's doc comment is its help text
//! #[serde(default)]
//! pub struct Separator { /// Cut here. separator: String }
//! impl Component for Separator { const KIND: &str = "separator"; type Built = dyn Splitter; … }
//!
//! pub static SPLITTERS: Registry<dyn Splitter> = Registry::new("splitter", &[entry::<Separator>()]);
//! ```

mod check;
mod config_error;
mod content;
mod registry;

pub use check::{check, parse};
pub use config_error::{ConfigError, ConfigErrors, nearest};
pub use content::Content;
pub use registry::{Component, Configured, Entry, Key, Registry, entry};

/// Re-exported so that every configuration is a value of the same type.
pub use serde_json::Value;
