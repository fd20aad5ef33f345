//! The only place that prints: data to stdout, talk to stderr.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use crate::args::{Color, Global};
use crate::exit::{About, Failure, Result};

/// Prints data. A reader that has gone away (`| head`) is no error of ours.
pub(crate) fn data(text: &str) -> Result<()> {
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

/// Writes data to a file, or prints it where there is none.
pub(crate) fn data_to(path: Option<&Path>, text: &str) -> Result<()> {
    match path {
        None => data(text),
        Some(path) => std::fs::write(path, text).about(|| format!("cannot write {}", path.display())),
    }
}

/// Talks to a person.
pub(crate) fn say(text: &str) {
    let _gone = writeln!(io::stderr().lock(), "{text}");
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
