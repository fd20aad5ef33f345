//! The stage: tables in, one judgment per generation out, in the same order.

mod ask;
mod pure;
mod rows;

use std::path::PathBuf;

use llm::Execution;
use stage::{Observer, Summary};
use tables::{JudgeState, Judgment, Provenance, TableError, TableWriter};

use crate::{Judge, JudgeError};
use rows::Rows;

/// The tables of the stage.
#[derive(Clone, Debug)]
pub struct JudgeIo {
    /// Problems, in.
    pub problems: PathBuf,
    /// Generations, in.
    pub generations: PathBuf,
    /// Their steps, in.
    pub splits: PathBuf,
    /// Judgments, out.
    pub out: PathBuf,
}

/// Judges every generation. A judge without endpoints runs on all cores and makes no client; one with
/// endpoints has a bounded window of rows under way. Either way rows come out in order, and nothing is
/// published unless all of them did.
pub async fn run(
    judge: &dyn Judge,
    io: &JudgeIo,
    exec: &Execution,
    provenance: Provenance,
    observer: &dyn Observer,
) -> Result<Summary, JudgeError> {
    let rows = Rows::open(io, judge)?;
    observer.total(rows.len());
    let sink = Sink::create(io, judge, provenance)?;
    let summary = if judge.endpoints().is_empty() {
        pure::run(judge, rows, sink, observer)?
    } else {
        ask::run(judge, rows, sink, exec, observer).await?
    };
    if let Some(share) = share_sent_on(&summary) {
        observer.note(&share);
    }
    Ok(summary)
}

/// How much the dearer of two judges in a row had to do.
fn share_sent_on(summary: &Summary) -> Option<String> {
    let sent = *summary.counts.get("sent_on")?;
    let skipped = summary.counts.get("skipped").copied().unwrap_or_default();
    let judged = summary.rows - skipped;
    let share = 100.0 * sent as f64 / judged.max(1) as f64;
    Some(format!("{sent} of {judged} traces ({share:.1} %) were sent on to the model"))
}

/// Writes judgments and counts them.
struct Sink<'a> {
    judge: &'a dyn Judge,
    writer: TableWriter<Judgment>,
    summary: Summary,
}

impl<'a> Sink<'a> {
    fn create(io: &JudgeIo, judge: &'a dyn Judge, provenance: Provenance) -> Result<Self, TableError> {
        let writer = TableWriter::create(&io.out, &provenance.with("judge", judge.name()))?;
        let mut summary = Summary::default();
        for count in ["found", "absent", "failed", "skipped", "model_calls"] {
            summary.counts.insert(count.to_owned(), 0);
        }
        if judge.sent_on(&Judgment::default()).is_some() {
            summary.counts.insert("sent_on".to_owned(), 0);
        }
        Ok(Self { judge, writer, summary })
    }

    /// A row with a verdict counts as failed too if a task beside it lost a call (`broken`): it is worth another try.
    fn push(&mut self, judgment: Judgment, broken: bool) -> Result<(), TableError> {
        let word = match judgment.state {
            JudgeState::Found => "found",
            JudgeState::Absent => "absent",
            JudgeState::Failed => "failed",
            JudgeState::Skipped => "skipped",
        };
        *self.summary.counts.entry(word.to_owned()).or_default() += 1;
        *self.summary.counts.entry("model_calls".to_owned()).or_default() += u64::from(judgment.calls);
        if self.judge.sent_on(&judgment) == Some(true) {
            *self.summary.counts.entry("sent_on".to_owned()).or_default() += 1;
        }
        for task in judgment.tasks.iter().filter(|task| task.state == "failed") {
            *self.summary.counts.entry(format!("{}_failed", task.task)).or_default() += 1;
        }
        let lost_task = broken && judgment.tasks.iter().any(|task| task.state == "failed");
        self.summary.failed += u64::from(judgment.state == JudgeState::Failed || lost_task);
        self.summary.rows += 1;
        self.writer.push(judgment)
    }

    fn finish(self) -> Result<Summary, JudgeError> {
        self.writer.finish()?;
        Ok(self.summary)
    }
}
