//! The servers of one run: who shares one, which may stay, and where they write.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chat::Endpoint;
use tokio::sync::Mutex as AsyncMutex;

use super::process::Process;
use super::{Chosen, ServeError};
use crate::attempt;
use crate::go_on::{GoOn, POLL, sleep_while};
use crate::http::Target;

/// How often a server that ended is started again within a run.
const RESTARTS: u32 = 2;

/// Says a line to whoever watches.
type Say = Arc<dyn Fn(&str) + Send + Sync>;

/// The servers that a run starts. They end with it.
pub struct Servers {
    guard: PathBuf,
    logs: PathBuf,
    keep: usize,
    say: Say,
    slots: Mutex<Vec<Arc<Slot>>>,
}

impl fmt::Debug for Servers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Servers").field("logs", &self.logs).finish_non_exhaustive()
    }
}

/// The place of one server, which may not be started yet.
#[derive(Debug)]
pub(crate) struct Slot {
    chosen: Chosen,
    log: PathBuf,
    state: AsyncMutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Option<Running>,
    starts: u32,
    /// Why there will be no more of it.
    given_up: Option<ServeError>,
}

#[derive(Debug)]
struct Running {
    process: Process,
    target: Arc<Target>,
    ready: bool,
    since: Instant,
}

impl Servers {
    /// `guard` is a program that hands `__guard -- COMMAND` to [`super::guard::run`]; `keep` servers stay when nobody needs them
    /// at the moment.
    pub fn new(guard: PathBuf, logs: PathBuf, keep: usize, say: Say) -> Self {
        Self { guard, logs, keep, say, slots: Mutex::default() }
    }

    /// The place of the server that was chosen; equal choices share it.
    pub(crate) fn slot(&self, chosen: Chosen) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let key = chosen.server_key();
        if let Some(slot) = slots.iter().find(|slot| slot.chosen.server_key() == key) {
            return Arc::clone(slot);
        }
        let log = self.logs.join(log_name(slots.len(), &chosen));
        slots.push(Arc::new(Slot { chosen, log, state: AsyncMutex::default() }));
        Arc::clone(&slots[slots.len() - 1])
    }

    /// The server's target once it is ready: started if it is not, waited for if it is loading, started again if it has
    /// ended. `None` if it was time to stop.
    pub(crate) async fn ready(
        &self,
        slot: &Arc<Slot>,
        endpoint: &Endpoint,
        at_once: usize,
        go_on: GoOn<'_>,
    ) -> Option<Result<Arc<Target>, ServeError>> {
        // All who ask wait here while one of them waits for the server.
        let mut state = slot.state.lock().await;
        let outcome = self.bring_up(slot, &mut state, endpoint, at_once, go_on).await;
        if let Some(Err(error)) = &outcome {
            state.given_up = Some(error.clone());
            state.running = None;
        }
        outcome
    }

    async fn bring_up(
        &self,
        slot: &Arc<Slot>,
        state: &mut State,
        endpoint: &Endpoint,
        at_once: usize,
        go_on: GoOn<'_>,
    ) -> Option<Result<Arc<Target>, ServeError>> {
        if let Some(error) = &state.given_up {
            return Some(Err(error.clone()));
        }
        loop {
            if let Some(running) = &mut state.running {
                match running.process.ended(if running.ready { "answering" } else { "loading" }) {
                    None if running.ready => return Some(Ok(Arc::clone(&running.target))),
                    None => {}
                    // What ends while it loads would end again; what has served may.
                    Some(error) if !running.ready || state.starts > RESTARTS => return Some(Err(error)),
                    Some(error) => {
                        (self.say)(&format!("{error}\nit is started again"));
                        state.running = None;
                    }
                }
            }
            if state.running.is_none() {
                match self.start(slot, endpoint, at_once).await {
                    Ok(running) => state.running = Some(running),
                    Err(error) => return Some(Err(error)),
                }
                state.starts += 1;
            }
            let running = state.running.as_mut()?;
            if attempt::answers(&running.target, slot.chosen.ready()).await {
                running.ready = true;
                self.tell_ready(slot, running, endpoint).await;
                continue;
            }
            if running.since.elapsed().as_secs_f64() > slot.chosen.start_seconds() {
                return Some(Err(running.process.slow(slot.chosen.start_seconds())));
            }
            if !sleep_while(POLL, go_on).await {
                return None;
            }
        }
    }

    async fn start(
        &self,
        slot: &Arc<Slot>,
        endpoint: &Endpoint,
        at_once: usize,
    ) -> Result<Running, ServeError> {
        self.make_room(slot).await;
        let chosen = &slot.chosen;
        (self.say)(&format!(
            "starting {} for {}; it writes to {}",
            chosen.name(),
            chosen.model(),
            slot.log.display()
        ));
        let process = Process::start(&self.guard, chosen, at_once, &slot.log)?;
        let target = Target::new(endpoint, &format!("{}/v1", process.origin()), false, &[]);
        let program = || chosen.name().to_owned();
        let target =
            target.map_err(|error| ServeError::Start { program: program(), reason: error.to_string() })?;
        Ok(Running { process, target: Arc::new(target), ready: false, since: Instant::now() })
    }

    /// Says that it is ready, and whether it knows the model by another name.
    async fn tell_ready(&self, slot: &Slot, running: &Running, endpoint: &Endpoint) {
        let seconds = running.since.elapsed().as_secs_f64();
        (self.say)(&format!("{} is ready after {seconds:.0} s", slot.chosen.name()));
        let Ok(models) = attempt::models(&running.target, endpoint).await else { return };
        if !models.is_empty() && !models.contains(&endpoint.model) {
            let known = models.join("`, `");
            (self.say)(&format!("note: {} knows `{known}` and not `{}`", slot.chosen.name(), endpoint.model));
        }
    }

    /// Ends servers that nobody needs at the moment, but for as many as may stay next to the one that is to be started.
    async fn make_room(&self, wanted: &Arc<Slot>) {
        let idle: Vec<Arc<Slot>> = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever asks holds its slot too; here it is held by the list alone.
            let idle = slots.iter().filter(|slot| !Arc::ptr_eq(slot, wanted) && Arc::strong_count(slot) == 1);
            idle.cloned().collect()
        };
        let mut running = Vec::new();
        for slot in idle {
            let mut state = slot.state.lock().await;
            running.extend(state.running.take().map(|server| (server.since, server, Arc::clone(&slot))));
        }
        running.sort_by_key(|(since, ..)| *since);
        let stay = running.split_off(running.len().saturating_sub(self.keep.saturating_sub(1)));
        for (_, server, slot) in stay {
            slot.state.lock().await.running = Some(server);
        }
        // Ending takes as long as the server likes.
        let _ = tokio::task::spawn_blocking(move || drop(running)).await;
    }
}

/// `01-vllm-Qwen-Qwen3-8B.log`.
fn log_name(place: usize, chosen: &Chosen) -> String {
    let program = Path::new(chosen.name()).file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("{program}-{}", chosen.model());
    let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' };
    let name: String = name.chars().map(safe).take(80).collect();
    format!("{:02}-{name}.log", place + 1)
}
