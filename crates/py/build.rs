//! The linker of macOS wants to be told that Python itself brings what the library does not have.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
