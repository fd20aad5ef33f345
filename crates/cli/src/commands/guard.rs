//! `thinkmeter __guard -- COMMAND`: what the program starts servers through. Nobody types it.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::output;

pub(crate) fn run(command: &[OsString]) -> ExitCode {
    match llm::serve::guard::run(command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let program =
                command.first().map_or_else(String::new, |word| word.to_string_lossy().into_owned());
            output::say(&format!("error: cannot start `{program}`: {error}"));
            ExitCode::FAILURE
        }
    }
}
