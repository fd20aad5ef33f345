//! From the word in a pipeline to a tokenizer: built in, a file, or a model on the hub.

use std::path::{Path, PathBuf};

use hub::{HubFile, HubSettings, RepoKind};
use tokens::Tokenizer;

/// Where tokenizers may come from.
#[derive(Clone, Debug, Default)]
pub struct TokenizerSource {
    /// Cache folder, for converted tokenizers.
    pub cache: Option<PathBuf>,
    /// Work without the network.
    pub offline: bool,
}

/// Opens the tokenizer that `word` names: `builtin`, a path to a `tokenizer.json` or its folder, or a model
/// on the hub. `None` is the approximate counter, which the report names.
pub fn open(word: Option<&str>, source: &TokenizerSource) -> Result<Tokenizer, String> {
    let Some(word) = word else { return Ok(Tokenizer::approximate()) };
    match word {
        "approximate" => return Ok(Tokenizer::approximate()),
        "builtin" => return Tokenizer::builtin().map_err(|error| error.to_string()),
        _ => {}
    }
    let path = Path::new(word);
    if path.exists() {
        return Tokenizer::open_cached(path, source.cache.as_deref())
            .map_err(|error| format!("cannot use the tokenizer at {word}: {error}"));
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
    let path = hub::fetch(&file, &settings).map_err(|error| error.to_string())?;
    Tokenizer::open_cached(&path, source.cache.as_deref()).map_err(|error| error.to_string())
}
