//! Which recorded replies are meant.

/// Replies that the dataset has recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// The model's name in the recording; its name in the pipeline unless set.
    pub model: Option<String>,
    /// Only so many samples of each problem count.
    pub samples: Option<u32>,
}
