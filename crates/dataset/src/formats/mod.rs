//! The formats of other tools, one a file. A format says which columns its rows have, what its files' places
//! tell, and what a row says; telling formats apart, joining and collecting are the same for all of them.

mod chat_messages;
mod curated;
mod easydistill;
mod evalscope_0_predictions;
mod evalscope_0_reviews;
mod evalscope_predictions;
mod evalscope_reviews;
mod inspect;
mod lighteval;
mod lighteval_0;
mod lm_eval;
mod mr_gsm8k;
mod ms_swift;
mod omnithought;
mod open_r1;
mod openai_batch;
mod openai_batch_input;
mod opencompass;
mod openthoughts;
mod openthoughts_metadata;
mod prmbench;
mod processbench;
mod reasoning_gym;
mod trl_preference;
mod trl_stepwise;

use std::path::Path;

use records::{Members, Row};
use serde_json::{Map, Value};

use crate::DatasetError;
use crate::foreign::{FileFacts, Fit, ForeignRow, Joins, Need, Skipped, fit, stem};

/// A format that another tool writes.
pub(crate) trait ForeignFormat: Send + Sync {
    /// The word that selects it.
    fn name(&self) -> &'static str;

    /// One line for `thinkmeter list formats`.
    fn about(&self) -> &'static str;

    /// The columns that its rows have.
    fn needs(&self) -> &'static [Need];

    /// How well a row fits.
    fn fits(&self, cells: &Map<String, Value>) -> Fit {
        fit(self.needs(), cells)
    }

    /// What a row says, or why it says nothing that we keep.
    fn read(&self, row: &Row, file: &FileFacts) -> Result<ForeignRow, Skipped>;

    /// What a file's place, name or head tell.
    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        Ok(FileFacts { dataset: Some(stem(path)), ..FileFacts::default() })
    }

    /// Columns that are not carried over, because they are bulky or say nothing about problem and reply.
    fn bulk(&self) -> &'static [&'static str] {
        &[]
    }

    /// Its part in a join with files of another format.
    fn joins(&self) -> Option<Joins> {
        None
    }

    /// Its rows are problems without replies, wherever problems are read.
    fn is_of_problems(&self) -> bool {
        false
    }

    /// Its files are ZIP archives with these members.
    fn members(&self) -> Option<Members> {
        None
    }
}

/// All formats by name.
pub(crate) static FORMATS: &[&dyn ForeignFormat] = &[
    &chat_messages::ChatMessages,
    &curated::Curated,
    &easydistill::EasyDistill,
    &evalscope_0_predictions::OldPredictions,
    &evalscope_0_reviews::OldReviews,
    &evalscope_predictions::Predictions,
    &evalscope_reviews::Reviews,
    &inspect::Inspect,
    &lighteval::Lighteval,
    &lighteval_0::OldLighteval,
    &lm_eval::LmEval,
    &mr_gsm8k::MrGsm8k,
    &ms_swift::MsSwift,
    &omnithought::OmniThought,
    &open_r1::OpenR1,
    &openai_batch::OpenAiBatch,
    &openai_batch_input::OpenAiBatchInput,
    &opencompass::OpenCompass,
    &openthoughts::OpenThoughts,
    &openthoughts_metadata::OpenThoughtsMetadata,
    &prmbench::PrmBench,
    &processbench::ProcessBench,
    &reasoning_gym::ReasoningGym,
    &trl_preference::TrlPreference,
    &trl_stepwise::TrlStepwise,
];

/// The fallback of `list formats` and `--format`.
const COLUMNS: (&str, &str) =
    ("columns", "columns by their known names, or as `columns.…` says; the fallback");

/// Name and description of every format, sorted.
pub fn formats() -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = FORMATS.iter().map(|format| (format.name(), format.about())).collect();
    all.push(COLUMNS);
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_described() {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(formats().iter().all(|(name, about)| !about.is_empty() && !name.contains('_')));
    }
}
