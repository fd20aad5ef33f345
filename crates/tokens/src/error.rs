//! What can be wrong with a tokenizer or with a text that it should count.

use std::path::PathBuf;

use tables::{Blame, Blamed};

/// Why a tokenizer cannot be used, or a text cannot be counted.
#[derive(Debug, thiserror::Error)]
pub enum TokenizerError {
    /// The file is missing or may not be read.
    #[error("cannot read the tokenizer {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Somebody wrote to the file in the meantime.
    #[error("the tokenizer {path} changed while it was in use; start again")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A folder without the one file that is needed.
    #[error(
        "{folder} holds no tokenizer.json{found}; name a folder or a file that the tokenizers library wrote"
    )]
    NoTokenizer {
        /// The folder.
        folder: PathBuf,
        /// Other tokenizer files in it, as ` (only …)`, or nothing.
        found: String,
    },
    /// Not a file of the tokenizers library.
    #[error("tokenizer `{name}` is no tokenizer.json that can be read: {reason}")]
    Malformed {
        /// The tokenizer's name.
        name: String,
        /// What the reader said.
        reason: String,
    },
    /// A tokenizer whose token starts cannot be known exactly.
    #[error(
        "tokenizer `{name}` has {found}; exact counts are supported for byte-level BPE that leaves the text as \
         it is or brings it to NFC (Qwen, DeepSeek, Llama 3, GPT and their like); use another tokenizer, or \
         `approximate` for counts that are marked as such"
    )]
    Unsupported {
        /// The tokenizer's name.
        name: String,
        /// What stands in the way.
        found: String,
    },
    /// Offsets are 32 bits wide.
    #[error("a text of {bytes} bytes is too long to be tokenized; the limit is 4 GiB")]
    TooLong {
        /// The text's length.
        bytes: usize,
    },
    /// The encoder gave up on a text.
    #[error("tokenizer `{name}` cannot encode a text of {bytes} bytes: {reason}")]
    Encode {
        /// The tokenizer's name.
        name: String,
        /// The text's length.
        bytes: usize,
        /// What the encoder said.
        reason: String,
    },
    /// The tokens do not spell the text, so nobody knows where they start. A defect of ours or of the file.
    #[error("the tokens of tokenizer `{name}` do not spell the text of {bytes} bytes: {reason}")]
    Misaligned {
        /// The tokenizer's name.
        name: String,
        /// The text's length.
        bytes: usize,
        /// Where they part.
        reason: String,
    },
}

impl Blamed for TokenizerError {
    /// Who has to act: whoever chose the tokenizer or made the text.
    fn blame(&self) -> Blame {
        match self {
            Self::Misaligned { .. } => Blame::Other,
            _ => Blame::Input,
        }
    }
}
