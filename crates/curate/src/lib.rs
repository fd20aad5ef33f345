//! Training data from judged traces.
//!
//! A *source* is the tables of one model ([`sources`] finds them in a run folder). [`prefer`] makes preference pairs and
//! SFT sets after Chen and others (arXiv 2412.21187): of a problem's right samples the shortest result of a
//! [`Recipe`], and the longest sample. [`distill()`] merges the chains of several teachers and draws those that suit a
//! student, after OmniThought (arXiv 2505.10937). [`steps()`] labels the steps of a reply, or its rounds of solution. [`decontaminate()`] compares problems
//! with benchmarks. [`journey()`] makes texts that err and correct themselves out of trees of steps. A kept text is a prefix of the original, byte for byte, cut at the end of a step.
//!
//! Every file is written under a temporary name, read back row by row, compared with what was meant, and published
//! only then. Nothing is left out without a count and a reason. Everything streams: memory holds some bytes a sample.

mod choice;
mod contamination;
mod correct;
mod decontaminate;
mod decontamination_filter;
mod distill;
mod error;
mod example;
mod exports;
mod journey;
mod labels;
mod lines;
mod output;
mod preference;
mod prefetch;
mod projections;
mod recipe;
mod source;
mod statistics;
mod steps;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod turns;
mod walk;
mod words;
mod writers;

pub use contamination::{Benchmarks, Hit};
pub use decontaminate::{ContaminationReport, decontaminate};
pub use distill::{DistillReport, DistillSettings, Histogram, Teacher, Verify, distill, weight};
pub use error::CurateError;
pub use example::{Body, Chain, Content, Example, Journey, Kind, Piece, Span, SpanKind};
pub use exports::{EXPORTS, ExampleWriter, Export};
pub use journey::{Connectives, JourneyReport, JourneySettings, Language, Place, Rules, journey};
pub use labels::{LabelSource, Labels};
pub use output::Published;
pub use preference::{ModelReport, PreferenceReport, PreferenceSettings, prefer};
pub use recipe::{Kept, Recipe, Refusal, keep};
pub use source::{Source, TreeSource, sources};
pub use statistics::{Mean, Statistics};
pub use steps::{StepReport, StepSettings, steps};
pub use text::{Embedding, Said};
pub use walk::Ledger;
pub use writers::ExportFormat;
