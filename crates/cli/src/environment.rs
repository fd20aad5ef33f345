//! The program's own environment variables. Those of models are read in `llm`, those of the hub in `hub`.

#![expect(clippy::disallowed_methods, reason = "here the environment is read")]

use std::env;
use std::path::PathBuf;

/// `NO_COLOR`: set and not empty.
pub(crate) fn no_color() -> bool {
    env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// The keys that the environment holds under these names, the hub's among them.
pub(crate) fn secrets<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let values = names.into_iter().chain(["HF_TOKEN"]).filter_map(|name| env::var(name).ok());
    values.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
}

/// `THINKMETER_CACHE`, else the user's cache folder: replies and converted tokenizers.
pub(crate) fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let of_user = || set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    set("THINKMETER_CACHE").or_else(|| Some(of_user()?.join("thinkmeter")))
}
