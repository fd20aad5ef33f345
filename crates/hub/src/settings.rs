//! Where the hub is, who asks, and where its cache stands.

#![expect(clippy::disallowed_methods, reason = "here the environment is read")]

use std::env;
use std::path::{Path, PathBuf};

/// How to reach the hub.
#[derive(Clone)]
pub struct HubSettings {
    /// The key, for repositories that need one.
    pub token: Option<String>,
    /// The hub's address, without a slash at the end.
    pub endpoint: String,
    /// The folder of the cache, shared with the hub's other tools.
    pub cache: PathBuf,
    /// Take files from the cache and from nowhere else.
    pub offline: bool,
}

/// The hub that everybody means.
const ENDPOINT: &str = "https://huggingface.co";

impl HubSettings {
    /// Reads `HF_TOKEN` (else the file that the hub's login leaves in its folder), `HF_HOME` (else
    /// `~/.cache/huggingface`), `HF_ENDPOINT` and `HF_HUB_OFFLINE`.
    pub fn from_env() -> Self {
        // Without a home there is no lasting place; the working folder is nobody's cache.
        let home = env::home_dir().unwrap_or_else(env::temp_dir);
        Self::from_variables(|name| env::var(name).ok(), &home)
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>, home: &Path) -> Self {
        let given = |name: &str| variable(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let folder =
            given("HF_HOME").map(PathBuf::from).unwrap_or_else(|| home.join(".cache").join("huggingface"));
        let endpoint = given("HF_ENDPOINT").unwrap_or_else(|| ENDPOINT.to_owned());
        Self {
            token: given("HF_TOKEN").or_else(|| token_of_login(&folder)),
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            cache: folder.join("hub"),
            offline: given("HF_HUB_OFFLINE").is_some_and(|value| is_yes(&value)),
        }
    }
}

/// The key must not slip out with a debug message.
impl std::fmt::Debug for HubSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HubSettings")
            .field("token", &self.token.as_ref().map(|_| "set"))
            .field("endpoint", &self.endpoint)
            .field("cache", &self.cache)
            .field("offline", &self.offline)
            .finish()
    }
}

fn token_of_login(folder: &Path) -> Option<String> {
    let token = std::fs::read_to_string(folder.join("token")).ok()?;
    Some(token.trim().to_owned()).filter(|token| !token.is_empty())
}

/// The words that the hub's own tools take for yes.
fn is_yes(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> HubSettings {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        HubSettings::from_variables(find, Path::new("/home/someone"))
    }

    #[test]
    fn the_environment_decides_and_defaults_fill_in() {
        let plain = settings(&[]);
        assert_eq!(plain.endpoint, "https://huggingface.co");
        assert_eq!(plain.cache, Path::new("/home/someone/.cache/huggingface/hub"));
        assert_eq!((plain.token, plain.offline), (None, false));

        let full = settings(&[
            ("HF_TOKEN", " hf_secret\n"),
            ("HF_HOME", "/elsewhere"),
            ("HF_ENDPOINT", "http://mirror/"),
            ("HF_HUB_OFFLINE", "True"),
        ]);
        assert_eq!(full.cache, Path::new("/elsewhere/hub"));
        assert_eq!((full.endpoint.as_str(), full.offline), ("http://mirror", true));
        assert_eq!(full.token.as_deref(), Some("hf_secret"));
        assert!(!format!("{full:?}").contains("hf_secret"));

        assert!(!settings(&[("HF_HUB_OFFLINE", "0")]).offline);
        assert_eq!(settings(&[("HF_TOKEN", "")]).token, None);
    }
}
