//! Supervision of steps: the pieces of a reply, each with whether it is right.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use stage::{Interrupted, Observer, Tick};

use crate::contamination::Benchmarks;
use crate::decontamination_filter::DecontaminationFilter;
use crate::output::{List, Published, write_json};
use crate::table::ledger;
use crate::walk::{Ledger, Sample, Unfit, Walk};
use crate::writers::{ExportFormat, Writers, check, check_values};
use crate::{Body, Chain, CurateError, Embedding, Example, Kind, LabelSource, Labels, Said, Source};

/// What is made of the samples.
pub struct StepSettings {
    /// What pieces are labelled by.
    pub labels: Labels,
    /// The formats.
    pub formats: Vec<ExportFormat>,
    /// Problems that stand in these are left out and listed.
    pub benchmarks: Option<Benchmarks>,
}

/// What a run made.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StepReport {
    /// Samples: a kept one became an example.
    pub samples: Ledger,
    /// Pieces in all.
    pub pieces: u64,
    /// Those among them that are right.
    pub right_pieces: u64,
    /// Right pieces behind a wrong one: errors that were mended, or labels that err.
    pub surprises: u64,
    /// Examples that some format cannot hold, by format and reason.
    pub left_out_of: BTreeMap<String, BTreeMap<String, u64>>,
    /// What has to be known about it.
    pub notes: Vec<String>,
    #[serde(skip)]
    longer: u64,
    /// Files below the output folder.
    pub files: Vec<Published>,
}

impl StepReport {
    /// The report as text.
    pub fn to_text(&self) -> String {
        let mut text = ledger("samples", "used", &self.samples);
        text += &format!("pieces: {}, of which {} right", self.pieces, self.right_pieces);
        if self.surprises > 0 {
            text += &format!(", {} of them behind a wrong one", self.surprises);
        }
        text.push('\n');
        for (format, reasons) in &self.left_out_of {
            let reasons: Vec<String> =
                reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
            text += &format!("left out of {format}: {}\n", reasons.join(", "));
        }
        for file in &self.files {
            text += &format!("{}: {} rows\n", file.path, file.rows);
        }
        text
    }
}

#[derive(Serialize)]
struct Left<'a> {
    problem_id: &'a str,
    model: &'a str,
    sample: u32,
    reason: &'a str,
}

/// TRL's trainer cuts rows at so many tokens unless it is told otherwise.
const TRL_TOKENS: usize = 1024;
/// A token of a question holds about so many bytes.
const BYTES_A_TOKEN: usize = 4;

/// Makes `steps/<format>/train.*` under `folder`: every complete reply, right or wrong, as its steps, or its rounds of solution
/// and what follows the last of them, with the answer. `left_out.jsonl` lists the other replies with the reason.
///
/// # Errors
/// See [`CurateError`].
pub fn steps(
    sources: &[Source],
    settings: &StepSettings,
    folder: &Path,
    observer: &dyn Observer,
) -> Result<StepReport, CurateError> {
    check(&settings.formats, Kind::Steps)?;
    settings.labels.check()?;
    if settings.labels.source == LabelSource::Soft {
        check_values(&settings.formats)?;
    }
    let mut walks = sources.iter().map(Walk::open).collect::<Result<Vec<_>, _>>()?;
    observer.total(walks.iter().map(Walk::len).sum());
    let embedding = Embedding::default();
    let mut writers = Writers::start(folder, "steps", Kind::Steps, &settings.formats, &embedding)?;
    let mut left_out = List::create(&folder.join("left_out.jsonl"))?;
    let mut filter = DecontaminationFilter::start(settings.benchmarks.as_ref(), folder)?;
    let mut report = StepReport::default();
    let mut judged = 0;
    for mut walk in walks.drain(..) {
        loop {
            if observer.interrupted() {
                return Err(Interrupted { done: report.samples.taken }.into());
            }
            let chunk = walk.chunk()?;
            if chunk.is_empty() {
                break;
            }
            let rows = chunk.len() as u64;
            for sample in chunk {
                judged += u64::from(settings.labels.source.is_in(&sample));
                let caught = filter.catches(&sample.problem)?;
                let made = if caught { Err("contaminated") } else { example(&sample, &settings.labels) };
                match made {
                    Ok(example) => {
                        report.count(&example);
                        writers.push(example)?;
                    }
                    Err(reason) => {
                        report.samples.leave(reason);
                        let Sample { generation, .. } = &sample;
                        let (problem_id, model) = (&*generation.problem_id, &*generation.model);
                        left_out.push(&Left { problem_id, model, sample: generation.sample, reason })?;
                    }
                }
            }
            observer.advance(Tick { rows, ..Tick::default() });
        }
        walk.finish()?;
    }
    if report.samples.taken > 0 && judged == 0 {
        let (what, hint) = settings.labels.source.needs();
        return Err(CurateError::Unjudged { rows: report.samples.taken, what, hint });
    }
    writers.flush()?;
    report.left_out_of = writers.left_out();
    report.files = writers.finish()?;
    report.note_length(&settings.formats);
    report.files.push(left_out.finish(folder)?);
    report.files.extend(filter.finish(folder)?);
    write_json(&folder.join("report.json"), &report)?;
    Ok(report)
}

impl StepReport {
    fn count(&mut self, example: &Example) {
        self.samples.keep();
        if let Body::Steps(_, pieces) = &example.body {
            self.pieces += pieces.len() as u64;
            self.right_pieces += pieces.iter().filter(|piece| piece.right).count() as u64;
            let behind = pieces.iter().skip_while(|piece| piece.right);
            self.surprises += behind.filter(|piece| piece.right).count() as u64;
        }
        let asked = example.problem.problem.len() / BYTES_A_TOKEN;
        let long = example.chain().tokens.is_some_and(|tokens| asked + tokens as usize > TRL_TOKENS);
        self.longer += u64::from(long);
    }

    fn note_length(&mut self, formats: &[ExportFormat]) {
        if self.longer > 0 && formats.iter().any(|format| format.kind == "trl_stepwise") {
            self.notes.push(format!(
                "{} rows take more than about {TRL_TOKENS} tokens, where TRL's trainer cuts unless its `max_length` is set",
                self.longer
            ));
        }
    }
}

fn example(sample: &Sample, labels: &Labels) -> Result<Example, &'static str> {
    match sample.fault() {
        None | Some(Unfit::Wrong) => {}
        Some(fault) => return Err(fault.name()),
    }
    let generation = &sample.generation;
    let chain = Chain {
        said: Said::whole(generation),
        model: generation.model.clone(),
        sample: generation.sample,
        trace_id: generation.trace_id.clone(),
        tokens: Some(sample.split.tokens),
        right: sample.correct,
        ..Chain::default()
    };
    Ok(Example {
        problem: sample.problem.clone(),
        body: Body::Steps(Box::new(chain), labels.pieces(sample)?),
    })
}
