//! Own tasks of the workspace.
fn main() {}
