//! Rows that hold the few columns of a table that curation needs; the reader decodes no others.

use serde::{Deserialize, Serialize};
use tables::{Generation, Grade, Judgment, Problem, Rollout, Solution, Split, Verdict, part};

/// A row that says whose it is.
pub(crate) trait Owned {
    /// The problem and the sample.
    fn owner(&self) -> (&str, u32);
}

macro_rules! owned {
    ($($row:ident),*) => {$(
        impl Owned for $row {
            fn owner(&self) -> (&str, u32) {
                (&self.problem_id, self.sample)
            }
        }
    )*};
}

part! {
    /// The names of the problems.
    pub(crate) struct ProblemName of Problem { id: String }
}
part! {
    /// How long a thinking is.
    pub(crate) struct Length of Split { problem_id: String, sample: u32, tokens: u32 }
}
part! {
    /// Whether the final answer is right.
    pub(crate) struct Graded of Grade { problem_id: String, sample: u32, verdict: Verdict }
}
part! {
    /// What is known of rounds and steps.
    pub(crate) struct JudgedSteps of Judgment {
        problem_id: String,
        sample: u32,
        solutions: Option<Vec<Solution>>,
        rollouts: Option<Vec<Rollout>>,
        first_error: Option<u32>,
        step_scores: Option<Vec<Option<f64>>>,
    }
}
part! {
    /// What a validator and two raters said.
    pub(crate) struct Ratings of Judgment {
        problem_id: String,
        sample: u32,
        reasoning_valid: Option<bool>,
        solution_valid: Option<bool>,
        verbosity: Option<u32>,
        difficulty: Option<u32>,
    }
}
part! {
    /// What was said.
    pub(crate) struct GenerationText of Generation {
        problem_id: String,
        sample: u32,
        model: String,
        trace_id: Option<String>,
        reasoning: String,
        answer_text: String,
        reasoning_source: String,
        finish: tables::Finish,
        permutation: Option<Vec<u32>>,
    }
}

impl From<GenerationText> for Generation {
    /// What curation has no use for stays unknown.
    fn from(text: GenerationText) -> Self {
        let GenerationText {
            problem_id,
            sample,
            model,
            trace_id,
            reasoning,
            answer_text,
            reasoning_source,
            finish,
            permutation,
        } = text;
        Self {
            problem_id,
            sample,
            model,
            trace_id,
            reasoning,
            answer_text,
            reasoning_source,
            finish,
            permutation,
            ..Self::default()
        }
    }
}

part! {
    /// A reply's fingerprint: its texts are hashed while they are decoded and never held.
    pub(crate) struct ReplyHashes of Generation {
        problem_id: String,
        sample: u32,
        reasoning: TextHash,
        answer_text: TextHash,
        reasoning_source: String,
        finish: tables::Finish,
    }
}

owned!(Length, GenerationText, Graded, JudgedSteps, Ratings, ReplyHashes, Split, Generation);

/// A text's hash and length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct TextHash {
    pub(crate) hash: u64,
    pub(crate) blank: bool,
}

impl TextHash {
    pub(crate) fn of(text: &str) -> Self {
        let hash = blake3::hash(text.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        Self { hash: u64::from_le_bytes(first), blank: text.trim().is_empty() }
    }
}

impl<'de> Deserialize<'de> for TextHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Hasher;
        impl serde::de::Visitor<'_> for Hasher {
            type Value = TextHash;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<TextHash, E> {
                Ok(TextHash::of(text))
            }
        }
        deserializer.deserialize_str(Hasher)
    }
}

#[cfg(test)]
mod tests {
    use tables::{Provenance, Row, TableReader, TableWriter};

    use super::*;

    #[test]
    fn a_part_is_read_out_of_the_whole_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("generations.parquet");
        let mut writer = TableWriter::create(&path, &Provenance::default()).unwrap();
        for (sample, reasoning) in ["so 5", "so 5", "so 6", " "].into_iter().enumerate() {
            let sample = u32::try_from(sample).unwrap();
            let reasoning = reasoning.to_owned();
            writer
                .push(Generation { problem_id: "p".into(), sample, reasoning, ..Generation::default() })
                .unwrap();
        }
        writer.finish().unwrap();
        let rows: Vec<ReplyHashes> = TableReader::open(&path).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows[0].reasoning, TextHash::of("so 5"));
        assert_eq!(rows[0].reasoning, rows[1].reasoning);
        assert_ne!(rows[1].reasoning, rows[2].reasoning);
        assert!(rows[3].reasoning.blank && !rows[0].reasoning.blank && rows[0].answer_text.blank);
        assert_eq!(rows[2].owner(), ("p", 2));
    }

    #[test]
    fn every_part_names_columns_that_exist() {
        fn check<R: Row + Default>() {
            let members = serde_json::to_value(R::default()).unwrap().as_object().unwrap().len();
            assert_eq!(R::fields().len(), members, "{}", R::NAME);
        }
        check::<ProblemName>();
        check::<Length>();
        check::<Graded>();
        check::<JudgedSteps>();
        check::<Ratings>();
        check::<ReplyHashes>();
    }
}
