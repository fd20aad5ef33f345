//! How long work is going: a bar on a terminal, a line every half minute elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use pipeline::{Monitor, StageEvent, StageId};
use stage::{Observer, Summary, Tick};

use crate::commands::money;
use crate::interrupt::Interrupt;
use crate::moment::duration;
use crate::output::say;

const LINE_EVERY: Duration = Duration::from_secs(30);

/// Tells a person on stderr how a run is going.
pub(crate) struct Progress {
    quiet: bool,
    interrupt: Interrupt,
    /// The bars of stages that run at once stand below each other.
    bars: MultiProgress,
}

impl Progress {
    pub(crate) fn new(quiet: bool, interrupt: Interrupt) -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        Self { quiet, interrupt, bars }
    }

    /// Who listens to one stage.
    pub(crate) fn watch(&self, name: &str) -> Watch {
        let bar = if self.quiet { ProgressBar::hidden() } else { self.bar(name) };
        let started = Instant::now();
        let lines = Mutex::new(Lines { told: started, done: Tick::default(), total: 0 });
        Watch {
            name: name.to_owned(),
            bar,
            quiet: self.quiet,
            started,
            lines,
            interrupt: self.interrupt.clone(),
        }
    }

    fn bar(&self, name: &str) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = self.bars.add(ProgressBar::no_length());
        let template = "{prefix:<24.24} {bar:24} {pos}/{len} {per_sec} {eta}{msg}";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_prefix(secrets::on_one_line(name));
        bar
    }

    fn line(&self, text: &str) {
        if !self.quiet {
            self.bars.suspend(|| say(text));
        }
    }
}

impl Monitor for Progress {
    fn event(&self, id: &StageId, event: StageEvent<'_>) {
        let id = id.to_string();
        match event {
            StageEvent::UpToDate => self.line(&format!("{id:<32} up to date")),
            StageEvent::Starting(why) => self.line(&format!("{id:<32} running ({why})")),
            StageEvent::Finished { summary, seconds, cost } => {
                let replies = summary.rows - summary.failed;
                // What costs nothing that is known is not told.
                let cost =
                    cost.map(|cost| format!(", {}", money::render(&cost, replies))).unwrap_or_default();
                self.line(&format!("{id:<32} {} in {}{cost}", render(summary), duration(seconds)));
            }
            StageEvent::Deferred { questions } => {
                self.line(&format!("{id:<32} {questions} questions written down, to be asked later"));
            }
            StageEvent::Refused { why } => say(&format!("error: {id}: {why}")),
            StageEvent::Behind => self.line(&format!("{id:<32} waits for what is before it")),
            StageEvent::Left => {}
        }
    }

    fn observer(&self, id: &StageId) -> Box<dyn Observer> {
        Box::new(self.watch(&id.to_string()))
    }

    fn note(&self, message: &str) {
        say(&format!("note: {message}"));
    }
}

/// Listens to one stage.
pub(crate) struct Watch {
    name: String,
    bar: ProgressBar,
    quiet: bool,
    started: Instant,
    lines: Mutex<Lines>,
    interrupt: Interrupt,
}

/// What the plain lines are made from.
struct Lines {
    told: Instant,
    done: Tick,
    total: u64,
}

impl Observer for Watch {
    fn total(&self, rows: u64) {
        self.bar.set_length(rows);
        if let Ok(mut lines) = self.lines.lock() {
            lines.total = rows;
        }
    }

    fn advance(&self, tick: Tick) {
        let Ok(mut lines) = self.lines.lock() else { return };
        let done = &mut lines.done;
        done.rows += tick.rows;
        done.failed += tick.failed;
        done.tokens += tick.tokens;
        done.cached += tick.cached;
        let details = details(&lines.done, self.started.elapsed());
        self.bar.set_position(lines.done.rows);
        self.bar.set_message(details.clone());
        if !self.quiet && self.bar.is_hidden() && lines.told.elapsed() >= LINE_EVERY {
            lines.told = Instant::now();
            let total = if lines.total > 0 { format!(" of {}", lines.total) } else { String::new() };
            say(&format!("{:<32} {}{total} rows{details}", self.name, lines.done.rows));
        }
    }

    fn note(&self, message: &str) {
        self.bar.suspend(|| say(&format!("note: {}: {message}", self.name)));
    }

    fn interrupted(&self) -> bool {
        self.interrupt.asked()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn details(done: &Tick, elapsed: Duration) -> String {
    let mut text = String::new();
    if done.tokens > 0 {
        let rate = done.tokens as f64 / elapsed.as_secs_f64().max(0.001);
        text += &format!(" · {rate:.0} tokens/s");
    }
    if done.cached > 0 {
        text += &format!(" · {} cached", done.cached);
    }
    if done.failed > 0 {
        text += &format!(" · {} failed", done.failed);
    }
    text
}

/// What a finished stage came to, in words.
pub(crate) fn render(summary: &Summary) -> String {
    let mut parts = vec![format!("{} rows", summary.rows)];
    if summary.failed > 0 {
        parts.push(format!("{} failed", summary.failed));
    }
    let shown = summary.counts.iter().filter(|(_, count)| **count > 0);
    parts.extend(shown.map(|(name, count)| format!("{count} {}", name.replace('_', " "))));
    parts.join(", ")
}
