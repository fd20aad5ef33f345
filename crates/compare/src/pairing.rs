//! Which of two models' replies belong together.

use serde::Serialize;
use serde_json::Value;
use stage::Entry;

use crate::model_run::ModelRun;

/// What is paired with what. The third sample of one model is no counterpart of the third sample of another, unless
/// something makes them the same draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pairing {
    /// Samples: the two runs measure the very same replies.
    SameReplies,
    /// Samples: both were drawn with this seed.
    SharedSeed(i64),
    /// The means over all samples of each problem.
    Problems,
}

impl Pairing {
    /// How the replies of two model runs belong together, by what is known of how they came about.
    pub(crate) fn of(first: &ModelRun, second: &ModelRun) -> Self {
        let (Some(a), Some(b)) = (drawn(first), drawn(second)) else { return Self::Problems };
        if a.fingerprint == b.fingerprint {
            return Self::SameReplies;
        }
        match (seed(a), seed(b)) {
            (Some(seed), Some(other)) if seed == other => Self::SharedSeed(seed),
            _ => Self::Problems,
        }
    }

    /// One reply belongs to one.
    pub(crate) fn is_by_sample(self) -> bool {
        self != Self::Problems
    }
}

fn drawn(model_run: &ModelRun) -> Option<&Entry> {
    model_run.manifest.as_ref()?.stages.get(&format!("generate {}", model_run.model))
}

fn seed(entry: &Entry) -> Option<i64> {
    entry.fingerprint_input.pointer("/generator/config/seed").and_then(Value::as_i64)
}
