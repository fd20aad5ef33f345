//! The only place that prints: data to stdout, talk to stderr; neither says a secret, nor steers a terminal.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use secrets::{Secrets, visible, visible_but_painted, visible_in_json};

use crate::args::{Color, Format, Global};
use crate::exit::{About, Failure, Result};

/// What must not be printed, whoever says it.
static SECRETS: RwLock<Secrets> = RwLock::new(Secrets::none());

/// Hides these from now on.
pub(crate) fn hide(secrets: &[String]) {
    *SECRETS.write().unwrap_or_else(PoisonError::into_inner) = Secrets::new(secrets);
}

fn redacted(text: &str) -> String {
    SECRETS.read().unwrap_or_else(PoisonError::into_inner).redact(text).into_owned()
}

/// Prints data: text, some of which others may have written, with everything in it made visible that a terminal would act on.
pub(crate) fn data(text: &str) -> Result<()> {
    print(&visible(&redacted(text)))
}

/// The same for a text that carries our own colours.
pub(crate) fn painted(text: &str) -> Result<()> {
    print(&visible_but_painted(&redacted(text)))
}

/// The same for JSON.
pub(crate) fn json(text: &str) -> Result<()> {
    print(&visible_in_json(&redacted(text)))
}

/// A reader that has gone away (`| head`) is no error of ours.
fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// Where data goes that is too much to hold.
pub(crate) fn stream() -> Box<dyn Write> {
    Box::new(io::stdout().lock())
}

/// Writes data to a file as it is, or prints it where there is none.
pub(crate) fn data_to(path: Option<&Path>, text: &str, format: Format) -> Result<()> {
    match (path, format) {
        (None, Format::Json | Format::Jsonl) => json(text),
        (None, Format::Table) => painted(text),
        (None, Format::Md | Format::Csv | Format::Html) => data(text),
        (Some(path), _) => std::fs::write(path, text).about(|| format!("cannot write {}", path.display())),
    }
}

/// Talks to a person.
pub(crate) fn say(text: &str) {
    let _gone = writeln!(io::stderr().lock(), "{}", visible(&redacted(text)));
}

pub(crate) fn is_broken_pipe(failure: &Failure) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    failure.causes().filter_map(|cause| cause.downcast_ref()).any(broken)
}

/// Whether to colour what goes to stdout.
pub(crate) fn colored(global: &Global) -> bool {
    match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io::stdout().is_terminal() && !crate::environment::no_color(),
    }
}

/// Columns of the terminal; 100 where there is none.
pub(crate) fn width() -> u16 {
    const WITHOUT_TERMINAL: u16 = 100;
    if io::stdout().is_terminal() {
        terminal_size::terminal_size().map_or(WITHOUT_TERMINAL, |(width, _)| width.0)
    } else {
        WITHOUT_TERMINAL
    }
}
