//! What can go wrong, as the exceptions of `thinkmeter._errors`.

use plugin::{ConfigError, ConfigErrors};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// An error on its way to Python.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A configuration is wrong: `ConfigError`, with every fault.
    Config(ConfigErrors),
    /// A table, a file or a row is wrong, or cannot be had: `DataError`.
    Data(String),
    /// What Python itself raised, such as `KeyboardInterrupt`.
    Raised(PyErr),
}

impl Failure {
    /// Of something that says what is wrong with it.
    pub(crate) fn data(error: impl ToString) -> Self {
        Self::Data(error.to_string())
    }

    /// Of something that belongs to one table or argument.
    pub(crate) fn of(what: &str, error: impl std::fmt::Display) -> Self {
        Self::Data(format!("{what}: {error}"))
    }
}

impl From<ConfigErrors> for Failure {
    fn from(faults: ConfigErrors) -> Self {
        Self::Config(faults)
    }
}

impl From<PyErr> for Failure {
    fn from(raised: PyErr) -> Self {
        Self::Raised(raised)
    }
}

impl From<stage::StageError> for Failure {
    fn from(error: stage::StageError) -> Self {
        Self::data(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        Python::attach(|py| match failure {
            Failure::Config(faults) => config_error(py, &faults),
            Failure::Data(message) => made(py, "DataError", (message,)),
            Failure::Raised(raised) => raised,
        })
    }
}

fn config_error(py: Python<'_>, faults: &ConfigErrors) -> PyErr {
    let fault = |fault: &ConfigError| (fault.path.clone(), fault.message.clone(), fault.hint.clone());
    let told: Vec<(String, String, Option<String>)> = faults.0.iter().map(fault).collect();
    made(py, "ConfigError", (faults.to_string(), told))
}

/// The stable interface of Python 3.10 cannot derive exceptions, so they are Python's and made by calling them.
fn made<'py>(py: Python<'py>, name: &str, arguments: impl pyo3::call::PyCallArgs<'py>) -> PyErr {
    let class = py.import("thinkmeter._errors").and_then(|module| module.getattr(name));
    match class.and_then(|class| class.call1(arguments)) {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => PyRuntimeError::new_err(format!("thinkmeter._errors.{name}: {error}")),
    }
}
