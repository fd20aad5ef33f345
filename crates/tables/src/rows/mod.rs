//! The row types, one a file, in the order in which stages write them.

mod generation;
mod grade;
mod judgment;
mod metric;
mod problem;
mod reply;
mod score;
mod split;

use arrow::datatypes::Field;
use serde::{Serialize, de::DeserializeOwned};

pub use generation::Generation;
pub use grade::{Grade, Verdict};
pub use judgment::{JudgeState, Judgment, Solution, TaskNote, Thought};
pub use metric::Metric;
pub use problem::Problem;
pub use reply::{Finish, Reply};
pub use score::{EvalThink, Rewards, Score, SolutionScore};
pub use split::{Split, Step};

/// A row of one of our tables.
pub trait Row: Serialize + DeserializeOwned + Send + 'static {
    /// The name in the footer, singular.
    const NAME: &'static str;
    /// Raised whenever a column changes its name, type or meaning.
    const VERSION: u32;
    /// The columns; names and order are those of the struct.
    fn fields() -> Vec<Field>;
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    /// serde_arrow drops a struct field that the schema lacks without a word, so names are compared.
    fn check<R: Row + Default + PartialEq + Debug>(full: R) {
        let columns: Vec<String> = R::fields().iter().map(|f| f.name().clone()).collect();
        let value = serde_json::to_value(&full).unwrap();
        let mut members: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        let mut sorted = columns.clone();
        sorted.sort();
        members.sort();
        assert_eq!(sorted, members, "columns of {}", R::NAME);
        for (key, member) in value.as_object().unwrap() {
            assert!(!member.is_null(), "give `{key}` a value in the full row of {}", R::NAME);
        }

        let fields: Vec<arrow::datatypes::FieldRef> = R::fields().into_iter().map(Into::into).collect();
        let rows = vec![R::default(), full];
        let batch = serde_arrow::to_record_batch(&fields, &rows).unwrap();
        let back: Vec<R> = serde_arrow::from_record_batch(&batch).unwrap();
        assert_eq!(back, rows);
    }

    #[test]
    fn every_row_survives_the_trip_to_arrow_and_back() {
        check(Problem::example());
        check(Reply::example());
        check(Generation::example());
        check(Grade::example());
        check(Split::example());
        check(Judgment::example());
        check(Score::example());
        check(Metric::example());
    }
}
