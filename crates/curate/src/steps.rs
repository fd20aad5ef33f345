//! Stepwise supervision: the rounds of a reply, each with whether it arrives at the right answer.

use std::path::Path;

use serde::Serialize;
use stage::{Interrupted, Observer, Tick};

use crate::contamination::Benchmarks;
use crate::decontamination_filter::DecontaminationFilter;
use crate::output::{List, Published, write_json};
use crate::table::ledger;
use crate::walk::{Ledger, Sample, Unfit, Walk};
use crate::writers::{ExportFormat, Writers, check};
use crate::{Body, Chain, CurateError, Embedding, Example, Kind, Piece, Said, Source};

/// What is made of the samples.
pub struct StepwiseSettings {
    /// The formats.
    pub formats: Vec<ExportFormat>,
    /// Problems that stand in these are left out and listed.
    pub benchmarks: Option<Benchmarks>,
}

/// What a run made.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StepwiseReport {
    /// Samples: a kept one became an example.
    pub samples: Ledger,
    /// Pieces in all.
    pub pieces: u64,
    /// Those among them that arrive at the right answer.
    pub right_pieces: u64,
    /// Files below the output folder.
    pub files: Vec<Published>,
}

impl StepwiseReport {
    /// The report as text.
    pub fn to_text(&self) -> String {
        let mut text = ledger("samples", "used", &self.samples);
        text += &format!("pieces: {}, of which {} right\n", self.pieces, self.right_pieces);
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

/// Makes `steps/<format>/train.*` under `folder`: every complete reply, right or wrong, as its rounds of solution and
/// what follows the last of them with the answer. `left_out.jsonl` lists the other replies with the reason.
///
/// # Errors
/// See [`CurateError`].
pub fn stepwise(
    sources: &[Source],
    settings: &StepwiseSettings,
    folder: &Path,
    observer: &dyn Observer,
) -> Result<StepwiseReport, CurateError> {
    check(&settings.formats, Kind::Steps)?;
    let mut walks = sources.iter().map(Walk::open).collect::<Result<Vec<_>, _>>()?;
    observer.total(walks.iter().map(Walk::len).sum());
    let mut writers = Writers::start(folder, "steps", Kind::Steps, &settings.formats, &Embedding::default())?;
    let mut left_out = List::create(&folder.join("left_out.jsonl"))?;
    let mut filter = DecontaminationFilter::start(settings.benchmarks.as_ref(), folder)?;
    let mut report = StepwiseReport::default();
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
                judged += u64::from(sample.rounds.is_some());
                let caught = filter.catches(&sample.problem)?;
                let made = if caught { Err("contaminated") } else { example(&sample) };
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
        return Err(CurateError::Unjudged {
            rows: report.samples.taken,
            what: "rounds of solution",
            hint: "judge again with the task `solutions`",
        });
    }
    report.files = writers.finish()?;
    report.files.push(left_out.finish(folder)?);
    report.files.extend(filter.finish(folder)?);
    write_json(&folder.join("report.json"), &report)?;
    Ok(report)
}

impl StepwiseReport {
    fn count(&mut self, example: &Example) {
        self.samples.keep();
        if let Body::Steps(_, pieces) = &example.body {
            self.pieces += pieces.len() as u64;
            self.right_pieces += pieces.iter().filter(|piece| piece.right).count() as u64;
        }
    }
}

fn example(sample: &Sample) -> Result<Example, &'static str> {
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
        ..Chain::default()
    };
    Ok(Example { problem: sample.problem.clone(), body: Body::Steps(Box::new(chain), pieces(sample)?) })
}

/// The rounds, blanks between them left out, and last what follows them: the rest of the thinking and the answer.
fn pieces(sample: &Sample) -> Result<Vec<Piece>, &'static str> {
    let rounds = sample.rounds.as_deref().ok_or("no_solutions")?;
    let thought = sample.generation.thought();
    let (mut pieces, mut begin) = (Vec::new(), 0);
    for round in rounds {
        let end = sample.end_of(round.end).ok_or("no_solutions")?;
        // Walking has refused steps that do not fit their text.
        let text = thought.get(begin..end).unwrap_or_default().trim().to_owned();
        pieces.push(Piece { text, right: round.correct.ok_or("solution_undecided")? });
        begin = end;
    }
    // The last round ends within the text.
    let mut rest = thought.get(begin..).unwrap_or_default().trim().to_owned();
    if sample.generation.reasoning_source != tables::Generation::NO_REASONING {
        let answer = sample.generation.answer_text.trim();
        if !rest.is_empty() && !answer.is_empty() {
            rest.push_str("\n\n");
        }
        rest.push_str(answer);
    }
    if !rest.is_empty() {
        pieces.push(Piece { text: rest, right: sample.correct == Some(true) });
    }
    if pieces.is_empty() { Err("empty") } else { Ok(pieces) }
}
