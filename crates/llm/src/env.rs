//! Every environment variable that this crate reads. Proxies are read by the HTTP library itself.

#![expect(clippy::disallowed_methods, reason = "here the environment is read")]

/// The server's address when a configuration names none.
pub const OPENAI_BASE_URL: &str = "OPENAI_BASE_URL";
/// The key when a configuration names no other variable.
pub const OPENAI_API_KEY: &str = "OPENAI_API_KEY";

/// A program on the PATH.
pub(crate) fn program(name: &str) -> Option<std::path::PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|program| is_program(program))
}

#[cfg(unix)]
fn is_program(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &std::path::Path) -> bool {
    path.is_file()
}

/// The variable's value; empty counts as unset.
pub(crate) fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
