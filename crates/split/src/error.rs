//! What can stop this stage alone.

use std::path::PathBuf;

use tables::{Blame, Blamed};
use tokens::TokenizerError;

/// The stage stopped and published nothing.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// The tokens of a generation cannot be counted.
    #[error("{generations}: `{problem_id}` sample {sample}: {source}")]
    Text {
        /// The table of generations.
        generations: PathBuf,
        /// The problem.
        problem_id: String,
        /// The sample.
        sample: u32,
        /// What the tokenizer said.
        source: TokenizerError,
    },
}

impl Blamed for SplitError {
    fn blame(&self) -> Blame {
        let Self::Text { source, .. } = self;
        source.blame()
    }
}
