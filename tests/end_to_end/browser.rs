//! The pages as people meet them: a real browser on the report's file and on `thinkmeter view`.
//!
//! Everything here skips with a message where there is no Chromium.

#![expect(clippy::panic, reason = "a test that fails says what was on the page")]

mod chromium;
mod devtools;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::Value;

use self::chromium::{Chromium, DESK, NIGHT, PHONE, Page, Screen};
use crate::support::Place;

/// Two models over three problems; what they wrote tries to become part of the page.
const NASTY: &str = r#"{"question": "What is 17 + 25? <script>document.title = 'taken'</script>", "answer": "42", "level": "easy", "model": "plain", "response": "<think>17 + 25 = 42.\n\n</p></li><script>document.title = 'taken'</script><img src=x onerror=\"document.title='taken'\">\n\nWait, let me check: 42.</think>The answer is 42."}
{"question": "What is 24 * 25?", "answer": "600", "level": "hard", "model": "plain", "response": "<think>24 * 25 is a quarter of 2400.\n\nThat is 600.\n\nAlternatively, 25 * 24 = 600.</think>The answer is 600."}
{"question": "What is 19 - 33?", "answer": "-14", "level": "easy", "model": "plain", "response": "<think>33 - 19 = 14.\n\nAlternatively, I could", "finish_reason": "length"}
{"question": "What is 17 + 25? <script>document.title = 'taken'</script>", "answer": "42", "level": "easy", "model": "<b>bold</b>", "response": "<think>It is 41.</think>The answer is 41."}
{"question": "What is 24 * 25?", "answer": "600", "level": "hard", "model": "<b>bold</b>", "response": "<think>600.\n\n600 it is.</think>The answer is 600."}
"#;

const PIPELINE: &str = "description = \"Traces with markup\"\n[dataset]\nkind = \"recorded\"\npath = \"traces.jsonl\"\n\
    subset = \"level\"\n[[models]]\nname = \"*\"\nkind = \"recorded\"\ntokenizer = \"builtin\"\n\
    [split]\nkind = \"separator\"\n[judge]\nkind = \"rule\"\n";

/// The place that the tests share, while one of them runs: none of them changes anything in it.
static PLACE: Mutex<Weak<Place>> = Mutex::new(Weak::new());

/// A place with two finished runs: the demonstration, and one whose traces hold markup.
fn place() -> Arc<Place> {
    let mut shared = PLACE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(place) = shared.upgrade() {
        return place;
    }
    let place = Arc::new(finished());
    *shared = Arc::downgrade(&place);
    place
}

fn finished() -> Place {
    let place = Place::new();
    place.write("traces.jsonl", NASTY);
    place.write("nasty.toml", PIPELINE);
    place.succeed(&["run", "--quiet"]);
    place.succeed(&["run", "nasty.toml", "--quiet"]);
    place
}

fn file(place: &Place, run: &str) -> String {
    format!("file://{}", place.path(&format!("runs/{run}/report.html")).display())
}

/// `thinkmeter view`, ended when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(place: &Place, run: &str) -> Self {
        let mut command = place.command(&["view", &format!("runs/{run}")]);
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().next().unwrap().trim_end_matches('/').to_owned();
        Self { child, url }
    }

    fn page(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// What must hold of any page on any screen: no complaint, nothing beside the screen, no rule of accessibility broken.
fn check_page(chromium: &Chromium, url: &str) {
    let page = chromium.open(url, DESK);
    for screen in [DESK, NIGHT, PHONE, Screen { dark: true, ..PHONE }] {
        page.on(screen);
        let faults = page.faults();
        assert!(faults.is_empty(), "{url} on {screen:?}: {faults:#?}");
        let beside: i64 = page.read("document.documentElement.scrollWidth - innerWidth");
        assert!(beside <= 0, "{url} on {screen:?} is {beside} px too wide: {}", too_wide(&page));
        let look = page.look();
        assert!(look.colours > 16 && look.most < 0.995, "{url} on {screen:?} is blank: {look:?}");
        let fits = if screen.dark { look.brightness < 0.3 } else { look.brightness > 0.7 };
        assert!(fits, "{url} on {screen:?}: {look:?}");
    }
    page.assert_calm();
}

/// What reaches farthest to the right and cannot be scrolled by itself.
fn too_wide(page: &Page) -> String {
    page.read(
        "(() => { const clips = e => e && (getComputedStyle(e).overflowX !== 'visible' || clips(e.parentElement)); \
         return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() \
         && e.getBoundingClientRect().right > innerWidth && !clips(e.parentElement)) \
         .slice(0, 5).map(e => e.outerHTML.slice(0, 200)).join('\\n') })()",
    )
}

/// Tests that look for complaints could not fail if none were heard.
#[test]
fn a_page_that_is_not_calm_is_heard() {
    let Some(chromium) = Chromium::start() else { return };
    let place = Place::new();
    let file = |name: &str, content: &str| format!("file://{}", place.write(name, content).display());
    let heard = |url: &str| chromium.open(url, DESK).complaints().join("\n");
    assert_eq!(heard(&file("calm.html", "<!doctype html><title>calm</title>")), "");
    let said = heard(&file("says.html", "<script>console.warn('too warm here')</script>"));
    assert!(said.contains("too warm here"), "{said}");
    let thrown = heard(&file("throws.html", "<script>throw new Error('far away')</script>"));
    assert!(thrown.contains("far away"), "{thrown}");
    let refused =
        "<meta http-equiv='Content-Security-Policy' content=\"script-src 'none'\"><script>1</script>";
    let refusal = heard(&file("refuses.html", refused));
    assert!(refusal.contains("Content Security Policy"), "{refusal}");
}

#[test]
fn a_page_that_keeps_readers_out_is_found() {
    let Some(chromium) = Chromium::start() else { return };
    let place = Place::new();
    let page = "<!doctype html><html lang=en><title>bad</title><main><h1>Bad</h1><h3>Deep</h3><input><button></button>\
        <p style='color: #ccc; background: #fff'>pale</p><div style='width: 3000px'>wide</div></main>";
    let page = chromium.open(&format!("file://{}", place.write("bad.html", page).display()), PHONE);
    let faults = page.faults();
    for fault in ["h3 follows h1", "a field without label", "nothing to call it by", "pale"] {
        assert!(faults.iter().any(|found| found.contains(fault)), "{fault} is not in {faults:#?}");
    }
    assert!(too_wide(&page).contains("wide</div>"));
    let look = page.look();
    assert!(look.brightness > 0.9 && look.most > 0.9, "{look:?}");
}

#[test]
fn the_report_is_calm_readable_and_fits_every_screen() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    check_page(&chromium, &file(&place, "full-eval"));
    check_page(&chromium, &file(&place, "nasty"));
}

#[test]
fn the_benchmark_table_is_calm_readable_and_fits_every_screen() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    let page = place.path("table.html");
    let args =
        ["table", "runs/full-eval", "runs/nasty", "--references", "thoughtx", "--format", "html", "--output"];
    place.succeed(&[args.as_slice(), &[page.to_str().unwrap()]].concat());
    let url = format!("file://{}", page.display());
    check_page(&chromium, &url);
    let page = chromium.open(&url, DESK);
    let bars: u32 = page.read("document.querySelectorAll('.bars svg rect:not(.ground)').length");
    assert_eq!(bars, 4, "two models on either set");
    let made: u32 = page.read("document.querySelectorAll('script, main b').length");
    assert_eq!(made, 0, "a model's name became markup");
}

#[test]
fn pages_of_view_are_calm_readable_and_fit_every_screen() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    let server = Server::start(&place, "nasty");
    for path in ["/", "/traces", "/trace/0/0", "/traces?q=nothing+is+like+that"] {
        check_page(&chromium, &server.page(path));
    }
}

#[test]
fn what_a_model_wrote_stays_text() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    let server = Server::start(&place, "nasty");
    let traces = ["/trace/0/0", "/trace/1/0"].map(|path| server.page(path));
    for url in [file(&place, "nasty"), server.page("/"), server.page("/traces")].iter().chain(&traces) {
        let page = chromium.open(url, DESK);
        page.assert_calm();
        let title: String = page.read("document.title");
        assert!(title != "taken", "{url}: a trace ran");
        let made: u32 = page.read(
            "document.querySelectorAll('img, main script:not([type]), main b.bold, [onerror]').length + \
             [...document.querySelectorAll('b')].filter(b => b.textContent === 'bold').length",
        );
        assert_eq!(made, 0, "{url}: a trace became markup");
    }
    let page = chromium.open(&traces[0], DESK);
    let shown: bool =
        page.read("document.querySelector('main').innerText.includes('<script>document.title')");
    assert!(shown, "the script is not shown");
}

#[test]
fn traces_of_view_are_filtered_sorted_and_read() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    let server = Server::start(&place, "full-eval");
    let page = chromium.open(&server.page("/traces"), DESK);
    let found = |page: &Page| -> u32 {
        let text: String = page.read("document.querySelector('#count').textContent");
        text.split_whitespace().rev().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
    };
    assert_eq!(found(&page), 94);
    let choose = |field: &str, value: &str| {
        let script = format!(
            "document.querySelector('[name={field}]').value = '{value}'; window.leaving = true; \
             document.querySelector('form button').click()"
        );
        page.run(&script);
        page.wait("document.readyState === 'complete' && !window.leaving");
    };
    choose("model", "overthinker");
    assert_eq!(found(&page), 47);
    choose("outcome", "wrong");
    let wrong = found(&page);
    assert!(wrong > 0 && wrong < 47, "{wrong}");
    choose("outcome", "right");
    choose("sort", "tokens");
    let tokens: Vec<f64> = page.read(
        "[...document.querySelectorAll('table.traces tbody tr')].map(row => Number(row.cells[5].textContent.replace(/[ ,\\u202f]/g, '')))",
    );
    assert!(tokens.len() > 30 && tokens.is_sorted_by(|a, b| a >= b), "{tokens:?}");

    page.run("window.leaving = true; document.querySelector('table.traces tbody a').click()");
    page.wait("document.readyState === 'complete' && !window.leaving && !!document.querySelector('article')");
    page.assert_calm();
    let kinds: Vec<String> =
        page.read("[...new Set([...document.querySelectorAll('.steps .step')].map(step => getComputedStyle(step).borderLeftColor + getComputedStyle(step).backgroundColor))]");
    assert!(kinds.len() >= 3, "steps are not coloured: {kinds:?}");
}

#[test]
fn figures_on_the_page_are_those_of_the_metrics() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    let report: Value = serde_json::from_str(&place.read("runs/full-eval/report.json")).unwrap();
    let server = Server::start(&place, "full-eval");
    for url in [file(&place, "full-eval"), server.page("/")] {
        check_figures(&chromium.open(&url, DESK), &report);
    }
}

/// Every figure of a page is that of a row of the metrics, and the main ones are there.
fn check_figures(page: &Page, report: &Value) {
    let shown: Vec<BTreeMap<String, String>> =
        page.read("[...document.querySelectorAll('[data-value]')].map(cell => ({...cell.dataset}))");
    assert!(shown.len() > 100, "only {} figures", shown.len());
    let metrics = report["metrics"].as_array().unwrap();
    for cell in &shown {
        let names = ["metric", "model", "dataset", "subset", "scope"];
        let mine = |row: &&Value| {
            names.iter().all(|name| row[*name].as_str() == cell.get(*name).map(String::as_str))
        };
        let row = metrics.iter().find(mine).unwrap_or_else(|| panic!("no row of the metrics is {cell:?}"));
        let (value, known) = (cell["value"].parse::<f64>().ok(), row["value"].as_f64());
        // The last digit may be lost on the way through JSON.
        let same = |(a, b): (f64, f64)| (a - b).abs() <= 1e-12 * b.abs();
        assert!(value.zip(known).map_or(value == known, same), "{cell:?} is {} in the metrics", row["value"]);
    }
    let six = ["accuracy", "reasoning_tokens", "token_efficiency", "thought_switches"];
    for (name, model) in
        six.iter().flat_map(|name| ["overthinker", "to-the-point"].map(|model| (name, model)))
    {
        let overall = |cell: &&BTreeMap<String, String>| cell["metric"] == **name && cell["model"] == model;
        assert!(shown.iter().any(|cell| overall(&cell)), "{name} of {model} is not on the page");
    }
}

#[test]
fn traces_of_the_report_are_filtered_sorted_and_read() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    let url = file(&place, "full-eval");
    let page = chromium.open(&url, DESK);
    const SHOWN: &str = "[...document.querySelectorAll('#trace-list tbody tr')].filter(row => !row.hidden)";
    let count = || -> usize { page.read(&format!("{SHOWN}.length")) };
    let all = count();
    let set = |field: &str, value: &str| {
        let input = "dispatchEvent(new Event('input', { bubbles: true }))";
        page.run(&format!("{{ const f = document.querySelector('#filters [name={field}]'); f.value = '{value}'; f.{input} }}"));
    };
    set("outcome", "wrong");
    let wrong = count();
    let outcomes: Vec<String> = page.read(&format!("[...new Set({SHOWN}.map(row => row.dataset.outcome))]"));
    assert!(wrong > 0 && wrong < all && outcomes == ["wrong"], "{wrong} of {all}: {outcomes:?}");
    set("text", "no trace says this");
    assert_eq!(count(), 0);
    page.run("document.querySelector('#filters [type=reset]').click()");
    page.wait(&format!("{SHOWN}.length === {all}"));

    // A column sorts falling, then rising.
    let sorted = |times: usize| -> Vec<f64> {
        let header =
            "[...document.querySelectorAll('#trace-list th')].find(th => /tokens/.test(th.textContent))";
        (0..times).for_each(|_| page.run(&format!("{header}.querySelector('button').click()")));
        page.read(&format!(
            "{SHOWN}.map(row => Number(row.cells[{header}.cellIndex].textContent.replace(/\\D/g, '')))"
        ))
    };
    let falling = sorted(1);
    assert!(falling.len() == all && falling.is_sorted_by(|a, b| a >= b), "{falling:?}");
    assert!(sorted(1).is_sorted());

    // A link of its own opens a trace, on a page that is loaded anew too.
    let hash: String =
        page.read("document.querySelector('#trace-list tr[data-outcome=right] a').getAttribute('href')");
    assert!(hash.starts_with("#t-"), "{hash}");
    page.go("about:blank");
    page.go(&format!("{url}{hash}"));
    let trace = format!("document.getElementById('{}')", &hash[1..]);
    page.wait(&format!("{trace}.checkVisibility()"));
    let place: f64 = page.read(&format!("{trace}.getBoundingClientRect().top"));
    assert!((-50.0..900.0).contains(&place), "the trace is {place} px away");
    let read = page.read::<usize>(
        "[...document.querySelectorAll('article.trace')].filter(a => a.checkVisibility()).length",
    );
    assert_eq!(read, 1, "one trace at a time");
    let colours: Vec<String> = page.read(&format!(
        "[...new Set([...{trace}.querySelectorAll('.step')].map(step => getComputedStyle(step).borderLeftColor))]"
    ));
    assert!(colours.len() >= 2, "steps are not coloured: {colours:?}");
    let faults = page.faults();
    assert!(faults.is_empty(), "{faults:#?}");
    page.on(PHONE);
    let beside: i64 = page.read("document.documentElement.scrollWidth - innerWidth");
    assert!(beside <= 0, "a trace is {beside} px too wide: {}", too_wide(&page));
    page.assert_calm();
}

#[test]
fn the_report_is_operated_with_the_keyboard_alone() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    let page = chromium.open(&file(&place, "nasty"), DESK);
    page.press("Tab");
    let skips: bool = page
        .read("document.activeElement.matches('a[href^=\"#\"]') && document.activeElement.checkVisibility()");
    assert!(skips, "the first Tab does not lead to a link past the head");
    tab_to(&page, "document.activeElement.closest('#filters') !== null");
    tab_to(&page, "document.activeElement.matches('#trace-list a')");
    let ring: bool = page.read("getComputedStyle(document.activeElement).outlineStyle !== 'none'");
    assert!(ring, "the focus cannot be seen");
    page.press("Enter");
    page.wait("location.hash.startsWith('#t-') && document.getElementById(location.hash.slice(1)).checkVisibility()");
    page.assert_calm();
}

#[test]
fn view_is_operated_with_the_keyboard_alone() {
    let Some(chromium) = Chromium::start() else { return };
    let place = place();
    let server = Server::start(&place, "full-eval");
    let page = chromium.open(&server.page("/traces"), DESK);
    tab_to(&page, "document.activeElement.name === 'q'");
    page.write("arith");
    page.run("window.leaving = true");
    page.press("Enter");
    page.wait("document.readyState === 'complete' && !window.leaving && location.search.includes('q=arith')");
    tab_to(
        &page,
        "document.activeElement.closest('table.traces') !== null && document.activeElement.tagName === 'A'",
    );
    let ring: bool = page.read("getComputedStyle(document.activeElement).outlineStyle !== 'none'");
    assert!(ring, "the focus cannot be seen");
    page.run("window.leaving = true");
    page.press("Enter");
    page.wait("document.readyState === 'complete' && location.pathname.startsWith('/trace/')");
}

/// More stops than this are none that anybody reaches.
const MOST_STOPS: usize = 150;

/// Presses Tab until the focus is where it should be.
fn tab_to(page: &Page, there: &str) {
    for _ in 0..MOST_STOPS {
        page.press("Tab");
        if page.read(there) {
            return;
        }
    }
    let focus: Value = page.read("document.activeElement.outerHTML.slice(0, 200)");
    panic!("{MOST_STOPS} times Tab do not lead to {there}; the focus is on {focus}");
}
