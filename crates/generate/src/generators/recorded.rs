//! Replies that somebody recorded; the dataset stage has already brought them into our form.

use futures::FutureExt;
use futures::future::BoxFuture;
use plugin::{Component, Content, Faults};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Generator, Source, Task};
use crate::GenerateError;

/// Takes the replies of one model from the dataset's recorded replies.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Recorded {
    /// The model's name in the recording; the model's `name` unless set.
    from: Option<String>,
    /// Take only so many samples of each problem; all unless set.
    #[schemars(range(min = 1))]
    samples: Option<u32>,
}

impl Component for Recorded {
    const KIND: &'static str = "recorded";
    const ABOUT: &'static str = "takes the replies that the dataset has recorded";
    type Built = dyn Generator;

    fn build(self, _: &mut Content) -> Result<Box<dyn Generator>, Faults> {
        Ok(Box::new(self))
    }
}

impl Generator for Recorded {
    fn replies<'a>(&'a self, task: &'a Task<'a>) -> BoxFuture<'a, Result<Source, GenerateError>> {
        let source = match &task.io.replies {
            None => Err(GenerateError::NoRecording { model: task.model.to_owned() }),
            Some(path) => Ok(Source {
                path: path.clone(),
                model: self.from.clone().unwrap_or_else(|| task.model.to_owned()),
                samples: self.samples,
                scratch: false,
            }),
        };
        async move { source }.boxed()
    }
}
