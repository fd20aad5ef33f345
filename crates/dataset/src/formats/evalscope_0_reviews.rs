//! Reviews of EvalScope before 1.0: its predictions, each choice with gold, extracted answer and grade.

use std::path::Path;

use records::Row;

use super::ForeignFormat;
use super::evalscope_0_predictions::read;
use super::evalscope_predictions::place;
use crate::DatasetError;
use crate::foreign::{FileFacts, ForeignRow, Joins, Need, Shape, Skipped, must, own};

pub(super) struct OldReviews;

impl ForeignFormat for OldReviews {
    fn name(&self) -> &'static str {
        "evalscope-0-reviews"
    }

    fn about(&self) -> &'static str {
        "EvalScope reviews before 1.0"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                own("answer_id", Shape::Text),
                own("raw_input", Shape::Table),
                must("choices", Shape::Tables),
                own("reviewed", Shape::Flag),
            ]
        }
    }

    fn fits(&self, cells: &serde_json::Map<String, serde_json::Value>) -> crate::foreign::Fit {
        use crate::foreign::{Fit, fit};
        // A prediction is no half review.
        if cells.contains_key("reviewed") { fit(self.needs(), cells) } else { Fit::No }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        Ok(place(path))
    }

    fn joins(&self) -> Option<Joins> {
        Some(Joins { family: "evalscope-0", side: true, alone: None })
    }

    fn read(&self, row: &Row, file: &FileFacts) -> Result<ForeignRow, Skipped> {
        read(row, file)
    }
}
