//! A Chromium that is on this machine, driven by tests.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Page as PageDomain, Runtime};
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde::de::DeserializeOwned;
use serde_json::Value;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PATIENCE: Duration = Duration::from_secs(20);

/// One at a time: they take much memory, and a busy machine makes them slow.
static ONE: Mutex<()> = Mutex::new(());

/// A browser of its own, with a profile that goes with it.
pub(crate) struct Chromium {
    browser: Browser,
    _alone: MutexGuard<'static, ()>,
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

/// A tab with everything that its pages complain about.
pub(crate) struct Page {
    tab: Arc<Tab>,
    complaints: Arc<Mutex<Vec<String>>>,
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
    /// Starts one; says so and gives nothing where there is none.
    pub(crate) fn start() -> Option<Self> {
        let Some(path) = find() else {
            eprintln!("skipped: there is no Chromium on this machine (CHROME names one that is elsewhere)");
            return None;
        };
        let alone = ONE.lock().unwrap_or_else(PoisonError::into_inner);
        let flags = [
            "--disable-quic",
            "--disable-component-update",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
        ];
        let options = LaunchOptions {
            path: Some(path),
            sandbox: false,
            window_size: Some((1200, 900)),
            idle_browser_timeout: Duration::from_secs(120),
            args: flags.iter().map(OsStr::new).collect(),
            ..LaunchOptions::default()
        };
        Some(Self { browser: Browser::new(options).unwrap(), _alone: alone })
    }

    /// A tab that shows a page.
    pub(crate) fn open(&self, url: &str, screen: Screen) -> Page {
        let page = self.blank();
        page.on(screen);
        page.go(url);
        page
    }

    fn blank(&self) -> Page {
        let tab = self.browser.new_tab().unwrap();
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&complaints);
        let listener = move |event: &Event| heard.lock().unwrap().extend(complaint(event));
        tab.add_event_listener(Arc::new(listener)).unwrap();
        tab.enable_log().unwrap();
        tab.enable_runtime().unwrap();
        Page { tab, complaints }
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

/// What the console of a browser shows in red or yellow.
fn complaint(event: &Event) -> Option<String> {
    match event {
        Event::LogEntryAdded(entry) => Some(format!("{:?}", entry.params.entry)),
        Event::RuntimeExceptionThrown(thrown) => Some(format!("{:?}", thrown.params.exception_details)),
        Event::RuntimeConsoleAPICalled(call) => Some(format!("{:?}", call.params.args)),
        _ => None,
    }
}

impl Page {
    /// Changes the screen, and what the reader prefers.
    pub(crate) fn on(&self, screen: Screen) {
        let metrics = Emulation::SetDeviceMetricsOverride {
            width: screen.width,
            height: 900,
            device_scale_factor: 1.0,
            mobile: false,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        };
        self.tab.call_method(metrics).unwrap();
        let value = if screen.dark { "dark" } else { "light" };
        let scheme =
            Emulation::MediaFeature { name: "prefers-color-scheme".to_owned(), value: value.to_owned() };
        self.tab
            .call_method(Emulation::SetEmulatedMedia { media: None, features: Some(vec![scheme]) })
            .unwrap();
    }

    /// Goes to another page and waits until it is there.
    pub(crate) fn go(&self, url: &str) {
        self.run("window.leaving = true");
        let went = self.tab.call_method(PageDomain::Navigate {
            url: url.to_owned(),
            referrer: None,
            transition_Type: None,
            frame_id: None,
            referrer_policy: None,
        });
        assert_eq!(went.unwrap().error_text, None, "{url}");
        // A place on the same page leaves nothing.
        let here = !url.starts_with("http") && url.contains('#');
        self.wait(&format!("document.readyState === 'complete' && ({here} || !window.leaving)"));
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
        let evaluated = self
            .tab
            .call_method(Runtime::Evaluate {
                expression: expression.to_owned(),
                return_by_value: Some(true),
                await_promise: Some(true),
                user_gesture: Some(true),
                generate_preview: None,
                silent: Some(true),
                include_command_line_api: None,
                object_group: None,
                context_id: None,
                throw_on_side_effect: None,
                timeout: None,
                disable_breaks: None,
                repl_mode: None,
                allow_unsafe_eval_blocked_by_csp: None,
                unique_context_id: None,
                serialization_options: None,
            })
            .map_err(|error| error.to_string())?;
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

    /// Presses keys such as `Tab`, `Enter`, `ArrowDown`, one behind the other.
    pub(crate) fn press(&self, key: &str) {
        self.tab.press_key(key).unwrap();
    }

    /// Types into what has the focus.
    pub(crate) fn write(&self, text: &str) {
        self.tab.send_character(text).unwrap();
    }

    /// What a picture of the page shows, seen by the browser itself.
    pub(crate) fn look(&self) -> Look {
        let bytes: Vec<String> = self.screenshot().iter().map(u8::to_string).collect();
        self.read(&include_str!("look.js").replace("BYTES", &bytes.join(",")))
    }

    fn screenshot(&self) -> Vec<u8> {
        let format = PageDomain::CaptureScreenshotFormatOption::Png;
        self.tab.capture_screenshot(format, None, None, true).unwrap()
    }

    /// The console of the browser must have stayed empty.
    pub(crate) fn assert_calm(&self) {
        let complaints = self.complaints.lock().unwrap();
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    /// What the rules of accessibility find.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.read(include_str!("accessible.js"))
    }
}
