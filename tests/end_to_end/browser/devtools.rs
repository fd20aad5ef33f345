//! The protocol of a browser's developer tools, over two pipes: a command has a number, and so has its reply.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// For the browser's answer to anything; a busy machine makes it slow.
const ANSWER: Duration = Duration::from_secs(60);

/// A browser reads commands from its descriptor 3 and writes to 4, and ends when nobody holds their other ends: killed tests
/// leave none behind.
const PIPES: &str = "exec \"$0\" --remote-debugging-pipe \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";

/// What the console of a browser shows.
const COMPLAINTS: [&str; 3] = ["Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"];

/// A running browser.
pub(super) struct Devtools {
    browser: Mutex<Child>,
    commands: Mutex<ChildStdin>,
    heard: Arc<Heard>,
    next: AtomicU64,
}

/// A tab that is listened to.
pub(super) struct Session {
    tab: Value,
    id: String,
}

/// What came from the browser.
#[derive(Default)]
struct Heard {
    /// Who waits for a reply, by its number.
    waiting: Mutex<HashMap<u64, Sender<Value>>>,
    /// By session.
    complaints: Mutex<HashMap<String, Vec<String>>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Devtools {
    pub(super) fn launch<'a>(path: &Path, flags: impl Iterator<Item = &'a str>) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", PIPES]).arg(path).args(flags).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut browser = shell.spawn().unwrap();
        let (commands, replies) = (browser.stdin.take().unwrap(), browser.stdout.take().unwrap());
        let heard = Arc::<Heard>::default();
        let hearing = Arc::clone(&heard);
        spawn(move || hearing.listen(replies));
        let (browser, commands) = (Mutex::new(browser), Mutex::new(commands));
        Self { browser, commands, heard, next: AtomicU64::new(1) }
    }

    /// Blocks until the browser has done something.
    pub(super) fn call(
        &self,
        session: Option<&Session>,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut command = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            command["sessionId"] = json!(session.id);
        }
        let (sender, reply) = channel();
        locked(&self.heard.waiting).insert(id, sender);
        locked(&self.commands)
            .write_all(format!("{command}\0").as_bytes())
            .map_err(|error| error.to_string())?;
        let mut reply = reply.recv_timeout(ANSWER).map_err(|error| format!("{method}: {error}"))?;
        match reply.get("error") {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(reply["result"].take()),
        }
    }

    /// A new tab.
    pub(super) fn open(&self) -> Session {
        let tab = self.call(None, "Target.createTarget", json!({"url": "about:blank"})).unwrap();
        let tab = tab["targetId"].clone();
        let attached = self.call(None, "Target.attachToTarget", json!({"targetId": tab, "flatten": true}));
        let id = attached.unwrap()["sessionId"].as_str().unwrap().to_owned();
        Session { tab, id }
    }

    /// Closes a tab; one that is gone already is no matter.
    pub(super) fn leave(&self, session: &Session) {
        let _closed = self.call(None, "Target.closeTarget", json!({"targetId": session.tab}));
    }

    /// What the console has shown of a tab since this was asked last.
    pub(super) fn complaints(&self, session: &Session) -> Vec<String> {
        locked(&self.heard.complaints).remove(&session.id).unwrap_or_default()
    }

    /// Ends the browser, by force if it takes too long.
    pub(super) fn close(&self, patience: Duration) {
        let _asked = self.call(None, "Browser.close", json!({}));
        let (mut browser, asked) = (locked(&self.browser), Instant::now());
        while asked.elapsed() < patience {
            if !matches!(browser.try_wait(), Ok(None)) {
                return;
            }
            sleep(Duration::from_millis(10));
        }
        let _killed = browser.kill();
        let _gone = browser.wait();
    }
}

impl Heard {
    /// Until the browser is gone; then nobody need wait.
    fn listen(&self, replies: ChildStdout) {
        for message in BufReader::new(replies).split(0).map_while(Result::ok) {
            let Ok(message) = serde_json::from_slice::<Value>(&message) else { continue };
            self.take(message);
        }
        locked(&self.waiting).clear();
    }

    fn take(&self, message: Value) {
        let text = |key: &str| message.get(key).and_then(Value::as_str);
        if let Some(id) = message.get("id").and_then(Value::as_u64) {
            let waiting = locked(&self.waiting).remove(&id);
            let _heard = waiting.map(|waiting| waiting.send(message));
        } else if let Some(session) = text("sessionId")
            && text("method").is_some_and(|method| COMPLAINTS.contains(&method))
        {
            let mut complaints = locked(&self.complaints);
            complaints.entry(session.to_owned()).or_default().push(message["params"].to_string());
        }
    }
}
