//! The evaluated model's tokenizer.

use std::path::PathBuf;

use hub::HubSettings;
use pyo3::prelude::*;

use crate::failure::Failure;
use crate::pool;

/// Counts tokens as the evaluated model does.
#[pyclass(frozen, module = "thinkmeter._native")]
pub(crate) struct Tokenizer(tokens::Tokenizer);

impl Tokenizer {
    /// The tokenizer itself; cloning it is cheap.
    pub(crate) fn inner(&self) -> &tokens::Tokenizer {
        &self.0
    }
}

#[pymethods]
impl Tokenizer {
    /// Opens what a pipeline's `tokenizer` names. `json` is the content of a `tokenizer.json`, and `word` its name then;
    /// `cache` is the folder of converted tokenizers.
    #[new]
    #[pyo3(signature = (word=None, json=None, cache=None))]
    fn open(
        py: Python<'_>,
        word: Option<String>,
        json: Option<String>,
        cache: Option<PathBuf>,
    ) -> PyResult<Self> {
        pool::run(py, Some(1), |_| Ok(Self(opened(word, json, cache)?)))
    }

    /// What reports call it.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// It counts what the model counts; only `approximate` does not.
    #[getter]
    fn exact(&self) -> bool {
        self.0.is_exact()
    }

    /// Tokens of a text; nothing is added around it.
    fn count(&self, py: Python<'_>, text: &str) -> PyResult<u32> {
        let counted = py.detach(|| self.0.try_count(text));
        Ok(counted.map_err(Failure::data)?)
    }

    /// Tokens of each text, on all cores.
    #[pyo3(signature = (texts, threads=None))]
    fn count_many(&self, py: Python<'_>, texts: Vec<String>, threads: Option<usize>) -> PyResult<Vec<u32>> {
        use rayon::prelude::*;
        let count = |text: &String| self.0.try_count(text).map_err(Failure::data);
        pool::run(py, threads, |_| texts.par_iter().map(count).collect())
    }
}

fn opened(
    word: Option<String>,
    json: Option<String>,
    cache: Option<PathBuf>,
) -> Result<tokens::Tokenizer, Failure> {
    let unusable = |error: tokens::TokenizerError| Failure::of("tokenizer", error);
    if let Some(json) = json {
        return tokens::Tokenizer::from_json(&json, word.unwrap_or_else(|| "tokenizer".to_owned()))
            .map_err(unusable);
    }
    match word.as_deref() {
        None | Some("approximate") => Ok(tokens::Tokenizer::approximate()),
        Some("builtin") => tokens::Tokenizer::builtin().map_err(unusable),
        Some(word) => {
            let path = hub::tokenizer(word, &HubSettings::from_env())
                .map_err(|error| Failure::of("tokenizer", error))?;
            tokens::Tokenizer::open_cached(&path, cache.as_deref()).map_err(unusable)
        }
    }
}
