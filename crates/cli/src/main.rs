//! The program thinkmeter.
fn main() {}
