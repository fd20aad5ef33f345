//! The native half of the Python package `thinkmeter`: arguments and tables in, the other crates' work, tables out.
//!
//! What is Python's own taste (defaults, like in like out, trainers' signatures) stands in `python/thinkmeter`. Here every
//! function takes plain values, texts of JSON where a pipeline would have a table, and whatever has `__arrow_c_stream__`.
//! Work is done without the lock of the interpreter, on a pool of this process (`pool.rs`), and hears Ctrl-C.

mod answers;
mod failure;
mod given;
mod meter;
mod parts;
mod pool;
mod rewards;
mod runs;
mod stages;
mod table;
mod think;
mod tokens;
mod values;
mod warm;

use pyo3::prelude::*;

/// What `thinkmeter/__init__.py` and its neighbours build upon.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use super::answers::{Parsed, compare, extract, verify, verify_many};
    #[pymodule_export]
    use super::meter::Meter;
    #[pymodule_export]
    use super::rewards::rewards;
    #[pymodule_export]
    use super::runs::{read_table, tables_of_run};
    #[pymodule_export]
    use super::table::Table;
    #[pymodule_export]
    use super::tokens::Tokenizer;
    #[pymodule_export]
    use super::warm::warm_up;
    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
