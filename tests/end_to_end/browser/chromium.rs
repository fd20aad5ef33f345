//! A Chromium that is on this machine, driven by tests.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::devtools::{Devtools, Session};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// For what comes true by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// Events come behind the reply to what caused them.
const EVENTS: Duration = Duration::from_millis(50);

const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--force-device-scale-factor=1",
    "--window-size=1200,900",
];

/// The one that runs: a second would take as much memory again, and each takes a while to start.
static RUNNING: Mutex<Weak<Driver>> = Mutex::new(Weak::new());

/// A browser that tests share, with a profile that goes with it behind the last of them.
pub(crate) struct Chromium(Arc<Driver>);

struct Driver {
    devtools: Devtools,
    _profile: TempDir,
}

/// How a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) dark: bool,
}

pub(crate) const DESK: Screen = Screen { width: 1200, dark: false };
pub(crate) const NIGHT: Screen = Screen { width: 1200, dark: true };
pub(crate) const PHONE: Screen = Screen { width: 400, dark: false };

/// A tab.
pub(crate) struct Page {
    driver: Arc<Driver>,
    session: Session,
}

/// `CHROME` names one (empty: none), else the first that the `PATH` has.
fn find() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("CHROME") {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let places = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|path| path.is_file())
}

impl Chromium {
    /// Starts one, or joins the one that runs; says so and gives nothing where there is none.
    pub(crate) fn start() -> Option<Self> {
        let Some(path) = find() else {
            eprintln!("skipped: there is no Chromium on this machine (CHROME names one that is elsewhere)");
            return None;
        };
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = running.upgrade() {
            return Some(Self(driver));
        }
        let driver = Arc::new(Driver::launch(&path));
        *running = Arc::downgrade(&driver);
        Some(Self(driver))
    }

    /// A tab that shows a page.
    pub(crate) fn open(&self, url: &str, screen: Screen) -> Page {
        let page = self.blank();
        page.on(screen);
        page.go(url);
        page
    }

    fn blank(&self) -> Page {
        let driver = Arc::clone(&self.0);
        let session = driver.devtools.open();
        let page = Page { driver, session };
        for domain in ["Page.enable", "Log.enable", "Runtime.enable"] {
            page.call(domain, json!({})).unwrap();
        }
        // A page behind others has a focus too.
        page.call("Emulation.setFocusEmulationEnabled", json!({"enabled": true})).unwrap();
        page
    }
}

impl Driver {
    fn launch(path: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let data = format!("--user-data-dir={}", profile.path().display());
        let flags = FLAGS.into_iter().chain([data.as_str()]);
        Self { devtools: Devtools::launch(path, flags), _profile: profile }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.devtools.close(PATIENCE);
    }
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub(crate) struct Look {
    /// Different colours.
    pub(crate) colours: u32,
    /// Share of the most frequent colour.
    pub(crate) most: f64,
    /// Mean brightness, 0 to 1.
    pub(crate) brightness: f64,
}

impl Page {
    /// Asks the tab for one thing of the protocol.
    fn call(&self, method: &str, params: Value) -> Result<Value, String> {
        self.driver.devtools.call(Some(&self.session), method, params)
    }

    /// Changes the screen, and what the reader prefers.
    pub(crate) fn on(&self, screen: Screen) {
        let Screen { width, dark } = screen;
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size).unwrap();
        let value = if dark { "dark" } else { "light" };
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.call("Emulation.setEmulatedMedia", scheme).unwrap();
    }

    /// Goes to another page and waits until it is there.
    pub(crate) fn go(&self, url: &str) {
        let went = self.call("Page.navigate", json!({"url": url})).unwrap();
        assert_eq!(went.get("errorText"), None, "{url}");
        self.wait("document.readyState === 'complete'");
    }

    /// Evaluates an expression, awaited if it promises; gives its value as data.
    pub(crate) fn read<T: DeserializeOwned>(&self, expression: &str) -> T {
        let value = self.evaluate(expression).unwrap_or_else(|error| panic!("{error}: {expression}"));
        serde_json::from_value(value.clone())
            .unwrap_or_else(|error| panic!("{error}: {expression} is {value}"))
    }

    /// Evaluates for what it does.
    pub(crate) fn run(&self, expression: &str) {
        self.evaluate(&format!("{{ {expression}; undefined }}"))
            .unwrap_or_else(|error| panic!("{error}: {expression}"));
    }

    fn evaluate(&self, expression: &str) -> Result<Value, String> {
        let asked = json!({
            "expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true, "silent": true,
        });
        let mut evaluated = self.call("Runtime.evaluate", asked)?;
        match evaluated.get("exceptionDetails") {
            Some(thrown) => Err(thrown.to_string()),
            None => Ok(evaluated["result"]["value"].take()),
        }
    }

    /// Waits until an expression is true. While a page is left, nothing can be evaluated.
    pub(crate) fn wait(&self, expression: &str) {
        let started = Instant::now();
        while self.evaluate(expression) != Ok(Value::Bool(true)) {
            assert!(started.elapsed() < PATIENCE, "this did not come true: {expression}");
            sleep(Duration::from_millis(20));
        }
    }

    /// Presses a key and lets it go.
    pub(crate) fn press(&self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, None),
            "Enter" => (13, Some("\r")),
            _ => panic!("what does {key} do?"),
        };
        let stroke = |kind: &str, text: Option<&str>| {
            let mut stroke = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code});
            if let Some(text) = text {
                stroke["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", stroke).unwrap();
        };
        stroke(if text.is_some() { "keyDown" } else { "rawKeyDown" }, text);
        stroke("keyUp", None);
    }

    /// Types into what has the focus.
    pub(crate) fn write(&self, text: &str) {
        self.call("Input.insertText", json!({"text": text})).unwrap();
    }

    /// What a picture of the page shows, seen by the browser itself.
    pub(crate) fn look(&self) -> Look {
        let picture = self.call("Page.captureScreenshot", json!({})).unwrap();
        self.read(&include_str!("look.js").replace("PICTURE", picture["data"].as_str().unwrap()))
    }

    /// What the console of the browser has shown since this was asked last.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.run("undefined");
        sleep(EVENTS);
        self.driver.devtools.complaints(&self.session)
    }

    /// The console of the browser must have stayed empty.
    pub(crate) fn assert_calm(&self) {
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    /// What the rules of accessibility find.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.read(include_str!("accessible.js"))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.driver.devtools.leave(&self.session);
    }
}
