//! A Chromium that is on this machine, driven by tests.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::sleep;
use std::time::{Duration, Instant};

use chromiumoxide::cdp::IntoEventKind;
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams, SetFocusEmulationEnabledParams,
};
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, InsertTextParams,
};
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::browser_protocol::page::CaptureScreenshotParams;
use chromiumoxide::cdp::js_protocol::runtime::{EvaluateParams, EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::keys::get_key_definition;
use chromiumoxide::{Browser, BrowserConfig, Command};
use futures::stream::{SelectAll, Stream};
use futures::{FutureExt, StreamExt};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// For what comes true by itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// For the browser's answer to anything; a busy machine makes it slow.
const ANSWER: Duration = Duration::from_secs(60);

/// Events come behind the reply to what caused them.
const EVENTS: Duration = Duration::from_millis(50);

const FLAGS: [&str; 9] = [
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-dev-shm-usage",
    "force-color-profile=srgb",
    "force-device-scale-factor=1",
];

/// The one that runs: a second would take as much memory again, and each takes a while to start.
static RUNNING: Mutex<Weak<Driver>> = Mutex::new(Weak::new());

/// A browser that tests share, with a profile that goes with it behind the last of them.
pub(crate) struct Chromium(Arc<Driver>);

struct Driver {
    browser: Browser,
    runtime: Runtime,
    _guard: Option<Guard>,
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

type Complaints = SelectAll<Pin<Box<dyn Stream<Item = String> + Send>>>;

/// A tab with everything that its pages complain about.
pub(crate) struct Page {
    driver: Arc<Driver>,
    tab: chromiumoxide::Page,
    complaints: Mutex<Complaints>,
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
        let (tab, complaints) = driver.wait_for("a tab", async {
            let tab = driver.browser.new_page("about:blank").await.unwrap();
            let mut complaints = SelectAll::new();
            hear::<EventEntryAdded>(&tab, &mut complaints, |event| format!("{:?}", event.entry)).await;
            hear::<EventExceptionThrown>(&tab, &mut complaints, |event| {
                format!("{:?}", event.exception_details)
            })
            .await;
            hear::<EventConsoleApiCalled>(&tab, &mut complaints, |event| format!("{:?}", event.args)).await;
            tab.enable_log().await.unwrap();
            tab.enable_runtime().await.unwrap();
            (tab, complaints)
        });
        let page = Page { driver, tab, complaints: Mutex::new(complaints) };
        // A page behind others has a focus too.
        page.call(SetFocusEmulationEnabledParams::new(true)).unwrap();
        page
    }
}

/// Adds what the console of a browser would show for an event.
async fn hear<T: IntoEventKind + Unpin + Send + Sync>(
    tab: &chromiumoxide::Page,
    complaints: &mut Complaints,
    text: fn(&T) -> String,
) {
    let events = tab.event_listener::<T>().await.unwrap();
    complaints.push(Box::pin(events.map(move |event| text(&event))));
}

impl Driver {
    fn launch(path: &Path) -> Self {
        // The browser's own thread: it is listened to while a test does something else.
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let config = BrowserConfig::builder()
            .chrome_executable(path)
            .user_data_dir(profile.path())
            .new_headless_mode()
            .no_sandbox()
            .window_size(1200, 900)
            .viewport(None)
            .disable_default_args()
            .args(FLAGS)
            .launch_timeout(ANSWER)
            .request_timeout(ANSWER)
            .build()
            .unwrap();
        let (mut browser, mut events) = runtime.block_on(Browser::launch(config)).unwrap();
        runtime.spawn(async move { while let Some(Ok(())) = events.next().await {} });
        let id = browser.get_mut_child().and_then(|child| child.as_mut_inner().id());
        Self { browser, runtime, _guard: id.and_then(Guard::of), _profile: profile }
    }

    /// Blocks until the browser has done something.
    fn wait_for<T>(&self, what: &str, action: impl Future<Output = T>) -> T {
        let limited = self.runtime.block_on(async { tokio::time::timeout(ANSWER, action).await });
        limited.unwrap_or_else(|_| panic!("the browser does not answer within {ANSWER:?}: {what}"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let Self { browser, runtime, .. } = self;
        runtime.block_on(async {
            let politely = async {
                let _closed = browser.close().await;
                let _gone = browser.wait().await;
            };
            if tokio::time::timeout(PATIENCE, politely).await.is_err() {
                let _killed = browser.kill().await;
            }
        });
    }
}

/// Ends the browser when this process is killed, and could not do it itself: then the guard's input ends.
struct Guard(Child);

impl Guard {
    /// None where there is no shell.
    fn of(browser: u32) -> Option<Self> {
        let mut shell = std::process::Command::new("/bin/sh");
        shell.args(["-c", "cat; kill \"$0\"", &browser.to_string()]);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        shell.spawn().ok().map(Self)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _gone = self.0.wait();
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
    fn call<C: Command>(&self, command: C) -> Result<C::Response, String> {
        let what = command.identifier();
        let reply = self.driver.wait_for(&what, self.tab.execute(command));
        reply.map(|reply| reply.result).map_err(|error| format!("{what}: {error}"))
    }

    /// Changes the screen, and what the reader prefers.
    pub(crate) fn on(&self, screen: Screen) {
        self.call(SetDeviceMetricsOverrideParams::new(screen.width, 900, 1.0, false)).unwrap();
        let value = if screen.dark { "dark" } else { "light" };
        let scheme = MediaFeature::new("prefers-color-scheme", value);
        self.call(SetEmulatedMediaParams::builder().feature(scheme).build()).unwrap();
    }

    /// Goes to another page and waits until it is there.
    pub(crate) fn go(&self, url: &str) {
        let went = self.driver.wait_for(url, self.tab.goto(url));
        went.unwrap_or_else(|error| panic!("{error}: {url}"));
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
        let asked = EvaluateParams::builder()
            .expression(expression)
            .return_by_value(true)
            .await_promise(true)
            .user_gesture(true)
            .silent(true)
            .build()?;
        let evaluated = self.call(asked)?;
        match evaluated.exception_details {
            Some(thrown) => Err(format!("{thrown:?}")),
            None => Ok(evaluated.result.value.unwrap_or_default()),
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

    /// Presses a key such as `Tab`, `Enter`, `ArrowDown`, and lets it go.
    pub(crate) fn press(&self, key: &str) {
        let known = get_key_definition(key).unwrap_or_else(|| panic!("no key is called {key}"));
        let mut stroke = DispatchKeyEventParams::builder()
            .key(known.key)
            .code(known.code)
            .windows_virtual_key_code(known.key_code)
            .native_virtual_key_code(known.key_code);
        let down = known.text.map_or(DispatchKeyEventType::RawKeyDown, |_| DispatchKeyEventType::KeyDown);
        if let Some(text) = known.text {
            stroke = stroke.text(text);
        }
        self.call(stroke.clone().r#type(down).build().unwrap()).unwrap();
        self.call(stroke.r#type(DispatchKeyEventType::KeyUp).build().unwrap()).unwrap();
    }

    /// Types into what has the focus.
    pub(crate) fn write(&self, text: &str) {
        self.call(InsertTextParams::new(text)).unwrap();
    }

    /// What a picture of the page shows, seen by the browser itself.
    pub(crate) fn look(&self) -> Look {
        let picture = self.call(CaptureScreenshotParams::default()).unwrap().data;
        self.read(&include_str!("look.js").replace("PICTURE", picture.as_ref()))
    }

    /// What the console of the browser has shown since this was asked last.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.run("undefined");
        sleep(EVENTS);
        let mut complaints = self.complaints.lock().unwrap();
        std::iter::from_fn(|| complaints.next().now_or_never().flatten()).collect()
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
        let close = self.tab.clone().close();
        let _closed = self.driver.runtime.block_on(async { tokio::time::timeout(PATIENCE, close).await });
    }
}
