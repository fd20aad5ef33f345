//! From the word in a pipeline to a tokenizer: built in, a file, or a model on the hub.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hub::HubSettings;
use tokens::{Counter, Tokenizer};

/// Where tokenizers may come from. What was found is kept, so that a program that runs a pipeline and reports
/// on it looks at a file once.
#[derive(Clone, Debug, Default)]
pub struct TokenizerSource {
    cache: Option<PathBuf>,
    offline: bool,
    found: Arc<Mutex<BTreeMap<Option<String>, Arc<Counter>>>>,
}

impl TokenizerSource {
    /// With a cache folder for converted tokenizers; offline, the network is left alone.
    pub fn new(cache: Option<PathBuf>, offline: bool) -> Self {
        Self { cache, offline, found: Arc::default() }
    }

    /// The cache folder, if there is one.
    pub(crate) fn cache(&self) -> Option<&Path> {
        self.cache.as_deref()
    }

    /// The tokenizer that `word` names.
    ///
    /// # Errors
    /// There is none, or it cannot be used.
    pub fn counter(&self, word: Option<&str>) -> Result<Arc<Counter>, String> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let word = word.map(str::to_owned);
        if let Some(known) = found.get(&word) {
            return Ok(known.clone());
        }
        let counter = Arc::new(find(word.as_deref(), self)?);
        found.insert(word, counter.clone());
        Ok(counter)
    }
}

/// Opens the tokenizer that `word` names: `builtin`, a path to a `tokenizer.json` or its folder, or a model
/// on the hub. `None` is the approximate counter, which the report names.
pub fn open(word: Option<&str>, source: &TokenizerSource) -> Result<Tokenizer, String> {
    source.counter(word)?.tokenizer().cloned()
}

fn find(word: Option<&str>, source: &TokenizerSource) -> Result<Counter, String> {
    match word {
        None | Some("approximate") => Ok(Counter::ready(Tokenizer::approximate())),
        Some("builtin") => Tokenizer::builtin().map(Counter::ready).map_err(|error| error.to_string()),
        Some(word) => {
            let unusable = |error| format!("cannot use the tokenizer at {word}: {error}");
            let mut settings = HubSettings::from_env();
            settings.offline |= source.offline;
            Counter::file(hub::tokenizer(word, &settings)?, source.cache.clone()).map_err(unusable)
        }
    }
}
