//! Pipeline files to plans to runs.
//!
//! A pipeline is one TOML file with a table for each stage. [`Pipeline::parse`] builds every component and
//! reports every fault at once; [`Graph`] says which stages there are and what each reads and writes;
//! [`plan()`] compares their fingerprints with the run folder's manifest; [`run()`] does what is left.
//! Nothing here knows a splitter, a judge or a metric by name.

mod about;
mod document;
mod embedded;
mod error;
mod fingerprint;
mod folder;
mod forecast;
mod graph;
mod manifest;
mod pipeline;
mod plan;
mod run;
mod splitting;
mod tokenizer;

pub use about::glossary;
pub use document::{Document, Override};
pub use embedded::{PIPELINES, embedded};
pub use error::PipelineError;
pub use folder::{RunFolder, folder_names};
pub use forecast::{Basis, Estimate, Forecast, ModelCalls, forecast, forecast_generate};
pub use graph::{Graph, Node, Stage, StageId};
pub use manifest::{Entry, Manifest};
pub use pipeline::Pipeline;
pub use plan::{Plan, Selection, Verdict, Why};
pub use run::{Monitor, Outcome, Settings, StageEvent, plan, questions, report, run};
pub use splitting::{SplitCalls, split};
pub use tokenizer::{TokenizerSource, open as open_tokenizer};
