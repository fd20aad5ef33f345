//! Pipeline files to plans to runs.
//!
//! A pipeline is one TOML file with tables for the stages. [`Pipeline::parse`] configures the stages that a program hands
//! in ([`Stages`]) and reports every fault at once; [`Graph`] follows from what each reads and writes; [`plan()`] compares
//! their fingerprints with the run folder's manifest; [`run()`] does what is left. A
//! [`Suite`] names several pipelines. Nothing here knows a stage or a component by name.

mod document;
mod embedded;
mod error;
mod fingerprint;
mod folder;
mod forecast;
mod graph;
mod known;
mod pipeline;
mod plan;
mod prepared;
mod record;
mod run;
mod seal;
mod stages;
mod suite;
mod tokenizer;

pub use document::{Document, Override};
pub use embedded::{PIPELINES, embedded};
pub use error::PipelineError;
pub use folder::RunFolder;
pub use forecast::{Basis, Estimate, Forecast, ModelCalls, forecast, forecast_stage};
pub use graph::{Graph, Node};
pub use known::KnownSources;
pub use pipeline::Pipeline;
pub use plan::{Plan, Selection, Verdict, Why};
pub use prepared::{Shown, shown};
pub use run::{Failures, Monitor, Outcome, Settings, StageEvent, plan, run};
pub use stages::{StageId, StageKind, Stages};
pub use suite::{Part, Suite};
pub use tokenizer::{TokenizerSource, open as open_tokenizer};
