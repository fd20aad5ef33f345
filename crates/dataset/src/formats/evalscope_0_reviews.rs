//! Reviews of EvalScope before 1.0: its predictions, each choice with gold, extracted answer and grade.

use std::path::Path;

use records::Row;

use super::Format;
use super::evalscope_0_predictions::read;
use super::evalscope_predictions::place;
use crate::DatasetError;
use crate::recording::{Entry, FileFacts, Joins, Left, Need, Shape, must, own};

pub(super) struct OldReviews;

impl Format for OldReviews {
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

    fn fits(&self, cells: &serde_json::Map<String, serde_json::Value>) -> crate::recording::Fit {
        use crate::recording::{Fit, fit};
        // A prediction is no half review.
        if cells.contains_key("reviewed") { fit(self.needs(), cells) } else { Fit::No }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        Ok(place(path))
    }

    fn joins(&self) -> Option<Joins> {
        Some(Joins { family: "evalscope-0", side: true, alone: None })
    }

    fn read(&self, row: &Row, file: &FileFacts) -> Result<Entry, Left> {
        read(row, file)
    }
}
