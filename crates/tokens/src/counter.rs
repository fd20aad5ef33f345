//! A tokenizer that is known at once and loaded when it is needed.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::{Tokenizer, TokenizerFacts};

/// A model's tokenizer: what it is at once, itself when a stage needs it. A run that has nothing to count should not spend
/// time and memory on it.
#[derive(Debug)]
pub struct Counter {
    name: String,
    identity: String,
    exact: bool,
    place: Place,
    loaded: OnceLock<Result<Tokenizer, String>>,
}

#[derive(Debug)]
enum Place {
    Loaded,
    File { path: PathBuf, look: TokenizerFacts, cache: Option<PathBuf> },
}

impl Counter {
    /// Of a tokenizer that is loaded already.
    pub fn ready(tokenizer: Tokenizer) -> Self {
        Self {
            name: tokenizer.name().to_owned(),
            identity: tokenizer.identity().to_owned(),
            exact: tokenizer.is_exact(),
            place: Place::Loaded,
            loaded: OnceLock::from(Ok(tokenizer)),
        }
    }

    /// Of a file, which is looked at now and read when it is needed; `cache` is the folder of converted tokenizers.
    ///
    /// # Errors
    /// The file is no tokenizer that can be used.
    pub fn file(path: PathBuf, cache: Option<PathBuf>) -> Result<Self, String> {
        let look = Tokenizer::look(&path).map_err(|error| error.to_string())?;
        let (name, identity) = (look.name.clone(), look.identity.clone());
        let place = Place::File { path, look, cache };
        Ok(Self { name, identity, exact: true, place, loaded: OnceLock::new() })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What counts depend on.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Its counts are the model's own.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The tokenizer, loaded now if it was not before.
    ///
    /// # Errors
    /// The file turns out to be none that can be used.
    pub fn tokenizer(&self) -> Result<&Tokenizer, String> {
        let loaded = self.loaded.get_or_init(|| match &self.place {
            Place::Loaded => Err("a tokenizer that was never loaded".to_owned()),
            Place::File { path, look, cache } => Tokenizer::open_looked(path, look, cache.as_deref())
                .map_err(|error| format!("cannot use the tokenizer at {}: {error}", path.display())),
        });
        loaded.as_ref().map_err(Clone::clone)
    }
}
