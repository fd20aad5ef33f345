//! The stage `report`: figures and traces in, the files for people out.

use std::collections::HashMap;

use plugin::{ConfigErrors, Value};
use serde_json::json;
use stage::{ConfiguredStage, Document, Replies, Run, Stage, StageError, Summary, Table, Target, table};

use crate::formats::files::{CSV, HTML, JSON, MARKDOWN, write_files};
use crate::model::{About, AboutModel, Configuration, ModelKind, Report, StageFingerprint};

/// Raised when the report's files come out differently.
const VERSION: u32 = 9;

/// The stage.
pub struct ReportStage;

impl Stage for ReportStage {
    fn name(&self) -> &'static str {
        "report"
    }

    fn about(&self) -> &'static str {
        "writes tables and a page for people"
    }

    fn per_model(&self) -> bool {
        false
    }

    fn configure(&self, _document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        Ok(Box::new(Reports))
    }
}

struct Reports;

impl ConfiguredStage for Reports {
    /// The page shows traces, so it is made anew when any of their tables changes.
    fn reads(&self) -> Vec<Table> {
        use table::{GENERATIONS, JUDGMENTS, METRICS, POINTS, PROBLEMS, RATINGS, SCORES, SPLITS};
        vec![METRICS, POINTS, SCORES, GENERATIONS, SPLITS, JUDGMENTS, PROBLEMS, RATINGS]
    }

    fn writes(&self) -> Vec<Table> {
        vec![HTML, MARKDOWN, CSV, JSON]
    }

    fn fingerprint_input(&self, target: Target<'_>) -> Value {
        let about =
            About { fingerprints: Vec::new(), configuration: Vec::new(), ..About::from(target.about) };
        json!({"about": about, "version": VERSION})
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        let folder = run.files.output(HTML)?.with_file_name("");
        let (metrics, scores) = (run.files.input(table::METRICS)?, run.files.all(table::SCORES));
        let report = Report::read_run(&folder, metrics, scores, About::from(run.target.about));
        let written = report.and_then(|report| write_files(&report, &folder)).map_err(StageError::own)?;
        Ok(Summary { rows: written.len() as u64, ..Summary::default() })
    }
}

impl From<&stage::About> for About {
    fn from(told: &stage::About) -> Self {
        // What the source says of its recorded replies concerns nobody who shows none of them.
        let recorded = told.models.iter().any(|model| model.replies == Replies::Recorded);
        let notice = told.notice.filter(|_| recorded);
        // Who does nothing in this pipeline has no label.
        let label = |name: &str| told.labels.get(name).cloned().unwrap_or_else(String::new);
        let fingerprint = |(stage, entry): &(String, stage::Entry)| StageFingerprint {
            stage: stage.clone(),
            fingerprint: entry.fingerprint.clone(),
        };
        Self {
            title: told.title.clone(),
            description: told.description.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            dataset: label("dataset"),
            splitter: label("splitter"),
            judge: label("judge"),
            judge_error: label("judge error"),
            arena: label("arena"),
            models: told.models.iter().map(|model| about_model(model, notice.is_some())).collect(),
            pipeline: told.pipeline.clone(),
            fingerprints: told.stages.iter().map(fingerprint).collect(),
            configuration: configuration(&told.stages),
            notices: notice
                .into_iter()
                .map(str::to_owned)
                .chain(told.labels.get("caution").cloned())
                .collect(),
            glossary: told.glossary.clone(),
        }
    }
}

/// Replies that are asked for now are live; recorded ones are a demonstration where the source says so.
fn about_model(model: &stage::AboutModel, demonstration: bool) -> AboutModel {
    let kind = match (model.replies, demonstration) {
        (Replies::Live, _) => ModelKind::Live,
        (Replies::Recorded, true) => ModelKind::Demonstration,
        (Replies::Recorded, false) => ModelKind::Recorded,
    };
    let stage::AboutModel { name, tokenizer, tokenizer_exact, .. } = model.clone();
    AboutModel { name, tokenizer, tokenizer_exact, kind }
}

/// The resolved configuration of the finished stages; those of several models with the same one together.
fn configuration(stages: &[(String, stage::Entry)]) -> Vec<Configuration> {
    let mut all: Vec<Configuration> = Vec::new();
    let mut places: HashMap<(Option<&str>, String), usize> = HashMap::new();
    for (id, entry) in stages {
        let text = format!("{:#}", entry.fingerprint_input);
        let place = *places.entry((id.split(' ').next(), text)).or_insert_with_key(|(_, text)| {
            all.push(Configuration { stages: Vec::new(), text: text.clone() });
            all.len() - 1
        });
        all[place].stages.push(id.clone());
    }
    all
}
