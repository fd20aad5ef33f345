//! Byte-level BPE as the library runs it: encode once, and tell from the tokens' lengths where each starts.
//!
//! This is for the few tokenizers that have no compact form, and what the compact form is tested against.
//!
//! The encoder gives ids without offsets. In a byte-level vocabulary every id stands for fixed bytes and the
//! ids of a text spell it byte by byte, so a running sum over a table of lengths gives the starts. That the
//! sum ends at the text's length is checked for every text. Texts that NFC changes, and added tokens that
//! swallow the blanks around them, need the slower walk in [`crate::align`].

use std::cell::RefCell;

use serde_json::Value;
use tokenizers::pipeline::{EncodeOptions, Override, PipelineToken, PipelineTokenizer};
use unicode_normalization::{IsNormalized, is_nfc_quick};

use crate::align::{self, Spelling};
use crate::{TokenizerError, support, to_u32};

pub(crate) struct ByteLevelBpe {
    pub(crate) name: String,
    pub(crate) spelling: Spelling,
    normalises: bool,
    options: EncodeOptions,
}

thread_local! {
    /// Ids of the text that this thread is encoding; kept so that a text costs no allocation.
    static IDS: RefCell<Vec<PipelineToken>> = const { RefCell::new(Vec::new()) };
}

impl ByteLevelBpe {
    /// Loads the text of a `tokenizer.json`, which takes the library about a second for a large one.
    pub(crate) fn load(text: &str, name: &str) -> Result<Self, TokenizerError> {
        let canonical = canonicalize(text, name)?;
        let pipeline =
            tokenizers::from_json(&canonical.to_string()).map_err(|error| malformed(name, error))?;
        Ok(Self {
            name: name.to_owned(),
            normalises: !pipeline.get_normalizers().is_empty(),
            spelling: Spelling { byte_len: byte_lengths(&pipeline, support::id_space(&canonical)), pipeline },
            options: EncodeOptions {
                padding: Override::Off,
                truncation: Override::Off,
                ..EncodeOptions::no_specials()
            },
        })
    }

    /// Tokens of a text.
    pub(crate) fn count(&self, text: &str) -> Result<u32, TokenizerError> {
        self.encode(text, |ids| to_u32(ids.len()))
    }

    /// Appends the byte at which each token starts.
    pub(crate) fn starts(&self, text: &str, starts: &mut Vec<u32>) -> Result<(), TokenizerError> {
        self.encode(text, |ids| {
            if self.leaves(text) && self.add_up(ids, text.len(), starts) {
                return Ok(());
            }
            starts.clear();
            align::starts(&self.spelling, text, ids, starts).map_err(|reason| TokenizerError::Misaligned {
                name: self.name.clone(),
                bytes: text.len(),
                reason,
            })
        })?
    }

    fn encode<R>(&self, text: &str, work: impl FnOnce(&[u32]) -> R) -> Result<R, TokenizerError> {
        IDS.with(|buffer| {
            let ids = &mut *buffer.borrow_mut();
            ids.clear();
            let encoded = self.spelling.pipeline.encode_into(text, &self.options, ids);
            encoded.map_err(|error| TokenizerError::Encode {
                name: self.name.clone(),
                bytes: text.len(),
                reason: error.to_string(),
            })?;
            Ok(work(PipelineToken::cast_slice(ids)))
        })
    }

    /// The normaliser leaves this text as it is.
    fn leaves(&self, text: &str) -> bool {
        !self.normalises || text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes
    }

    /// Adds up the tokens' lengths; false when they do not end where the text does.
    fn add_up(&self, ids: &[u32], length: usize, starts: &mut Vec<u32>) -> bool {
        starts.reserve(ids.len());
        let mut at = 0_u32;
        for id in ids {
            starts.push(at);
            at = at.saturating_add(self.spelling.len_of(*id));
        }
        at as usize == length
    }
}

fn canonicalize(text: &str, name: &str) -> Result<Value, TokenizerError> {
    let mut value: Value = serde_json::from_str(text).map_err(|error| malformed(name, error))?;
    let unsupported = |found| TokenizerError::Unsupported { name: name.to_owned(), found };
    if let Some(found) = support::foreign_model(&value) {
        return Err(unsupported(found));
    }
    tokenizers::canonicalize_value(&mut value).map_err(|error| malformed(name, error))?;
    if let Some(found) = support::obstacle(&value) {
        return Err(unsupported(found));
    }
    Ok(value)
}

fn malformed(name: &str, reason: impl ToString) -> TokenizerError {
    TokenizerError::Malformed { name: name.to_owned(), reason: reason.to_string() }
}

fn byte_lengths(pipeline: &PipelineTokenizer, ids: u32) -> Vec<u32> {
    // The model spells a token with one character a byte; added tokens stand as they are.
    let spelled = |id| pipeline.get_model().id_to_token(id).map_or(0, |token| to_u32(token.chars().count()));
    let mut lengths: Vec<u32> = (0..ids).map(spelled).collect();
    for (id, token) in pipeline.get_added_vocabulary().get_added_tokens_decoder() {
        let id = id as usize;
        if lengths.len() <= id {
            lengths.resize(id + 1, 0);
        }
        if let Some(length) = lengths.get_mut(id) {
            *length = to_u32(token.content.len());
        }
    }
    lengths
}

#[cfg(test)]
mod tests {
    use crate::Tokenizer;

    #[test]
    fn unusable_files_say_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tokenizer.json");
        let check = |content: &str, expect: &str| {
            std::fs::write(&file, content).unwrap();
            let message = Tokenizer::open(folder.path()).unwrap_err().to_string();
            assert!(message.contains(expect), "{message}");
        };
        check("nonsense", "is no tokenizer.json that can be read: expected");
        check("{}", "the config has no `model`");
        check(
            r#"{"model": {"type": "Unigram", "vocab": []}}"#,
            "has a Unigram model; exact counts are supported for",
        );
        check(
            r#"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}"#,
            "a BPE model over characters",
        );
        std::fs::remove_file(&file).unwrap();
        assert!(Tokenizer::open(&file).unwrap_err().to_string().starts_with("cannot read the tokenizer"));
    }
}
