//! Whoever watches a run, with somebody beside who writes everything down.

use std::sync::{Arc, Mutex, PoisonError};

use llm::CallErrors;
use pipeline::{Monitor, StageEvent, StageId};
use stage::{Observer, Tick};

use crate::moment::duration;
use crate::progress::{Progress, render};
use crate::run_log::RunLog;

/// Tells a person and the run's log.
pub(crate) struct Recorder<'a> {
    pub(crate) progress: &'a Progress,
    pub(crate) log: Arc<RunLog>,
    /// What went wrong with calls; the log tells it behind the stage that made them.
    pub(crate) call_errors: Arc<CallErrors>,
}

impl Monitor for Recorder<'_> {
    fn event(&self, id: &StageId, event: StageEvent<'_>) {
        self.log.line(&format!("{id}: {}", words(&event)));
        self.progress.event(id, event);
    }

    fn observer(&self, id: &StageId) -> Box<dyn Observer> {
        Box::new(Recorded {
            told: self.progress.observer(id),
            name: id.to_string(),
            log: Arc::clone(&self.log),
            call_errors: Arc::clone(&self.call_errors),
            done: Mutex::default(),
        })
    }

    fn note(&self, message: &str) {
        self.log.line(&format!("warning: {message}"));
        self.progress.note(message);
    }
}

fn words(event: &StageEvent<'_>) -> String {
    match event {
        StageEvent::UpToDate => "up to date".to_owned(),
        StageEvent::Starting(why) => format!("started: {why}"),
        StageEvent::Finished { summary, seconds, .. } => {
            format!("finished in {}: {}", duration(*seconds), render(summary))
        }
        StageEvent::Deferred { questions } => {
            format!("{questions} questions written down, to be asked later")
        }
        StageEvent::Refused { why } => format!("error: {why}"),
        StageEvent::Behind => "waits for what is before it".to_owned(),
        StageEvent::Left => "not asked for".to_owned(),
    }
}

/// One stage, watched and written down.
struct Recorded {
    told: Box<dyn Observer>,
    name: String,
    log: Arc<RunLog>,
    call_errors: Arc<CallErrors>,
    done: Mutex<(u64, Tick)>,
}

impl Observer for Recorded {
    fn total(&self, rows: u64) {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).0 = rows;
        self.told.total(rows);
    }

    fn advance(&self, tick: Tick) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.1.rows += tick.rows;
        done.1.failed += tick.failed;
        done.1.tokens += tick.tokens;
        done.1.cached += tick.cached;
        drop(done);
        self.told.advance(tick);
    }

    fn note(&self, message: &str) {
        self.log.line(&format!("{}: warning: {message}", self.name));
        self.told.note(message);
    }

    fn interrupted(&self) -> bool {
        self.told.interrupted()
    }
}

/// The stage is over, well or not: what was done, and what went wrong with its calls.
impl Drop for Recorded {
    fn drop(&mut self) {
        let (total, done) = *self.done.get_mut().unwrap_or_else(PoisonError::into_inner);
        // What went well is told behind it.
        if done.rows < total || done.failed + done.cached > 0 {
            let Tick { rows, failed, cached, .. } = done;
            let name = &self.name;
            self.log.line(&format!(
                "{name}: {rows} of {total} rows done, {failed} failed, {cached} from the reply cache"
            ));
        }
        for trouble in self.call_errors.take() {
            self.log.line(&format!("{}: {trouble}", self.name));
        }
    }
}
