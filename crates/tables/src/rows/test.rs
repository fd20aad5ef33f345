//! A test of a program.

use crate::row;

row! {
    /// One test of a problem that is answered by a program. Tests stand apart from their problems: they may be megabytes, they
    /// are shown nowhere, and only a grader reads them. They follow the order of the problems.
    pub struct Test is "test", version 1 {
        /// The problem.
        problem_id: String as label,
        /// 0-based index among the tests of that problem, the public ones first.
        index: u32,
        /// It may be shown to whoever solves the problem.
        public: bool,
        /// What the program reads; of a function, one JSON value a line, its arguments.
        input: String,
        /// What it must write, or of a function the JSON value that it must return; null in a set that keeps this to itself.
        output: Option<String>,
        /// The function to call; null for a program that reads and writes.
        function: Option<String> as label,
    }
}
