//! Where the text of a prompt comes from.

use std::path::Path;

use plugin::ConfigError;

/// A text, and the key of the configuration that it came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub(crate) key: String,
    pub(crate) text: String,
}

impl Text {
    /// A text that stands in the program, under the key that would replace it.
    pub fn built_in(key: &str, text: &str) -> Self {
        Self { key: key.to_owned(), text: text.to_owned() }
    }

    /// The text alone.
    pub fn into_text(self) -> String {
        self.text
    }

    /// What `prompt_file` names, or the built-in text.
    pub fn file_or(file: Option<&Path>, built_in: &str) -> Result<Self, ConfigError> {
        Ok(Self::given("prompt", None, file)?.unwrap_or_else(|| Self::built_in("prompt_file", built_in)))
    }

    /// What stands under `key` itself, or in the file that `key` with `_file` names; `None` if neither is given.
    pub fn given(key: &str, text: Option<&str>, file: Option<&Path>) -> Result<Option<Self>, ConfigError> {
        let Some(file) = file else { return Ok(text.map(|text| Self::built_in(key, text))) };
        let file_key = format!("{key}_file");
        if text.is_some() {
            return Err(ConfigError::new(&file_key, format!("give either `{key}` or `{file_key}`")));
        }
        match std::fs::read_to_string(file) {
            Ok(text) => Ok(Some(Self { key: file_key, text })),
            Err(error) => Err(ConfigError::new(file_key, format!("cannot read {}: {error}", file.display()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_built_in_or_given_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.txt");
        std::fs::write(&path, "from a file").unwrap();
        let check = |text, file: Option<&Path>, expect: &str| {
            let shown = match Text::given("system", text, file) {
                Ok(text) => text.map_or("nothing".to_owned(), |text| format!("{}: {}", text.key, text.text)),
                Err(fault) => fault.to_string(),
            };
            assert!(shown.starts_with(expect), "{shown}");
        };
        check(None, None, "nothing");
        check(Some("a"), None, "system: a");
        check(None, Some(&path), "system_file: from a file");
        check(Some("a"), Some(&path), "system_file: give either `system` or `system_file`");
        check(None, Some(Path::new("nowhere.txt")), "system_file: cannot read nowhere.txt: ");
        assert_eq!(Text::file_or(None, "x"), Ok(Text::built_in("prompt_file", "x")));
    }
}
