//! Where and with what the tasks run, and how they talk.

#![expect(clippy::disallowed_methods, reason = "here the environment is read")]

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The cargo that runs this task.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The workspace's folder: what cargo says when it starts us, for the folder may have moved since it built us.
pub(crate) fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let own = PathBuf::from(own);
    own.parent().map_or(own.clone(), PathBuf::from)
}

/// The target folder, in which we stand ourselves.
pub(crate) fn target() -> PathBuf {
    let own = std::env::current_exe().ok();
    let folder = own.as_deref().and_then(Path::parent).and_then(Path::parent);
    folder.map_or_else(|| root().join("target"), Path::to_path_buf)
}

/// Prints a line.
pub(crate) fn say(line: &str) {
    let _gone = writeln!(std::io::stdout().lock(), "{line}");
}
