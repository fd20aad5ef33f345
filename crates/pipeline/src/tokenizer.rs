//! From the word in a pipeline to a tokenizer: built in, a file, or a model on the hub.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hub::{HubFile, HubSettings, RepoKind};
use tokens::{Look, Tokenizer};

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

    /// The tokenizer that `word` names.
    pub(crate) fn counter(&self, word: Option<&str>) -> Result<Arc<Counter>, String> {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let word = word.map(str::to_owned);
        if let Some(known) = found.get(&word) {
            return Ok(known.clone());
        }
        let counter = Arc::new(Counter::find(word.as_deref(), self)?);
        found.insert(word, counter.clone());
        Ok(counter)
    }
}

/// Opens the tokenizer that `word` names: `builtin`, a path to a `tokenizer.json` or its folder, or a model
/// on the hub. `None` is the approximate counter, which the report names.
pub fn open(word: Option<&str>, source: &TokenizerSource) -> Result<Tokenizer, String> {
    source.counter(word)?.tokenizer().cloned()
}

/// A model's tokenizer: what it is at once, itself when a stage needs it. A run that has nothing to count
/// should not spend time and memory on it.
#[derive(Debug)]
pub(crate) struct Counter {
    pub(crate) name: String,
    pub(crate) identity: String,
    pub(crate) exact: bool,
    place: Place,
    loaded: OnceLock<Result<Tokenizer, String>>,
}

#[derive(Debug)]
enum Place {
    Loaded,
    File { path: PathBuf, look: Look, cache: Option<PathBuf> },
}

impl Counter {
    fn find(word: Option<&str>, source: &TokenizerSource) -> Result<Self, String> {
        match word {
            None | Some("approximate") => Ok(Self::ready(Tokenizer::approximate())),
            Some("builtin") => Tokenizer::builtin().map(Self::ready).map_err(|error| error.to_string()),
            Some(word) => Self::file(word, locate(word, source)?, source),
        }
    }

    /// The tokenizer, loaded now if it was not before.
    pub(crate) fn tokenizer(&self) -> Result<&Tokenizer, String> {
        let loaded = self.loaded.get_or_init(|| match &self.place {
            Place::Loaded => Err("a tokenizer that was never loaded".to_owned()),
            Place::File { path, look, cache } => Tokenizer::open_looked(path, look, cache.as_deref())
                .map_err(|error| format!("cannot use the tokenizer at {}: {error}", path.display())),
        });
        loaded.as_ref().map_err(Clone::clone)
    }

    fn ready(tokenizer: Tokenizer) -> Self {
        Self {
            name: tokenizer.name().to_owned(),
            identity: tokenizer.identity().to_owned(),
            exact: tokenizer.is_exact(),
            place: Place::Loaded,
            loaded: OnceLock::from(Ok(tokenizer)),
        }
    }

    fn file(word: &str, path: PathBuf, source: &TokenizerSource) -> Result<Self, String> {
        let look =
            Tokenizer::look(&path).map_err(|error| format!("cannot use the tokenizer at {word}: {error}"))?;
        let (name, identity) = (look.name.clone(), look.identity.clone());
        let place = Place::File { path, look, cache: source.cache.clone() };
        Ok(Self { name, identity, exact: true, place, loaded: OnceLock::new() })
    }
}

fn locate(word: &str, source: &TokenizerSource) -> Result<PathBuf, String> {
    let path = Path::new(word);
    if path.exists() {
        return Ok(path.to_owned());
    }
    if !hub::looks_like_repo(word) {
        return Err(format!(
            "no tokenizer at `{word}`: give a path to tokenizer.json or its folder, a model on the hub \
             (`org/name`), or `builtin`; leave the key out for the approximate counter"
        ));
    }
    let file = HubFile {
        repo: word.to_owned(),
        kind: RepoKind::Model,
        revision: "main".to_owned(),
        file: "tokenizer.json".to_owned(),
    };
    let mut settings = HubSettings::from_env();
    settings.offline |= source.offline;
    hub::fetch(&file, &settings).map_err(|error| error.to_string())
}
